import {formatTable, type TableColumn, wrapped} from '../cli/table.js'
import {counted} from '../cli/text.js'
import type {PointColumn} from '../store/point-columns.js'
import type {StoreDescription} from '../store/read-only-sql.js'
import type {PointRow} from '../store/space-reader.js'
import type {QueryResult} from '../study/query-store.js'
import {blocks} from './layout.js'
import {cellText} from './sweep-view.js'

/** Points as a table with readable units, or as they are, and what was left out. */
export function pointsText({columns, rows, hasMore, note}: QueryResult, isRaw = false): string {
  const head = note && wrapped(note)
  if (rows.length === 0) return blocks(head, 'no point is like that')
  const table = formatTable(
    columns.map((column, index) => tableColumn(column, index, isRaw)),
    rows,
  )
  return blocks(head, table, hasMore ? `the first ${rows.length}; more with --limit` : undefined)
}

/** On a narrow terminal, metrics that come last are left out first. */
function tableColumn({name, unit, type}: PointColumn, index: number, isRaw: boolean): TableColumn<PointRow> {
  return {
    header: name,
    cell: (row) => (isRaw ? String(row[name] ?? '') : cellText(row[name], unit)),
    ...(type === 'text' ? {align: 'left' as const} : {}),
    ...(index < 2 ? {} : {dropOrder: index}),
  }
}

/** What a store holds: its spaces, their axes, and the columns that a query may name. */
export function storeText({file, pointCount, spaces, tables}: StoreDescription): string {
  const spaceTable = formatTable<StoreDescription['spaces'][number]>(
    [
      {header: 'space', cell: ({hash}) => hash.slice(0, 12), align: 'left'},
      {header: 'accelerator', cell: ({accelerator}) => accelerator, align: 'left'},
      {header: 'workload', cell: ({workload}) => workload, align: 'left'},
      {header: 'phase', cell: ({phase}) => phase, align: 'left'},
      {header: 'fidelity', cell: ({fidelity}) => fidelity, align: 'left'},
      {header: 'points', cell: ({pointCount: count}) => String(count)},
    ],
    spaces,
  )
  const [view, ...others] = tables
  const columnTable = formatTable<StoreDescription['tables'][number]['columns'][number]>(
    [
      {header: 'column', cell: ({name}) => name, align: 'left'},
      {header: 'unit', cell: ({unit}) => unit, align: 'left'},
      {header: 'meaning', cell: ({meaning}) => meaning, align: 'left'},
    ],
    view!.columns,
  )
  return blocks(
    `${counted(pointCount, 'point')} in ${file}`,
    spaceTable,
    spaces.map(axesText).join('\n'),
    `${view!.name}: ${view!.meaning}`,
    columnTable,
    `more tables for --sql: ${others.map(({name}) => name).join(', ')}`,
  )
}

/** The axes of a space, each with how many values are stored; without where values are drawn or follow from others. */
function axesText({hash, axes}: StoreDescription['spaces'][number]): string {
  const texts = axes.map(({name, valueCount}) => (valueCount === null ? name : `${name} ${valueCount}`))
  return wrapped(`axes of ${hash.slice(0, 12)}: ${texts.join(', ') || 'none'}`)
}
