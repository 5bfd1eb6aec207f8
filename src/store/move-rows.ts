import type {Database} from 'better-sqlite3'
import {chunkRowCount, insertChunk} from './chunk-map.js'
import type {NumberColumn} from './column-blob.js'

interface PackedAxis {
  readonly name: string
  readonly bit_count: number
  readonly key_shift: number
}

/** Moves points that schema 1 kept as rows, under a key packed of their codes, into chunks. */
export function moveRowsToChunks(database: Database): void {
  const metrics = (database.prepare("SELECT name FROM pragma_table_info('points')").pluck().all() as string[]).slice(2)
  const axesOf = database.prepare('SELECT name, bit_count, key_shift FROM axes WHERE space_id = ? ORDER BY axis_index')
  const read = database
    .prepare(
      `SELECT ${['point_key', ...metrics].join(', ')} FROM points WHERE space_id = ? AND point_key > ?
       ORDER BY point_key LIMIT ${chunkRowCount}`,
    )
    .raw()
  for (const spaceId of database.prepare('SELECT space_id FROM spaces ORDER BY space_id').pluck().all() as number[]) {
    const axes = axesOf.all(spaceId) as PackedAxis[]
    for (let lastKey = -1; ; ) {
      const rows = read.all(spaceId, lastKey) as (number | null)[][]
      if (rows.length === 0) break
      insertChunk(database, spaceId, rows.length, columnsOf(rows, axes, metrics))
      lastKey = rows.at(-1)![0]!
    }
  }
}

function columnsOf(rows: readonly (number | null)[][], axes: readonly PackedAxis[], metrics: readonly string[]): Map<string, NumberColumn> {
  const columns = new Map<string, NumberColumn>()
  for (const {name, bit_count: bitCount, key_shift: keyShift} of axes) {
    columns.set(
      name,
      Int32Array.from(rows, ([key]) => Math.floor(key! / 2 ** keyShift) % 2 ** bitCount),
    )
  }
  for (const [index, name] of metrics.entries()) {
    columns.set(
      camelCase(name),
      Float64Array.from(rows, (row) => row[index + 1] ?? Number.NaN),
    )
  }
  return columns
}

function camelCase(name: string): string {
  return name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
}
