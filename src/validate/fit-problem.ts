import type {KernelParameter} from '../cost/calibrated/kernel-model.js'

/** One measured kernel: its time as the model predicts it from the parameters as they stand. */
export interface FitRow {
  readonly measuredSeconds: number
  /** At the clock that it was last settled at. */
  readonly predictedSeconds: () => number
  /** At the clock that the power limit leaves it; it stays settled there. */
  readonly settledSeconds: () => number
}

/** A fit: what may move within which bounds, and where the rows' kernels read it. */
export interface FitProblem {
  readonly specs: readonly KernelParameter[]
  readonly apply: (values: Float64Array) => void
}

/** A value of a parameter, or the bound that it would pass. */
export function within({least, most}: KernelParameter, value: number): number {
  return Math.min(most, Math.max(least, value))
}

/** Each row's prediction over its measurement at these parameters, at the clocks as they stand. */
export function ratiosAt({apply}: FitProblem, rows: readonly FitRow[], values: Float64Array): Float64Array {
  apply(values)
  const ratios = new Float64Array(rows.length)
  for (let row = 0; row < rows.length; row++) ratios[row] = rows[row]!.predictedSeconds() / rows[row]!.measuredSeconds
  return ratios
}

/** Euclidean length of a column. */
export function lengthOf(column: Float64Array): number {
  let sum = 0
  for (let row = 0; row < column.length; row++) sum += column[row]! ** 2
  return Math.sqrt(sum)
}
