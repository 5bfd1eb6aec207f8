import {option, string} from '@oclif/core/flags'
import {loadHierarchy} from '../../accelerator/load-hierarchy.js'
import {assignments} from '../../cli/assignments.js'
import {BaseCommand} from '../../cli/base-command.js'
import {quantityFlag} from '../../cli/quantity-flag.js'
import {dtypes} from '../../foundation/dtype.js'
import {exitCodes, UserError} from '../../foundation/user-error.js'
import type {MappingComparison} from '../../mapping/mapping-comparison.js'
import {defaultEvaluationCount} from '../../search/find-mapping.js'
import {comparedCandidates} from '../../search/mapping-candidates.js'
import {strategyNames} from '../../search/strategies/strategies.js'
import {candidateNames} from '../../view/candidate-names.js'
import {failAboveFlag, heldBars} from '../../view/fail-above-flag.js'
import {drawFigure, figureFileFlag} from '../../view/figure-flag.js'
import {mapComparisonText} from '../../view/map-comparison-view.js'
import {searchFlags, workerCount} from '../../view/search-flags.js'
import {loadProblem} from '../../workload/load-problem.js'

const {strategy: _, ...withoutStrategy} = searchFlags

export default class MapCompare extends BaseCommand {
  static override summary = 'Compare mappings or strategies: what each costs, level by level, and why one wins.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> weight-stationary row-stationary any --accelerator eyeriss --problem alexnet-conv2',
    '<%= config.bin %> <%= command.id %> first.yaml second.yaml --accelerator eyeriss --problem alexnet-conv2',
    '<%= config.bin %> <%= command.id %> new.yaml -a eyeriss -p alexnet-conv2 --fail-above latency=1.05x:baseline.json',
  ]
  static override strict = false
  static override flags = {
    accelerator: string({char: 'a', description: 'Name or file of an accelerator, or a file of levels alone.', required: true}),
    problem: string({char: 'p', description: 'Name or file of a problem.', required: true}),
    ...withoutStrategy,
    dtype: option({description: 'Format of the problem in place of the file’s.', options: dtypes})(),
    unit: string({description: 'Unit that multiplies; the matrix unit of the format by default.'}),
    clock: quantityFlag('hertz', 'Clock; the highest by default.'),
    set: string({description: 'A parameter, or a field by its path, in place of the file’s.', helpValue: 'KEY=VALUE', multiple: true}),
    'fail-above': failAboveFlag,
    figure: figureFileFlag('Also draw the energy of each by level, to a file that ends in .svg, .png or .pdf.'),
  }

  async run(): Promise<MappingComparison> {
    const {flags, argv} = await this.parse(MapCompare)
    const written = argv as string[]
    if (written.length === 0)
      throw new UserError('nothing is named to compare', {
        code: 'USAGE',
        suggestions: ['name files of mappings, or strategies by name or file', `strategies: ${strategyNames.join(', ')}`],
        exitCode: exitCodes.usage,
      })
    const problem = loadProblem(flags.problem, {dtype: flags.dtype})
    const choice = {dtype: problem.dtype, unit: flags.unit, clockHertz: flags.clock, set: assignments(flags.set)}
    const hierarchy = loadHierarchy(flags.accelerator, choice)
    const {objective: aim, budget = {evaluationCount: defaultEvaluationCount}, seed} = flags
    const options = {aim, budget, seed, threadCount: workerCount(flags.workers), signal: this.interrupted}
    const comparison = await comparedCandidates({problem, hierarchy, written, names: candidateNames(written), options})
    this.log(mapComparisonText(comparison, this.colours))
    if (flags.figure !== undefined && comparison.time !== null)
      await drawFigure(flags.figure, ({mapComparisonFigure}) => mapComparisonFigure(comparison))
    if (comparison.time === null) process.exitCode = exitCodes.infeasible
    return heldBars(comparison, flags['fail-above'], this.jsonEnabled())
  }
}
