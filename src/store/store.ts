import {existsSync, statSync} from 'node:fs'
import {createRequire} from 'node:module'
import {dirname, resolve} from 'node:path'
import type {Database, default as DatabaseConstructor} from 'better-sqlite3'
import {AxisCodes} from './axis-codes.js'
import {applicationId, migrate, migrations, missingMetricColumns, schemaVersion} from './migrations.js'
import {initialBitCounts, keyShifts} from './packing.js'
import {Space} from './space.js'
import {canonicalJson, checkAxisNames, type JsonValue, type SpaceDefinition, spaceHash} from './space-definition.js'
import type {SqlPart} from './sql-part.js'
import {guarded, storeRefusal} from './store-error.js'

/** `create` makes the file where there is none, `append` wants it to be there, `read` never writes. */
export type StoreMode = 'create' | 'append' | 'read'

export interface StoreOptions {
  readonly mode: StoreMode
  /** How long to wait for another process that writes; 5 s unless told. */
  readonly lockWaitSeconds?: number
}

/** A space as it is stored: its definition, axes in the order of the key. */
export interface StoredSpace {
  readonly id: number
  readonly hash: string
  readonly definition: SpaceDefinition
}

interface SpaceRow {
  readonly space_id: number
  readonly hash: string
  readonly accelerator: string
  readonly workload: string
  readonly phase: string
  readonly fidelity: string
  readonly model_version: string
  readonly constants: string
  readonly bound_names: string
}

/** better-sqlite3, loaded on first use: `ridge --help` does without it. */
export function sqlite(): typeof DatabaseConstructor {
  return createRequire(import.meta.url)('better-sqlite3') as typeof DatabaseConstructor
}

/** Opens a store of points; `:memory:` keeps one that ends with the process. */
export function openStore(file: string, options: StoreOptions): Store {
  checkPlace(file, options.mode)
  return guarded(file, () => {
    const timeout = Math.round((options.lockWaitSeconds ?? 5) * 1000)
    const database = new (sqlite())(file, {readonly: options.mode === 'read', fileMustExist: options.mode !== 'create', timeout})
    try {
      checkIsStore(database, file, options.mode)
      if (options.mode !== 'read') prepare(database)
      checkVersion(database, file)
      return new Store(file, options.mode, database)
    } catch (error) {
      database.close()
      throw error
    }
  })
}

/** An open store; the only holder of a connection. */
export class Store {
  readonly file: string
  readonly mode: StoreMode
  readonly database: Database
  readonly #codes = new Map<string, AxisCodes>()
  #collected: Float64Array[] = []

  constructor(file: string, mode: StoreMode, database: Database) {
    this.file = file
    this.mode = mode
    this.database = database
    // An aggregate fills typed arrays at more than three times the rate of an iterator.
    database.aggregate('collect_columns', {
      start: 0,
      varargs: true,
      step: (count: number, ...cells: (number | null)[]) => {
        for (let column = 0; column < cells.length; column++) {
          let values = this.#collected[column]
          if (values === undefined || count === values.length) {
            const larger = new Float64Array(Math.max(1024, count * 2))
            if (values !== undefined) larger.set(values)
            values = larger
            this.#collected[column] = larger
          }
          values[count] = cells[column] ?? Number.NaN
        }
        return count + 1
      },
    })
  }

