import {option, string} from '@oclif/core/flags'
import {loadHierarchy} from '../../accelerator/load-hierarchy.js'
import {assignments} from '../../cli/assignments.js'
import {BaseCommand} from '../../cli/base-command.js'
import {quantityFlag} from '../../cli/quantity-flag.js'
import {dtypes} from '../../foundation/dtype.js'
import {exitCodes, UserError} from '../../foundation/user-error.js'
import {loadMapping} from '../../mapping/load-mapping.js'
import {mappedProblem} from '../../mapping/mapped-problem.js'
import {compareMappings, type MappingCandidate, type MappingComparison} from '../../mapping/mapping-comparison.js'
import {candidateNames} from '../../view/candidate-names.js'
import {failAboveFlag, heldBars} from '../../view/fail-above-flag.js'
import {drawFigure, figureFileFlag} from '../../view/figure-flag.js'
import {mapComparisonText} from '../../view/map-comparison-view.js'
import {loadProblem} from '../../workload/load-problem.js'

export default class MapCompare extends BaseCommand {
  static override summary = 'Compare mappings of a problem: what each costs, level by level, and why one wins.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> first.yaml second.yaml --accelerator eyeriss --problem alexnet-conv2',
    '<%= config.bin %> <%= command.id %> new.yaml -a eyeriss -p alexnet-conv2 --fail-above latency=1.05x:baseline.json',
  ]
  static override strict = false
  static override flags = {
    accelerator: string({char: 'a', description: 'Name or file of an accelerator, or a file of levels alone.', required: true}),
    problem: string({char: 'p', description: 'Name or file of a problem.', required: true}),
    dtype: option({description: 'Format of the problem in place of the file’s.', options: dtypes})(),
    unit: string({description: 'Unit that multiplies; the matrix unit of the format by default.'}),
    clock: quantityFlag('hertz', 'Clock; the highest by default.'),
    set: string({description: 'A parameter, or a field by its path, in place of the file’s.', helpValue: 'KEY=VALUE', multiple: true}),
    'fail-above': failAboveFlag,
    figure: figureFileFlag('Also draw the energy of each by level, to a file that ends in .svg, .png or .pdf.'),
  }

  async run(): Promise<MappingComparison> {
    const {flags, argv} = await this.parse(MapCompare)
    const problem = loadProblem(flags.problem, {dtype: flags.dtype})
    const choice = {dtype: problem.dtype, unit: flags.unit, clockHertz: flags.clock, set: assignments(flags.set)}
    const hierarchy = loadHierarchy(flags.accelerator, choice)
    const files = argv as string[]
    const names = candidateNames(files)
    const [first, ...others] = files.map((file, index): MappingCandidate => {
      return {name: names[index]!, mapped: mappedProblem(loadMapping(file, problem, hierarchy), problem, hierarchy)}
    })
    if (first === undefined)
      throw new UserError('no mapping is named', {
        code: 'USAGE',
        suggestions: ['name two files of mappings or more'],
        exitCode: exitCodes.usage,
      })
    const comparison = compareMappings([first, ...others])
    this.log(mapComparisonText(comparison, this.colours))
    if (flags.figure !== undefined && comparison.time !== null)
      await drawFigure(flags.figure, ({mapComparisonFigure}) => mapComparisonFigure(comparison))
    if (comparison.time === null) process.exitCode = exitCodes.infeasible
    return heldBars(comparison, flags['fail-above'], this.jsonEnabled())
  }
}
