import type {DesignSpace} from './design-space.js'
import type {PointBatch} from './point-set.js'
import {axesOf, isStoredLevel, storable} from './space-identity.js'

/** Points as a store keeps them, a column for each axis of the space's definition: codes of levels, and numbers. */
export interface StoredColumns {
  readonly columns: readonly (Int32Array | Float64Array)[]
  readonly fill: (batch: PointBatch) => void
}

/** Columns for points of a space; `codesOf` says under what numbers a store keeps the values of an axis of the definition. */
export function storedColumns(
  space: DesignSpace,
  codesOf: (axisIndex: number, values: readonly (number | string)[]) => Int32Array,
  rowCapacity: number,
): StoredColumns {
  const before = space.sampler.kind === 'grid' ? 0 : 1
  const axes = axesOf(space).map((axis, index) => {
    if (!isStoredLevel(space, axis)) return {to: new Float64Array(rowCapacity), fill: copied}
    const to = new Int32Array(rowCapacity)
    if (axis.kind === 'value') return {to, fill: valueCodes((values) => codesOf(before + index, values))}
    return {to, fill: placeCodes(codesOf(before + index, axis.values.map(storable)))}
  })
  const indices = new Float64Array(rowCapacity)
  return {
    columns: [...(before === 1 ? [indices] : []), ...axes.map(({to}) => to)],
    fill: (batch) => {
      const {rowCount, columns} = batch
      indices.set(batch.indices.subarray(0, rowCount))
      for (const [index, {to, fill}] of axes.entries()) fill(columns[index]!, to, rowCount)
    },
  }
}

type Fill = (from: Float64Array, to: Int32Array | Float64Array, rowCount: number) => void

const copied: Fill = (from, to, rowCount) => to.set(from.subarray(0, rowCount))

/** Codes of places among the values of an axis. */
function placeCodes(codes: Int32Array): Fill {
  return (from, to, rowCount) => {
    for (let row = 0; row < rowCount; row++) to[row] = codes[from[row]!]!
  }
}

/** Codes of values that nobody listed before. */
function valueCodes(codesOf: (values: readonly number[]) => Int32Array): Fill {
  const known = new Map<number, number>()
  return (from, to, rowCount) => {
    const added = [...new Set(from.subarray(0, rowCount))].filter((value) => !known.has(value))
    if (added.length > 0) for (const [index, code] of codesOf(added).entries()) known.set(added[index]!, code)
    for (let row = 0; row < rowCount; row++) to[row] = known.get(from[row]!)!
  }
}
