import type {Database} from 'better-sqlite3'
import {type Metric, metricNames} from '../cost/metrics.js'
import {UserError} from '../foundation/user-error.js'
import type {AxisCodes} from './axis-codes.js'
import {type ChunkMap, chunkRowCount, insertChunk} from './chunk-map.js'
import {decodedNumbers, type NumberColumn, type StoredColumn} from './column-blob.js'
import type {AxisValue, SpaceDefinition} from './space-definition.js'
import type {StoredRows} from './stored-rows.js'

/** Rows given as columns, in the order of the definition's axes: codes of an axis that has levels, else its numbers. */
export interface PointCodes {
  readonly rowCount: number
  readonly axisCodes: readonly NumberColumn[]
}

/** A batch of points to store; NaN says that a metric is not known. */
export interface PointBatch extends PointCodes {
  readonly metrics: Readonly<Record<Metric, Float64Array>>
}

/** What a space needs of the store that holds it. */
export interface SpaceHolder {
  readonly database: Database
  guard<T>(action: () => T): T
  /** Takes in what other processes have stored since. */
  refresh(): void
  /** Runs `action` in one transaction: all of it is stored, or nothing. */
  commit<T>(action: () => T): T
}

/** What a store knows of a space, in memory. */
export interface SpaceMemory {
  readonly codes: AxisCodes
  readonly chunks: ChunkMap
  readonly rows: StoredRows
}

/** Points that share everything but the values of their axes, open for writing. */
export class Space {
  readonly id: number
  readonly hash: string
  readonly definition: SpaceDefinition
  readonly #store: SpaceHolder
  readonly #memory: SpaceMemory
  /** Stored index of each axis of the definition. */
  readonly #storedIndex: readonly number[]

  constructor(store: SpaceHolder, hash: string, definition: SpaceDefinition, memory: SpaceMemory) {
    this.id = memory.chunks.spaceId
    this.hash = hash
    this.definition = definition
    this.#store = store
    this.#memory = memory
    this.#storedIndex = definition.axes.map(({name}) => memory.codes.axes.findIndex((axis) => axis.name === name))
  }

  /** How many points are stored. */
  pointCount(): number {
    return this.#store.guard(() => {
      this.#store.refresh()
      return this.#memory.chunks.pointCount
    })
  }

  /** The small integers that stand for an axis's levels; one not seen before is given the next. */
  codes(axisIndex: number, values: readonly AxisValue[]): Int32Array {
    const {codes} = this.#memory
    const stored = this.#storedIndex[axisIndex]!
    const known = codes.known(stored, values)
    if (known !== undefined) return known
    this.#store.commit(() => codes.add(stored, values))
    return codes.known(stored, values)!
  }

  /** Indices of the rows that are not stored yet, ascending; a point that comes twice is missing once. */
  missingRows(points: PointCodes): Int32Array {
    return this.#store.guard(() => {
      this.#store.refresh()
      return this.#missing(points)
    })
  }

  /** Stores a batch in one transaction and says how many points were new; a point that is stored already keeps its numbers. */
  write(batch: PointBatch): number {
    checkFinite(batch)
    return this.#writeColumns(batch, Object.entries(batch.metrics))
  }

  /** Stores a chunk of another store, whose other columns stay as they are stored there, and says how many points were new. */
  adopt(points: PointCodes, columns: Iterable<readonly [string, StoredColumn]>): number {
    return this.#writeColumns(points, columns)
  }

  #writeColumns(points: PointCodes, others: Iterable<readonly [string, NumberColumn | StoredColumn]>): number {
    return this.#store.commit(() => {
      const missing = this.#missing(points)
      const columns = [...points.axisCodes.map((column, axis) => [this.definition.axes[axis]!.name, column] as const), ...others]
      for (let first = 0; first < missing.length; first += chunkRowCount) {
        const rows = missing.subarray(first, first + chunkRowCount)
        const isWhole = rows.length === points.rowCount
        const kept = columns.map(([name, column]) => {
          if (ArrayBuffer.isView(column)) return [name, picked(column, rows)] as const
          return [name, isWhole ? column : picked(decodedNumbers(column, points.rowCount), rows)] as const
        })
        insertChunk(this.#store.database, this.id, rows.length, new Map(kept))
      }
      this.#memory.chunks.refresh()
      return missing.length
    })
  }

  #missing(points: PointCodes): Int32Array {
    this.#checkCodes(points)
    const {codes, rows} = this.#memory
    const byName = new Map(points.axisCodes.map((column, axis) => [this.definition.axes[axis]!.name, column]))
    const {names, isIndex} = codes.identity
    const columns = names.map((name) => (isIndex ? Float64Array.from(byName.get(name)!) : Int32Array.from(byName.get(name)!)))
    return rows.missing(columns, points.rowCount)
  }

  #checkCodes({rowCount, axisCodes}: PointCodes): void {
    if (axisCodes.length !== this.definition.axes.length) {
      throw new RangeError(`${axisCodes.length} columns of codes for ${this.definition.axes.length} axes`)
    }
    for (const [axisIndex, column] of axisCodes.entries()) {
      const {name, kind, values} = this.#memory.codes.axes[this.#storedIndex[axisIndex]!]!
      if (kind === 'value') checkNumbers(name, column, rowCount)
      else checkWhole(name, column, rowCount, kind === 'level' ? values.length : Number.MAX_SAFE_INTEGER)
    }
  }
}

/** Rows of a column: the column itself where they are its first. */
function picked(column: NumberColumn, rows: Int32Array): NumberColumn {
  const first = rows[0]!
  if (rows.at(-1)! - first === rows.length - 1) return column.subarray(first, first + rows.length)
  const values = column instanceof Int32Array ? new Int32Array(rows.length) : new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) values[i] = column[rows[i]!]!
  return values
}

function checkWhole(name: string, column: NumberColumn, rowCount: number, limit: number): void {
  for (let row = 0; row < rowCount; row++) {
    const code = column[row]
    if (code === undefined || !(code >= 0 && code < limit) || code !== Math.floor(code)) {
      throw new RangeError(`row ${row}: ${code} is no code of axis ${name}`)
    }
  }
}

/** A derived axis may be unknown at a point. */
function checkNumbers(name: string, column: NumberColumn, rowCount: number): void {
  if (column.length < rowCount) throw new RangeError(`${name} has ${column.length} values for ${rowCount} rows`)
  for (let row = 0; row < rowCount; row++) {
    if (Math.abs(column[row]!) === Number.POSITIVE_INFINITY) throw notFinite(name, row, column[row]!)
  }
}

function checkFinite({rowCount, metrics}: PointBatch): void {
  for (const name of metricNames) {
    const column = metrics[name]
    if (column.length < rowCount) throw new RangeError(`${name} has ${column.length} values for ${rowCount} rows`)
    for (let row = 0; row < rowCount; row++) {
      const value = column[row]!
      if (value - value !== 0 && !Number.isNaN(value)) throw notFinite(name, row, value)
    }
  }
}

function notFinite(name: string, row: number, value: number): UserError {
  return new UserError(`${name} of row ${row} is ${value}: only finite numbers are stored, and NaN for "not known"`, {
    code: 'METRIC_NOT_FINITE',
    suggestions: ['look for a rate or a clock of zero in the accelerator'],
  })
}
