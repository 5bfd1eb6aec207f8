import type {Axis} from './axis.js'
import type {KnobValues} from './mapping-axes.js'
import type {PointBatch} from './point-set.js'

/** Rows that share all settings of their pass: one program evaluates them. */
export interface PassGroup {
  readonly values: KnobValues
  readonly rows: Int32Array
}

/** What tells groups apart: the axes of the pass, and how far their levels lie apart in one number. */
export interface PassGroups {
  readonly axes: readonly Pick<Axis, 'name' | 'values'>[]
  readonly strides: readonly number[]
}

/** The axes of a pass as digits of one number, the last one fastest. */
export function passGroups(axes: PassGroups['axes']): PassGroups {
  const strides = axes.map((_, axis) => axes.slice(axis + 1).reduce((product, {values}) => product * values.length, 1))
  return {axes, strides}
}

/** Some rows of a batch, ascending, in the order of their passes, those of one pass together and ascending. */
export function rowsByPass(groups: PassGroups, batch: Rows, rows: Int32Array): Int32Array {
  if (groups.axes.length === 0) return rows
  const keys = new Float64Array(rows.length)
  let isOrdered = true
  for (let place = 0; place < rows.length; place++) {
    keys[place] = passKey(groups, batch, rows[place]!)
    if (place > 0 && keys[place]! < keys[place - 1]!) isOrdered = false
  }
  if (isOrdered) return rows
  const places = rows.map((_, place) => place).sort((a, b) => keys[a]! - keys[b]! || a - b)
  return places.map((place) => rows[place]!)
}

/** The rows of a batch, pass by pass. */
export function groupedRows(groups: PassGroups, batch: Rows): readonly PassGroup[] {
  const all = new Int32Array(batch.rowCount)
  for (let row = 0; row < all.length; row++) all[row] = row
  const ordered = rowsByPass(groups, batch, all)
  if (groups.axes.length === 0) return all.length === 0 ? [] : [{values: {}, rows: ordered}]
  const found: PassGroup[] = []
  let first = 0
  for (let place = 1; place <= ordered.length; place++) {
    const key = passKey(groups, batch, ordered[first]!)
    if (place < ordered.length && passKey(groups, batch, ordered[place]!) === key) continue
    const levels = groups.axes.map(({name, values}, axis) => [name, values[Math.floor(key / groups.strides[axis]!) % values.length]!])
    found.push({values: Object.fromEntries(levels) as KnobValues, rows: ordered.subarray(first, place)})
    first = place
  }
  return found
}

type Rows = Pick<PointBatch, 'columns' | 'rowCount'>

/** The settings of a row's pass, as one number. */
function passKey({strides}: PassGroups, {columns}: Rows, row: number): number {
  let key = 0
  for (let axis = 0; axis < strides.length; axis++) key += columns[axis]![row]! * strides[axis]!
  return key
}
