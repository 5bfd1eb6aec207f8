import type {PointColumn} from './point-columns.js'
import type {ResolvedQuery} from './resolve-query.js'
import {type Cell, type CellReader, type PointRow, SpaceReader} from './space-reader.js'
import type {Store} from './store.js'

/** A chunk of a space, and the position of its first point. */
export interface ChunkSite {
  readonly reader: SpaceReader
  readonly chunkIndex: number
  readonly start: number
}

/** Some rows of one chunk, ascending. */
export interface ChunkRows extends ChunkSite {
  readonly rows: Int32Array
}

/**
 * The points of a query, chunk by chunk, as they are when the scan is made. A point's position is its place among all points of the
 * query's spaces, whether they pass or not.
 */
export class PointScan {
  readonly pointCount: number
  readonly #store: Store
  readonly #columns: readonly PointColumn[]
  readonly #sites: readonly ChunkSite[]

  constructor(store: Store, query: ResolvedQuery) {
    this.#store = store
    this.#columns = query.columns
    const sites: ChunkSite[] = []
    let start = 0
    for (const reader of store.guard(() => query.spaces.map((space) => new SpaceReader(store, space, query)))) {
      for (const [chunkIndex, rowCount] of reader.chunks.rowCounts.entries()) {
        sites.push({reader, chunkIndex, start})
        start += rowCount
      }
    }
    this.#sites = sites
    this.pointCount = start
  }

  /** The last chunk of all, 0 where there is none. */
  get lastChunkIndex(): number {
    return this.#sites.reduce((last, {reader, chunkIndex}) => Math.max(last, reader.chunks.ids[chunkIndex]!), 0)
  }

  /** The rows that pass the filters, chunk by chunk; `isWanted` may pass over chunks. */
  *chunks(isWanted: (site: ChunkSite) => boolean = () => true): Generator<ChunkRows> {
    for (const site of this.#sites) {
      if (!isWanted(site)) continue
      const rows = this.#store.guard(() => site.reader.passingRows(site.chunkIndex))
      if (rows.length > 0) yield {...site, rows}
    }
  }

  /** Readers of the cells of a chunk, by the query's columns. */
  readers({reader, chunkIndex}: ChunkSite): readonly CellReader[] {
    return this.#columns.map((column) => this.#store.guard(() => reader.cells(column, chunkIndex)))
  }

  /** The rows of a chunk as records, one after another. */
  *records({rows, ...site}: ChunkRows): Generator<PointRow> {
    const cells = this.readers(site)
    for (let i = 0; i < rows.length; i++) {
      const record: Record<string, Cell> = {}
      for (let column = 0; column < cells.length; column++) record[this.#columns[column]!.name] = cells[column]!(rows[i]!)
      yield record
    }
  }

  /** Whole rows at some positions, in the order in which those are given; a chunk is read once. */
  rowsAt(positions: ArrayLike<number>): PointRow[] {
    const order = Int32Array.from({length: positions.length}, (_, i) => i).sort((a, b) => positions[a]! - positions[b]!)
    const rows = new Array<PointRow>(positions.length)
    let next = 0
    while (next < order.length) {
      const site = this.#siteOf(positions[order[next]!]!)
      const end = site.start + site.reader.chunks.rowCounts[site.chunkIndex]!
      const start = next
      while (next < order.length && positions[order[next]!]! < end) next++
      const chosen = order.subarray(start, next)
      let at = 0
      for (const record of this.records({...site, rows: chosen.map((i) => positions[i]! - site.start)})) rows[chosen[at++]!] = record
    }
    return rows
  }

  #siteOf(position: number): ChunkSite {
    let low = 0
    let high = this.#sites.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.#sites[middle]!.start <= position) low = middle
      else high = middle - 1
    }
    return this.#sites[low]!
  }
}
