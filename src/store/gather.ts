import {AxisCodes} from './axis-codes.js'
import {snakeCase} from './names.js'
import {unpackedCode} from './packing.js'
import type {PointColumn} from './point-columns.js'
import {type PointQuery, type ResolvedQuery, resolveQuery} from './resolve-query.js'
import {spaceStatement, storedAxis} from './space-statement.js'
import type {Store, StoredSpace} from './store.js'

/** Columns of numbers over the points of a query, and which point each row is; NaN where a number is not known. */
export interface GatheredPoints {
  readonly rowCount: number
  readonly spaceIds: Int32Array
  readonly keys: Float64Array
  /** In the order of the query's columns. */
  readonly columns: readonly Float64Array[]
}

/** Reads columns of numbers, eight bytes a cell and no object a row: what millions of points are compared by. */
export function gatherPoints(store: Store, query: PointQuery & {readonly columns: readonly string[]}): GatheredPoints {
  return gatherResolved(store, resolveQuery(store, query))
}

/** As `gatherPoints`, for names that are resolved already; spaces follow one another, each in the order of its keys. */
export function gatherResolved(store: Store, query: ResolvedQuery): GatheredPoints {
  const parts = query.spaces.flatMap((space) => store.guard(() => gatheredSpace(store, space, query)) ?? [])
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
    keys: joined(
      rowCount,
      parts.map(({keys}) => keys),
    ),
    columns,
  }
}

interface SpaceColumns {
  readonly space: StoredSpace
  readonly keys: Float64Array
  readonly columns: readonly Float64Array[]
}

function gatheredSpace(store: Store, space: StoredSpace, query: ResolvedQuery): SpaceColumns | undefined {
  const codes = new AxisCodes(store.database, space.id)
  const statement = spaceStatement(space, codes, {...query, sorts: []})
  if (statement === undefined) return undefined
  const names = ['point_key', ...statement.metrics.map(snakeCase)]
  const [keys, ...read] = store.collectedColumns(names, statement) as [Float64Array, ...Float64Array[]]
  const columns = query.columns.map((column) => {
    const metric = statement.metrics.findIndex((name) => name === column.name)
    return metric >= 0 ? read[metric]! : axisColumn(column, codes, keys)
  })
  return {space, keys, columns}
}

function axisColumn(column: PointColumn, codes: AxisCodes, keys: Float64Array): Float64Array {
  const axis = storedAxis(column, codes)
  if (axis === undefined) return new Float64Array(keys.length).fill(Number.NaN)
  const numbers = Float64Array.from(axis.values, (value) => (typeof value === 'number' ? value : Number.NaN))
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
