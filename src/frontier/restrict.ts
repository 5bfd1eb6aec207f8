import {checkNotNegative, type Frontier, frontierOfRows, gathered, requireKept} from './frontier.js'

export interface Limits {
  readonly deadlineSeconds?: number
  /** A cap on the mean power of a point, its energy over its time. */
  readonly powerCapWatts?: number
}

/** No point of a set is within a limit: what was asked for, and the nearest that there is. */
export type Infeasible =
  | {readonly kind: 'infeasible'; readonly limit: 'deadline'; readonly boundSeconds: number; readonly demandSeconds: number}
  | {readonly kind: 'infeasible'; readonly limit: 'power'; readonly boundWatts: number; readonly demandWatts: number}

/**
 * The points within a deadline and a cap on mean power. A power cap needs a set that is kept to that power.
 * A cap that takes points from a set with an error bound leaves it without one, as points that are gone may have met the cap:
 * its bound becomes Infinity.
 */
export function restrict<K>(set: Frontier<K>, limits: Limits): Frontier<K> | Infeasible {
  const inTime = withinDeadline(set, limits.deadlineSeconds)
  return inTime.kind === 'infeasible' ? inTime : withinPowerCap(inTime, limits.powerCapWatts)
}

function withinDeadline<K>(set: Frontier<K>, deadlineSeconds: number | undefined): Frontier<K> | Infeasible {
  if (deadlineSeconds === undefined) return set
  checkNotNegative(deadlineSeconds, 'deadlineSeconds')
  const demandSeconds = set.latencySeconds[0]!
  if (demandSeconds > deadlineSeconds) return {kind: 'infeasible', limit: 'deadline', boundSeconds: deadlineSeconds, demandSeconds}
  return rowsWhere(set, (row) => set.latencySeconds[row]! <= deadlineSeconds)
}

function withinPowerCap<K>(set: Frontier<K>, powerCapWatts: number | undefined): Frontier<K> | Infeasible {
  if (powerCapWatts === undefined) return set
  checkNotNegative(powerCapWatts, 'powerCapWatts')
  requireKept([set], powerCapWatts)
  const kept = rowsWhere(set, (row) => set.energyJoules[row]! <= powerCapWatts * set.latencySeconds[row]!)
  if (kept.latencySeconds.length > 0) {
    const boundJoules = kept === set || set.boundJoules === 0 ? set.boundJoules : Number.POSITIVE_INFINITY
    return frontierOfRows(Float64Array.from(kept.latencySeconds), Float64Array.from(kept.energyJoules), {...set, boundJoules}, kept.planOf)
  }
  const demandWatts = Array.from(set.latencySeconds, (seconds, row) => set.energyJoules[row]! / seconds).reduce((a, b) => Math.min(a, b))
  return {kind: 'infeasible', limit: 'power', boundWatts: powerCapWatts, demandWatts}
}

function rowsWhere<K>(set: Frontier<K>, isWithin: (row: number) => boolean): Frontier<K> {
  const rows = Int32Array.from(set.latencySeconds, (_, row) => row).filter(isWithin)
  if (rows.length === set.latencySeconds.length) return set
  return frontierOfRows(gathered(set.latencySeconds, rows), gathered(set.energyJoules, rows), set, (row) => set.planOf(rows[row]!))
}
