import {boolean, string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.js'
import {formatPercent} from '../cli/text.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import type {Validation} from '../validate/validate.js'

export default class Validate extends BaseCommand {
  static override summary = 'Compare the cost model with measured rows.'
  static override description =
    'Each row is a kernel or a pass of a model; its device picks the accelerator unless one is named. Rows without a prediction are counted with the reason. The columns of such a file, with their units: `ridge schema trace`; only device, op and latency_us are needed. Passes with energy, power, clock and limit are also scored over the clock: eleven clocks of one workload, at most 90 MHz apart, are a sweep.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --trace accelerators/h100-sxm/measured.csv',
    '<%= config.bin %> <%= command.id %> --trace accelerators/a100-pcie-40gb/sweeps.csv',
    '<%= config.bin %> <%= command.id %> --trace mine.csv --accelerator h100-sxm --fidelity roofline --max-mape 0.5',
  ]
  static override flags = {
    trace: string({description: 'CSV files of measured rows, or folders of them.', required: true, multiple: true}),
    accelerator: string({description: 'Accelerator to predict with, in place of the device of each row.'}),
    inventory: string({description: 'CSV file of the kernels that passes run: predict the passes from it, in place of our graphs.'}),
    fidelity: string({description: 'roofline or calibrated; by default the best that the accelerator has.'}),
    'leave-one-model-out': boolean({
      description: 'Predict the passes of each model with energies that are fitted to the measured power of the other models.',
    }),
    'max-mape': string({description: 'Exit with 5 when the mean absolute error of latency is above this ratio, e.g. 0.1.'}),
    groups: string({description: 'How many of the groups with the largest error to print.', default: '12'}),
  }

  async run(): Promise<Validation> {
    const {flags} = await this.parse(Validate)
    const bar = flags['max-mape'] === undefined ? undefined : ratio(flags['max-mape'], '--max-mape')
    const shownCount = ratio(flags.groups, '--groups', 'write 12 for twelve groups')
    const {traceFiles} = await import('../trace/trace-files.js')
    const {validate} = await import('../validate/validate.js')
    const {validationText} = await import('../view/validation-view.js')
    const {accelerator, fidelity, inventory} = flags
    const fit = flags['leave-one-model-out'] ? (await import('../validate/energy-fold.js')).fittedEnergies(fidelity) : undefined
    const traces = traceFiles(flags.trace)
    const result = await validate({traces, accelerator, fidelity, inventory, leaveOneModelOut: fit, signal: this.interrupted})
    this.log(validationText(result, shownCount))
    const mape = result.metrics.latency?.mape
    if (bar !== undefined && (mape === undefined || mape > bar)) this.#missed(result, mape, bar)
    return result
  }

  /** The result is printed all the same; under `--json` it stays the record, and only the exit code tells. */
  #missed(result: Validation, mape: number | undefined, bar: number): void {
    process.exitCode = exitCodes.barNotMet
    const found =
      mape === undefined ? 'no row could be predicted, so that the bar of' : `the mean error of latency, ${formatPercent(mape)}, is above`
    const message = `${found} ${formatPercent(bar)}${mape === undefined ? ' is not met' : ''}`
    if (!this.jsonEnabled())
      throw new UserError(message, {
        code: 'BAR_NOT_MET',
        exitCode: exitCodes.barNotMet,
        suggestions: [`look at the groups with the largest error, of ${result.groups.length}`],
      })
  }
}

function ratio(text: string, flag: string, hint = 'write 0.1 for ten percent'): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value
  throw new UserError(`${flag} is "${text}", but a number of zero or more is expected`, {
    code: 'BAD_VALUE',
    exitCode: exitCodes.usage,
    suggestions: [hint],
  })
}
