import type {Column} from '../accelerator/machine.js'
import {columnsOf, sidesOf} from '../foundation/expression.js'
import {type Constraint, constraintColumn} from './constraint.js'

/** A constraint over columns, as a distance: what a search needs to find its way back. */
export interface Claim {
  /** Adds to each row how far it is beyond the constraint, relative to the bound: nothing where it is met. */
  readonly addViolation: (out: Column, rowCount: number) => void
}

/** Compiles a constraint; one that is no single comparison of two sides counts 1 where it is not met. */
export function claimOf(constraint: Constraint, columnOf: (name: string) => Column, rowCapacity: number): Claim {
  const verdict = constraintColumn(constraint, columnOf, rowCapacity)
  const named = (written: string): Column => columnOf(constraint.columnNames.get(written)!)
  const sides = sidesOf(constraint.expression)?.map((side) => columnsOf(side, named, rowCapacity))
  return {
    addViolation: (out, rowCount) => {
      const met = verdict(rowCount)
      const [left, right] = sides?.map((side) => side(rowCount)) ?? []
      for (let row = 0; row < rowCount; row++) if (met[row] !== 1) out[row]! += excess(left?.[row] ?? 1, right?.[row] ?? 0)
    },
  }
}

/** The gap of two numbers relative to the larger: above 0, also at a bound that has to be passed, at most 2, infinite where one is not known. */
function excess(left: number, right: number): number {
  if (left === right) return Number.EPSILON
  const gap = Math.abs(left - right) / Math.max(Math.abs(left), Math.abs(right))
  return Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap
}
