import {UserError} from '../foundation/user-error.js'
import type {Goal} from '../frontier/pareto-front.js'
import {BestRows} from './best-rows.js'
import {FrontGroups} from './front-groups.js'
import {columnNamed, type PointColumn, pointColumns} from './point-columns.js'
import {type ChunkSite, PointScan} from './point-scan.js'
import {type PointQuery, type ResolvedQuery, resolveQuery} from './resolve-query.js'
import type {CellReader, PointRow} from './space-reader.js'
import type {Store} from './store.js'

/** Some rows of one chunk, and for each column of the result a reader of its cells. */
export interface CellBlock {
  readonly rows: Int32Array
  readonly readers: readonly CellReader[]
}

/** Points as they are read: rows come one at a time while the store stays open. */
export interface PointResult {
  readonly columns: readonly PointColumn[]
  readonly rows: Iterable<PointRow>
  /** The same rows chunk by chunk, where they come in the order in which they are stored. */
  readonly blocks?: Iterable<CellBlock>
}

/** One objective of a front: a column of numbers, to be made small unless told. */
export interface FrontObjective {
  readonly column: string
  readonly goal?: Goal
}

/** Reads the points of all spaces that pass the filters, sorted, with their axes under their own names. */
export function queryPoints(store: Store, query: PointQuery = {}): PointResult {
  const resolved = resolveQuery(store, query)
  const rows = {[Symbol.iterator]: () => pointRows(store, resolved)}
  const blocks = {[Symbol.iterator]: () => cellBlocks(store, resolved)}
  return {columns: resolved.columns, rows, ...(resolved.sorts.length === 0 ? {blocks} : {})}
}

function* pointRows(store: Store, query: ResolvedQuery): Generator<PointRow> {
  const scan = new PointScan(store, query)
  const rows = query.sorts.length === 0 ? storedRows(scan) : sortedRows(scan, query)
  let left = query.limit
  if (left <= 0) return
  for (const row of rows) {
    yield row
    left -= 1
    if (left <= 0) return
  }
}

function* cellBlocks(store: Store, query: ResolvedQuery): Generator<CellBlock> {
  const scan = new PointScan(store, query)
  let left = query.limit
  for (const chunk of scan.chunks()) {
    if (left <= 0) return
    yield {rows: chunk.rows.subarray(0, Math.min(chunk.rows.length, left)), readers: scan.readers(chunk)}
    left -= chunk.rows.length
  }
}

/** In the order in which points were stored. */
function* storedRows(scan: PointScan): Generator<PointRow> {
  for (const chunk of scan.chunks()) yield* scan.records(chunk)
}

/** Sorted rows read whole at a time. */
const windowCellCount = 1_000_000

/** Only what is sorted by is read of every point; whole rows follow, many at a time. */
function* sortedRows(scan: PointScan, {sorts, limit, columns}: ResolvedQuery): Generator<PointRow> {
  const best = new BestRows(sorts, limit)
  for (const chunk of scan.chunks((site) => best.mayHold(site))) best.add(chunk)
  const positions = best.positions()
  const windowRowCount = Math.ceil(windowCellCount / Math.max(1, columns.length))
  for (let first = 0; first < positions.length; first += windowRowCount) {
    yield* scan.rowsAt(positions.subarray(first, first + windowRowCount))
  }
}

/** The points of a front, read already. */
export interface FrontResult extends PointResult {
  readonly rows: readonly PointRow[]
  /** How many points the fronts hold together, beyond the limit too. */
  readonly frontCount: number
  /** How many fronts these are: one for each distinct combination of the columns that set groups apart. */
  readonly groupCount: number
}

/**
 * The Pareto front among the points that pass the filters, best in the first objective first; with `by`, the front of each
 * group of points that agree in those columns, one group after another.
 */
export function queryFront(
  store: Store,
  objectives: readonly FrontObjective[],
  query: PointQuery = {},
  by: readonly string[] = [],
): FrontResult {
  const resolved = resolveQuery(store, {...query, sort: []})
  const all = pointColumns(store, resolved.spaces)
  const wanted = objectives.map(({column}) => numericColumn(column, all))
  const goals = objectives.map(({goal}) => goal ?? 'min')
  const groups = new FrontGroups(
    by.map((name) => columnNamed(name, all)),
    goals,
  )
  const scan = new PointScan(store, resolved)
  const isWanted = ({reader, chunkIndex}: ChunkSite): boolean =>
    !groups.beats(wanted.map((column, j) => reader.best(column, chunkIndex, goals[j]!)))
  for (const chunk of scan.chunks(isWanted)) {
    const objectiveColumns = wanted.map((column) => chunk.reader.numbers(column, chunk.chunkIndex))
    for (const {rows, front} of groups.split(chunk)) front.add({rows, start: chunk.start, objectiveColumns, labelColumns: []})
  }
  const positions = groups.positions()
  const rows = scan.rowsAt(positions.slice(0, Math.min(positions.length, resolved.limit)))
  return {columns: resolved.columns, rows, frontCount: positions.length, groupCount: groups.count}
}

function numericColumn(written: string, columns: readonly PointColumn[]): PointColumn {
  const column = columnNamed(written, columns)
  if (column.type === 'number') return column
  throw new UserError(`${column.name} holds texts: an objective needs numbers`, {
    code: 'OBJECTIVE_NOT_NUMERIC',
    suggestions: ['name metrics, as in `latency,energy`'],
  })
}
