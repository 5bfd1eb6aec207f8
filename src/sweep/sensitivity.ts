import type {AxisValue} from './axis.js'

/** What one axis does to one objective, all else at the base design: results at both ends of the axis, and the extremes over it. */
export interface AxisSwing {
  readonly axis: string
  readonly objective: string
  readonly lowValue: AxisValue
  readonly highValue: AxisValue
  readonly lowResult: number
  readonly highResult: number
  /** Of all values of the axis that were tried: an objective may turn between the ends. */
  readonly leastResult: number
  readonly mostResult: number
}

/** By how many percent one objective changes where an axis grows by one percent, at the base design. */
export interface AxisElasticity {
  readonly axis: string
  readonly objective: string
  readonly elasticityRatio: number
  /** The values between which it was taken. */
  readonly lowValue: number
  readonly highValue: number
}

/** Shares of an objective's variance over a whole space, with 95 % confidence intervals. */
export interface AxisIndices {
  readonly axis: string
  readonly objective: string
  /** What goes when this axis alone is known. */
  readonly firstOrderRatio: number
  readonly firstOrderLow: number
  readonly firstOrderHigh: number
  /** What stays when all but this axis are known: its share alone and in concert with others. */
  readonly totalRatio: number
  readonly totalLow: number
  readonly totalHigh: number
}
