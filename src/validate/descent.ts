import {levenbergMarquardt} from 'ml-levenberg-marquardt'
import type {KernelParameter} from '../cost/calibrated/kernel-model.js'
import {type FitProblem, type FitRow, lengthOf, ratiosAt, within} from './fit-problem.js'

/** Damping of a step, of columns of unit length: it falls while steps succeed and rises where one fails. */
const damping = {first: 1e-2, least: 1e-5, most: 1e3, fall: 5, rise: 8}

/** Errors below this share do not grow in weight any further. */
const leastWeighedError = 0.02

/** A point on the way: the rows' ratios of prediction to measurement, and how they move with each parameter. */
interface Point {
  readonly values: Float64Array
  readonly ratios: Float64Array
  readonly slopes: readonly Float64Array[]
}

/**
 * Parameters with a smaller mean absolute relative error, at the clocks as they stand: damped least squares whose weights
 * follow the errors, which ends as least absolute errors. Holland and Welsch, "Robust regression using iteratively
 * reweighted least-squares", Communications in Statistics 6(9), 1977.
 */
export function descent(problem: FitProblem, rows: readonly FitRow[], start: Float64Array, stepCount: number): Float64Array {
  let point = pointAt(problem, rows, start, ratiosAt(problem, rows, start))
  let best = {values: start, errorRatio: meanDistance(point.ratios)}
  let factor = damping.first
  for (let step = 0; step < stepCount && factor < damping.most; step++) {
    const next = dampedStep(problem, rows, point, factor)
    if (next === undefined) {
      factor *= damping.rise
      continue
    }
    const errorRatio = meanDistance(next.ratios)
    const isStill = Math.abs(errorRatio - best.errorRatio) < 1e-4 * best.errorRatio
    if (errorRatio < best.errorRatio) best = {values: next.values, errorRatio}
    if (isStill) break
    factor = Math.max(damping.least, factor / damping.fall)
    point = pointAt(problem, rows, next.values, next.ratios)
  }
  return best.values
}

function meanDistance(ratios: Float64Array): number {
  let sum = 0
  for (let row = 0; row < ratios.length; row++) sum += Math.abs(ratios[row]! - 1)
  return sum / ratios.length
}

/** Differences are taken inwards from the upper bound: outside of it a model need not make sense. */
function pointAt(problem: FitProblem, rows: readonly FitRow[], values: Float64Array, ratios: Float64Array): Point {
  const slopes = problem.specs.map(({least, most}, index) => {
    const value = values[index]!
    const size = Math.max(1e-3 * Math.abs(value), 1e-5 * (most - least))
    const step = value + size > most ? -size : size
    const column = ratiosAt(problem, rows, values.with(index, value + step))
    for (let row = 0; row < column.length; row++) {
      const slope = (column[row]! - ratios[row]!) / step
      column[row] = Number.isFinite(slope) ? slope : 0
    }
    return column
  })
  return {values, ratios, slopes}
}

/** One step of the library's from this point, or nothing where it does not lessen the weighed errors. */
function dampedStep(problem: FitProblem, rows: readonly FitRow[], {values, ratios, slopes}: Point, factor: number) {
  // Weights are folded into the data: the library takes weights of its own inversely in one of its two products.
  const weights = weightsOf(ratios)
  const columns = slopes.map((column, index) => freeColumn(problem.specs[index]!, values[index]!, column, weights, ratios))
  const scales = columns.map((column) => 1 / (lengthOf(column) || 1))
  const start = Array.from(values, (value, index) => value / scales[index]!)
  let tried: {readonly values: Float64Array; readonly ratios: Float64Array} | undefined
  const weighed = (scaled: ArrayLike<number>): ((row: number) => number) => {
    const isStart = start.every((value, index) => value === scaled[index])
    if (!isStart) {
      const trial = Float64Array.from(scaled, (value, index) => within(problem.specs[index]!, value * scales[index]!))
      tried = {values: trial, ratios: ratiosAt(problem, rows, trial)}
    }
    const seen = isStart || tried === undefined ? ratios : tried.ratios
    return (row) => weights[row]! * seen[row]!
  }
  const {parameterError} = levenbergMarquardt({x: rows.map((_, row) => row), y: weights}, weighed, {
    initialValues: start,
    minValues: problem.specs.map((spec, index) => reach(spec, values[index]!).least / scales[index]!),
    maxValues: problem.specs.map((spec, index) => reach(spec, values[index]!).most / scales[index]!),
    jacobianFunction: () => (row) => columns.map((column, index) => column[row]! * scales[index]!),
    damping: factor,
    maxIterations: 1,
    errorTolerance: 0,
  })
  return tried !== undefined && parameterError < weighedError(weights, ratios) ? tried : undefined
}

/** Roots of the weights of least absolute errors, their squares of sum one. */
function weightsOf(ratios: Float64Array): Float64Array {
  const weights = ratios.map((ratio) => 1 / Math.sqrt(Math.max(leastWeighedError, Math.abs(ratio - 1))))
  const length = lengthOf(weights)
  return weights.map((weight) => weight / length)
}

/** The weighed column of a parameter; all zero where it stands at a bound that it would only be pushed against. */
function freeColumn(
  {least, most}: KernelParameter,
  value: number,
  slopes: Float64Array,
  weights: Float64Array,
  ratios: Float64Array,
): Float64Array {
  let gradient = 0
  for (let row = 0; row < slopes.length; row++) gradient += weights[row]! ** 2 * (ratios[row]! - 1) * slopes[row]!
  const isHeld = (value >= most && gradient < 0) || (value <= least && gradient > 0)
  return isHeld ? new Float64Array(slopes.length) : slopes.map((slope, row) => slope * weights[row]!)
}

/** One step takes a parameter no further than its own size, or its typical one: beyond, slopes tell nothing. */
function reach({least, most, start}: KernelParameter, value: number): {least: number; most: number} {
  const distance = Math.max(Math.abs(value), Math.abs(start), (most - least) / 100)
  return {least: Math.max(least, value - distance), most: Math.min(most, value + distance)}
}

function weighedError(weights: Float64Array, ratios: Float64Array): number {
  let sum = 0
  for (let row = 0; row < ratios.length; row++) sum += (weights[row]! - weights[row]! * ratios[row]!) ** 2
  return sum
}
