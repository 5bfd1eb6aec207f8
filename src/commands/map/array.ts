import {boolean, custom, option, string} from '@oclif/core/flags'
import {BaseCommand} from '../../cli/base-command.js'
import {quantityFlag} from '../../cli/quantity-flag.js'
import {dtypes} from '../../foundation/dtype.js'
import {exitCodes, UserError} from '../../foundation/user-error.js'
import {type ArrayComparison, arrayComparison} from '../../mapping/systolic/array-comparison.js'
import {countingNames} from '../../spec/schemas/problem-shapes.js'
import {arrayComparisonText} from '../../view/array-comparison-view.js'
import {loadProblem} from '../../workload/load-problem.js'

export default class MapArray extends BaseCommand {
  static override summary = 'Run a problem on a systolic array in every dataflow, with exact fill and drain.'
  static override description =
    'A convolution runs as the product of its unfolded windows. With a buffer and a bandwidth, folds wait for main memory behind a double buffer for each operand.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --array 128x128 --problem llama-3.1-8b-gate --preload',
    '<%= config.bin %> <%= command.id %> --array 16x16 --problem gemm.yaml --buffer 2KiB --bandwidth "4 B/cycle" --json',
  ]
  static override flags = {
    array: custom<readonly [rows: number, columns: number]>({
      description: 'Rows and columns of cells.',
      helpValue: 'ROWSxCOLUMNS',
      required: true,
      parse: async (text) => sidesOf(text),
    })(),
    problem: string({char: 'p', description: 'Name or file of a problem.', required: true}),
    preload: boolean({
      description: 'Cells have registers for the next tile, which moves in while the present one is used.',
      default: false,
    }),
    buffer: quantityFlag('bytes', 'Buffer of each operand, of which half is filled or drained while the other is used.', ['bandwidth']),
    bandwidth: quantityFlag('bytesPerCycle', 'Of main memory for each operand, each way.', ['buffer']),
    counting: option({
      description: 'Count windows and cycles as another tool does, in place of as hardware runs.',
      options: countingNames,
    })(),
    dtype: option({description: 'Format of the problem in place of the file’s.', options: dtypes})(),
  }

  async run(): Promise<ArrayComparison> {
    const {flags} = await this.parse(MapArray)
    const {buffer, bandwidth} = flags
    const problem = loadProblem(flags.problem, {dtype: flags.dtype, counting: flags.counting})
    const [rows, columns] = flags.array
    const buffers = buffer === undefined || bandwidth === undefined ? undefined : {bufferBytes: buffer, bytesPerCycle: bandwidth}
    const comparison = arrayComparison(problem, {rows, columns, isPreloading: flags.preload}, buffers)
    this.log(arrayComparisonText(comparison, this.colours))
    return comparison
  }
}

function sidesOf(text: string): readonly [number, number] {
  const [, rows, columns] = /^([1-9]\d{0,5})x([1-9]\d{0,5})$/.exec(text) ?? []
  if (rows !== undefined && columns !== undefined) return [Number(rows), Number(columns)]
  throw new UserError(`"${text}" gives no rows and columns`, {
    code: 'USAGE',
    suggestions: ['write them as in --array 128x128'],
    exitCode: exitCodes.usage,
  })
}
