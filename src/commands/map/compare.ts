import {string as stringArgument} from '@oclif/core/args'
import {loadAccelerator} from '../../accelerator/load-accelerator.js'
import {loadHierarchy} from '../../accelerator/load-hierarchy.js'
import {assignments} from '../../cli/assignments.js'
import {BaseCommand} from '../../cli/base-command.js'
import type {PassComparison} from '../../cost/pass-comparison.js'
import {exitCodes, UserError} from '../../foundation/user-error.js'
import {checkWritable} from '../../foundation/write-whole.js'
import type {MappingComparison} from '../../mapping/mapping-comparison.js'
import {defaultEvaluationCount} from '../../search/find-mapping.js'
import {aimText} from '../../search/mapped-search.js'
import {comparedCandidates} from '../../search/mapping-candidates.js'
import {strategyNames} from '../../search/strategies/strategies.js'
import {candidateNames} from '../../view/candidate-names.js'
import {checkBarsFirst, heldBars} from '../../view/fail-above-flag.js'
import {drawFigure} from '../../view/figure-flag.js'
import {mapComparisonText} from '../../view/map-comparison-view.js'
import {compareFlags} from '../../view/map-flags.js'
import {comparedPasses} from '../../view/pass-candidates.js'
import {passComparisonText} from '../../view/pass-comparison-view.js'
import {passInput} from '../../view/pass-flags.js'
import {workerCount} from '../../view/search-flags.js'
import {loadProblem} from '../../workload/load-problem.js'
import {loadModel} from '../../workload/load-workload.js'

export default class MapCompare extends BaseCommand {
  static override summary = 'Compare mappings or strategies: what each costs, level by level, and why one wins.'
  static override description =
    'Arguments are files of mappings, or strategies by name or file. With --model each is a way to run the pass: a strategy, or settings as dtype=fp8,clock=1410MHz (of the mapping: strategy, objective, budget, fusion; of the machine: clock, memoryClock, powerLimit; of the pass: its settings, as studies write them).'
  static override examples = [
    '<%= config.bin %> <%= command.id %> weight-stationary row-stationary any --accelerator eyeriss --problem alexnet-conv2',
    '<%= config.bin %> <%= command.id %> flash-attention unfused dtype=fp8 clock=1410MHz --accelerator h100-sxm --model llama-3.1-8b --phase prefill',
    '<%= config.bin %> <%= command.id %> fusion=none fusion=epilogue fusion=attention+mlp --accelerator h100-sxm --model llama-3.1-8b --phase prefill',
    '<%= config.bin %> <%= command.id %> first.yaml second.yaml --accelerator eyeriss --problem alexnet-conv2',
    '<%= config.bin %> <%= command.id %> new.yaml -a eyeriss -p alexnet-conv2 --fail-above latency=1.05x:baseline.json',
  ]
  static override strict = false
  static override args = {
    names: stringArgument({description: 'Files of mappings, or strategies by name or file; with --model, ways to run the pass.'}),
  }
  static override flags = compareFlags

  async run(): Promise<MappingComparison | PassComparison> {
    const {flags, argv, metadata} = await this.parse(MapCompare)
    const written = argv as string[]
    if (written.length === 0)
      throw new UserError('nothing is named to compare', {
        code: 'USAGE',
        suggestions: ['name files of mappings, or strategies by name or file', `strategies: ${strategyNames.join(', ')}`],
        exitCode: exitCodes.usage,
      })
    const names = candidateNames(written)
    if (flags.model !== undefined) {
      const accelerator = loadAccelerator(flags.accelerator, {set: assignments(flags.set)})
      await checkBarsFirst(flags['fail-above'], accelerator.machine.memories, false)
      const {clock: clockHertz, fidelity = 'mapped', 'memory-clock': memoryClockHertz, 'power-limit': powerLimitWatts} = flags
      const options = {fidelity, clockHertz, memoryClockHertz, powerLimitWatts}
      const isAsked = metadata.flags['objective']?.setFromDefault !== true
      const mapping = {...(isAsked && {objective: aimText(flags.objective)}), budget: flags.budget?.evaluationCount}
      const passes = comparedPasses(written, {accelerator, model: loadModel(flags.model), pass: passInput(flags), options, mapping})
      this.log(passComparisonText(passes, this.colours))
      return heldBars(passes, flags['fail-above'], this.jsonEnabled())
    }
    const problem = loadProblem(flags.problem!, {dtype: flags.dtype})
    const choice = {dtype: problem.dtype, unit: flags.unit, clockHertz: flags.clock, set: assignments(flags.set)}
    const hierarchy = loadHierarchy(flags.accelerator, choice)
    await checkBarsFirst(flags['fail-above'], hierarchy.levels, true)
    if (flags.figure !== undefined) checkWritable(flags.figure)
    const {objective: aim, budget = {evaluationCount: defaultEvaluationCount}, seed} = flags
    const options = {aim, budget, seed, threadCount: workerCount(flags.workers), signal: this.interrupted}
    const comparison = await comparedCandidates({problem, hierarchy, written, names, options})
    this.log(mapComparisonText(comparison, this.colours))
    if (flags.figure !== undefined && comparison.time !== null)
      await drawFigure(flags.figure, ({mapComparisonFigure}) => mapComparisonFigure(comparison))
    if (comparison.time === null) process.exitCode = exitCodes.infeasible
    return heldBars(comparison, flags['fail-above'], this.jsonEnabled())
  }
}
