import type {KernelParameter} from '../cost/calibrated/kernel-model.js'
import {descent} from './descent.js'
import {type FitProblem, type FitRow, within} from './fit-problem.js'

/** Parameters, and the mean absolute relative error that they leave on some rows, each at its own settled clock. */
export interface Fit {
  readonly values: Float64Array
  readonly mapeRatio: number
}

/** Clocks are settled before each round of descent; the last word is that of single moves, by these shares of a value. */
interface Effort {
  readonly rounds: number
  readonly steps: number
  readonly moves: readonly number[]
}

/** Rough where many starts are tried, thorough from the best of them. */
const efforts = {
  trial: {rounds: 1, steps: 10, moves: []},
  thorough: {rounds: 2, steps: 8, moves: [0.1, 0.03]},
} satisfies Record<string, Effort>

/** Starts that are tried, and rows that they are tried on: more rows do not tell starts apart better. */
const trial = {startCount: 4, rowCount: 300}

/**
 * The parameters with the least mean absolute relative error on these rows, never worse than any that are known: from
 * several starts on a part of the rows, then from the best of all on all of them.
 */
export function fitParameters(problem: FitProblem, rows: readonly FitRow[], known: readonly Float64Array[] = []): Fit {
  const trialRows = scattered(rows, trial.rowCount)
  const tried = spreadStarts(problem.specs, trial.startCount).map(
    (start) => refined(problem, trialRows, fitAt(problem, trialRows, start), efforts.trial).values,
  )
  const best = [...tried, ...known].map((values) => fitAt(problem, rows, values)).reduce(better)
  if (!Number.isFinite(best.mapeRatio)) throw new Error('the kernel model gives no finite time for some of the measured rows')
  return refined(problem, rows, best, efforts.thorough)
}

/** These parameters with the error that they leave, every row settled at them. */
export function fitAt({apply}: FitProblem, rows: readonly FitRow[], values: Float64Array): Fit {
  apply(values)
  let sum = 0
  for (const {measuredSeconds, settledSeconds} of rows) sum += Math.abs(settledSeconds() / measuredSeconds - 1)
  return {values, mapeRatio: sum / rows.length}
}

function better(a: Fit, b: Fit): Fit {
  return b.mapeRatio < a.mapeRatio || Number.isNaN(a.mapeRatio) ? b : a
}

/** Clocks follow the parameters and the parameters the clocks: faster kernels draw more power. */
function refined(problem: FitProblem, rows: readonly FitRow[], start: Fit, {rounds, steps, moves}: Effort): Fit {
  // Where a model makes no sense there is no way down.
  if (!Number.isFinite(start.mapeRatio)) return start
  let best = start
  for (let round = 0; round < rounds; round++) {
    fitAt(problem, rows, best.values)
    const fit = fitAt(problem, rows, descent(problem, rows, best.values, steps))
    const isStill = !(fit.mapeRatio < best.mapeRatio * (1 - leastGain))
    best = better(best, fit)
    if (isStill) break
  }
  for (const share of moves) best = moved(problem, rows, best, share)
  return restarted(problem, rows, best)
}

/** What the rows do not determine stays where it starts, instead of where a search happened to leave it. */
function restarted(problem: FitProblem, rows: readonly FitRow[], found: Fit): Fit {
  let best = found
  for (const [index, {start}] of problem.specs.entries()) {
    const fit = fitAt(problem, rows, best.values.with(index, start))
    if (fit.mapeRatio <= best.mapeRatio) best = fit
  }
  return best
}

/** A round that gains less than this share of the error is the last one. */
const leastGain = 1e-3

/** The choice of a tile makes steps that no slope sees: each parameter is tried larger and smaller, and goes on where it pays. */
function moved(problem: FitProblem, rows: readonly FitRow[], start: Fit, share: number): Fit {
  let best = start
  for (const [index, spec] of problem.specs.entries()) {
    for (const factor of [1 + share, 1 / (1 + share)]) {
      for (let gained = true; gained; ) {
        const value = within(spec, (best.values[index] || (spec.most - spec.least) / 100) * factor)
        if (value === best.values[index]) break
        const fit = fitAt(problem, rows, best.values.with(index, value))
        gained = fit.mapeRatio < best.mapeRatio * (1 - leastGain / 10)
        if (gained) best = fit
      }
    }
  }
  return best
}

/** The stated start, and others up to three times away, the same in every run. */
function spreadStarts(specs: readonly KernelParameter[], count: number): Float64Array[] {
  // Multiples of the golden ratio fill the interval evenly.
  const spread = (turn: number, index: number): number => 3 ** (2 * (fractionOf(turn * (index + 1) * goldenRatio) - 0.5))
  return Array.from({length: count}, (_, turn) =>
    Float64Array.from(specs, (spec, index) =>
      turn === 0 ? spec.start : within(spec, (spec.start || (spec.most - spec.least) / 100) * spread(turn, index)),
    ),
  )
}

const goldenRatio = (Math.sqrt(5) - 1) / 2

function fractionOf(value: number): number {
  return value - Math.floor(value)
}

/** About so many of the items, from all parts of their order, in step with no period of it. */
function scattered<T>(items: readonly T[], count: number): readonly T[] {
  return items.length <= count ? items : items.filter((_, index) => fractionOf(index * goldenRatio) < count / items.length)
}
