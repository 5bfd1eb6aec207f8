import {UserError} from '../foundation/user-error.js'
import {type Goal, paretoFront} from '../frontier/pareto-front.js'
import {type GatheredPoints, gatherResolved} from './gather.js'
import {columnNamed, type PointColumn, pointColumns} from './point-columns.js'
import {type PointQuery, type ResolvedQuery, resolveQuery, type Sort} from './resolve-query.js'
import {type Cell, type PointRow, SpaceReader} from './space-reader.js'
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
  const wanted = [...objectives.map(({column}) => numericColumn(column, all)), ...by.map((name) => columnNamed(name, all))]
  const unlimited = {...resolved, limit: Number.POSITIVE_INFINITY}
  // One transaction: both passes see the same points.
  const bothPasses = store.database.transaction(() => {
    const gathered = gatherResolved(store, {...unlimited, columns: wanted})
    const groups = groupedRows(gathered.columnValues.slice(objectives.length), gathered.rowCount)
    const fronts = groups.map((rows) => groupFront(gathered.columnValues, objectives, rows))
    const front = Int32Array.from(fronts.flatMap((rows) => [...rows]))
    const rows = rowsInOrder(store, unlimited, gathered, front.subarray(0, Math.min(front.length, resolved.limit)))
    return {rows, frontCount: front.length, groupCount: groups.length}
  })
  return {columns: resolved.columns, ...store.guard(() => bothPasses())}
}

/** Rows that agree in every column, in the order in which each group is first met. */
function groupedRows(columns: readonly Float64Array[], rowCount: number): Int32Array[] {
  if (columns.length === 0) return [Int32Array.from({length: rowCount}, (_, row) => row)]
  const groups = new Map<string, number[]>()
  for (let row = 0; row < rowCount; row++) {
    const key = columns.map((column) => column[row]!).join(' ')
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [row])
    else known.push(row)
  }
  return [...groups.values()].map((rows) => Int32Array.from(rows))
}

function groupFront(columns: readonly Float64Array[], objectives: readonly FrontObjective[], rows: Int32Array): Int32Array {
  const chosen = objectives.map(({goal}, index) => ({
    values: Float64Array.from(rows, (row) => columns[index]![row]!),
    goal: goal ?? ('min' as const),
  }))
  return paretoFront(chosen).map((place) => rows[place]!)
}

/** Chosen rows of what was gathered, in the order in which they are chosen. */
export function gatheredRows(
  store: Store,
  query: PointQuery,
  gathered: Pick<GatheredPoints, 'spaceIds' | 'keyValues'>,
  chosen: Int32Array,
): readonly PointRow[] {
  return rowsInOrder(store, resolveQuery(store, query), gathered, chosen)
}

function rowsInOrder(
  store: Store,
  query: ResolvedQuery,
  {spaceIds, keyValues}: Pick<GatheredPoints, 'spaceIds' | 'keyValues'>,
  chosen: Int32Array,
): readonly PointRow[] {
  const placeOf = new Map<number, Map<number, number>>(query.spaces.map(({id}) => [id, new Map()]))
  for (const [place, row] of chosen.entries()) placeOf.get(spaceIds[row]!)!.set(keyValues[row]!, place)
  const rows = new Array<PointRow>(chosen.length)
  const keysOfSpace = new Map([...placeOf].map(([id, places]) => [id, [...places.keys()]]))
  for (const reader of inSequence(store, openReaders(store, {...query, keysOfSpace}))) {
    const place = placeOf.get(reader.space.id)!.get(reader.key())
    if (place !== undefined) rows[place] = reader.row()
  }
  return rows
}

function numericColumn(written: string, columns: readonly PointColumn[]): PointColumn {
  const column = columnNamed(written, columns)
  if (column.type === 'number') return column
  throw new UserError(`${column.name} holds texts: an objective needs numbers`, {
    code: 'OBJECTIVE_NOT_NUMERIC',
    suggestions: ['name metrics, as in `latency,energy`'],
  })
}

function openReaders(store: Store, query: ResolvedQuery): readonly SpaceReader[] {
  return query.spaces.flatMap((space) => store.guard(() => SpaceReader.open(store, space, query)) ?? [])
}

function* pointRows(store: Store, query: ResolvedQuery): Generator<PointRow> {
  let left = query.limit
  if (left <= 0) return
  const readers = openReaders(store, query)
  for (const reader of query.sorts.length === 0 ? inSequence(store, readers) : merged(store, readers, query.sorts)) {
    yield reader.row()
    left -= 1
    if (left <= 0) return
  }
}

/** One space after another, each in the order of its keys. */
function* inSequence(store: Store, readers: readonly SpaceReader[]): Generator<SpaceReader> {
  try {
    for (const reader of readers) while (store.guard(() => reader.advance())) yield reader
  } finally {
    for (const reader of readers) reader.close()
  }
}

/** Each space's rows come sorted; the best of their heads is the next. */
function* merged(store: Store, readers: readonly SpaceReader[], sorts: readonly Sort[]): Generator<SpaceReader> {
  try {
    let heads = readers.filter((reader) => store.guard(() => reader.advance()))
    while (heads.length > 0) {
      let best = heads[0]!
      for (const head of heads) if (compareKeys(head.sortKey(), best.sortKey(), sorts) < 0) best = head
      yield best
      if (!store.guard(() => best.advance())) heads = heads.filter((head) => head !== best)
    }
  } finally {
    for (const reader of readers) reader.close()
  }
}

/** Cells in SQLite's order, numbers before texts, but unknown ones last. */
function compareKeys(a: readonly Cell[], b: readonly Cell[], sorts: readonly Sort[]): number {
  for (const [i, {isDescending}] of sorts.entries()) {
    const left = a[i]!
    const right = b[i]!
    if (left === right) continue
    if (left === null || right === null) return left === null ? 1 : -1
    const isBefore = typeof left === typeof right ? left < right : typeof left === 'number'
    return isBefore === isDescending ? 1 : -1
  }
  return 0
}
