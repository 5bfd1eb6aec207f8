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
  readonly axes: readonly Axis[]
  readonly strides: readonly number[]
}

/** The axes of a pass as digits of one number, the last one fastest. */
export function passGroups(axes: readonly Axis[]): PassGroups {
  const strides = axes.map((_, axis) => axes.slice(axis + 1).reduce((product, {values}) => product * values.length, 1))
  return {axes, strides}
}

/** The rows of a batch, group by group, in the order in which the groups are first met. */
export function groupedRows(
  {axes, strides}: PassGroups,
  {columns, rowCount}: Pick<PointBatch, 'columns' | 'rowCount'>,
): readonly PassGroup[] {
  const groups = new Map<number, {count: number; rows: Int32Array}>()
  for (let row = 0; row < rowCount; row++) {
    let key = 0
    for (let axis = 0; axis < axes.length; axis++) key += columns[axis]![row]! * strides[axis]!
    const group = groups.get(key) ?? {count: 0, rows: new Int32Array(rowCount)}
    if (group.count === 0) groups.set(key, group)
    group.rows[group.count++] = row
  }
  return [...groups].map(([key, {count, rows}]) => ({
    values: Object.fromEntries(axes.map(({name, values}, axis) => [name, values[Math.floor(key / strides[axis]!) % values.length]])),
    rows: rows.subarray(0, count),
  }))
}
