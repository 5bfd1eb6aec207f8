import {inverse, Matrix} from 'ml-matrix'
import {type FitProblem, type FitRow, settleAt} from './fit.js'

/** How well rows determine one parameter. */
export interface Confidence {
  /** 95 %. */
  readonly interval: readonly [number, number]
  /** False where the interval is wider than the value itself, or no prediction depends on it. */
  readonly isDetermined: boolean
}

const normalQuantile = 1.96

/**
 * Confidence of parameters fitted to least absolute errors: their covariance is (1 / 2f(0))² (JᵀJ)⁻¹ with f(0) the
 * density of the relative errors at zero. Koenker and Bassett, "Regression Quantiles", Econometrica 46(1), 1978.
 */
export function confidenceOf(problem: FitProblem, rows: readonly FitRow[], values: Float64Array): Confidence[] {
  settleAt(problem, rows, values)
  const ratios = ratiosOf(rows)
  const columns = problem.specs.map((_, index) => slopes(problem, rows, values, index))
  problem.apply(values)
  const acting = problem.specs.flatMap((_, index) => (columns[index]!.some((slope) => slope !== 0) ? [index] : []))
  const deviations = standardDeviations(
    acting.map((index) => columns[index]!),
    errorScale(ratios),
  )
  return problem.specs.map(({least, most}, index) => {
    const place = acting.indexOf(index)
    const half = place < 0 ? Number.POSITIVE_INFINITY : normalQuantile * deviations[place]!
    const value = values[index]!
    return {
      interval: [Math.max(least, value - half), Math.min(most, value + half)],
      isDetermined: half <= Math.max(Math.abs(value), 1e-3 * most),
    }
  })
}

function ratiosOf(rows: readonly FitRow[]): Float64Array {
  return Float64Array.from(rows, (row) => row.predictedSeconds() / row.measuredSeconds)
}

/** How each row's ratio of prediction to measurement moves with a parameter. */
function slopes({specs, apply}: FitProblem, rows: readonly FitRow[], values: Float64Array, index: number): Float64Array {
  const {least, most} = specs[index]!
  const step = Math.max(0.02 * Math.abs(values[index]!), 1e-4 * (most - least))
  const [low, high] = [Math.max(least, values[index]! - step), Math.min(most, values[index]! + step)]
  const at = (value: number): Float64Array => {
    apply(values.map((each, place) => (place === index ? value : each)))
    return ratiosOf(rows)
  }
  const [below, above] = [at(low), at(high)]
  return above.map((ratio, row) => (ratio - below[row]!) / (high - low))
}

/** 1 / 2f(0), with the density of the errors around zero counted within half of their median size. */
function errorScale(ratios: Float64Array): number {
  const sizes = ratios.map((ratio) => Math.abs(ratio - 1)).sort()
  const width = Math.max(sizes[Math.floor(sizes.length / 2)]! / 2, 1e-6)
  const within = sizes.filter((size) => size <= width).length
  return (width * sizes.length) / Math.max(1, within)
}

function standardDeviations(columns: readonly Float64Array[], scale: number): number[] {
  if (columns.length === 0) return []
  // Columns of length one keep the inverse away from the units of the parameters.
  const lengths = columns.map((column) => Math.hypot(...column))
  const normal = new Matrix(columns.map((a, i) => columns.map((b, j) => dot(a, b) / (lengths[i]! * lengths[j]!))))
  const covariance = inverse(normal, true)
  return lengths.map((length, index) => (scale * Math.sqrt(Math.abs(covariance.get(index, index)))) / length)
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0)
}
