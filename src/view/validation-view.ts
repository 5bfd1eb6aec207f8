import {formatTable} from '../cli/table.js'
import {formatPercent} from '../cli/text.js'
import {measuredMetrics, type Validation} from '../validate/validate.js'
import {limitScoreText} from './limit-score-view.js'
import {sweepScoreText} from './sweep-score-view.js'

/** What a fit without a model does not leave out. */
const notLeftOut = [
  '  not left out, but chosen with all models in view: the instructions of eager kernels, the 5,000 cycles',
  '  that the device takes to begin each, the host ratio of 1.1, and the share of a limit that the device holds',
]

/** Error by metric, and the groups that hold most of it. */
export function validationText(result: Validation, shownCount: number): string {
  const {rowCount, predictedCount, skipped, metrics, withoutMetric, groups, fidelity, folds, sweeps, limits} = result
  const lines = [`${predictedCount} of ${rowCount} rows predicted by fidelity ${fidelity}`]
  for (const {reason, count} of skipped) lines.push(`  ${count} skipped: ${reason}`)
  for (const {device, heldOut, rowCount: seenCount, set} of folds)
    lines.push(`  ${heldOut} with ${Object.keys(set).length} energies of ${device} fitted to ${seenCount} passes of the other models`)
  if (folds.length > 0) lines.push(...notLeftOut)
  const named = measuredMetrics.map((name) => ({name, errors: metrics[name], reason: withoutMetric[name] ?? ''}))
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
  const limitLines = limits === null ? [] : ['', limitScoreText(limits)]
  if (worst.length === 0) return [...lines, ...limitLines].join('\n')
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
  if (sweeps !== null) lines.push('', sweepScoreText(sweeps))
  return [...lines, ...limitLines].join('\n')
}
