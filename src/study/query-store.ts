import {metricNamed, usualGoal} from '../cost/metrics.js'
import {UserError} from '../foundation/user-error.js'
import type {Goal} from '../frontier/pareto-front.js'
import {columnNamed, type PointColumn, pointColumns} from '../store/point-columns.js'
import {type PointResult, queryFront, queryPoints} from '../store/query.js'
import {readOnlySql} from '../store/read-only-sql.js'
import {type PointQuery, resolveQuery} from '../store/resolve-query.js'
import {type SpaceColumnName, spaceText} from '../store/space-definition.js'
import type {Cell, PointRow} from '../store/space-reader.js'
import type {Store, StoredSpace} from '../store/store.js'

export interface StoreQuery extends PointQuery {
  /** Objectives of a front, `-` before one that is to be large. */
  readonly pareto?: readonly string[] | undefined
  /** Columns whose values set fronts apart. */
  readonly by?: readonly string[] | undefined
  readonly sql?: string | undefined
}

export interface StoreAnswer extends PointResult {
  /** What a person should know of how the rows were chosen. */
  readonly note?: string
}

/** Rows of an answer as a table or a script takes them. */
export interface QueryResult {
  readonly columns: readonly PointColumn[]
  readonly rows: readonly PointRow[]
  readonly hasMore: boolean
  readonly note?: string
}

/** Rows of an answer that were written out. */
export interface ExportResult {
  readonly format: string
  readonly rowCount: number
  readonly file: string | null
}

/** Answers a query by filters, a front, or SQL. */
export function queryStore(store: Store, {pareto, by, sql, ...query}: StoreQuery): StoreAnswer {
  if (sql !== undefined) return sqlAnswer(store, sql, query.limit)
  if (pareto !== undefined) return frontAnswer(store, pareto, by, query)
  return queryPoints(store, query)
}

function frontAnswer(store: Store, pareto: readonly string[], by: readonly string[] | undefined, query: PointQuery): StoreAnswer {
  if ((query.sort ?? []).length > 0)
    throw new UserError('a front comes in the order of its first objective', {
      code: 'USAGE',
      exitCode: 2,
      suggestions: ['leave --sort out, or put that objective first'],
    })
  const objectives = pareto.map(columnObjective)
  const grouped = by ?? differentWork(store, query)
  const {columns, rows, frontCount, groupCount} = queryFront(store, objectives, query, grouped)
  const each = grouped.length === 0 ? 'the front over all points' : `${counted(groupCount, 'front')}, one for each ${grouped.join(' and ')}`
  const reason = by === undefined && grouped.length > 0 ? '; points of different work are not compared (choose with --by)' : ''
  return {columns, rows, note: `${each}: ${counted(frontCount, 'point')}${reason}`}
}

/** A column to be made small, or large where a minus stands before it or it is usually wanted so. */
function columnObjective(text: string): {readonly column: string; readonly goal: Goal} {
  if (text.startsWith('-')) return {column: text.slice(1), goal: 'max'}
  const metric = metricNamed(text)
  return {column: text, goal: metric === undefined ? 'min' : usualGoal(metric)}
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}

const workColumns = ['workload', 'phase', 'settings', 'fidelity'] as const

/** What sets work apart among the spaces that are asked for: a front over different work says nothing. */
function differentWork(store: Store, query: PointQuery): readonly string[] {
  const {spaces} = resolveQuery(store, query)
  return workColumns.filter((name) => tellsApart(spaces, name))
}

/** What must differ anyway: settings tell apart what workload and phase do not, fidelities only points of the same machine and work. */
const broader: Readonly<Partial<Record<SpaceColumnName, readonly SpaceColumnName[]>>> = {
  settings: ['workload', 'phase'],
  fidelity: ['accelerator', 'workload', 'phase', 'settings'],
}

/** Whether a column tells some spaces apart. */
function tellsApart(spaces: readonly StoredSpace[], name: SpaceColumnName): boolean {
  const before = broader[name] ?? []
  const countOf = (names: readonly SpaceColumnName[]): number =>
    new Set(spaces.map(({definition}) => JSON.stringify(names.map((each) => spaceText(definition, each))))).size
  return countOf([...before, name]) > Math.max(1, countOf(before))
}

/** Whatever SQL computes may carry the name of a stored column, so its numbers are given as they are, without a unit. */
function sqlAnswer(store: Store, sql: string, limit = Number.POSITIVE_INFINITY): StoreAnswer {
  const {columnNames, rows} = readOnlySql(store, sql)
  const known = pointColumns(store)
  const [first] = rows
  const columns = columnNames.map((name): PointColumn => {
    const cell = first?.[name] ?? undefined
    const like = cell === undefined ? known.find(({sqlName}) => sqlName === name)?.type : undefined
    const type = like ?? (typeof cell === 'string' ? 'text' : 'number')
    return {name, sqlName: name, unit: '', kind: 'metric', type, meaning: ''}
  })
  return {columns, rows: {[Symbol.iterator]: () => limited(rows, limit)}}
}

function* limited(rows: Iterable<Readonly<Record<string, unknown>>>, limit: number): Generator<PointRow> {
  let left = limit
  for (const row of rows) {
    if (left-- <= 0) return
    yield Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cellOf(cell)]))
  }
}

function cellOf(value: unknown): Cell {
  return value === null || typeof value === 'number' ? value : String(value)
}

/** An answer up to a limit, and whether there is more; narrowed to the main columns where a person reads it and names none. */
export function takenAnswer(store: Store, query: StoreQuery, limit: number, isForPerson: boolean): QueryResult {
  const isNarrowed = query.columns === undefined && query.sql === undefined && isForPerson
  const columns = isNarrowed ? {columns: mainColumns(store, query)} : {}
  const answer = queryStore(store, {...query, ...columns, limit: limit + 1})
  const {rows, hasMore} = takenRows(answer.rows, limit)
  return {columns: answer.columns, rows, hasMore, ...(answer.note === undefined ? {} : {note: answer.note})}
}

function takenRows(rows: Iterable<PointRow>, limit: number): {rows: PointRow[]; hasMore: boolean} {
  const taken: PointRow[] = []
  for (const row of rows) {
    if (taken.length === limit) return {rows: taken, hasMore: true}
    taken.push(row)
  }
  return {rows: taken, hasMore: false}
}

/** The columns that a table shows where none are named: what sets points apart, the axes, and metrics with a short name. */
function mainColumns(store: Store, query: StoreQuery): readonly string[] {
  const {spaces} = resolveQuery(store, query)
  const all = pointColumns(store, spaces)
  const asked = (query.pareto ?? query.sort ?? []).map((text) => columnNamed(text.replace(/^-/, ''), all).name)
  const main = new Set<string>([...mainMetrics, ...asked])
  const shown = all.filter(({kind, name}) => {
    if (kind === 'axis' || kind === 'bound') return true
    if (kind === 'metric') return main.has(name)
    return name === 'accelerator' || (name !== 'modelVersion' && tellsApart(spaces, name as SpaceColumnName))
  })
  return shown.map(({name}) => name)
}

const mainMetrics = ['latencySeconds', 'energyJoules', 'averageWatts', 'joulesPerToken', 'deviceDollars']
