import type {Database} from 'better-sqlite3'
import {metricNames} from '../cost/metrics.js'
import {nameHints} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'
import {migrations} from './migrations.js'
import {quotedIdentifier, snakeCase} from './names.js'
import {type PointColumn, pointColumns} from './point-columns.js'
import {spaceColumnNames} from './space-definition.js'
import {type Store, sqlite} from './store.js'
import {storeError} from './store-error.js'

/** What a query in plain SQL gave: the names as SQL has them, rows one at a time. */
export interface SqlResult {
  readonly columnNames: readonly string[]
  readonly rows: Iterable<Readonly<Record<string, unknown>>>
}

/** Runs one SQL query on a connection that cannot write; `points_by_name` is a view of all points with their axes as columns. */
export function readOnlySql(store: Store, text: string): SqlResult {
  const database = readOnlyConnection(store)
  try {
    const statement = prepareQuery(database, text)
    const columnNames = statement.columns().map(({name}) => name)
    return {columnNames, rows: {[Symbol.iterator]: () => sqlRows(store, text)}}
  } catch (error) {
    throw sqlError(error, store)
  } finally {
    database.close()
  }
}

function* sqlRows(store: Store, text: string): Generator<Readonly<Record<string, unknown>>> {
  const database = readOnlyConnection(store)
  try {
    for (const row of prepareQuery(database, text).iterate()) yield row as Readonly<Record<string, unknown>>
  } catch (error) {
    throw sqlError(error, store)
  } finally {
    database.close()
  }
}

function readOnlyConnection(store: Store): Database {
  return store.guard(() => {
    const database = new (sqlite())(store.file === ':memory:' ? store.database.serialize() : store.file, {readonly: true})
    database.exec(viewText(store))
    return database
  })
}

function prepareQuery(database: Database, text: string) {
  const statement = database.prepare(text)
  if (statement.reader && statement.readonly) return statement
  throw new UserError('this SQL does not read: only a query is run on a store', {
    code: 'SQL_NOT_A_QUERY',
    suggestions: ['begin with SELECT, as in `SELECT * FROM points_by_name LIMIT 10`'],
  })
}

/** The statement's own mistakes are the person's; better-sqlite3 reports several statements as a RangeError. */
function sqlError(error: unknown, store: Store): unknown {
  if (error instanceof RangeError && /more than one statement|no statements/.test(error.message)) {
    const hint = 'write one SELECT; the semicolon at its end may stay away'
    return new UserError('one SQL statement was expected', {code: 'SQL_ONE_STATEMENT', suggestions: [hint], cause: error})
  }
  const code = (error as {code?: unknown}).code
  if (!(error instanceof Error) || code !== 'SQLITE_ERROR') return storeError(error, store.file)
  const unknown = /no such column: (?:\w+\.)?(.+)$/.exec(error.message)?.[1]
  const names = pointColumns(store).map(({sqlName}) => sqlName)
  const hints = unknown === undefined ? ['tables: points_by_name, points, spaces, axes, axis_values'] : nameHints(unknown, names)
  return new UserError(`SQLite refuses this query: ${error.message}`, {code: 'SQL_REFUSED', suggestions: hints, cause: error})
}

/** One view over all spaces: an axis that a space lacks is NULL there. SQLite leaves out the look-ups of columns that a query does not name. */
function viewText(store: Store): string {
  const spaces = store.spaces()
  const names = new Set(spaces.flatMap(({definition}) => definition.axes.map(({name}) => name)))
  const columns = pointColumns(store, spaces)
  const axes = columns
    .filter(({kind}) => kind === 'axis')
    .map(({sqlName}) => `${axisLookup(sqlName, names)} AS ${quotedIdentifier(sqlName)}`)
  const selected = [
    ...spaceColumnNames.map((name) => `s.${snakeCase(name)}`),
    ...axes,
    ...metricNames.map((name) => `p.${snakeCase(name)}`),
    "json_extract(s.bound_names, '$[' || CAST(p.bound_by_index AS INTEGER) || ']') AS bound_by",
    's.hash AS space_hash',
  ]
  return `CREATE TEMP VIEW points_by_name AS SELECT ${selected.join(',\n')} FROM points AS p JOIN spaces AS s ON s.space_id = p.space_id`
}