  /** The space that a definition describes, stored once; reordered axes are the same space. */
  space(definition: SpaceDefinition): Space {
    checkAxisNames(definition.axes)
    const hash = spaceHash(definition)
    return this.guard(() => {
      let codes = this.#codes.get(hash)
      if (codes === undefined) {
        codes = new AxisCodes(this.database, this.#spaceId(hash, definition))
        this.#codes.set(hash, codes)
      }
      return new Space(this, hash, definition, codes)
    })
  }

  /** Every stored space, in the order in which they were first seen. */
  spaces(): readonly StoredSpace[] {
    return this.guard(() => {
      const rows = this.database.prepare('SELECT * FROM spaces ORDER BY space_id').all() as SpaceRow[]
      const axes = this.database.prepare('SELECT name, unit FROM axes WHERE space_id = ? ORDER BY axis_index')
      return rows.map((row) => ({id: row.space_id, hash: row.hash, definition: definitionOf(row, axes.all(row.space_id))}))
    })
  }

  /** How many points all spaces hold. */
  pointCount(): number {
    return this.guard(() => this.database.prepare('SELECT count(*) FROM points').pluck().get() as number)
  }

  /** The keys of a space between two keys, ascending. */
  collectedKeys(spaceId: number, lowest: number, highest: number): Float64Array {
    const text = 'SELECT point_key FROM points WHERE space_id = ? AND point_key BETWEEN ? AND ? ORDER BY point_key'
    return this.collectedColumns(['point_key'], {text, parameters: [spaceId, lowest, highest]})[0]!
  }

  /** Named numbers of a query as columns, in the order of its rows; NaN for NULL. */
  collectedColumns(names: readonly string[], {text, parameters}: SqlPart): Float64Array[] {
    this.#collected = []
    const collect = this.database.prepare(`SELECT collect_columns(${names.join(', ')}) FROM (${text})`).pluck()
    const count = collect.get(...parameters) as number
    const columns = names.map((_, column) => this.#collected[column]?.slice(0, count) ?? new Float64Array(0))
    this.#collected = []
    return columns
  }

  /** Runs `action`, with what SQLite says of this file put into words. */
  guard<T>(action: () => T): T {
    return guarded(this.file, action)
  }

  /** Refuses to write into a store that was opened to be read. */
  checkWritable(): void {
    if (this.mode !== 'read') return
    throw storeRefusal(`${this.file} was opened to be read and cannot be written`, 'STORE_READ_ONLY', 'open it to append')
  }

  /** Moves the write-ahead log into the file and closes it; the last to write leaves that file alone, without a log beside it. */
  close(): void {
    if (!this.database.open) return
    this.guard(() => {
      try {
        if (this.mode !== 'read') leaveOneFile(this.database)
      } finally {
        this.database.close()
      }
    })
  }

  #spaceId(hash: string, definition: SpaceDefinition): number {
    const find = this.database.prepare('SELECT space_id FROM spaces WHERE hash = ?').pluck()
    const stored = find.get(hash) as number | undefined
    if (stored !== undefined) return stored
    this.checkWritable()
    return this.database
      .transaction(() => (find.get(hash) as number | undefined) ?? insertSpace(this.database, hash, definition))
      .immediate()
  }
}

function insertSpace(database: Database, hash: string, definition: SpaceDefinition): number {
  const {accelerator, workload, phase, fidelity, modelVersion, constants, boundNames, axes} = definition
  const {lastInsertRowid} = database
    .prepare(
      `INSERT INTO spaces (hash, accelerator, workload, phase, fidelity, model_version, constants, bound_names)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(hash, accelerator, workload, phase, fidelity, modelVersion, canonicalJson(constants), canonicalJson(boundNames))
  const spaceId = Number(lastInsertRowid)
  const bitCounts = initialBitCounts(axes.length)
  const shifts = keyShifts(bitCounts)
  const insert = database.prepare('INSERT INTO axes (space_id, axis_index, name, unit, bit_count, key_shift) VALUES (?, ?, ?, ?, ?, ?)')
  for (const [axis, {name, unit}] of axes.entries()) insert.run(spaceId, axis, name, unit, bitCounts[axis], shifts[axis])
  return spaceId
}

function definitionOf(row: SpaceRow, axes: readonly unknown[]): SpaceDefinition {
  return {
    accelerator: row.accelerator,
    workload: row.workload,
    phase: row.phase,
    fidelity: row.fidelity,
    modelVersion: row.model_version,
    constants: JSON.parse(row.constants) as JsonValue,
    axes: axes as SpaceDefinition['axes'],
    boundNames: JSON.parse(row.bound_names) as string[],
  }
}

function checkPlace(file: string, mode: StoreMode): void {
  if (file === ':memory:') return
  if (mode !== 'create' && !existsSync(file)) {
    throw storeRefusal(`there is no store ${file}`, 'STORE_MISSING', 'run a sweep first, or name the file that a sweep wrote')
  }
  const folder = dirname(resolve(file))
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw storeRefusal(`the folder ${folder} of the store does not exist`, 'STORE_FOLDER_MISSING', 'make the folder, or name another file')
  }
}

function checkIsStore(database: Database, file: string, mode: StoreMode): void {
  if (database.pragma('application_id', {simple: true}) === applicationId) return
  const isEmpty = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
  if (isEmpty && mode !== 'read') return
  const found = isEmpty ? 'it is empty' : 'it is a SQLite database of another program'
  throw storeRefusal(`${file} is not a store: ${found}`, 'STORE_NOT_A_STORE', 'name the .sqlite file that a sweep wrote')
}

/** Sizes measured on ordered and on random keys: 16 KiB pages store a sixth more ordered rows a second than 4 KiB ones. */
function prepare(database: Database): void {
  if (schemaVersion(database) > migrations.length) return
  database.pragma('page_size = 16384')
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.pragma('cache_size = -65536')
  migrate(database)
}

/** A reader that finds a log mode makes two files that it may not remove. Where others have the store open, it stays as it is for them. */
function leaveOneFile(database: Database): void {
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.pragma('busy_timeout = 0')
  try {
    database.pragma('journal_mode = DELETE')
  } catch (error) {
    if (!(error instanceof sqlite().SqliteError && error.code.startsWith('SQLITE_BUSY'))) throw error
  }
}

function checkVersion(database: Database, file: string): void {
  const version = schemaVersion(database)
  if (version > migrations.length) {
    throw storeRefusal(
      `${file} has schema ${version}, and this version of ridgepoint knows schemas up to ${migrations.length}`,
      'STORE_NEWER_SCHEMA',
      'update ridgepoint, or name another store',
    )
  }
  const missing = version < migrations.length ? [] : missingMetricColumns(database)
  if (missing.length > 0) {
    throw storeRefusal(
      `${file} was written before points had ${missing.join(', ')}`,
      'STORE_OLDER_SCHEMA',
      'run a sweep into it once: that adds what is missing, unknown for the points that are there',
    )
  }
  if (version < migrations.length) {
    throw storeRefusal(
      `${file} has schema ${version}, and reading it needs schema ${migrations.length}`,
      'STORE_OLDER_SCHEMA',
      'run a sweep into it once: that brings it to the newest schema',
    )
  }
}
