import {levenbergMarquardt} from 'ml-levenberg-marquardt'
import type {KernelParameter} from '../cost/calibrated/kernel-model.js'

/** One measured kernel: its time as the model predicts it from the parameters as they stand. */
export interface FitRow {
  readonly measuredSeconds: number
  /** At the clock that it was last settled at. */
  readonly predictedSeconds: () => number
  /** Finds the clock that the power limit leaves it at the parameters as they stand. */
  readonly settle: () => void
}

/** A fit: what may move within which bounds, and where the rows' kernels read it. */
export interface FitProblem {
  readonly specs: readonly KernelParameter[]
  readonly apply: (values: Float64Array) => void
}

interface Effort {
  readonly settlings: number
  readonly reweightings: number
  readonly iterations: number
}

/** Rough where many starts are tried, thorough from the best of them, short where a fold begins at the fit of all rows. */
const efforts = {
  rough: {settlings: 1, reweightings: 4, iterations: 8},
  thorough: {settlings: 3, reweightings: 6, iterations: 10},
  short: {settlings: 2, reweightings: 3, iterations: 6},
} satisfies Record<string, Effort>

/** Rows that starts are tried on; more of them do not tell starts apart better. */
const mostTrialRows = 400

/** The parameters with the least mean absolute relative error on these rows: reweighted Levenberg–Marquardt within bounds, from several starts. */
export function fitParameters(problem: FitProblem, rows: readonly FitRow[], startCount = 5): Float64Array {
  const trialRows = everyNth(rows, Math.ceil(rows.length / mostTrialRows))
  let best = {values: startValues(problem.specs), error: Number.POSITIVE_INFINITY}
  for (const start of spreadStarts(problem.specs, startCount)) {
    const values = refined(problem, trialRows, start, efforts.rough)
    const error = meanErrorAt(problem, trialRows, values)
    if (error < best.error) best = {values, error}
  }
  return polished(problem, rows, refined(problem, rows, best.values, efforts.thorough))
}

/** The parameters for some of the rows, from those for all of them. */
export function refitParameters(problem: FitProblem, rows: readonly FitRow[], start: Float64Array): Float64Array {
  return polished(problem, rows, refined(problem, rows, start, efforts.short))
}

/** Mean of |predicted − measured| / measured at the parameters and clocks as they stand. */
export function meanError(rows: readonly FitRow[]): number {
  let sum = 0
  for (const row of rows) sum += Math.abs(row.predictedSeconds() / row.measuredSeconds - 1)
  return sum / rows.length
}

/** Sets the parameters, and the clocks that follow from them. */
export function settleAt({apply}: FitProblem, rows: readonly FitRow[], values: Float64Array): void {
  apply(values)
  for (const row of rows) row.settle()
}

function meanErrorAt(problem: FitProblem, rows: readonly FitRow[], values: Float64Array): number {
  problem.apply(values)
  return meanError(rows)
}

function startValues(specs: readonly KernelParameter[]): Float64Array {
  return Float64Array.from(specs, ({start}) => start)
}

/** The stated start, and others up to three times away, the same in every run. */
function spreadStarts(specs: readonly KernelParameter[], count: number): Float64Array[] {
  const base = startValues(specs)
  // Fractions of the golden ratio's multiples fill the interval evenly.
  const spread = (turn: number, index: number): number => 3 ** (2 * (((turn * (index + 1) * 0.6180339887) % 1) - 0.5))
  return Array.from({length: count}, (_, turn) =>
    turn === 0 ? base : base.map((value, index) => within(specs[index]!, value * spread(turn, index))),
  )
}

function within({least, most}: KernelParameter, value: number): number {
  return Math.min(most, Math.max(least, value))
}

/** Clocks follow the parameters and the parameters the clocks: faster kernels draw more power. */
function refined(problem: FitProblem, rows: readonly FitRow[], start: Float64Array, {settlings, ...effort}: Effort): Float64Array {
  let values = start
  for (let round = 0; round < settlings; round++) {
    settleAt(problem, rows, values)
    values = reweighted(problem, rows, values, effort)
  }
  settleAt(problem, rows, values)
  return values
}

/** Errors below this share do not grow in weight any further. */
const leastWeighedError = 0.02

/** Least squares weighed by the last round's errors end as least absolute errors. */
function reweighted(
  {specs, apply}: FitProblem,
  rows: readonly FitRow[],
  start: Float64Array,
  {reweightings, iterations}: Omit<Effort, 'settlings'>,
): Float64Array {
  const scales = specs.map(({start: typical, most}) => typical || most / 4)
  const data = {x: rows.map((_, index) => index), y: rows.map(() => 1)}
  const valuesOf = (scaled: ArrayLike<number>): Float64Array => Float64Array.from(scaled, (value, index) => value * scales[index]!)
  const ratios = (scaled: ArrayLike<number>): ((index: number) => number) => {
    apply(valuesOf(scaled))
    const all = Float64Array.from(rows, (row) => row.predictedSeconds() / row.measuredSeconds)
    return (index) => all[index]!
  }
  let scaled = Array.from(start, (value, index) => value / scales[index]!)
  let best = {values: start, error: meanErrorAt({specs, apply}, rows, start)}
  for (let round = 0; round < reweightings; round++) {
    const ratio = ratios(scaled)
    const weights = rows.map((_, index) => Math.sqrt(Math.max(leastWeighedError, Math.abs(ratio(index) - 1))))
    const {parameterValues} = levenbergMarquardt(data, ratios, {
      initialValues: scaled,
      weights,
      minValues: specs.map(({least}, index) => least / scales[index]!),
      maxValues: specs.map(({most}, index) => most / scales[index]!),
      damping: 0.01,
      gradientDifference: scaled.map((value) => Math.max(1e-5, Math.abs(value) * 1e-3)),
      maxIterations: iterations,
      errorTolerance: 1e-9,
    })
    const isStill = parameterValues.every((value, index) => Math.abs(value - scaled[index]!) <= 1e-4 * Math.max(1e-3, Math.abs(value)))
    scaled = parameterValues
    const values = valuesOf(scaled)
    const error = meanErrorAt({specs, apply}, rows, values)
    if (error < best.error) best = {values, error}
    if (isStill) break
  }
  return best.values
}

/** The choice of a tile makes steps that no gradient sees: each parameter is tried larger and smaller, by less and less. */
function polished(problem: FitProblem, rows: readonly FitRow[], start: Float64Array): Float64Array {
  const {specs} = problem
  settleAt(problem, rows, start)
  let best = {values: start, error: meanErrorAt(problem, rows, start)}
  for (let step = 0.2; step > 0.01; step /= 2) {
    for (const [index, spec] of specs.entries()) {
      for (const factor of [1 + step, 1 / (1 + step)]) {
        const moved = within(spec, (best.values[index] || spec.most / 50) * factor)
        const values = best.values.map((value, at) => (at === index ? moved : value))
        const error = meanErrorAt(problem, rows, values)
        if (error < best.error) best = {values, error}
      }
    }
  }
  settleAt(problem, rows, best.values)
  return best.values
}

function everyNth<T>(items: readonly T[], step: number): T[] {
  return items.filter((_, index) => index % step === 0)
}
