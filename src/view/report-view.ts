import path from 'node:path'
import {formatTable} from '../cli/table.js'
import {counted, formatPercent} from '../cli/text.js'
import {seenRowsText} from '../study/held-out-error.js'
import type {WrittenReport} from '../study/run-study.js'
import {fidelityText} from '../study/used-fidelity.js'
import type {Validation} from '../validate/validate.js'

interface ClassErrors {
  readonly op: string
  readonly rowCount: number
  readonly errorSum: number
}

/** What was written where, and how far the model is from the measurements of the study. */
export function reportText({folder, files, fidelities, validation, heldOutMapeRatio}: WrittenReport): string {
  const page = files.find((file) => file.endsWith('.html'))
  const figures = new Set(
    files.filter((file) => file.includes(`${path.sep}figures${path.sep}`)).map((file) => path.basename(file).split('.')[0]),
  )
  const lines = [
    ...(validation === null ? [] : [errorsText(validation)]),
    ...(heldOutMapeRatio === null ? [] : [`of these rows, ${seenRowsText(heldOutMapeRatio)}`]),
    ...(validation === null ? [] : ['']),
    `fidelity ${fidelityText(fidelities)}`,
    ...(page === undefined ? [] : [`report   ${page}`]),
    `figures  ${path.join(folder, 'figures')} (${counted(figures.size, 'figure')}, ${counted(files.length - (page === undefined ? 0 : 1), 'file')})`,
  ]
  return lines.join('\n')
}

function errorsText({groups, fidelity, rowCount, predictedCount, metrics}: Validation): string {
  const classes = new Map<string, ClassErrors>()
  for (const {op, rowCount: count, latency} of groups) {
    const known = classes.get(op) ?? {op, rowCount: 0, errorSum: 0}
    classes.set(op, {op, rowCount: known.rowCount + count, errorSum: known.errorSum + (latency?.mape ?? 0) * count})
  }
  const table = formatTable(
    [
      {header: 'operator class', cell: ({op}) => op, align: 'left'},
      {header: 'rows', cell: ({rowCount: count}) => String(count)},
      {header: 'mean error of latency', cell: ({errorSum, rowCount: count}) => formatPercent(errorSum / count)},
    ],
    [...classes.values()],
  )
  return `model against ${predictedCount} of ${rowCount} measured rows: latency ${formatPercent(metrics.latency?.mape)} off on average, by fidelity ${fidelity}\n${table}`
}
