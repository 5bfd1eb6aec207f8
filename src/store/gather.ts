import {AxisCodes} from './axis-codes.js'
import {snakeCase} from './names.js'
import {unpackedCode} from './packing.js'
import type {PointColumn} from './point-columns.js'
import {type PointQuery, type ResolvedQuery, resolveQuery} from './resolve-query.js'
import type {SpaceColumnName} from './space-definition.js'
import type {Cell} from './space-reader.js'
import {spaceStatement, storedAxis} from './space-statement.js'
import type {Store, StoredSpace} from './store.js'

/** Columns over the points of a query, and which point each row is; NaN where a number is not known. */
export interface GatheredPoints {
  readonly rowCount: number
  readonly spaceIds: Int32Array
  readonly keyValues: Float64Array
  /** In the order of the query's columns; a column of texts holds a number for each distinct text. */
  readonly columnValues: readonly Float64Array[]
}

/** Reads columns of numbers, eight bytes a cell and no object a row: what millions of points are compared by. */
export function gatherPoints(store: Store, query: PointQuery & {readonly columns: readonly string[]}): GatheredPoints {
  return gatherResolved(store, resolveQuery(store, query))
}

/** As `gatherPoints`, for names that are resolved already; spaces follow one another, each in the order of its keys. */
export function gatherResolved(store: Store, query: ResolvedQuery): GatheredPoints {
  const texts: Texts = new Map()
  const parts = query.spaces.flatMap((space) => store.guard(() => gatheredSpace(store, space, query, texts)) ?? [])
  const rowCount = parts.reduce((sum, {keys}) => sum + keys.length, 0)
  const spaceIds = new Int32Array(rowCount)
  let first = 0
  for (const {space, keys} of parts) {
    spaceIds.fill(space.id, first, first + keys.length)
    first += keys.length
  }
  const columns = query.columns.map((_, index) =>
    joined(
      rowCount,
      parts.map((part) => part.columns[index]!),
    ),
  )
  return {
    rowCount,
    spaceIds,
    keyValues: joined(
      rowCount,
      parts.map(({keys}) => keys),
    ),
    columnValues: columns,
  }
}

/** A number for each distinct cell of the columns of texts. */
type Texts = Map<Cell, number>

function numberOf(cell: Cell, texts: Texts): number {
  const known = texts.get(cell) ?? texts.size
  texts.set(cell, known)
  return known
}

interface SpaceColumns {
  readonly space: StoredSpace
  readonly keys: Float64Array
  readonly columns: readonly Float64Array[]
}

function gatheredSpace(store: Store, space: StoredSpace, query: ResolvedQuery, texts: Texts): SpaceColumns | undefined {
  const codes = new AxisCodes(store.database, space.id)
  const statement = spaceStatement(space, codes, {...query, sorts: []})
  if (statement === undefined) return undefined
  const names = ['point_key', ...statement.metrics.map(snakeCase)]
  const [keys, ...read] = store.collectedColumns(names, statement) as [Float64Array, ...Float64Array[]]
  const columns = query.columns.map((column) => {
    const metric = statement.metrics.findIndex((name) => name === (column.kind === 'bound' ? 'boundByIndex' : column.name))
    if (column.kind === 'metric') return read[metric]!
    if (column.kind === 'axis') return axisColumn(column, codes, keys, texts)
    if (column.kind === 'bound') return read[metric]!.map((index) => numberOf(space.definition.boundNames[index] ?? null, texts))
    return new Float64Array(keys.length).fill(numberOf(space.definition[column.name as SpaceColumnName], texts))
  })
  return {space, keys, columns}
}

function axisColumn(column: PointColumn, codes: AxisCodes, keys: Float64Array, texts: Texts): Float64Array {
  const axis = storedAxis(column, codes)
  const asNumber = (value: Cell): number => {
    if (column.type === 'text') return numberOf(value, texts)
    return typeof value === 'number' ? value : Number.NaN
  }
  if (axis === undefined) return new Float64Array(keys.length).fill(asNumber(null))
  const numbers = Float64Array.from(axis.values, asNumber)
  return keys.map((key) => numbers[unpackedCode(key, axis.keyShift, axis.bitCount)]!)
}

function joined(rowCount: number, parts: readonly Float64Array[]): Float64Array {
  if (parts.length === 1) return parts[0]!
  const whole = new Float64Array(rowCount)
  let first = 0
  for (const part of parts) {
    whole.set(part, first)
    first += part.length
  }
  return whole
}
