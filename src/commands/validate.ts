import {string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.js'
import {formatTable} from '../cli/table.js'
import {formatPercent} from '../cli/text.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import type {Validation} from '../validate/validate.js'

export default class Validate extends BaseCommand {
  static override summary = 'Compare the cost model with measured rows.'
  static override description =
    'Each row is a kernel or a pass of a model; its device picks the accelerator unless one is named. Rows without a prediction are counted with the reason.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --trace accelerators/h100-sxm/measured.csv',
    '<%= config.bin %> <%= command.id %> --trace mine.csv --accelerator h100-sxm --fidelity roofline --max-mape 0.5',
  ]
  static override flags = {
    trace: string({description: 'CSV file of measured rows.', required: true, multiple: true}),
    accelerator: string({description: 'Accelerator to predict with, in place of the device of each row.'}),
    fidelity: string({description: 'roofline or calibrated; by default the best that the accelerator has.'}),
    'max-mape': string({description: 'Exit with 5 when the mean absolute error of latency is above this ratio, e.g. 0.1.'}),
    groups: string({description: 'How many of the groups with the largest error to print.', default: '12'}),
  }

  async run(): Promise<Validation> {
    const {flags} = await this.parse(Validate)
    const bar = flags['max-mape'] === undefined ? undefined : ratio(flags['max-mape'], '--max-mape')
    const shownCount = ratio(flags.groups, '--groups')
    const {validate} = await import('../validate/validate.js')
    const {accelerator, fidelity, trace: traces} = flags
    const result = await validate({traces, accelerator, fidelity, signal: this.interrupted})
    this.log(validationText(result, shownCount))
    const mape = result.metrics.latency?.mape
    if (bar !== undefined && mape !== undefined && mape > bar) this.#missed(result, mape, bar)
    return result
  }

  /** The result is printed all the same; under `--json` it stays the record, and only the exit code tells. */
  #missed(result: Validation, mape: number, bar: number): void {
    process.exitCode = exitCodes.barNotMet
    const message = `the mean error of latency, ${formatPercent(mape)}, is above ${formatPercent(bar)}`
    if (!this.jsonEnabled())
      throw new UserError(message, {
        code: 'BAR_NOT_MET',
        exitCode: exitCodes.barNotMet,
        suggestions: [`look at the groups with the largest error, of ${result.groups.length}`],
      })
  }
}

function ratio(text: string, flag: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value
  throw new UserError(`${flag} is "${text}", but a number of zero or more is expected`, {
    code: 'BAD_VALUE',
    exitCode: exitCodes.usage,
    suggestions: ['write 0.1 for ten percent'],
  })
}

function validationText(result: Validation, shownCount: number): string {
  const {rowCount, predictedCount, skipped, metrics, withoutMetric, groups, fidelity} = result
  const lines = [`${predictedCount} of ${rowCount} rows predicted by fidelity ${fidelity}`]
  for (const {reason, count} of skipped) lines.push(`  ${count} skipped: ${reason}`)
  const named = (['latency', 'energy', 'power'] as const).map((name) => ({name, errors: metrics[name], reason: withoutMetric[name] ?? ''}))
  lines.push(
    '',
    formatTable(
      [
        {header: 'error of', cell: ({name}) => name, align: 'left'},
        {header: 'mean', cell: ({errors}) => formatPercent(errors?.mape)},
        {header: 'median', cell: ({errors}) => formatPercent(errors?.median)},
        {header: 'p90', cell: ({errors}) => formatPercent(errors?.p90)},
        {header: 'bias', cell: ({errors}) => formatPercent(errors?.bias)},
        {header: 'rows', cell: ({errors, reason}) => (errors === null ? reason : String(errors.rowCount)), align: 'left'},
      ],
      named,
    ),
  )
  const worst = [...groups].sort((a, b) => (b.latency?.mape ?? 0) * b.rowCount - (a.latency?.mape ?? 0) * a.rowCount).slice(0, shownCount)
  if (worst.length === 0) return lines.join('\n')
  lines.push(
    '',
    `groups that hold most of the latency error (${worst.length} of ${groups.length})`,
    formatTable(
      [
        {header: 'device', cell: ({device}) => device, align: 'left'},
        {header: 'op', cell: ({op}) => op, align: 'left'},
        {header: 'dtype', cell: ({dtype}) => dtype, align: 'left', dropOrder: 3},
        {header: 'regime', cell: ({regime}) => regime, align: 'left'},
        {header: 'rows', cell: ({rowCount: count}) => String(count)},
        {header: 'mean', cell: ({latency}) => formatPercent(latency?.mape)},
        {header: 'p90', cell: ({latency}) => formatPercent(latency?.p90), dropOrder: 2},
        {header: 'bias', cell: ({latency}) => formatPercent(latency?.bias), dropOrder: 1},
      ],
      worst,
    ),
  )
  return lines.join('\n')
}
