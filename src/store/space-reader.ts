import type {Statement} from 'better-sqlite3'
import type {Metric} from '../cost/metrics.js'
import {AxisCodes} from './axis-codes.js'
import {unpackedCode} from './packing.js'
import type {PointColumn} from './point-columns.js'
import type {ResolvedQuery} from './resolve-query.js'
import type {SpaceColumnName} from './space-definition.js'
import {type SpaceStatement, spaceStatement, storedAxis} from './space-statement.js'
import type {Store, StoredSpace} from './store.js'

/** A cell: null where a metric is not known or a space has no such axis. */
export type Cell = number | string | null
export type PointRow = Readonly<Record<string, Cell>>

/** The key, the metrics that were asked for, the sort keys. */
type RawRow = readonly Cell[]
type Decoder = (raw: RawRow) => Cell

/** Reads the rows of one space, one at a time, and puts names to what they hold. */
export class SpaceReader {
  readonly space: StoredSpace
  readonly #statement: Statement
  readonly #parameters: readonly unknown[]
  #rows: IterableIterator<unknown> | undefined
  readonly #decoders: readonly Decoder[]
  readonly #names: readonly string[]
  readonly #sortCount: number
  #raw: RawRow = []

  /** A reader of what the query leaves of a space, or nothing. */
  static open(store: Store, space: StoredSpace, query: ResolvedQuery): SpaceReader | undefined {
    const codes = new AxisCodes(store.database, space.id)
    const statement = spaceStatement(space, codes, query)
    return statement === undefined ? undefined : new SpaceReader(store, space, codes, statement, query)
  }

  private constructor(store: Store, space: StoredSpace, codes: AxisCodes, statement: SpaceStatement, query: ResolvedQuery) {
    this.space = space
    this.#sortCount = query.sorts.length
    this.#names = query.columns.map(({name}) => name)
    this.#decoders = query.columns.map((column) => decoder(column, space, codes, statement.metrics))
    this.#statement = store.database.prepare(statement.text).raw()
    this.#parameters = statement.parameters
  }

  /** Goes on to the next row; false after the last. */
  advance(): boolean {
    // Reading starts here: a connection prepares nothing more once one of its statements is being read.
    this.#rows ??= this.#statement.iterate(...this.#parameters)
    const next = this.#rows.next()
    if (next.done === true) return false
    this.#raw = next.value as RawRow
    return true
  }

  key(): number {
    return this.#raw[0] as number
  }

  row(): PointRow {
    const row: Record<string, Cell> = {}
    for (let i = 0; i < this.#names.length; i++) row[this.#names[i]!] = this.#decoders[i]!(this.#raw)
    return row
  }

  cell(columnIndex: number): Cell {
    return this.#decoders[columnIndex]!(this.#raw)
  }

  sortKey(): readonly Cell[] {
    return this.#raw.slice(this.#raw.length - this.#sortCount)
  }

  close(): void {
    this.#rows?.return?.()
  }
}

function decoder(column: PointColumn, space: StoredSpace, codes: AxisCodes, read: readonly Metric[]): Decoder {
  const {definition} = space
  switch (column.kind) {
    case 'space': {
      const text = definition[column.name as SpaceColumnName]
      return () => text
    }
    case 'axis': {
      const axis = storedAxis(column, codes)
      if (axis === undefined) return () => null
      const {keyShift, bitCount, values} = axis
      return (raw) => values[unpackedCode(raw[0] as number, keyShift, bitCount)]!
    }
    case 'bound': {
      const at = 1 + read.indexOf('boundByIndex')
      return (raw) => definition.boundNames[raw[at] as number] ?? null
    }
    case 'metric': {
      const at = 1 + read.indexOf(column.name as Metric)
      return (raw) => raw[at]!
    }
  }
}
