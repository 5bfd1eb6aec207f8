import {nonNegative} from './non-negative.js'

/** A measured pass: the power that it would take with every fitted constant at zero, and what one unit of each adds. */
export interface PowerRow {
  /** Passes of one workload err together. */
  readonly workload: string
  readonly measuredWatts: number
  readonly restWatts: number
  readonly wattsPerUnit: ArrayLike<number>
}

/** A constant that a fit may move. */
export interface PowerConstant {
  readonly name: string
  /** What stands where rows do not determine it. */
  readonly statedValue: number
}

/** A constant as rows determine it. */
export interface FittedConstant {
  readonly value: number
  /** 95 %, never below zero; of a constant that stays as stated, what the rows say of it. */
  readonly interval: readonly [number, number]
  /** False where the interval reaches further than a third of the value: then it stays as stated. */
  readonly isDetermined: boolean
}

/** Half the width of an interval over its value, beyond which rows do not determine a constant. */
const greatestHalfRatio = 1 / 3

/** Of the normal distribution, for 95 %. */
const quantile = 1.96

/** Errors below this share do not grow in weight any further. */
const leastWeighedError = 0.01

/** Rounds in which the weights follow the errors. */
const reweightingRounds = 15

/**
 * Fits constants, none below zero, to the least absolute relative error of power. Those that the rows do not determine stay as
 * stated, the least certain first and before it those that are stated at all, until the rest is determined.
 */
export function fitPower(rows: readonly PowerRow[], constants: readonly PowerConstant[]): FittedConstant[] {
  const problem = problemOf(rows, constants)
  const held = new Map<number, FittedConstant>()
  for (;;) {
    const free = constants.flatMap((_, index) => (held.has(index) ? [] : [index]))
    const fitted = new Map(withIntervals(problem, free).map((each, place) => [free[place]!, each]))
    const doubtful = free.filter((index) => !fitted.get(index)!.isDetermined)
    const stated = doubtful.filter((index) => constants[index]!.statedValue > 0)
    const [worst] = (stated.length > 0 ? stated : doubtful).sort((a, b) => doubt(fitted.get(b)!) - doubt(fitted.get(a)!))
    if (worst === undefined) return constants.map((_, index) => held.get(index) ?? fitted.get(index)!)
    held.set(worst, {...fitted.get(worst)!, value: constants[worst]!.statedValue})
  }
}

/** Half of the interval over the value; a constant without effect is less certain than any. */
function doubt({value, interval}: FittedConstant): number {
  return value > 0 ? (interval[1] - value) / value : Number.MAX_VALUE
}

/** Rows over their measured power: what the constants should sum to, and the columns that they weigh. */
interface Problem {
  readonly targets: Float64Array
  readonly columns: readonly Float64Array[]
  readonly statedValues: readonly number[]
  readonly workloads: readonly string[]
}

function problemOf(rows: readonly PowerRow[], constants: readonly PowerConstant[]): Problem {
  return {
    targets: Float64Array.from(rows, ({measuredWatts, restWatts}) => 1 - restWatts / measuredWatts),
    columns: constants.map((_, index) => Float64Array.from(rows, ({measuredWatts, wattsPerUnit}) => wattsPerUnit[index]! / measuredWatts)),
    statedValues: constants.map(({statedValue}) => statedValue),
    workloads: rows.map(({workload}) => workload),
  }
}

/**
 * The free constants, with intervals out of fits that leave out one workload each: rows of one sweep err together, so that they
 * count as one. Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 11.
 */
function withIntervals(problem: Problem, free: readonly number[]): FittedConstant[] {
  const values = leastAbsolute(problem, free)
  const workloads = [...new Set(problem.workloads)]
  const fits = workloads.map((workload) => leastAbsolute(problem, free, workload))
  return values.map((value, place) => {
    const mean = fits.reduce((sum, fit) => sum + fit[place]!, 0) / fits.length
    const squares = fits.reduce((sum, fit) => sum + (fit[place]! - mean) ** 2, 0)
    const half = quantile * Math.sqrt(((fits.length - 1) / fits.length) * squares)
    const isDetermined = value > 0 && workloads.length > 1 && half <= greatestHalfRatio * value
    return {value, interval: [Math.max(0, value - half), value + half], isDetermined}
  })
}

/**
 * The free constants with the least absolute relative error, the others as stated: least squares whose weights follow the errors.
 * Holland and Welsch, "Robust regression using iteratively reweighted least-squares", Communications in Statistics 6(9), 1977.
 */
function leastAbsolute({targets, columns, statedValues, workloads}: Problem, free: readonly number[], leftOut?: string): number[] {
  const own = free.map((index) => columns[index]!)
  const rest = targets.map((target, row) =>
    columns.reduce((sum, column, index) => (free.includes(index) ? sum : sum - statedValues[index]! * column[row]!), target),
  )
  const weights = Float64Array.from(workloads, (workload) => (workload === leftOut ? 0 : 1))
  let values = free.map(() => 0)
  for (let round = 0; round < reweightingRounds; round++) {
    values = nonNegative(own, rest, weights)
    for (let row = 0; row < rest.length; row++) {
      if (weights[row] === 0) continue
      let error = -rest[row]!
      for (const [place, column] of own.entries()) error += values[place]! * column[row]!
      weights[row] = 1 / Math.max(leastWeighedError, Math.abs(error))
    }
  }
  return values
}
