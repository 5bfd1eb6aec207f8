/** How far predictions are from measurements, as ratios of the measurement. */
export interface ErrorMetrics {
  readonly rowCount: number
  /** Mean of |predicted − measured| / measured. */
  readonly mape: number
  /** Median of the same. */
  readonly median: number
  /** Its 90th percentile. */
  readonly p90: number
  /** Mean of (predicted − measured) / measured: above zero when predictions are too large. */
  readonly bias: number
}

/** Error of the first `rowCount` predictions, or null when there is none. Measurements are above zero. */
export function errorMetrics(predicted: Float64Array, measured: Float64Array, rowCount: number): ErrorMetrics | null {
  if (rowCount === 0) return null
  const errorRatios = new Float64Array(rowCount)
  let signedSum = 0
  let absoluteSum = 0
  for (let row = 0; row < rowCount; row++) {
    const signedRatio = (predicted[row]! - measured[row]!) / measured[row]!
    signedSum += signedRatio
    absoluteSum += Math.abs(signedRatio)
    errorRatios[row] = Math.abs(signedRatio)
  }
  errorRatios.sort()
  return {
    rowCount,
    mape: absoluteSum / rowCount,
    median: quantileOf(errorRatios, 0.5),
    p90: quantileOf(errorRatios, 0.9),
    bias: signedSum / rowCount,
  }
}

/** Quantile of sorted values, linear between the two nearest ranks (type 7 of Hyndman and Fan, The American Statistician 50(4), 1996). */
export function quantileOf(sorted: Float64Array, fractionRatio: number): number {
  const rank = (sorted.length - 1) * fractionRatio
  const below = sorted[Math.floor(rank)]!
  const above = sorted[Math.ceil(rank)]!
  return below + (above - below) * (rank - Math.floor(rank))
}
