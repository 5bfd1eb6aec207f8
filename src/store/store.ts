import {existsSync, statSync} from 'node:fs'
import {createRequire} from 'node:module'
import {dirname, resolve} from 'node:path'
import type {Database, default as DatabaseConstructor} from 'better-sqlite3'
import {AxisCodes} from './axis-codes.js'
import {ChunkMap} from './chunk-map.js'
import {applicationId, migrate, migrations, schemaVersion} from './migrations.js'
import {Space, type SpaceMemory} from './space.js'
import {type AxisKind, canonicalJson, checkAxisNames, isLevel, type JsonValue, type SpaceDefinition, spaceHash} from './space-definition.js'
import {guarded, storeRefusal} from './store-error.js'
import {StoredRows} from './stored-rows.js'

/** `create` makes the file where there is none, `append` wants it to be there, `read` never writes. */
export type StoreMode = 'create' | 'append' | 'read'

export interface StoreOptions {
  readonly mode: StoreMode
  /** How long to wait for another process that writes; 5 s unless told. */
  readonly lockWaitSeconds?: number
}

/** A space as it is stored: its definition, axes in the order in which they were first given. */
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
  readonly #memories = new Map<string, SpaceMemory>()
  #dataVersion = -1

  constructor(file: string, mode: StoreMode, database: Database) {
    this.file = file
    this.mode = mode
    this.database = database
  }

  /** The space that a definition describes, stored once; reordered axes are the same space. */
  space(definition: SpaceDefinition): Space {
    checkAxisNames(definition.axes)
    const hash = spaceHash(definition)
    return this.guard(() => {
      let memory = this.#memories.get(hash)
      if (memory === undefined) {
        const spaceId = this.#spaceId(hash, definition)
        const codes = new AxisCodes(this.database, spaceId)
        const chunks = new ChunkMap(this.database, spaceId)
        memory = {codes, chunks, rows: new StoredRows(chunks, codes.identity)}
        this.#memories.set(hash, memory)
      }
      return new Space(this, hash, definition, memory)
    })
  }

  /** Every stored space, in the order in which they were first seen. */
  spaces(): readonly StoredSpace[] {
    return this.guard(() => {
      const rows = this.database.prepare('SELECT * FROM spaces ORDER BY space_id').all() as SpaceRow[]
      const axes = this.database.prepare('SELECT name, unit, kind FROM axes WHERE space_id = ? ORDER BY axis_index')
      return rows.map((row) => ({id: row.space_id, hash: row.hash, definition: definitionOf(row, axes.all(row.space_id) as AxisRow[])}))
    })
  }

  /** How many points all spaces hold. */
  pointCount(): number {
    return this.guard(() => this.database.prepare('SELECT coalesce(sum(row_count), 0) FROM chunks').pluck().get() as number)
  }

  /** Takes in what other processes have stored since. */
  refresh(): void {
    const dataVersion = this.database.pragma('data_version', {simple: true}) as number
    if (dataVersion === this.#dataVersion) return
    for (const {codes, chunks} of this.#memories.values()) {
      codes.reload()
      chunks.refresh()
    }
    this.#dataVersion = dataVersion
  }

  /** Runs `action` in one transaction, within one that is open already: all of it is stored, or nothing, and the store is as it was before. */
  commit<T>(action: () => T): T {
    if (this.database.inTransaction) return action()
    this.#checkWritable()
    return this.guard(() => {
      try {
        const inside = () => {
          this.refresh()
          return action()
        }
        return this.database.transaction(inside).immediate()
      } catch (error) {
        for (const {codes, chunks, rows} of this.#memories.values()) {
          codes.reload()
          chunks.reload()
          rows.forget()
        }
        throw error
      }
    })
  }

  /** Runs `action`, with what SQLite says of this file put into words. */
  guard<T>(action: () => T): T {
    return guarded(this.file, action)
  }

  /** Refuses to write into a store that was opened to be read. */
  #checkWritable(): void {
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
    return this.commit(() => (find.get(hash) as number | undefined) ?? insertSpace(this.database, hash, definition))
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
  const insert = database.prepare('INSERT INTO axes (space_id, axis_index, name, unit, kind) VALUES (?, ?, ?, ?, ?)')
  for (const [axis, {name, unit, kind}] of axes.entries()) insert.run(spaceId, axis, name, unit, kind ?? 'level')
  return spaceId
}

interface AxisRow {
  readonly name: string
  readonly unit: string
  readonly kind: AxisKind
}

function definitionOf(row: SpaceRow, axes: readonly AxisRow[]): SpaceDefinition {
  return {
    accelerator: row.accelerator,
    workload: row.workload,
    phase: row.phase,
    fidelity: row.fidelity,
    modelVersion: row.model_version,
    constants: JSON.parse(row.constants) as JsonValue,
    axes: axes.map(({name, unit, kind}) => ({name, unit, ...(isLevel(kind) ? {} : {kind})})),
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
  throw storeRefusal(
    `${file} is not a store: ${found}`,
    'STORE_NOT_A_STORE',
    'name the file that a sweep wrote, such as out/quickstart/points.db',
  )
}

/** Measured on 300 chunks of 25 columns: pages of 16 KiB to 32 KiB are written fastest, and a larger cache or log brings nothing. */
function prepare(database: Database): void {
  if (schemaVersion(database) > migrations.length) return
  database.pragma('page_size = 16384')
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.pragma('cache_size = -16384')
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
  if (version < migrations.length) {
    throw storeRefusal(
      `${file} has schema ${version}, and reading it needs schema ${migrations.length}`,
      'STORE_OLDER_SCHEMA',
      'run a sweep into it once: that brings it to the newest schema',
    )
  }
}
