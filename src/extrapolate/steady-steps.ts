/** What repeated steps of one state settle at. */
export interface SteadyMean {
  readonly meanValue: number
  /** Standard deviation of a step about it. */
  readonly deviationValue: number
  /** Steps that stand for one independent step, for neighbours are alike. */
  readonly correlatedCount: number
  /** Independent steps behind the mean, less one. */
  readonly freedomCount: number
}

/** Fewer independent steps than this can't be told from a drift. */
const fewestIndependentCount = 3

/**
 * How many of the first steps are warm-up: as many as leave the least standard error of the rest, of at most half of all; none
 * where they lie as near the rest as chance brings them.
 * White, "An effective truncation heuristic for bias reduction in simulation output", Simulation 69(6), 1997.
 */
export function warmUpCount(values: readonly number[]): number {
  let [sum, squares] = [0, 0]
  let [best, least] = [0, Number.POSITIVE_INFINITY]
  for (let first = values.length - 1; first >= 0; first--) {
    sum += values[first]!
    squares += values[first]! ** 2
    const count = values.length - first
    const score = (squares - (sum * sum) / count) / count ** 2
    if (first <= values.length / 2 && score <= least) [best, least] = [first, score]
  }
  return isApart(values.slice(0, best), values.slice(best)) ? best : 0
}

/** Standard errors beyond which a difference of means is no chance, also where the place of the cut was chosen for it. */
const apartErrorCount = 4

function isApart(first: readonly number[], rest: readonly number[]): boolean {
  if (first.length === 0) return false
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const restMean = mean(rest)
  const variance = rest.reduce((sum, value) => sum + (value - restMean) ** 2, 0) / (rest.length - 1)
  return Math.abs(mean(first) - restMean) > apartErrorCount * Math.sqrt(variance * (1 / first.length + 1 / rest.length))
}

/**
 * The mean of steps without their warm-up. Neighbours correlate as in a first-order autoregression, whose mean of n steps scatters like
 * that of n·(1−ρ)/(1+ρ) independent ones; ρ is corrected for the bias of few steps, and taken a standard error higher, so that
 * intervals hold what they promise. Kendall, "Note on bias in the estimation of autocorrelation", Biometrika 41, 1954.
 */
export function steadyMean(values: readonly number[]): SteadyMean {
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const products = values.slice(1).reduce((sum, value, index) => sum + (value - mean) * (values[index]! - mean), 0)
  const found = squares > 0 ? products / squares : 0
  const corrected = found + (1 + 3 * found) / count
  const correlation = Math.max(corrected + Math.sqrt(Math.max(1 - corrected ** 2, 0) / count), 0)
  const independentCount = Math.max(count * Math.max((1 - correlation) / (1 + correlation), 0), fewestIndependentCount)
  const correlatedCount = count / independentCount
  const deviation = Math.sqrt(squares / (count - correlatedCount))
  return {meanValue: mean, deviationValue: deviation, correlatedCount, freedomCount: independentCount - 1}
}

/** Standard deviation of the sum of so many further steps about what these steps predict of it: theirs, and that of the mean. */
export function sumDeviation({deviationValue, correlatedCount}: SteadyMean, seenCount: number, stepCount: number): number {
  return deviationValue * Math.sqrt(correlatedCount * (stepCount + stepCount ** 2 / seenCount))
}
