import type {Database} from 'better-sqlite3'
import {UserError} from '../foundation/user-error.js'
import {bitsNeeded, keyBitCount, keyShifts, packKeys, widenedBitCounts} from './packing.js'
import type {AxisValue} from './space-definition.js'

interface StoredAxis {
  readonly name: string
  readonly unit: string
  bitCount: number
  keyShift: number
  /** Value of each code. */
  readonly values: AxisValue[]
  readonly codeOf: Map<AxisValue, number>
}

interface AxisRow {
  readonly axis_index: number
  readonly name: string
  readonly unit: string
  readonly bit_count: number
  readonly key_shift: number
}

/** The axes of one stored space: which small integer stands for which value, and where it sits in the key. */
export class AxisCodes {
  readonly spaceId: number
  #axes: StoredAxis[] = []
  readonly #database: Database
  #dataVersion = -1

  constructor(database: Database, spaceId: number) {
    this.#database = database
    this.spaceId = spaceId
    this.refresh()
  }

  get axes(): readonly Readonly<StoredAxis>[] {
    return this.#axes
  }

  /** Reads the axes again where another process has changed the file since. */
  refresh(): void {
    const dataVersion = this.#database.pragma('data_version', {simple: true}) as number
    if (dataVersion === this.#dataVersion) return
    this.reload()
    this.#dataVersion = dataVersion
  }

  /** Reads the axes as they are stored, as after a transaction that was rolled back. */
  reload(): void {
    const rows = this.#database.prepare('SELECT * FROM axes WHERE space_id = ? ORDER BY axis_index').all(this.spaceId) as AxisRow[]
    const read = this.#database.prepare('SELECT value FROM axis_values WHERE space_id = ? AND axis_index = ? ORDER BY code').pluck()
    this.#axes = rows.map((row) => {
      const values = read.all(this.spaceId, row.axis_index) as AxisValue[]
      const codeOf = new Map(values.map((value, code) => [value, code]))
      return {name: row.name, unit: row.unit, bitCount: row.bit_count, keyShift: row.key_shift, values, codeOf}
    })
  }

  /** Codes of values that are all known, or nothing. */
  known(axisIndex: number, values: readonly AxisValue[]): Int32Array | undefined {
    const {codeOf} = this.#axes[axisIndex]!
    const codes = new Int32Array(values.length)
    for (let row = 0; row < values.length; row++) {
      const code = codeOf.get(values[row]!)
      if (code === undefined) return undefined
      codes[row] = code
    }
    return codes
  }

  /** Gives a code to each value not seen before; runs inside a transaction. */
  add(axisIndex: number, values: readonly AxisValue[]): void {
    const axis = this.#axes[axisIndex]!
    const insert = this.#database.prepare('INSERT INTO axis_values (space_id, axis_index, code, value) VALUES (?, ?, ?, ?)')
    for (const value of values) {
      checkAxisValue(axis.name, value)
      if (axis.codeOf.has(value)) continue
      const code = axis.values.length
      insert.run(this.spaceId, axisIndex, code, value)
      axis.codeOf.set(value === 0 ? 0 : value, code)
      axis.values.push(value)
    }
    if (bitsNeeded(axis.values.length) > axis.bitCount) this.#widen()
  }

  /** The keys of rows given as columns of codes, in the order of the stored axes. */
  keys(rowCount: number, axisCodes: readonly Int32Array[]): Float64Array {
    const keys = new Float64Array(rowCount)
    const shifts = this.#axes.map(({keyShift}) => keyShift)
    packKeys(axisCodes, shifts, keys)
    return keys
  }

  #widen(): void {
    const before = this.#axes.map(({bitCount, keyShift}) => ({bitCount, keyShift}))
    const valueCounts = this.#axes.map(({values}) => values.length)
    const bitCounts = widenedBitCounts(
      before.map(({bitCount}) => bitCount),
      valueCounts,
    )
    if (bitCounts === undefined) throw keyOverflow(this.#axes)
    const shifts = keyShifts(bitCounts)
    const update = this.#database.prepare('UPDATE axes SET bit_count = ?, key_shift = ? WHERE space_id = ? AND axis_index = ?')
    for (const [axisIndex, axis] of this.#axes.entries()) {
      axis.bitCount = bitCounts[axisIndex]!
      axis.keyShift = shifts[axisIndex]!
      update.run(axis.bitCount, axis.keyShift, this.spaceId, axisIndex)
    }
    this.#repack(before, shifts)
  }

  /** New keys pass through negative numbers, so that none meets an old key on the way. */
  #repack(before: readonly {bitCount: number; keyShift: number}[], shifts: readonly number[]): void {
    const fields = before.map(
      ({bitCount, keyShift}, axis) => `(((point_key >> ${keyShift}) & ${2 ** bitCount - 1}) << ${Number(shifts[axis])})`,
    )
    const repacked = fields.length === 0 ? '0' : fields.join(' + ')
    this.#database.prepare(`UPDATE points SET point_key = -1 - (${repacked}) WHERE space_id = ?`).run(this.spaceId)
    this.#database.prepare('UPDATE points SET point_key = -1 - point_key WHERE space_id = ?').run(this.spaceId)
  }
}

function checkAxisValue(name: string, value: AxisValue): void {
  if (typeof value === 'string' || Number.isFinite(value)) return
  throw new UserError(`axis "${name}" cannot take the value ${value}: finite numbers and texts are stored`, {
    code: 'AXIS_VALUE_NOT_FINITE',
    suggestions: ['take the value out of the axis'],
  })
}

function keyOverflow(axes: readonly StoredAxis[]): UserError {
  const counts = axes.map(({name, values}) => `${name} ${values.length}`).join(', ')
  return new UserError(`the axes have too many distinct values for one key of ${keyBitCount} bits: ${counts}`, {
    code: 'STORE_KEY_OVERFLOW',
    suggestions: ['sweep into a new store', 'round sampled values so that fewer are distinct, or split the study by one axis'],
  })
}
