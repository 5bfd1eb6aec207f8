import type {Expression} from '../foundation/expression.js'
import type {Distribution} from './distribution.js'

export type AxisValue = number | string | boolean

/** What puts an axis where it stands at a point. */
export type AxisRule =
  /** Anywhere among its first levels, whatever the other axes do. */
  | {readonly kind: 'free'; readonly levelCount: number}
  /** Anywhere that a distribution reaches. */
  | {readonly kind: 'drawn'; readonly distribution: Distribution}
  /** At the place of another axis. */
  | {readonly kind: 'linked'; readonly with: string}
  /** Where an expression over other axes and parameters says, in base units. */
  | {readonly kind: 'derived'; readonly expression: Expression}

/** A claim over numbers, or for each of some axes the values that it must have. */
export type Condition =
  | {readonly kind: 'claim'; readonly expression: Expression}
  | {readonly kind: 'values'; readonly values: Readonly<Record<string, readonly AxisValue[]>>}

/** One thing that varies: its values in the unit that its column has. */
export interface Axis {
  readonly name: string
  /** Where it stands in its study. */
  readonly pointer: string
  readonly unit: string
  /** A `level` is one of `values`, and columns hold its place among them; a `value` is any number, and columns hold the number. */
  readonly kind: 'level' | 'value'
  readonly values: readonly AxisValue[]
  readonly rule: AxisRule
  /** Where the condition does not hold the axis has another place, or value, whatever its rule says. */
  readonly when?: {readonly condition: Condition; readonly otherwise: number}
}

/** Names of the axes, and of parameters, that decide where an axis stands. */
export function followedNames({rule, when}: Axis): readonly string[] {
  const ruling = rule.kind === 'linked' ? [rule.with] : rule.kind === 'derived' ? rule.expression.dependsOn : []
  if (when === undefined) return ruling
  const {condition} = when
  return [...ruling, ...(condition.kind === 'claim' ? condition.expression.dependsOn : Object.keys(condition.values))]
}
