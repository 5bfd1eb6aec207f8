import type {Column, Machine} from './machine.js'

/** One machine of a batch, by itself. */
export function machineRow(batch: Machine<Column>, row: number): Machine<number> {
  return rowOf(batch, row) as Machine<number>
}

/** All columns of a part of a batch, to tell rows apart by. */
export function columnsIn(part: unknown): Column[] {
  if (part instanceof Float64Array) return [part]
  return typeof part === 'object' && part !== null ? Object.values(part).flatMap(columnsIn) : []
}

function rowOf(part: unknown, row: number): unknown {
  if (part instanceof Float64Array) return part[row]
  if (Array.isArray(part)) return part.map((each) => rowOf(each, row))
  if (typeof part !== 'object' || part === null) return part
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, rowOf(value, row)]))
}
