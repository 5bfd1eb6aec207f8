import {UserError} from '../foundation/user-error.js'
import {type Frontier, frontierOfRows, gathered} from './frontier.js'

/** Halvings of the tolerated error: past a double's 53 bits nothing changes. */
const halvingCount = 53

/** At most this many points of a set, its fastest among them, chosen so that the error that this adds to its bound is the least. */
export function coarsen<K>(set: Frontier<K>, pointCount: number): Frontier<K> {
  if (!Number.isSafeInteger(pointCount) || pointCount < 1) {
    throw new UserError(`a set can be coarsened to a whole number of points from 1 on, not ${pointCount}`, {
      code: 'FRONTIER_COARSEN',
      suggestions: ['keep a hundred or so'],
    })
  }
  const {keptToWatts, latencySeconds, energyJoules} = set
  if (latencySeconds.length <= pointCount) return set
  const aboveJoules = Float64Array.from(energyJoules, (joules, row) => joules - keptToWatts * latencySeconds[row]!)
  let errorJoules = aboveJoules[0]! - aboveJoules.at(-1)!
  let rows = rowsCovering(aboveJoules, errorJoules)
  for (let halving = 0, tooSmall = 0; halving < halvingCount; halving++) {
    const middle = (tooSmall + errorJoules) / 2
    const candidate = rowsCovering(aboveJoules, middle)
    if (candidate.length > pointCount) tooSmall = middle
    else [errorJoules, rows] = [middle, candidate]
  }
  const promises = {keptToWatts, boundJoules: set.boundJoules + errorJoules}
  return frontierOfRows(gathered(latencySeconds, rows), gathered(energyJoules, rows), promises, (row) => set.planOf(rows[row]!))
}

/** The fewest rows such that each row has one before it, or itself, that is no more than the error above it. */
function rowsCovering(aboveJoules: Float64Array, errorJoules: number): Int32Array {
  const rows = [0]
  for (let row = 1; row < aboveJoules.length; row++) if (aboveJoules[rows.at(-1)!]! - aboveJoules[row]! > errorJoules) rows.push(row)
  return Int32Array.from(rows)
}
