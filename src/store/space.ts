import type {Database, Statement} from 'better-sqlite3'
import {type Metric, metricNames} from '../cost/metrics.js'
import {UserError} from '../foundation/user-error.js'
import type {AxisCodes} from './axis-codes.js'
import {snakeCase} from './names.js'
import type {AxisValue, SpaceDefinition} from './space-definition.js'

/** Rows given as columns: the code of each axis, in the order of the definition's axes. */
export interface PointCodes {
  readonly rowCount: number
  readonly axisCodes: readonly Int32Array[]
}

/** A batch of points to store; NaN says that a metric is not known. */
export interface PointBatch extends PointCodes {
  readonly metrics: Readonly<Record<Metric, Float64Array>>
}

/** What a space needs of the store that holds it. */
export interface SpaceHolder {
  readonly database: Database
  guard<T>(action: () => T): T
  checkWritable(): void
  /** The keys of a space between two keys, ascending. */
  collectedKeys(spaceId: number, lowest: number, highest: number): Float64Array
}

/** Measured: 40 rows a statement store a third more than one; more add nothing. */
const rowsPerStatement = 40
const columnCount = metricNames.length + 2

/** Points that share everything but the values of their axes, open for writing. */
export class Space {
  readonly id: number
  readonly hash: string
  readonly definition: SpaceDefinition
  readonly #store: SpaceHolder
  readonly #codes: AxisCodes
  /** Stored index of each axis of the definition. */
  readonly #storedIndex: readonly number[]
  #insertMany: Statement | undefined
  #insertOne: Statement | undefined

  constructor(store: SpaceHolder, hash: string, definition: SpaceDefinition, codes: AxisCodes) {
    this.id = codes.spaceId
    this.hash = hash
    this.definition = definition
    this.#store = store
    this.#codes = codes
    this.#storedIndex = definition.axes.map(({name}) => codes.axes.findIndex((axis) => axis.name === name))
  }

  /** How many points are stored. */
  pointCount(): number {
    return this.#store.guard(
      () => this.#store.database.prepare('SELECT count(*) FROM points WHERE space_id = ?').pluck().get(this.id) as number,
    )
  }

  /** The small integers that stand for an axis's values; a value not seen before is given the next one. */
  codes(axisIndex: number, values: readonly AxisValue[]): Int32Array {
    const stored = this.#storedIndex[axisIndex]!
    const known = this.#codes.known(stored, values)
    if (known !== undefined) return known
    this.#transaction(() => this.#codes.add(stored, values))
    return this.#codes.known(stored, values)!
  }

  /** The key of each row, as the axes are packed now; a later value may repack them. */
  keys(points: PointCodes): Float64Array {
    this.#checkCodes(points)
    return this.#codes.keys(points.rowCount, this.#inStoredOrder(points.axisCodes))
  }

  /** All keys of the space, ascending. */
  existingKeys(): Float64Array {
    return this.#store.guard(() => {
      this.#codes.refresh()
      return this.#store.collectedKeys(this.id, 0, Number.MAX_SAFE_INTEGER)
    })
  }

  /** Indices of the rows that are not stored yet, ascending; a key that comes twice is missing once. */
  missingRows(points: PointCodes): Int32Array {
    return this.#store.guard(() => {
      this.#codes.refresh()
      const keys = this.keys(points)
      const order = keyOrder(keys)
      const missing = new Int32Array(points.rowCount)
      const isStored = this.#storedTest(keys, order)
      let missingCount = 0
      let previous = -1
      for (let i = 0; i < order.length; i++) {
        const key = keys[order[i]!]!
        if (key !== previous && !isStored(key)) missing[missingCount++] = order[i]!
        previous = key
      }
      return missing.slice(0, missingCount).sort()
    })
  }

  /** Stores a batch in one transaction and says how many points were new; a point that is stored already keeps its numbers. */
  write(batch: PointBatch): number {
    checkFinite(batch)
    return this.#transaction(() => {
      const keys = this.keys(batch)
      return this.#insert(keys, keyOrder(keys), batch.metrics)
    })
  }

  #insert(keys: Float64Array, order: Int32Array, columnsByName: PointBatch['metrics']): number {
    const columns = metricNames.map((name) => columnsByName[name])
    this.#insertMany ??= this.#store.database.prepare(insertText(rowsPerStatement))
    this.#insertOne ??= this.#store.database.prepare(insertText(1))
    const values = new Array<number | null>(rowsPerStatement * columnCount)
    let insertedCount = 0
    let first = 0
    for (; first + rowsPerStatement <= order.length; first += rowsPerStatement) {
      fillValues(values, this.id, keys, order, columns, first, rowsPerStatement)
      insertedCount += this.#insertMany.run(values).changes
    }
    values.length = columnCount
    for (; first < order.length; first++) {
      fillValues(values, this.id, keys, order, columns, first, 1)
      insertedCount += this.#insertOne.run(values).changes
    }
    return insertedCount
  }

  /** Ordered keys are asked for in ascending order: dense ones against one range read at once, sparse ones one by one. */
  #storedTest(keys: Float64Array, order: Int32Array): (key: number) => boolean {
    if (order.length === 0) return () => false
    const lowest = keys[order[0]!]!
    const highest = keys[order.at(-1)!]!
    const {database} = this.#store
    const inRange = 'FROM points WHERE space_id = ? AND point_key BETWEEN ? AND ?'
    const limit = order.length * 16
    const rangeCount = database.prepare(`SELECT count(*) FROM (SELECT 1 ${inRange} LIMIT ${limit})`).pluck().get(this.id, lowest, highest)
    if (rangeCount === limit) {
      const find = database.prepare('SELECT 1 FROM points WHERE space_id = ? AND point_key = ?')
      return (key) => find.get(this.id, key) !== undefined
    }
    const stored = this.#store.collectedKeys(this.id, lowest, highest)
    let next = 0
    return (key) => {
      while (next < stored.length && stored[next]! < key) next++
      return stored[next] === key
    }
  }

  #transaction<T>(action: () => T): T {
    this.#store.checkWritable()
    return this.#store.guard(() => {
      try {
        const inside = () => {
          this.#codes.refresh()
          return action()
        }
        return this.#store.database.transaction(inside).immediate()
      } catch (error) {
        this.#codes.reload()
        throw error
      }
    })
  }

  #inStoredOrder(axisCodes: readonly Int32Array[]): Int32Array[] {
    const stored = new Array<Int32Array>(axisCodes.length)
    for (const [axisIndex, codes] of axisCodes.entries()) stored[this.#storedIndex[axisIndex]!] = codes
    return stored
  }

  #checkCodes({rowCount, axisCodes}: PointCodes): void {
    if (axisCodes.length !== this.definition.axes.length) {
      throw new RangeError(`${axisCodes.length} columns of codes for ${this.definition.axes.length} axes`)
    }
    for (const [axisIndex, codes] of axisCodes.entries()) {
      const valueCount = this.#codes.axes[this.#storedIndex[axisIndex]!]!.values.length
      for (let row = 0; row < rowCount; row++) {
        const code = codes[row]
        if (code === undefined || code < 0 || code >= valueCount) {
          throw new RangeError(`row ${row}: ${code} is no code of axis ${this.definition.axes[axisIndex]!.name}`)
        }
      }
    }
  }
}

