import type {Hierarchy} from '../accelerator/hierarchy.js'
import {loadAccelerator} from '../accelerator/load-accelerator.js'
import {loadHierarchy} from '../accelerator/load-hierarchy.js'
import {assignments} from '../cli/assignments.js'
import {BaseCommand} from '../cli/base-command.js'
import {refuseTogether} from '../cli/refuse-together.js'
import {exitCodes} from '../foundation/user-error.js'
import {checkWritable} from '../foundation/write-whole.js'
import {loadMapping, writeMapping} from '../mapping/load-mapping.js'
import {chosenConstraints} from '../search/choose-strategy.js'
import {defaultEvaluationCount, type SearchProgress} from '../search/find-mapping.js'
import type {MappedChain} from '../search/mapped-chain.js'
import {givenMapping, type MappingAnswer, type MapResult, searchedMapping} from '../search/mapped-search.js'
import type {BandedEvaluation} from '../uncertainty/banded-evaluation.js'
import {shownChain} from '../view/chain-view.js'
import {checkBarsFirst, heldBars} from '../view/fail-above-flag.js'
import {mapAlone, mapFlags} from '../view/map-flags.js'
import {drawMapping, mapText, outcomeText} from '../view/map-view.js'
import {mappedPass} from '../view/mapped-pass.js'
import {passInput} from '../view/pass-flags.js'
import {type MapSearchFlags, workerCount} from '../view/search-flags.js'
import {loadWork} from '../workload/load-chain.js'
import {loadWorkload} from '../workload/load-workload.js'
import type {Problem} from '../workload/problem.js'

export default class MapProblem extends BaseCommand {
  static override summary = 'Map a problem onto the memory hierarchy of an accelerator.'
  static override description =
    'Searches for the best mapping, or evaluates one as it stands, and prints it as a loop nest with what moves at each level. A mapping that does not fit is told with the smallest changes that would.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --accelerator eyeriss --problem alexnet-conv2 --objective edp',
    '<%= config.bin %> <%= command.id %> --accelerator eyeriss --problem alexnet-conv2 --strategy row-stationary --write mapping.yaml',
    '<%= config.bin %> <%= command.id %> --accelerator levels.yaml --problem conv1d --mapping mapping.yaml',
    '<%= config.bin %> <%= command.id %> --accelerator h100-sxm --model llama-3.1-8b --phase prefill --strategy output-stationary',
  ]
  static override flags = mapFlags

  async run(): Promise<MapResult | MappedChain | BandedEvaluation> {
    const {flags, metadata} = await this.parse(MapProblem)
    refuseTogether(flags, mapAlone)
    for (const file of [flags.write, flags.figure, flags.roofline]) if (file !== undefined) checkWritable(file)
    if (flags.model !== undefined) {
      const accelerator = loadAccelerator(flags.accelerator, {set: assignments(flags.set)})
      await checkBarsFirst(flags['fail-above'], accelerator.machine.memories, false)
      const aim = metadata.flags['objective']?.setFromDefault ? undefined : flags.objective
      const {evaluation, text} = mappedPass(accelerator, loadWorkload(flags.model, passInput(flags)), flags, aim, this.colours)
      this.log(text)
      return heldBars(evaluation, flags['fail-above'], this.jsonEnabled())
    }
    const work = loadWork(flags.problem!, {dtype: flags.dtype, counting: flags.counting})
    const choice = {dtype: work.dtype, unit: flags.unit, clockHertz: flags.clock, set: assignments(flags.set)}
    const hierarchy = loadHierarchy(flags.accelerator, choice)
    if (work.kind === 'chain') return shownChain(work.chain, hierarchy, flags, {log: (text) => this.log(text), colours: this.colours})
    const {problem} = work
    await checkBarsFirst(flags['fail-above'], hierarchy.levels, true)
    const given = flags.mapping === undefined ? undefined : loadMapping(flags.mapping, problem, hierarchy)
    const {nest, result} = given === undefined ? await this.#search(problem, hierarchy, flags) : givenMapping(given, problem, hierarchy)
    this.log(mapText(result, {nest, problem, hierarchy}, this.colours))
    if (flags.write !== undefined) writeMapping(flags.write, result)
    if (!result.fits) process.exitCode = exitCodes.infeasible
    else await drawMapping(result, problem, hierarchy, flags)
    return heldBars(result, flags['fail-above'], this.jsonEnabled())
  }

  async #search(problem: Problem, hierarchy: Hierarchy, flags: MapSearchFlags): Promise<MappingAnswer> {
    const chosen = chosenConstraints(flags.strategy, problem, hierarchy)
    const constraints = flags.imperfect ? {...chosen, allowsImperfect: true} : chosen
    const {objective: aim, budget = {evaluationCount: defaultEvaluationCount}} = flags
    const progress = await this.startProgress({noun: 'mappings', totalCount: budget.evaluationCount})
    const onProgress = ({best, spentCount}: SearchProgress): void => progress.update(spentCount, best && `best ${outcomeText(best)}`)
    const options = {aim, budget, seed: flags.seed, threadCount: workerCount(flags.workers), signal: this.interrupted, onProgress}
    const answer = await searchedMapping({problem, hierarchy, constraints, strategy: flags.strategy, options})
    progress.stop()
    return answer
  }
}
