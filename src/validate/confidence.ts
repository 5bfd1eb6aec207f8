import {EigenvalueDecomposition, Matrix} from 'ml-matrix'
import type {KernelParameter} from '../cost/calibrated/kernel-model.js'
import {fitAt} from './fit.js'
import {type FitProblem, type FitRow, lengthOf, ratiosAt, within} from './fit-problem.js'

/** How well rows determine one parameter. */
export interface Confidence {
  /** 95 %, within the bounds. */
  readonly interval: readonly [number, number]
  /** False where the interval is as wide as the value itself, or no prediction depends on it. */
  readonly isDetermined: boolean
}

/** Of the normal distribution, for 95 %. */
const quantile = 1.96

/**
 * Confidence of parameters fitted to least absolute errors: their covariance is (1 / 2f(0))² (JᵀJ)⁻¹ with f(0) the
 * density of the relative errors at zero. Koenker and Bassett, "Regression Quantiles", Econometrica 46(1), 1978.
 */
export function confidenceOf(problem: FitProblem, rows: readonly FitRow[], values: Float64Array): Confidence[] {
  fitAt(problem, rows, values)
  const ratios = ratiosAt(problem, rows, values)
  const columns = problem.specs.map((_, index) => slopes(problem, rows, values, index))
  problem.apply(values)
  const deviations = standardDeviations(columns, errorScale(ratios))
  return problem.specs.map((spec, index) => confidence(spec, values[index]!, quantile * deviations[index]!))
}

/** Known to half of its typical size is enough for a parameter near zero. */
function confidence(spec: KernelParameter, value: number, half: number): Confidence {
  return {
    interval: [within(spec, value - half), within(spec, value + half)],
    isDetermined: half < Math.max(Math.abs(value), Math.abs(spec.start) / 2),
  }
}

/** How each row's ratio of prediction to measurement moves with a parameter. */
function slopes(problem: FitProblem, rows: readonly FitRow[], values: Float64Array, index: number): Float64Array {
  const spec = problem.specs[index]!
  const step = Math.max(0.02 * Math.abs(values[index]!), 1e-4 * (spec.most - spec.least))
  const [low, high] = [within(spec, values[index]! - step), within(spec, values[index]! + step)]
  const below = ratiosAt(problem, rows, values.with(index, low))
  return ratiosAt(problem, rows, values.with(index, high)).map((ratio, row) => (ratio - below[row]!) / (high - low))
}

/** 1 / 2f(0), with the density of the errors around zero counted within half of their median size. */
function errorScale(ratios: Float64Array): number {
  const sizes = ratios.map((ratio) => Math.abs(ratio - 1)).sort()
  const width = Math.max(sizes[Math.floor(sizes.length / 2)]! / 2, 1e-6)
  const within = sizes.filter((size) => size <= width).length
  return (width * sizes.length) / Math.max(1, within)
}

/** Directions that hardly move any prediction have a variance to match: an inverse that leaves them out would call them certain. */
const leastEigenvalue = 1e-12

/** Standard deviations of the parameters; infinite where no prediction depends on one. */
function standardDeviations(columns: readonly Float64Array[], scale: number): number[] {
  const lengths = columns.map(lengthOf)
  // Columns of length one keep the decomposition away from the units of the parameters.
  const acting = columns.flatMap((column, index) => (lengths[index]! > 0 ? [{column, index, length: lengths[index]!}] : []))
  if (acting.length === 0) return columns.map(() => Number.POSITIVE_INFINITY)
  const normal = new Matrix(acting.map((a) => acting.map((b) => dot(a.column, b.column) / (a.length * b.length))))
  const {realEigenvalues, eigenvectorMatrix} = new EigenvalueDecomposition(normal, {assumeSymmetric: true})
  const deviations = columns.map(() => Number.POSITIVE_INFINITY)
  for (const [place, {index, length}] of acting.entries()) {
    const variance = realEigenvalues.reduce(
      (sum, value, k) => sum + eigenvectorMatrix.get(place, k) ** 2 / Math.max(value, leastEigenvalue),
      0,
    )
    deviations[index] = (scale * Math.sqrt(variance)) / length
  }
  return deviations
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let row = 0; row < a.length; row++) sum += a[row]! * b[row]!
  return sum
}
