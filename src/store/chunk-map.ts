import type {Database, Statement} from 'better-sqlite3'
import {decodedCodes, decodedNumbers, encodedColumn, type NumberColumn, type StoredColumn} from './column-blob.js'

/** Points that lie together in one chunk, at the most: columns of a chunk stay in the second-level cache. */
export const chunkRowCount = 16_384

/** One column over all chunks of a space: NaN where nothing in a chunk is known, 0 where it has no bytes. */
export interface Zone {
  readonly minimum: number[]
  readonly maximum: number[]
  readonly blobIndices: number[]
}

interface ZoneRow {
  readonly chunk_id: number
  readonly minimum: number | null
  readonly maximum: number | null
  readonly blob_id: number | null
}

/** Stores a chunk of a space, each column under its name; runs inside a transaction. */
export function insertChunk(
  database: Database,
  spaceId: number,
  rowCount: number,
  columns: ReadonlyMap<string, NumberColumn | StoredColumn>,
): void {
  const insertChunkRow = database.prepare('INSERT INTO chunks (space_id, row_count) VALUES (?, ?)')
  const insertBlob = database.prepare('INSERT INTO blobs (bytes) VALUES (?)')
  const insertColumn = database.prepare(
    'INSERT INTO chunk_columns (space_id, name, chunk_id, minimum, maximum, blob_id) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const chunkId = insertChunkRow.run(spaceId, rowCount).lastInsertRowid
  for (const [name, column] of columns) {
    const {minimum, maximum, bytes} = ArrayBuffer.isView(column) ? encodedColumn(column, rowCount) : column
    const blobId = bytes === null ? null : insertBlob.run(bytes).lastInsertRowid
    insertColumn.run(spaceId, name, chunkId, minimum, maximum, blobId)
  }
}

/** The chunks of one space: how many rows each has, and between which numbers its columns lie. Chunks are only ever added. */
export class ChunkMap {
  readonly spaceId: number
  readonly #database: Database
  #ids: number[] = []
  #rowCounts: number[] = []
  #pointCount = 0
  readonly #zones = new Map<string, Zone>()
  readonly #readBlob: Statement

  constructor(database: Database, spaceId: number) {
    this.#database = database
    this.spaceId = spaceId
    this.#readBlob = database.prepare('SELECT bytes FROM blobs WHERE blob_id = ?').pluck()
    this.refresh()
  }

  get ids(): readonly number[] {
    return this.#ids
  }

  get rowCounts(): readonly number[] {
    return this.#rowCounts
  }

  get pointCount(): number {
    return this.#pointCount
  }

  /** Takes in the chunks that were added since. */
  refresh(): void {
    const after = this.#ids.at(-1) ?? 0
    const select = this.#database.prepare('SELECT chunk_id, row_count FROM chunks WHERE space_id = ? AND chunk_id > ? ORDER BY chunk_id')
    const rows = select.raw().all(this.spaceId, after) as [number, number][]
    for (const [id, rowCount] of rows) {
      this.#ids.push(id)
      this.#rowCounts.push(rowCount)
      this.#pointCount += rowCount
    }
    if (rows.length > 0) for (const [name, zone] of this.#zones) this.#readZone(name, zone, after)
  }

  /** Forgets what it knows and reads it again, as after a transaction that was rolled back. */
  reload(): void {
    this.#ids = []
    this.#rowCounts = []
    this.#pointCount = 0
    this.#zones.clear()
    this.refresh()
  }

  /** Between which numbers a column lies in each chunk; a chunk that has no such column knows nothing of it. */
  zone(name: string): Zone {
    let zone = this.#zones.get(name)
    if (zone === undefined) {
      zone = {minimum: [], maximum: [], blobIndices: []}
      this.#readZone(name, zone, 0)
      this.#zones.set(name, zone)
    }
    return zone
  }

  /** A column of one chunk, by the chunk's place among the others. */
  column(name: string, place: number): StoredColumn {
    const {minimum, maximum, blobIndices} = this.zone(name)
    const blobId = blobIndices[place]!
    const bytes = blobId === 0 ? null : (this.#readBlob.get(blobId) as Buffer)
    const isKnown = !Number.isNaN(minimum[place]!)
    return {minimum: isKnown ? minimum[place]! : null, maximum: isKnown ? maximum[place]! : null, bytes}
  }

  numbers(name: string, place: number): Float64Array {
    return decodedNumbers(this.column(name, place), this.#rowCounts[place]!)
  }

  codes(name: string, place: number): Int32Array {
    return decodedCodes(this.column(name, place), this.#rowCounts[place]!)
  }

  /** The columns that any chunk of the space has. */
  columnNames(): readonly string[] {
    return this.#database.prepare('SELECT DISTINCT name FROM chunk_columns WHERE space_id = ?').pluck().all(this.spaceId) as string[]
  }

  #readZone(name: string, {minimum, maximum, blobIndices}: Zone, after: number): void {
    const select = this.#database.prepare(
      'SELECT chunk_id, minimum, maximum, blob_id FROM chunk_columns WHERE space_id = ? AND name = ? AND chunk_id > ? ORDER BY chunk_id',
    )
    const rows = select.all(this.spaceId, name, after) as ZoneRow[]
    let next = 0
    for (let place = minimum.length; place < this.#ids.length; place++) {
      const row = rows[next]?.chunk_id === this.#ids[place] ? rows[next++] : undefined
      minimum.push(row?.minimum ?? Number.NaN)
      maximum.push(row?.maximum ?? Number.NaN)
      blobIndices.push(row?.blob_id ?? 0)
    }
  }
}