function insertText(rowCount: number): string {
  const row = `(${new Array(columnCount).fill('?').join(', ')})`
  const columns = ['space_id', 'point_key', ...metricNames.map(snakeCase)].join(', ')
  return `INSERT OR IGNORE INTO points (${columns}) VALUES ${new Array(rowCount).fill(row).join(', ')}`
}

function fillValues(
  values: (number | null)[],
  spaceId: number,
  keys: Float64Array,
  order: Int32Array,
  columns: readonly Float64Array[],
  first: number,
  rowCount: number,
): void {
  let at = 0
  for (let i = first; i < first + rowCount; i++) {
    const row = order[i]!
    values[at++] = spaceId
    values[at++] = keys[row]!
    for (let column = 0; column < columns.length; column++) {
      const value = columns[column]![row]!
      values[at++] = Number.isNaN(value) ? null : value
    }
  }
}

/** Rows in the order of their keys, equal keys in the order given: SQLite appends ordered keys without moving pages. */
function keyOrder(keys: Float64Array): Int32Array {
  const order = new Int32Array(keys.length)
  let isOrdered = true
  for (let row = 0; row < keys.length; row++) {
    order[row] = row
    if (row > 0 && keys[row]! < keys[row - 1]!) isOrdered = false
  }
  return isOrdered ? order : order.sort((a, b) => keys[a]! - keys[b]! || a - b)
}

function checkFinite({rowCount, metrics}: PointBatch): void {
  for (const name of metricNames) {
    const column = metrics[name]
    if (column.length < rowCount) throw new RangeError(`${name} has ${column.length} values for ${rowCount} rows`)
    for (let row = 0; row < rowCount; row++) {
      const value = column[row]!
      if (value - value === 0 || Number.isNaN(value)) continue
      throw new UserError(`${name} of row ${row} is ${value}: only finite numbers are stored, and NaN for "not known"`, {
        code: 'METRIC_NOT_FINITE',
        suggestions: ['look for a rate or a clock of zero in the accelerator'],
      })
    }
  }
}
