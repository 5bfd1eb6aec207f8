import {type Frontier, frontierOf} from '../frontier/frontier.js'
import {pick, pickBySlowdown} from '../frontier/pick.js'
import {type SweepPoint, throttleOnsetHertz} from './sweeps.js'

/** Slowdowns, over the fastest clock, that a choice of clock may be bound to; null is without a bound. */
export const slowdownRatios = [null, 0.02, 0.05, 0.1, 0.2] as const

/** What a chosen clock costs in the measurement. */
export interface ClockChoice {
  readonly slowdownRatio: number | null
  readonly chosenHertz: number
  readonly bestHertz: number
  /** Energy at the chosen clock over that at the best one, less 1; null where the chosen one breaks the bound, and so is no choice. */
  readonly regretRatio: number | null
  /** How far the chosen clock exceeds the bound: slowdown beyond what was allowed; 0 where it is kept. */
  readonly excessRatio: number
}

/** A prediction of a sweep held to its measurement. */
export interface SweepScore {
  readonly choices: readonly ClockChoice[]
  /** Mean error of energy over that at the highest clock, without that clock. */
  readonly shapeErrorRatio: number
  readonly measuredOnsetHertz: number | null
  readonly predictedOnsetHertz: number | null
  /** Null where neither throttles, or where the points do not tell. */
  readonly onsetErrorHertz: number | null
}

/** Scores a predicted sweep by what it is for: choosing a clock. Both hold the same clocks, lowest first. */
export function scoreSweep(measured: readonly SweepPoint[], predicted: readonly SweepPoint[]): SweepScore {
  const predictedSet = frontierOfPoints(predicted)
  const choices = scoredChoices(measured, (slowdownRatio) => cheapestIndex(predictedSet, slowdownRatio))
  const onsets = [throttleOnsetHertz(measured), throttleOnsetHertz(predicted)] as const
  const [measuredOnsetHertz = null, predictedOnsetHertz = null] = onsets
  const isThrottled = [...measured, ...predicted].some(({throttled}) => throttled)
  const isKnown = isThrottled && measuredOnsetHertz !== null && predictedOnsetHertz !== null
  return {
    choices,
    shapeErrorRatio: shapeError(measured, predicted),
    measuredOnsetHertz,
    predictedOnsetHertz,
    onsetErrorHertz: isKnown ? Math.abs(predictedOnsetHertz - measuredOnsetHertz) : null,
  }
}

/** Scores a rule that takes one clock whatever the bound: the highest of the sweep that is not above this. */
export function scoreFixedClock(measured: readonly SweepPoint[], highestHertz: number): ClockChoice[] {
  const index = measured.findLastIndex(({clockHertz}) => clockHertz <= highestHertz)
  return scoredChoices(measured, () => Math.max(index, 0))
}

function scoredChoices(measured: readonly SweepPoint[], indexAt: (slowdownRatio: number | null) => number): ClockChoice[] {
  const measuredSet = frontierOfPoints(measured)
  const fastestSeconds = measuredSet.latencySeconds[0]!
  return slowdownRatios.map((slowdownRatio) => {
    const [chosen, best] = [measured[indexAt(slowdownRatio)]!, measured[cheapestIndex(measuredSet, slowdownRatio)]!]
    const isKept = slowdownRatio === null || chosen.latencySeconds <= fastestSeconds * (1 + slowdownRatio)
    const excessRatio = isKept ? 0 : chosen.latencySeconds / fastestSeconds - 1 - slowdownRatio
    return {
      slowdownRatio,
      chosenHertz: chosen.clockHertz,
      bestHertz: best.clockHertz,
      regretRatio: isKept ? chosen.energyJoules / best.energyJoules - 1 : null,
      excessRatio,
    }
  })
}

function frontierOfPoints(points: readonly SweepPoint[]): Frontier<number> {
  return frontierOf({
    latencySeconds: points.map(({latencySeconds}) => latencySeconds),
    energyJoules: points.map(({energyJoules}) => energyJoules),
    knobs: points.map((_, index) => index),
  })
}

/** Index of the point of least energy within a slowdown, relative to the set's own fastest. */
function cheapestIndex(set: Frontier<number>, slowdownRatio: number | null): number {
  const chosen = slowdownRatio === null ? pick(set, 'energy') : pickBySlowdown(set, slowdownRatio)
  if (chosen.kind !== 'chosen' || chosen.plan.kind !== 'knobs') throw new RangeError('a set without its fastest point')
  return chosen.plan.knobs
}

function shapeError(measured: readonly SweepPoint[], predicted: readonly SweepPoint[]): number {
  const [measuredTop, predictedTop] = [measured.at(-1)!.energyJoules, predicted.at(-1)!.energyJoules]
  const errors = measured.slice(0, -1).map(({energyJoules}, index) => {
    const [measuredRatio, predictedRatio] = [energyJoules / measuredTop, predicted[index]!.energyJoules / predictedTop]
    return Math.abs(predictedRatio / measuredRatio - 1)
  })
  return errors.reduce((sum, error) => sum + error, 0) / errors.length
}
