import type {FrontRows} from '../frontier/growing-front.js'
import type {JsonValue} from './space-definition.js'
import type {Store} from './store.js'

/** A front of one space as it is kept: which chunks it covers, what was counted on the way, and its rows by their places in the space. */
export interface KeptFront {
  /** Chunks up to this one are taken in. */
  readonly chunkIndex: number
  readonly tally: JsonValue
  readonly front: FrontRows
}

interface KeptRow {
  readonly chunk_id: number
  readonly tally: string
  readonly objective_count: number
  readonly label_count: number
  readonly front: Uint8Array
}

/** The front that is kept of a space under a name, which says what was asked; nothing where none is. */
export function keptFront(store: Store, spaceId: number, name: string): KeptFront | undefined {
  return store.guard(() => {
    const find = store.database.prepare('SELECT * FROM kept_fronts WHERE space_id = ? AND name = ?')
    const row = find.get(spaceId, name) as KeptRow | undefined
    if (row === undefined) return undefined
    const numbers = new Float64Array(Uint8Array.from(row.front).buffer)
    const columnCount = 1 + row.objective_count + row.label_count
    const rowCount = numbers.length / columnCount
    const columns = Array.from({length: columnCount}, (_, column) => numbers.slice(column * rowCount, (column + 1) * rowCount))
    const front = {
      rowIndices: columns[0]!,
      objectiveColumns: columns.slice(1, 1 + row.objective_count),
      labelColumns: columns.slice(1 + row.objective_count),
    }
    return {chunkIndex: row.chunk_id, tally: JSON.parse(row.tally) as JsonValue, front}
  })
}

/** Keeps a front, in place of the one that was kept under that name. */
export function keepFront(store: Store, spaceId: number, name: string, {chunkIndex, tally, front}: KeptFront): void {
  const columns = [front.rowIndices, ...front.objectiveColumns, ...front.labelColumns]
  const rowCount = front.rowIndices.length
  const numbers = new Float64Array(columns.length * rowCount)
  for (const [column, values] of columns.entries()) numbers.set(values, column * rowCount)
  store.commit(() =>
    store.database
      .prepare(
        `INSERT OR REPLACE INTO kept_fronts (space_id, name, chunk_id, tally, objective_count, label_count, front)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        spaceId,
        name,
        chunkIndex,
        JSON.stringify(tally),
        front.objectiveColumns.length,
        front.labelColumns.length,
        new Uint8Array(numbers.buffer),
      ),
  )
}
