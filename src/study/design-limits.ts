import type {Metric} from '../cost/metrics.js'
import {columnsOf, sidesOf} from '../foundation/expression.js'
import type {PointRow} from '../store/space-reader.js'
import type {Constraint} from '../sweep/constraint.js'

/** How close a design is to a bound. */
export interface ConstraintMargin {
  readonly text: string
  /** The gap between both sides, relative to the larger: 0 where the constraint bites, 0.1 where a tenth is left. */
  readonly marginRatio: number
}

/** What holds a design back. */
export interface DesignLimits {
  /** The resource that bounds most of its time. */
  readonly boundBy: string | null
  /** Whether the power limit lowers its clock. */
  readonly isThrottled: boolean
  /** Of constraints that set a bound, the tightest first; one that asks for equality leaves nothing to come close to. */
  readonly margins: readonly ConstraintMargin[]
}

/** What limits a stored point: its bounding resource, its power limit, and how close each constraint is to biting. */
export function designLimits(point: PointRow, constraints: readonly Constraint[]): DesignLimits {
  return {
    boundBy: typeof point['boundBy'] === 'string' ? point['boundBy'] : null,
    isThrottled: point['throttled' satisfies Metric] === 1,
    margins: constraints.flatMap((constraint) => marginOf(constraint, point)).sort((a, b) => a.marginRatio - b.marginRatio),
  }
}

function marginOf({text, expression, columnNames}: Constraint, point: PointRow): ConstraintMargin[] {
  const sides = /[!=]=/.test(text.replaceAll(/[<>]=/g, '')) ? undefined : sidesOf(expression)
  const cell = (written: string): Float64Array => Float64Array.of(Number(point[columnNames.get(written)!] ?? Number.NaN))
  const [left, right] = sides?.map((side) => columnsOf(side, cell, 1)(1)[0]!) ?? []
  if (left === undefined || right === undefined) return []
  const marginRatio = Math.abs(left - right) / Math.max(Math.abs(left), Math.abs(right))
  return Number.isFinite(marginRatio) ? [{text, marginRatio}] : []
}
