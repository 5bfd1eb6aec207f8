import type {Metric} from '../cost/metrics.js'
import {columnsOf, sidesOf} from '../foundation/expression.js'
import type {PointRow} from '../store/space-reader.js'
import type {Constraint} from '../sweep/constraint.js'
import type {DesignSpace} from '../sweep/design-space.js'
import {storedNames, storedNumbers} from '../sweep/stored-numbers.js'

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

/** What limits a stored point of a space: its bounding resource, its power limit, and how close each constraint is to biting. */
export function designLimits(space: DesignSpace, point: PointRow, constraints: readonly Constraint[]): DesignLimits {
  return {
    boundBy: typeof point['boundBy'] === 'string' ? point['boundBy'] : null,
    isThrottled: point['throttled' satisfies Metric] === 1,
    margins: constraints.flatMap((constraint) => marginOf(space, constraint, point)).sort((a, b) => a.marginRatio - b.marginRatio),
  }
}

function marginOf(space: DesignSpace, {text, expression, columnNames}: Constraint, point: PointRow): ConstraintMargin[] {
  const sides = /[!=]=/.test(text.replaceAll(/[<>]=/g, '')) ? undefined : sidesOf(expression)
  const names = storedNames(space, [...columnNames.values()])
  const read = new Map(names.map((name) => [name, Float64Array.of(Number(point[name] ?? Number.NaN))]))
  const {columnOf, settle} = storedNumbers(space, read, 1)
  const fills = sides?.map((side) => columnsOf(side, (written) => columnOf(columnNames.get(written)!), 1))
  settle(1)
  const [left, right] = fills?.map((fill) => fill(1)[0]!) ?? []
  if (left === undefined || right === undefined) return []
  const marginRatio = Math.abs(left - right) / Math.max(Math.abs(left), Math.abs(right))
  return Number.isFinite(marginRatio) ? [{text, marginRatio}] : []
}
