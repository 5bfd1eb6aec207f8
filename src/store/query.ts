import {UserError} from '../foundation/user-error.js'
import {type Goal, paretoFront} from '../frontier/pareto-front.js'
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

/** The Pareto front among the points that pass the filters, best in the first objective first. */
export function queryFront(store: Store, objectives: readonly FrontObjective[], query: PointQuery = {}): PointResult {
  const resolved = resolveQuery(store, {...query, sort: []})
  const all = pointColumns(store, resolved.spaces)
  const wanted = objectives.map(({column}) => numericColumn(column, all))
  const unlimited = {...resolved, limit: Number.POSITIVE_INFINITY}
  // One transaction: both passes see the same points.
  const bothPasses = store.database.transaction(() => {
    const gathered = gatherColumns(store, {...unlimited, columns: wanted})
    const front = paretoFront(gathered.columns.map((values, i) => ({values, goal: objectives[i]!.goal ?? 'min'})))
    return rowsInOrder(store, unlimited, gathered, front.subarray(0, Math.min(front.length, resolved.limit)))
  })
  return {columns: resolved.columns, rows: store.guard(() => bothPasses())}
}

function rowsInOrder(store: Store, query: ResolvedQuery, gathered: Gathered, chosen: Int32Array): readonly PointRow[] {
  const placeOf = new Map<number, Map<number, number>>(query.spaces.map(({id}) => [id, new Map()]))
  for (const [place, row] of chosen.entries()) placeOf.get(gathered.spaceIds[row]!)!.set(gathered.keys[row]!, place)
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

interface Gathered {
  readonly spaceIds: Int32Array
  readonly keys: Float64Array
  readonly columns: readonly Float64Array[]
}

function gatherColumns(store: Store, query: ResolvedQuery): Gathered {
  let capacity = 1024
  let spaceIds = new Int32Array(capacity)
  let keys = new Float64Array(capacity)
  let columns = query.columns.map(() => new Float64Array(capacity))
  let count = 0
  for (const reader of inSequence(store, openReaders(store, query))) {
    if (count === capacity) {
      capacity *= 2
      spaceIds = enlarged(spaceIds, new Int32Array(capacity))
      keys = enlarged(keys, new Float64Array(capacity))
      columns = columns.map((column) => enlarged(column, new Float64Array(capacity)))
    }
    spaceIds[count] = reader.space.id
    keys[count] = reader.key()
    for (let i = 0; i < columns.length; i++) {
      const cell = reader.cell(i)
      columns[i]![count] = typeof cell === 'number' ? cell : Number.NaN
    }
    count += 1
  }
  return {spaceIds: spaceIds.subarray(0, count), keys: keys.subarray(0, count), columns: columns.map((column) => column.slice(0, count))}
}

function enlarged<T extends Int32Array | Float64Array>(values: T, larger: T): T {
  larger.set(values)
  return larger
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
