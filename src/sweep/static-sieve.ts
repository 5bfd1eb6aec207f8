import type {StaticColumns} from '../cost/statics.js'
import {type Constraint, constraintColumn, isStatic} from './constraint.js'
import type {DesignSpace} from './design-space.js'
import {placement} from './placement.js'
import type {PointBatch} from './point-set.js'
import {axesOf} from './space-identity.js'

/** Says which rows of a block meet the constraints that need no timing. */
export type StaticSieve = (batch: PointBatch, rows: Int32Array) => Int32Array

/** Compiles the constraints on static results, which stand in `results`; undefined where there are none. */
export function staticSieve(
  space: DesignSpace,
  constraints: readonly Constraint[],
  results: StaticColumns,
  rowCapacity: number,
): StaticSieve | undefined {
  const early = constraints.filter(({stage}) => stage === 'static')
  if (early.length === 0) return undefined
  const axes = axesOf(space)
  const design = placement(axes, space.accelerator.parameters, rowCapacity, false)
  const claims = early.map((each) =>
    constraintColumn(each, (name) => (isStatic(name) ? results[name] : design.columnOf(name)), rowCapacity),
  )
  const isOfDesign = early.some(({columnNames}) => [...columnNames.values()].some((name) => !isStatic(name)))
  const columns = axes.map(() => new Float64Array(rowCapacity))
  return (batch, rows) => {
    if (isOfDesign) {
      for (const [axis, column] of columns.entries())
        for (let row = 0; row < rows.length; row++) column[row] = batch.columns[axis]![rows[row]!]!
      design.settle(columns, rows.length)
    }
    const met = claims.map((claim) => claim(rows.length))
    return rows.filter((_, row) => met.every((column) => column[row] === 1))
  }
}
