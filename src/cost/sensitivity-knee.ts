import type {ClockState} from './clock-curve.js'

/** Where a pass begins to feel the core clock. */
export interface SensitivityKnee {
  /** The lowest clock from which on no clock takes longer than the highest by more than the tolerance. */
  readonly clockHertz: number
  /** Time at that clock over the time at the highest. */
  readonly slowdownRatio: number
  /** What bounds the pass at the highest clock, and the lowest clock from which on it does. */
  readonly boundBy: string
  readonly boundFromHertz: number
  /** What bounds it below; undefined where nothing else does at any clock. */
  readonly boundBelowBy: string | undefined
}

/** Slower by more than this, a pass feels its clock: about what repeated measurements differ by. */
export const feltSlowdownRatio = 0.01

/** The knee of a pass over its clock states, lowest first: below it the core clock costs time, above it hardly any. */
export function sensitivityKnee(states: readonly ClockState[], toleranceRatio = feltSlowdownRatio): SensitivityKnee {
  const highest = states.at(-1)!
  const mostSeconds = highest.latencySeconds * (1 + toleranceRatio)
  const slowest = states.findLastIndex(({latencySeconds}) => latencySeconds > mostSeconds)
  const otherwise = states.findLastIndex(({boundBy}) => boundBy !== highest.boundBy)
  const knee = states[slowest + 1]!
  return {
    clockHertz: knee.clockHertz,
    slowdownRatio: knee.latencySeconds / highest.latencySeconds,
    boundBy: highest.boundBy,
    boundFromHertz: states[otherwise + 1]!.clockHertz,
    boundBelowBy: states[otherwise]?.boundBy,
  }
}
