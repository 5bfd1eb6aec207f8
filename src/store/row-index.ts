import type {NumberColumn} from './column-blob.js'

/** One number of 32 bits for each row: equal rows have equal ones, and few different rows do. */
export function rowHashes(columns: readonly NumberColumn[], rowCount: number): Int32Array {
  const hashes = new Int32Array(rowCount)
  for (const column of columns) {
    if (column instanceof Int32Array) mixCodes(hashes, column)
    else mixNumbers(hashes, column)
  }
  return hashes
}

/** The finalizing steps of MurmurHash3 (Appleby, in the public domain), so that neighbouring codes land far apart. */
export function mixed(hash: number, code: number): number {
  const first = Math.imul((hash + 0x9e3779b9) ^ code, 0x85ebca6b)
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35)
  return second ^ (second >>> 16)
}

function mixCodes(hashes: Int32Array, codes: Int32Array): void {
  for (let row = 0; row < hashes.length; row++) hashes[row] = mixed(hashes[row]!, codes[row]!)
}

/** Whole numbers up to 2^53, their low and their high 32 bits. */
function mixNumbers(hashes: Int32Array, numbers: Float64Array): void {
  for (let row = 0; row < hashes.length; row++) {
    const number = numbers[row]!
    hashes[row] = mixed(mixed(hashes[row]!, number | 0), Math.floor(number / 4_294_967_296))
  }
}

/** Finds rows by what they hold in some columns. */
export class RowIndex {
  readonly #columns: readonly NumberColumn[]
  readonly #hashes: Int32Array
  /** A row, one more than its number, at the first free place from its hash on. */
  readonly #places: Int32Array
  /** Rows that equal no row before them, ascending. */
  readonly distinctRows: Int32Array

  constructor(columns: readonly NumberColumn[], rowCount: number) {
    this.#columns = columns
    this.#hashes = rowHashes(columns, rowCount)
    this.#places = new Int32Array(2 ** Math.ceil(Math.log2(2 * rowCount + 2)))
    const distinct = new Int32Array(rowCount)
    let distinctCount = 0
    for (let row = 0; row < rowCount; row++) {
      const place = this.#placeOf(columns, row, this.#hashes[row]!)
      if (this.#places[place] !== 0) continue
      this.#places[place] = row + 1
      distinct[distinctCount++] = row
    }
    this.distinctRows = distinct.subarray(0, distinctCount)
  }

  /** Whether any row has a hash; few of those that differ do. */
  hasHash(hash: number): boolean {
    const mask = this.#places.length - 1
    for (let place = hash & mask; this.#places[place] !== 0; place = (place + 1) & mask) {
      if (this.#hashes[this.#places[place]! - 1] === hash) return true
    }
    return false
  }

  /** The first row that holds what a row of other columns holds, or -1. */
  rowLike(columns: readonly NumberColumn[], row: number, hash: number): number {
    return this.#places[this.#placeOf(columns, row, hash)]! - 1
  }

  #placeOf(columns: readonly NumberColumn[], row: number, hash: number): number {
    const mask = this.#places.length - 1
    let place = hash & mask
    while (this.#places[place] !== 0) {
      const known = this.#places[place]! - 1
      if (this.#hashes[known] === hash && equalRows(this.#columns, known, columns, row)) return place
      place = (place + 1) & mask
    }
    return place
  }
}

function equalRows(left: readonly NumberColumn[], leftRow: number, right: readonly NumberColumn[], rightRow: number): boolean {
  for (let column = 0; column < left.length; column++) if (left[column]![leftRow] !== right[column]![rightRow]) return false
  return true
}
