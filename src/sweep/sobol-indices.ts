import {drawnBelow} from '../foundation/random.js'
import {quantile} from '../uncertainty/band.js'

/** A model over columns of shares in [0, 1), a column a dimension: a column of results for each of its outputs, which it may reuse. */
export type Response = (shares: readonly Float64Array[], rowCount: number) => readonly Float64Array[]

/** Shares of an output's variance that one dimension accounts for, each with its 95 % confidence interval. */
export interface SobolIndex {
  readonly firstOrderRatio: number
  readonly firstOrderLow: number
  readonly firstOrderHigh: number
  readonly totalRatio: number
  readonly totalLow: number
  readonly totalHigh: number
}

export interface OutputIndices {
  /** By dimension; NaN where the output does not vary. */
  readonly indices: readonly SobolIndex[]
  /** Rows in which the model was finite at every place where it was asked. */
  readonly usedCount: number
}

/** Two samples of the same rows, independent of each other: a column of shares for each dimension. */
export interface SamplePair {
  readonly firstSamples: readonly Float64Array[]
  readonly secondSamples: readonly Float64Array[]
}

/** Two samples of even shares; each column has a stream of its own. */
export function samplePair(dimensionCount: number, rowCount: number, seed: number): SamplePair {
  const columns = (sample: string): Float64Array[] =>
    Array.from({length: dimensionCount}, (_, dimension) => {
      const below = drawnBelow(`${sample} ${dimension} ${seed}`)
      return Float64Array.from({length: rowCount}, () => below(2 ** 32) / 2 ** 32)
    })
  return {firstSamples: columns('first'), secondSamples: columns('second')}
}

const resampleCount = 1000
/** Rows are independent, so sums over blocks of them resample as rows do, at a cost that the sample does not raise. */
const mostBlocks = 512
const [lowShare, highShare] = [0.025, 0.975]

/**
 * First-order and total Sobol indices of each output over independent dimensions, from n·(d + 2) rows of the model.
 * First order: Saltelli et al., "Variance based sensitivity analysis of model output", Computer Physics Communications 181(2), 2010,
 * with outputs centred. Total: Jansen, "Analysis of variance designs for model output", Computer Physics Communications 117, 1999.
 * Intervals: percentiles of a bootstrap over rows, Archer, Saltelli and Sobol', J. Statistical Computation and Simulation 58, 1997.
 */
export function sobolIndices(respond: Response, {firstSamples, secondSamples}: SamplePair, seed: number): OutputIndices[] {
  const rowCount = firstSamples[0]?.length ?? 0
  const results = (shares: readonly Float64Array[]): Float64Array[] => respond(shares, rowCount).map((column) => column.slice(0, rowCount))
  const [base, other] = [results(firstSamples), results(secondSamples)]
  const exchanged = secondSamples.map((column, dimension) => results(firstSamples.with(dimension, column)))
  return base.map((column, output) => {
    const rows = finiteRows({base: column, other: other[output]!, exchanged: exchanged.map((columns) => columns[output]!)})
    return {indices: indicesOf(rows, seed), usedCount: rows.base.length}
  })
}

/** Results at the first sample, at the second, and at the first with one dimension after the other taken from the second. */
interface Results {
  readonly base: Float64Array
  readonly other: Float64Array
  readonly exchanged: readonly Float64Array[]
}

function finiteRows({base, other, exchanged}: Results): Results {
  const isUsed = base.map((_, row) => Number([base, other, ...exchanged].every((column) => Number.isFinite(column[row]))))
  const used = (column: Float64Array): Float64Array => column.filter((_, row) => isUsed[row] === 1)
  return {base: used(base), other: used(other), exchanged: exchanged.map(used)}
}

/** What all estimates are made of, summed over rows. */
interface Terms {
  readonly counts: Float64Array
  readonly sums: Float64Array
  readonly squares: Float64Array
  /** By dimension. */
  readonly firstOrder: readonly Float64Array[]
  readonly total: readonly Float64Array[]
}

function indicesOf(results: Results, seed: number): SobolIndex[] {
  const terms = blockTerms(results)
  const blockCount = terms.counts.length
  const whole = ratiosOf(terms, new Float64Array(blockCount).fill(1))
  const resampled = results.exchanged.map(() => ({
    firstOrder: new Float64Array(resampleCount),
    total: new Float64Array(resampleCount),
  }))
  const below = drawnBelow(`bootstrap ${seed}`)
  const weights = new Float64Array(blockCount)
  for (let resample = 0; resample < resampleCount; resample++) {
    weights.fill(0)
    for (let draw = 0; draw < blockCount; draw++) weights[below(blockCount)]! += 1
    for (const [dimension, {firstOrder, total}] of ratiosOf(terms, weights).entries()) {
      resampled[dimension]!.firstOrder[resample] = firstOrder
      resampled[dimension]!.total[resample] = total
    }
  }
  return whole.map(({firstOrder, total}, dimension) => {
    const firstOrders = resampled[dimension]!.firstOrder.sort()
    const totals = resampled[dimension]!.total.sort()
    return {
      firstOrderRatio: firstOrder,
      firstOrderLow: quantile(firstOrders, lowShare),
      firstOrderHigh: quantile(firstOrders, highShare),
      totalRatio: total,
      totalLow: quantile(totals, lowShare),
      totalHigh: quantile(totals, highShare),
    }
  })
}

function blockTerms({base, other, exchanged}: Results): Terms {
  const rowCount = base.length
  const blockCount = Math.min(rowCount, mostBlocks)
  const column = (): Float64Array => new Float64Array(blockCount)
  const [counts, sums, squares] = [column(), column(), column()]
  const [firstOrder, total] = [exchanged.map(column), exchanged.map(column)]
  // Around the mean, the products of the first-order estimate vary least.
  const mean = (sumOf(base) + sumOf(other)) / (2 * rowCount)
  for (let row = 0; row < rowCount; row++) {
    const block = Math.floor((row * blockCount) / rowCount)
    const [a, b] = [base[row]! - mean, other[row]! - mean]
    counts[block]! += 1
    sums[block]! += a + b
    squares[block]! += a * a + b * b
    for (let dimension = 0; dimension < exchanged.length; dimension++) {
      const moved = exchanged[dimension]![row]! - mean
      firstOrder[dimension]![block]! += b * (moved - a)
      total[dimension]![block]! += (a - moved) ** 2 / 2
    }
  }
  return {counts, sums, squares, firstOrder, total}
}

/** The estimates where each block counts so many times. */
function ratiosOf({counts, sums, squares, firstOrder, total}: Terms, weights: Float64Array): {firstOrder: number; total: number}[] {
  const rowCount = dot(counts, weights)
  const variance = dot(squares, weights) / (2 * rowCount) - (dot(sums, weights) / (2 * rowCount)) ** 2
  return firstOrder.map((terms, dimension) => ({
    firstOrder: dot(terms, weights) / rowCount / variance,
    total: dot(total[dimension]!, weights) / rowCount / variance,
  }))
}

function dot(values: Float64Array, weights: Float64Array): number {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index]! * weights[index]!
  return sum
}

function sumOf(values: Float64Array): number {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index]!
  return sum
}