/** Axis names hold no quotes: `checkAxisNames` sees to it. */
function axisLookup(sqlName: string, names: Iterable<string>): string {
  const spellings = [...names].filter((name) => snakeCase(name) === sqlName).map((name) => `'${name}'`)
  return `(SELECT v.value FROM axes AS a CROSS JOIN axis_values AS v ON v.space_id = a.space_id AND v.axis_index = a.axis_index
    WHERE a.space_id = p.space_id AND a.name IN (${spellings.join(', ')})
    AND v.code = ((p.point_key >> a.key_shift) & ((1 << a.bit_count) - 1)))`
}

export interface TableDescription {
  readonly name: string
  readonly meaning: string
  readonly columns: readonly {readonly name: string; readonly unit: string; readonly meaning: string}[]
}

export interface StoreDescription {
  readonly file: string
  readonly schemaVersion: number
  readonly pointCount: number
  readonly spaces: readonly SpaceDescription[]
  readonly tables: readonly TableDescription[]
}

export interface SpaceDescription {
  readonly hash: string
  readonly accelerator: string
  readonly workload: string
  readonly phase: string
  readonly fidelity: string
  readonly modelVersion: string
  readonly pointCount: number
  readonly axes: readonly {readonly name: string; readonly unit: string; readonly valueCount: number}[]
}

/** What a store holds, and the tables that SQL may name. */
export function describeStore(store: Store): StoreDescription {
  return store.guard(() => {
    const countPoints = store.database.prepare('SELECT count(*) FROM points WHERE space_id = ?').pluck()
    const countValues = store.database.prepare('SELECT count(*) FROM axis_values WHERE space_id = ? AND axis_index = ?').pluck()
    const spaces = store.spaces().map(({id, hash, definition}) => {
      const {accelerator, workload, phase, fidelity, modelVersion} = definition
      const axes = definition.axes.map(({name, unit}, axis) => ({name, unit, valueCount: countValues.get(id, axis) as number}))
      return {hash, accelerator, workload, phase, fidelity, modelVersion, pointCount: countPoints.get(id) as number, axes}
    })
    const pointCount = spaces.reduce((total, space) => total + space.pointCount, 0)
    return {file: store.file, schemaVersion: migrations.length, pointCount, spaces, tables: tables(pointColumns(store))}
  })
}

function tables(columns: readonly PointColumn[]): readonly TableDescription[] {
  const named = columns.map(({sqlName, unit, meaning}) => ({name: sqlName, unit, meaning}))
  const metricColumns = columns.filter(({kind}) => kind === 'metric').map(({sqlName, unit, meaning}) => ({name: sqlName, unit, meaning}))
  const plain = (name: string, meaning: string) => ({name, unit: '', meaning})
  const space = plain('space_id', 'which space')
  return [
    {name: 'points_by_name', meaning: 'every point, axes as columns', columns: [...named, plain('space_hash', 'identity of the space')]},
    {
      name: 'points',
      meaning: 'every point, axes packed into its key',
      columns: [space, plain('point_key', 'packed codes'), ...metricColumns],
    },
    {
      name: 'spaces',
      meaning: 'what decides the numbers of a set of points',
      columns: [
        space,
        plain('hash', 'SHA-256 of all that follows'),
        ...spaceColumnNames.map((name) => plain(snakeCase(name), columns.find((column) => column.name === name)!.meaning)),
        plain('constants', 'JSON'),
        plain('bound_names', 'JSON list that bound_by_index counts'),
      ],
    },
    {
      name: 'axes',
      meaning: 'what varies within a space, and where it sits in the key',
      columns: [space, plain('axis_index', ''), plain('name', ''), plain('unit', ''), plain('bit_count', ''), plain('key_shift', '')],
    },
    {
      name: 'axis_values',
      meaning: 'the value that a code stands for',
      columns: [space, plain('axis_index', ''), plain('code', ''), plain('value', 'number or text')],
    },
  ]
}
