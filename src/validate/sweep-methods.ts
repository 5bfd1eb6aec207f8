import type {Accelerator} from '../accelerator/accelerator.js'
import {voltageFloorHertz} from '../accelerator/clock.js'
import {type PassPace, passPace} from '../extrapolate/pass-pace.js'
import {sweepFromPoints} from '../extrapolate/two-clocks.js'
import {UserError} from '../foundation/user-error.js'
import {averageWatts, type MeanErrors, meanErrors} from './mean-errors.js'
import type {Prediction} from './predictor.js'
import {type SweepScore, scoreFixedClock, scoreSweep} from './sweep-score.js'
import type {Sweep, SweepPoint} from './sweeps.js'

export const sweepMethods = ['kernels', 'two-clocks', 'voltage-floor', 'highest-clock'] as const
/** How the clock of a sweep is chosen: by a prediction, or by a rule that knows nothing of the work. */
export type SweepMethod = (typeof sweepMethods)[number]

/** What a method makes of one sweep. */
export interface MethodResult extends Omit<SweepScore, 'shapeErrorRatio'> {
  readonly method: SweepMethod
  /** The measured clocks that it was given. */
  readonly fromHertz: readonly number[]
  /** Over the other clocks; null for a rule, which predicts nothing. */
  readonly errors: MeanErrors | null
  readonly shapeErrorRatio: number | null
  /** At each measured clock, in their order; none for a rule. */
  readonly predicted: readonly SweepPoint[]
}

/** A method that says nothing of a sweep, and why. */
export interface SkippedMethod {
  readonly method: SweepMethod
  readonly reason: string
}

type Predicted = Extract<Prediction, {kind: 'predicted'}>

/** The model says something of the row. */
export function isPredicted(prediction: Prediction): prediction is Predicted {
  return prediction.kind === 'predicted'
}

/** What every method makes of a sweep whose rows the cost model predicts, in their order. */
export function methodResults(sweep: Sweep, predictions: readonly Predicted[]): (MethodResult | SkippedMethod)[] {
  const {accelerator, workload, fidelity} = predictions[0]!
  return [
    fromKernels(sweep, predictions),
    fromTwoClocks(sweep, accelerator, passPace(accelerator, workload, fidelity)),
    rule('voltage-floor', sweep.points, voltageFloorHertz(accelerator.machine.clocks[0]!)),
    rule('highest-clock', sweep.points, Number.POSITIVE_INFINITY),
  ]
}

function fromKernels({points, rows}: Sweep, predictions: readonly Predicted[]): MethodResult {
  const states = points.map(({clockHertz}) => {
    const {latencySeconds, energyJoules, throttled} = predictions[rows.findIndex((row) => row.clockHertz === clockHertz)]!
    return {clockHertz, latencySeconds, energyJoules, throttled}
  })
  return predictedResult('kernels', points, states, [])
}

/** Near which the second of two measured clocks is looked for. */
const secondClockHertz = 1e9

/** From the lowest clock of a sweep, the one nearest to 1 GHz that its limit lets stand, and the pace of its graph, all others. */
function fromTwoClocks({points, workload}: Sweep, accelerator: Accelerator, pace: PassPace | undefined): MethodResult | SkippedMethod {
  const free = points.filter(({throttled}) => !throttled)
  const distanceHertz = ({clockHertz}: SweepPoint): number => Math.abs(clockHertz - secondClockHertz)
  const second = free.slice(1).sort((a, b) => distanceHertz(a) - distanceHertz(b))[0]
  const given = [...free.slice(0, 1), ...(second === undefined ? [] : [second])]
  const {powerLimitWatts} = workload
  try {
    const states = sweepFromPoints(
      given.map((point) => ({...point, averageWatts: averageWatts(point), powerLimitWatts})),
      accelerator,
      points.map(({clockHertz}) => clockHertz),
      {powerLimitWatts, pace},
    )
    return predictedResult('two-clocks', points, states, given)
  } catch (error) {
    if (error instanceof UserError) return {method: 'two-clocks', reason: error.message}
    throw error
  }
}

function predictedResult(
  method: SweepMethod,
  points: readonly SweepPoint[],
  predicted: readonly SweepPoint[],
  given: readonly SweepPoint[],
): MethodResult {
  const pairs = points.map((measured, index) => ({measured, predicted: predicted[index]!}))
  return {
    method,
    fromHertz: given.map(({clockHertz}) => clockHertz),
    errors: meanErrors(pairs.filter(({measured}) => !given.includes(measured))),
    predicted,
    ...scoreSweep(points, predicted),
  }
}

function rule(method: SweepMethod, points: readonly SweepPoint[], highestHertz: number): MethodResult {
  const unknown = {shapeErrorRatio: null, measuredOnsetHertz: null, predictedOnsetHertz: null, onsetErrorHertz: null}
  return {method, fromHertz: [], errors: null, predicted: [], choices: scoreFixedClock(points, highestHertz), ...unknown}
}
