import type {Database} from 'better-sqlite3'
import {nameHints} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'
import {migrations} from './migrations.js'
import {snakeCase} from './names.js'
import {type PointColumn, pointColumns} from './point-columns.js'
import {addPointsTable, pointsTableColumns} from './points-table.js'
import {spaceColumnNames} from './space-definition.js'
import {type Store, sqlite} from './store.js'
import {storeError} from './store-error.js'

/** What a query in plain SQL gave: the names as SQL has them, rows one at a time. */
export interface SqlResult {
  readonly columnNames: readonly string[]
  readonly rows: Iterable<Readonly<Record<string, unknown>>>
}

/** Runs one SQL query on a connection that cannot write; `points_by_name` is a table of all points with their axes as columns. */
export function readOnlySql(store: Store, text: string): SqlResult {
  const database = readOnlyConnection(store, text)
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
  const database = readOnlyConnection(store, text)
  try {
    for (const row of prepareQuery(database, text).iterate()) yield row as Readonly<Record<string, unknown>>
  } catch (error) {
    throw sqlError(error, store)
  } finally {
    database.close()
  }
}

function readOnlyConnection(store: Store, text: string): Database {
  return store.guard(() => {
    const database = new (sqlite())(store.file === ':memory:' ? store.database.serialize() : store.file, {readonly: true})
    addPointsTable(database, store, text)
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
  const hints = unknown === undefined ? [`tables: ${tableNames.join(', ')}`] : nameHints(unknown, names)
  return new UserError(`SQLite refuses this query: ${error.message}`, {code: 'SQL_REFUSED', suggestions: hints, cause: error})
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
  /** Values that are stored of an axis, its points of a sample; null of an axis whose values are drawn or follow from others. */
  readonly axes: readonly {readonly name: string; readonly unit: string; readonly valueCount: number | null}[]
}

/** What a store holds, and the tables that SQL may name. */
export function describeStore(store: Store): StoreDescription {
  return store.guard(() => {
    const countPoints = store.database.prepare('SELECT coalesce(sum(row_count), 0) FROM chunks WHERE space_id = ?').pluck()
    const countValues = store.database.prepare('SELECT count(*) FROM axis_values WHERE space_id = ? AND axis_index = ?').pluck()
    const spaces = store.spaces().map(({id, hash, definition}) => {
      const {accelerator, workload, phase, fidelity, modelVersion} = definition
      const ownCount = countPoints.get(id) as number
      const axes = definition.axes.map(({name, unit, kind}, axis) => {
        const valueCount = kind === 'index' ? ownCount : kind === 'value' ? null : (countValues.get(id, axis) as number)
        return {name, unit, valueCount}
      })
      return {hash, accelerator, workload, phase, fidelity, modelVersion, pointCount: ownCount, axes}
    })
    const pointCount = spaces.reduce((total, space) => total + space.pointCount, 0)
    return {file: store.file, schemaVersion: migrations.length, pointCount, spaces, tables: tables(pointColumns(store))}
  })
}

const tableNames = ['points_by_name', 'spaces', 'axes', 'axis_values', 'chunks', 'chunk_columns', 'blobs'] as const

function tables(columns: readonly PointColumn[]): readonly TableDescription[] {
  const plain = (name: string, meaning: string) => ({name, unit: '', meaning})
  const named = new Map(columns.map(({sqlName, unit, meaning}) => [sqlName, {name: sqlName, unit, meaning}]))
  const [space, chunk, blob] = [plain('space_id', 'which space'), plain('chunk_id', 'which chunk'), plain('blob_id', 'which bytes')]
  const described: Readonly<Record<(typeof tableNames)[number], Omit<TableDescription, 'name'>>> = {
    points_by_name: {
      meaning: 'every point, axes as columns',
      columns: pointsTableColumns(columns).map((name) => named.get(name) ?? plain(name, 'identity of the space')),
    },
    spaces: {
      meaning: 'what decides the numbers of a set of points',
      columns: [
        space,
        plain('hash', 'SHA-256 of all that follows'),
        ...spaceColumnNames
          .filter((name) => name !== 'settings')
          .map((name) => plain(snakeCase(name), columns.find((column) => column.name === name)!.meaning)),
        plain('constants', 'JSON'),
        plain('bound_names', 'JSON list that bound_by_index counts'),
      ],
    },
    axes: {
      meaning: 'what varies within a space',
      columns: [space, plain('axis_index', ''), plain('name', ''), plain('unit', ''), plain('kind', 'level, value or index')],
    },
    axis_values: {
      meaning: 'the level that a code stands for',
      columns: [space, plain('axis_index', ''), plain('code', ''), plain('value', 'number or text')],
    },
    chunks: {meaning: 'points that are stored together', columns: [chunk, space, plain('row_count', '')]},
    chunk_columns: {
      meaning: 'the columns of each chunk and their ranges',
      columns: [space, plain('name', ''), chunk, plain('minimum', ''), plain('maximum', ''), blob],
    },
    blobs: {meaning: 'the numbers of columns, packed', columns: [blob, plain('bytes', '')]},
  }
  return tableNames.map((name) => ({name, ...described[name]}))
}
