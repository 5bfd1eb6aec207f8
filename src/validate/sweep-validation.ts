import type {TraceRow} from '../trace/trace-row.js'
import {type PassErrors, passErrors, type ScoredPass} from './pass-errors.js'
import type {Prediction} from './predictor.js'
import {type MethodMeans, methodMeans} from './sweep-means.js'
import {isPredicted, type MethodResult, methodResults, type SkippedMethod, sweepMethods} from './sweep-methods.js'
import {findSweeps, type PassBound, type Sweep, type SweepPoint, type SweptWorkload} from './sweeps.js'

export interface SweepResult {
  readonly workload: SweptWorkload
  readonly bound: PassBound
  readonly measured: readonly SweepPoint[]
  readonly methods: readonly MethodResult[]
  /** Methods that say nothing of it. */
  readonly skipped: readonly SkippedMethod[]
}

/** Predictions of passes over the core clock, held to their measurements. */
export interface SweepValidation {
  readonly passes: readonly PassErrors[]
  readonly methods: readonly MethodMeans[]
  readonly sweeps: readonly SweepResult[]
}

/** Scores passes over the core clock; null where no workload was swept. */
export function scorePasses(passes: readonly ScoredPass[]): SweepValidation | null {
  const sweeps = findSweeps(passes.map(({row}) => row))
  if (sweeps.length === 0) return null
  const predictions = new Map(passes.map(({row, prediction}) => [row, prediction]))
  const results = sweeps.map((sweep) => sweepResult(sweep, predictions))
  return {passes: passErrors(passes), methods: methodMeans(results), sweeps: results}
}

function sweepResult(sweep: Sweep, predictionOf: ReadonlyMap<TraceRow, Prediction>): SweepResult {
  const {workload, bound, points, rows} = sweep
  const predictions = rows.map((row) => predictionOf.get(row)!)
  const unpredicted = predictions.find((each) => each.kind === 'skipped')
  const results =
    unpredicted === undefined
      ? methodResults(sweep, predictions.filter(isPredicted))
      : sweepMethods.map((method) => ({method, reason: unpredicted.reason}))
  return {
    workload,
    bound,
    measured: points,
    methods: results.filter((each) => 'choices' in each),
    skipped: results.filter((each) => 'reason' in each),
  }
}
