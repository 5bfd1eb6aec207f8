import {UserError} from '../foundation/user-error.js'
import {GrowingFront} from '../frontier/growing-front.js'
import type {Goal} from '../frontier/pareto-front.js'
import {BestRows} from './best-rows.js'
import {columnNamed, type PointColumn, pointColumns} from './point-columns.js'
import {type ChunkRows, PointScan} from './point-scan.js'
import {type PointQuery, type ResolvedQuery, resolveQuery} from './resolve-query.js'
import type {Cell, PointRow} from './space-reader.js'
import type {Store} from './store.js'

/** Points as they are read: rows come one at a time while the store stays open. */
export interface PointResult {
  readonly columns: readonly PointColumn[]
  readonly rows: Iterable<PointRow>
}

/** One objective of a front: a column of numbers, to be made small unless told. */
export interface FrontObjective {
  readonly column: string
  readonly goal?: Goal
}

/** Reads the points of all spaces that pass the filters, sorted, with their axes under their own names. */
export function queryPoints(store: Store, query: PointQuery = {}): PointResult {
  const resolved = resolveQuery(store, query)
  return {columns: resolved.columns, rows: {[Symbol.iterator]: () => pointRows(store, resolved)}}
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

/** In the order in which points were stored. */
function* storedRows(scan: PointScan): Generator<PointRow> {
  for (const chunk of scan.chunks()) yield* scan.records(chunk)
}

/** Sorted rows read whole at a time. */
const windowCellCount = 4_000_000

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
  const groups = new FrontGroups(
    by.map((name) => columnNamed(name, all)),
    objectives.map(({goal}) => goal ?? 'min'),
  )
  const scan = new PointScan(store, resolved)
  for (const chunk of scan.chunks()) {
    const columns = wanted.map((column) => chunk.reader.numbers(column, chunk.place))
    for (const {rows, front} of groups.split(chunk)) front.add({rows, start: chunk.start, objectiveColumns: columns, labels: []})
  }
  const positions = groups.positions()
  const rows = scan.rowsAt(positions.slice(0, Math.min(positions.length, resolved.limit)))
  return {columns: resolved.columns, rows, frontCount: positions.length, groupCount: groups.count}
}

/** Fronts of points that agree in some columns, in the order in which the groups are first met. */
class FrontGroups {
  readonly #columns: readonly PointColumn[]
  readonly #goals: readonly Goal[]
  readonly #fronts = new Map<string, GrowingFront>()
  readonly #texts = new Map<Cell, number>()

  constructor(columns: readonly PointColumn[], goals: readonly Goal[]) {
    this.#columns = columns
    this.#goals = goals
    if (columns.length === 0) this.#frontOf('')
  }

  get count(): number {
    return this.#fronts.size
  }

  /** The rows of a chunk by the group that they belong to. */
  split({reader, place, rows}: ChunkRows): Iterable<{readonly rows: Int32Array; readonly front: GrowingFront}> {
    if (this.#columns.length === 0) return [{rows, front: this.#frontOf('')}]
    const columns = this.#columns.map((column) => reader.numbered(column, place, (cell) => this.#numberOf(cell)))
    const rowsOf = new Map<string, number[]>()
    for (const row of rows) {
      const key = columns.map((column) => column[row]!).join(' ')
      const known = rowsOf.get(key)
      if (known === undefined) rowsOf.set(key, [row])
      else known.push(row)
    }
    return [...rowsOf].map(([key, each]) => ({rows: Int32Array.from(each), front: this.#frontOf(key)}))
  }

  positions(): Float64Array {
    return Float64Array.from([...this.#fronts.values()].flatMap((front) => [...front.rows.rowIndices]))
  }

  #frontOf(key: string): GrowingFront {
    const front = this.#fronts.get(key) ?? new GrowingFront(this.#goals)
    this.#fronts.set(key, front)
    return front
  }

  #numberOf(cell: Cell): number {
    const known = this.#texts.get(cell) ?? this.#texts.size
    this.#texts.set(cell, known)
    return known
  }
}

function numericColumn(written: string, columns: readonly PointColumn[]): PointColumn {
  const column = columnNamed(written, columns)
  if (column.type === 'number') return column
  throw new UserError(`${column.name} holds texts: an objective needs numbers`, {
    code: 'OBJECTIVE_NOT_NUMERIC',
    suggestions: ['name metrics, as in `latency,energy`'],
  })
}
