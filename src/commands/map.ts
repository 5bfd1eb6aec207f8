import {option, string} from '@oclif/core/flags'
import {loadHierarchy} from '../accelerator/load-hierarchy.js'
import {assignments} from '../cli/assignments.js'
import {BaseCommand} from '../cli/base-command.js'
import {quantityFlag} from '../cli/quantity-flag.js'
import {dtypes} from '../foundation/dtype.js'
import {exitCodes} from '../foundation/user-error.js'
import {loadMapping} from '../mapping/load-mapping.js'
import {type MappedProblem, mappedProblem} from '../mapping/mapped-problem.js'
import {countingNames} from '../spec/schemas/problem-shapes.js'
import {drawFigure, figureFileFlag} from '../view/figure-flag.js'
import {mapText} from '../view/map-view.js'
import {loadProblem} from '../workload/load-problem.js'

export default class MapProblem extends BaseCommand {
  static override summary = 'Map a problem onto the memory hierarchy of an accelerator.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --accelerator eyeriss --problem alexnet-conv2 --objective edp',
    '<%= config.bin %> <%= command.id %> --accelerator levels.yaml --problem conv1d --mapping mapping.yaml',
  ]
  static override flags = {
    accelerator: string({char: 'a', description: 'Name or file of an accelerator, or a file of levels alone.', required: true}),
    problem: string({char: 'p', description: 'Name or file of a problem.', required: true}),
    mapping: string({description: 'Evaluate this mapping as it stands.', helpValue: 'FILE'}),
    counting: option({
      description: 'Count windows and cycles as another tool does, in place of as hardware runs.',
      options: countingNames,
    })(),
    figure: figureFileFlag('Also draw the traffic of each level, to a file that ends in .svg, .png or .pdf.'),
    roofline: figureFileFlag('Also draw the roofs of the levels with the mapping under them, to such a file.'),
    dtype: option({description: 'Format of the problem in place of the file’s.', options: dtypes})(),
    unit: string({description: 'Unit that multiplies; the matrix unit of the format by default.'}),
    clock: quantityFlag('hertz', 'Clock; the highest by default.'),
    set: string({description: 'A parameter, or a field by its path, in place of the file’s.', helpValue: 'KEY=VALUE', multiple: true}),
  }

  async run(): Promise<MappedProblem> {
    const {flags} = await this.parse(MapProblem)
    const problem = loadProblem(flags.problem, {dtype: flags.dtype, counting: flags.counting})
    const choice = {dtype: problem.dtype, unit: flags.unit, clockHertz: flags.clock, set: assignments(flags.set)}
    const hierarchy = loadHierarchy(flags.accelerator, choice)
    const nest = loadMapping(flags.mapping!, problem, hierarchy)
    const mapped = mappedProblem(nest, problem, hierarchy)
    this.log(mapText(mapped, {nest, problem, hierarchy}, this.colours))
    if (mapped.fits && flags.figure !== undefined) await drawFigure(flags.figure, ({trafficFigure}) => trafficFigure(mapped, problem))
    if (mapped.fits && flags.roofline !== undefined)
      await drawFigure(flags.roofline, ({hierarchyRooflineFigure}) => hierarchyRooflineFigure(mapped, problem, hierarchy))
    if (!mapped.fits) process.exitCode = exitCodes.infeasible
    return mapped
  }
}
