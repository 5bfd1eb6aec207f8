import {identity} from '../frontier/order-of-floats.js'
import type {Goal} from '../frontier/pareto-front.js'
import {AxisCodes} from './axis-codes.js'
import {ChunkMap} from './chunk-map.js'
import type {PointColumn} from './point-columns.js'
import type {ResolvedQuery} from './resolve-query.js'
import {keepPassing, mayPass, type RowTest, rowTests, storedAxis} from './row-test.js'
import {type AxisValue, type SpaceColumnName, spaceText} from './space-definition.js'
import type {Store, StoredSpace} from './store.js'

/** A cell: null where a metric is not known or a space has no such axis. */
export type Cell = number | string | null
export type PointRow = Readonly<Record<string, Cell>>

/** Reads the cells of one column of a chunk. */
export type CellReader = (row: number) => Cell

/** The chunks of one space as they are now: what comes later is not seen. */
export class SpaceReader {
  readonly space: StoredSpace
  readonly chunks: ChunkMap
  readonly #codes: AxisCodes
  readonly #tests: readonly RowTest[] | undefined
  readonly #store: Store

  constructor(store: Store, space: StoredSpace, query: ResolvedQuery) {
    this.space = space
    this.#store = store
    this.chunks = new ChunkMap(store.database, space.id)
    this.#codes = new AxisCodes(store.database, space.id)
    this.#tests = rowTests(space, this.#codes, query)
  }

  /** The rows of a chunk that pass the query's filters, ascending. */
  passingRows(place: number): Int32Array {
    if (this.#tests === undefined || !this.#tests.every((test) => mayPass(test, this.chunks, place))) return new Int32Array(0)
    const rows = identity(this.chunks.rowCounts[place]!)
    let count = rows.length
    for (const test of this.#tests) if (count > 0) count = keepPassing(test, this.chunks, place, rows, count)
    return rows.subarray(0, count)
  }

  /** A column of numbers of a chunk; NaN where the space has no such column or a number is not known. */
  numbers(column: PointColumn, place: number): Float64Array {
    if (column.kind === 'metric') return this.#stored(column.name, place)
    const axis = column.kind === 'axis' ? storedAxis(column, this.#codes) : undefined
    if (axis === undefined) return new Float64Array(this.chunks.rowCounts[place]!).fill(Number.NaN)
    if (axis.kind !== 'level') return this.#stored(axis.name, place)
    return this.#decoded(axis.name, place, axis.values, (value) => (typeof value === 'number' ? value : Number.NaN))
  }

  /** The levels of an axis of a chunk as numbers. */
  levels(name: string, place: number, numberOf: (value: AxisValue) => number): Float64Array {
    const {values} = this.#codes.axes.find((axis) => axis.name === name)!
    return this.#decoded(name, place, values, numberOf)
  }

  /** The best that a column of numbers of a chunk may hold, by the range that is stored; no bound where none is. */
  best(column: PointColumn, place: number, goal: Goal): number {
    if (column.kind !== 'metric') return goal === 'min' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
    const {minimum, maximum} = this.chunks.zone(column.name)
    return goal === 'min' ? minimum[place]! : maximum[place]!
  }

  /** A column of any kind as numbers, where `numberOf` gives each text its own. */
  numbered(column: PointColumn, place: number, numberOf: (cell: Cell) => number): Float64Array {
    if (column.type === 'number') return this.numbers(column, place)
    const {definition} = this.space
    if (column.kind === 'bound') return this.#stored('boundByIndex', place).map((index) => numberOf(definition.boundNames[index] ?? null))
    const axis = column.kind === 'axis' ? storedAxis(column, this.#codes) : undefined
    if (axis?.kind === 'level') return this.#decoded(axis.name, place, axis.values, numberOf)
    if (axis !== undefined) return this.#stored(axis.name, place).map((value) => numberOf(Number.isNaN(value) ? null : value))
    const text = column.kind === 'space' ? spaceText(definition, column.name as SpaceColumnName) : null
    return new Float64Array(this.chunks.rowCounts[place]!).fill(numberOf(text))
  }

  /** Reads the cells of a column in a chunk. */
  cells(column: PointColumn, place: number): CellReader {
    const {definition} = this.space
    if (column.kind === 'space') {
      const text = spaceText(definition, column.name as SpaceColumnName)
      return () => text
    }
    if (column.kind === 'bound') {
      const indices = this.#stored('boundByIndex', place)
      return (row) => definition.boundNames[indices[row]!] ?? null
    }
    const axis = column.kind === 'axis' ? storedAxis(column, this.#codes) : undefined
    if (axis?.kind === 'level') {
      const codes = this.#store.guard(() => this.chunks.codes(axis.name, place))
      return (row) => axis.values[codes[row]!]!
    }
    if (column.kind === 'axis' && axis === undefined) return () => null
    const numbers = this.#stored(axis?.name ?? column.name, place)
    return (row) => (Number.isNaN(numbers[row]!) ? null : numbers[row]!)
  }

  #stored(name: string, place: number): Float64Array {
    return this.#store.guard(() => this.chunks.numbers(name, place))
  }

  #decoded(name: string, place: number, values: readonly AxisValue[], numberOf: (value: AxisValue) => number): Float64Array {
    const codes = this.#store.guard(() => this.chunks.codes(name, place))
    const numbers = Float64Array.from(values, numberOf)
    const decoded = new Float64Array(codes.length)
    for (let row = 0; row < codes.length; row++) decoded[row] = numbers[codes[row]!]!
    return decoded
  }
}
