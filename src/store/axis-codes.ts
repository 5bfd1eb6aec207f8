import type {Database} from 'better-sqlite3'
import {UserError} from '../foundation/user-error.js'
import type {AxisKind, AxisValue} from './space-definition.js'
import type {IdentityColumns} from './stored-rows.js'

export interface StoredAxis {
  readonly name: string
  readonly unit: string
  readonly kind: AxisKind
  /** Value of each code; none where the axis has no levels. */
  readonly values: AxisValue[]
  readonly codeOf: Map<AxisValue, number>
}

interface AxisRow {
  readonly axis_index: number
  readonly name: string
  readonly unit: string
  readonly kind: AxisKind
}

/** The axes of one stored space: which small integer stands for which level. */
export class AxisCodes {
  readonly spaceId: number
  #axes: StoredAxis[] = []
  readonly #database: Database

  constructor(database: Database, spaceId: number) {
    this.#database = database
    this.spaceId = spaceId
    this.reload()
  }

  get axes(): readonly StoredAxis[] {
    return this.#axes
  }

  /** What tells the rows of the space apart: its index, or else the levels of all its axes that have some. */
  get identity(): IdentityColumns {
    const index = this.#axes.find(({kind}) => kind === 'index')
    if (index !== undefined) return {names: [index.name], isIndex: true}
    return {names: this.#axes.filter(({kind}) => kind === 'level').map(({name}) => name), isIndex: false}
  }

  /** Reads the axes again, as after another process has changed them or a transaction was rolled back. */
  reload(): void {
    const rows = this.#database.prepare('SELECT * FROM axes WHERE space_id = ? ORDER BY axis_index').all(this.spaceId) as AxisRow[]
    const read = this.#database.prepare('SELECT value FROM axis_values WHERE space_id = ? AND axis_index = ? ORDER BY code').pluck()
    this.#axes = rows.map((row) => {
      const values = read.all(this.spaceId, row.axis_index) as AxisValue[]
      const codeOf = new Map(values.map((value, code) => [value, code]))
      return {name: row.name, unit: row.unit, kind: row.kind, values, codeOf}
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
  }
}

function checkAxisValue(name: string, value: AxisValue): void {
  if (typeof value === 'string' || Number.isFinite(value)) return
  throw new UserError(`axis "${name}" cannot take the value ${value}: finite numbers and texts are stored`, {
    code: 'AXIS_VALUE_NOT_FINITE',
    suggestions: ['take the value out of the axis'],
  })
}
