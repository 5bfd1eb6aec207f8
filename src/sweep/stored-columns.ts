import type {DesignSpace} from './design-space.js'
import type {PointBatch} from './point-set.js'
import {axesOf, storable} from './space-identity.js'

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
  const axes = axesOf(space).map(({kind, values}, index) => ({
    codes: kind === 'level' ? codesOf(before + index, values.map(storable)) : undefined,
    to: kind === 'level' ? new Int32Array(rowCapacity) : new Float64Array(rowCapacity),
  }))
  const indices = new Float64Array(rowCapacity)
  return {
    columns: [...(before === 1 ? [indices] : []), ...axes.map(({to}) => to)],
    fill: (batch) => {
      const {rowCount, columns} = batch
      indices.set(batch.indices.subarray(0, rowCount))
      for (const [index, {codes, to}] of axes.entries()) {
        const from = columns[index]!
        for (let row = 0; row < rowCount; row++) to[row] = codes === undefined ? from[row]! : codes[from[row]!]!
      }
    },
  }
}
