import type {ChunkMap} from './chunk-map.js'
import type {NumberColumn} from './column-blob.js'
import {RowIndex, rowHashes} from './row-index.js'

/** Hashes of at most this many stored rows are kept in memory, four bytes each. */
const keptHashCount = 4_194_304

/** What tells the rows of a space apart: its columns of codes, or its index alone. */
export interface IdentityColumns {
  readonly names: readonly string[]
  readonly isIndex: boolean
}

/** Finds out which rows a space holds already; chunks whose ranges leave the rows out are not read. */
export class StoredRows {
  readonly #chunks: ChunkMap
  readonly #identity: IdentityColumns
  readonly #hashes = new Map<number, Int32Array>()
  #hashCount = 0

  constructor(chunks: ChunkMap, identity: IdentityColumns) {
    this.#chunks = chunks
    this.#identity = identity
  }

  /** Rows of some identity columns that are not stored, ascending; of equal rows the first. */
  missing(columns: readonly NumberColumn[], rowCount: number): Int32Array {
    const places = this.#overlapping(columns, rowCount)
    for (const place of places) if (this.#isSame(place, columns, rowCount)) return new Int32Array(0)
    const index = new RowIndex(columns, rowCount)
    const missing = index.distinctRows
    if (places.length === 0) return missing
    const isStored = new Uint8Array(rowCount)
    let leftCount = missing.length
    for (const place of places) {
      if (leftCount > 0) leftCount -= this.#mark(place, index, isStored)
    }
    return missing.filter((row) => isStored[row] === 0)
  }

  /** Chunks in which some of the rows may be, the last ones first. */
  #overlapping(columns: readonly NumberColumn[], rowCount: number): number[] {
    const places: number[] = []
    if (rowCount === 0) return places
    const ranges = columns.map((column) => rangeOf(column, rowCount))
    const zones = this.#identity.names.map((name) => this.#chunks.zone(name))
    for (let place = this.#chunks.ids.length - 1; place >= 0; place--) {
      let overlaps = true
      for (let i = 0; i < zones.length && overlaps; i++) {
        overlaps = zones[i]!.minimum[place]! <= ranges[i]!.maximum && zones[i]!.maximum[place]! >= ranges[i]!.minimum
      }
      if (overlaps) places.push(place)
    }
    return places
  }

  /** Whether a chunk holds exactly these rows, in this order. */
  #isSame(place: number, columns: readonly NumberColumn[], rowCount: number): boolean {
    if (this.#chunks.rowCounts[place] !== rowCount) return false
    const zones = this.#identity.names.map((name) => this.#chunks.zone(name))
    const ranges = columns.map((column) => rangeOf(column, rowCount))
    if (zones.some(({minimum, maximum}, i) => minimum[place] !== ranges[i]!.minimum || maximum[place] !== ranges[i]!.maximum)) return false
    return this.#columnsOf(place).every((stored, i) => isEqual(stored, columns[i]!, rowCount))
  }

  #mark(place: number, index: RowIndex, isStored: Uint8Array): number {
    const hashes = this.#hashesOf(place)
    let columns: readonly NumberColumn[] | undefined
    let markedCount = 0
    for (let row = 0; row < hashes.length; row++) {
      if (!index.hasHash(hashes[row]!)) continue
      columns ??= this.#columnsOf(place)
      const known = index.rowLike(columns, row, hashes[row]!)
      if (known < 0) continue
      isStored[known] = 1
      markedCount++
    }
    return markedCount
  }

  #columnsOf(place: number): readonly NumberColumn[] {
    const {names, isIndex} = this.#identity
    return names.map((name) => (isIndex ? this.#chunks.numbers(name, place) : this.#chunks.codes(name, place)))
  }

  #hashesOf(place: number): Int32Array {
    const id = this.#chunks.ids[place]!
    const known = this.#hashes.get(id)
    if (known !== undefined) return known
    const hashes = rowHashes(this.#columnsOf(place), this.#chunks.rowCounts[place]!)
    if (this.#hashCount + hashes.length > keptHashCount) this.forget()
    this.#hashes.set(id, hashes)
    this.#hashCount += hashes.length
    return hashes
  }

  /** Gives up what it keeps of chunks, as after a transaction that was rolled back. */
  forget(): void {
    this.#hashes.clear()
    this.#hashCount = 0
  }
}

function rangeOf(column: NumberColumn, rowCount: number): {minimum: number; maximum: number} {
  let minimum = Number.POSITIVE_INFINITY
  let maximum = Number.NEGATIVE_INFINITY
  for (let row = 0; row < rowCount; row++) {
    if (column[row]! < minimum) minimum = column[row]!
    if (column[row]! > maximum) maximum = column[row]!
  }
  return {minimum, maximum}
}

function isEqual(left: NumberColumn, right: NumberColumn, rowCount: number): boolean {
  for (let row = 0; row < rowCount; row++) if (left[row] !== right[row]) return false
  return true
}
