import {identity, orderOfFloats} from '../frontier/order-of-floats.js'
import type {ChunkRows} from './point-scan.js'
import type {Sort} from './resolve-query.js'
import type {Cell} from './space-reader.js'

/** Rows that come in while there is no telling whether they are among the best. */
const spareCount = 65_536

/** The positions of the best rows of a scan in the order of some columns: of equal rows the earlier, what is not known last. */
export class BestRows {
  readonly #sorts: readonly Sort[]
  readonly #limit: number
  /** For each sort a number a row, small for what comes first; texts are numbered as they come. */
  #keys: Float64Array[]
  #positions: Float64Array
  #count = 0
  readonly #texts = new Map<Cell, number>()
  /** The first key of the last of the best rows, once there are enough of them. */
  #worstKey = Number.NaN

  constructor(sorts: readonly Sort[], limit: number) {
    this.#sorts = sorts
    this.#limit = limit
    this.#keys = sorts.map(() => new Float64Array(spareCount))
    this.#positions = new Float64Array(spareCount)
  }

  /** Whether a chunk may hold rows among the best, by the range of its first sort column. */
  mayHold({reader, chunkIndex}: Pick<ChunkRows, 'reader' | 'chunkIndex'>): boolean {
    const [{column, isDescending}] = this.#sorts as [Sort]
    if (Number.isNaN(this.#worstKey) || column.kind !== 'metric') return true
    const {minimum, maximum} = reader.chunks.zone(column.name)
    return (isDescending ? -maximum[chunkIndex]! : minimum[chunkIndex]!) <= this.#worstKey
  }

  add({reader, chunkIndex, start, rows}: ChunkRows): void {
    const columns = this.#sorts.map(({column, isDescending}) => {
      const numbers = reader.numbered(column, chunkIndex, (cell) => this.#numberOf(cell))
      return isDescending && column.type === 'number' ? numbers.map((number) => -number) : numbers
    })
    const isBounded = !Number.isNaN(this.#worstKey)
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!
      // What is not known compares as false.
      if (isBounded && !(columns[0]![row]! <= this.#worstKey)) continue
      if (this.#count === this.#positions.length) this.#makeRoom()
      for (let key = 0; key < columns.length; key++) this.#keys[key]![this.#count] = columns[key]![row]!
      this.#positions[this.#count++] = start + row
    }
  }

  /** Positions, the best first. */
  positions(): Float64Array {
    const order = this.#order()
    return Float64Array.from(order.subarray(0, Math.min(order.length, this.#limit)), (i) => this.#positions[i]!)
  }

  #numberOf(cell: Cell): number {
    if (cell === null) return Number.NaN
    const known = this.#texts.get(cell) ?? this.#texts.size
    this.#texts.set(cell, known)
    return known
  }

  /** Drops all but the best where there are many more than wanted, else doubles the room. */
  #makeRoom(): void {
    if (this.#count >= 2 * this.#limit) {
      const best = this.#order().subarray(0, this.#limit)
      this.#keys = this.#keys.map((keys) => moved(keys, best))
      this.#positions = moved(this.#positions, best)
      this.#count = best.length
      if (this.#sorts[0]!.column.type === 'number' && best.length > 0) this.#worstKey = this.#keys[0]![best.length - 1]!
      return
    }
    this.#keys = this.#keys.map(doubled)
    this.#positions = doubled(this.#positions)
  }

  /** Rows in the order of all keys; a stable sort by each key, the last one first. */
  #order(): Int32Array {
    let order = identity(this.#count)
    for (let key = this.#sorts.length - 1; key >= 0; key--) {
      const places = this.#places(key)
      const previous = order
      order = orderOfFloats(Float64Array.from(previous, (i) => places[i]!)).map((i) => previous[i]!)
    }
    return order
  }

  /** Numbers that sort as a key does: texts by their chunkIndex among all that came, what is not known last. */
  #places(key: number): Float64Array {
    const {column, isDescending} = this.#sorts[key]!
    const numbers = this.#keys[key]!.subarray(0, this.#count)
    const last = (value: number): number => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value)
    if (column.type === 'number') return numbers.map((number) => last(number) + 0)
    const texts = [...this.#texts.keys()]
    const sorted = identity(texts.length).sort((a, b) => (isDescending ? -1 : 1) * comparedCells(texts[a]!, texts[b]!))
    const places = new Float64Array(texts.length)
    for (const [chunkIndex, text] of sorted.entries()) places[text] = chunkIndex
    return numbers.map((number) => last(places[number] ?? Number.NaN))
  }
}

/** Numbers come before texts. */
function comparedCells(left: Cell, right: Cell): number {
  if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1
  return left! < right! ? -1 : 1
}

function moved(values: Float64Array, order: Int32Array): Float64Array {
  const kept = new Float64Array(values.length)
  for (let i = 0; i < order.length; i++) kept[i] = values[order[i]!]!
  return kept
}

function doubled(values: Float64Array): Float64Array {
  const larger = new Float64Array(2 * values.length)
  larger.set(values)
  return larger
}
