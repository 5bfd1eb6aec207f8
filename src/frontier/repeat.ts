import {UserError} from '../foundation/user-error.js'
import {type Frontier, frontierOfRows} from './frontier.js'
import type {Run} from './plan.js'
import {defaultExactPairCount, exactSum, hullRows, largestDrop, type SumOptions} from './sum.js'

/** A repeat by hulls gives about this many points, however many times it repeats. */
const hullPointCount = 4096

/** Sums of many rows of one set, and how often each row is taken. */
interface RepeatedSum {
  readonly latencySeconds: Float64Array
  readonly energyJoules: Float64Array
  readonly boundJoules: number
  readonly countsOf: (row: number) => ReadonlyMap<number, number>
}

/**
 * The same set `times` times over, each time at a row of its own: the sequence of that many copies, without the copies.
 * A plan counts how often each row is taken, fastest first; the order among equal things is free.
 */
export function repeat<K>(set: Frontier<K>, times: number, {exactPairCount = defaultExactPairCount}: SumOptions = {}): Frontier<K> {
  if (!Number.isSafeInteger(times) || times < 1) {
    throw new UserError(`a set can be repeated a whole number of times from 1 on, not ${times}`, {
      code: 'FRONTIER_REPEAT',
      suggestions: ['leave out what never runs'],
    })
  }
  const sum = exactRepeat(set, times, exactPairCount) ?? hullRepeat(set, times)
  const promises = {keptToWatts: set.keptToWatts, boundJoules: times * set.boundJoules + sum.boundJoules}
  return frontierOfRows(sum.latencySeconds, sum.energyJoules, promises, (row) => {
    const runs = Array.from(sum.countsOf(row), ([taken, repeatCount]): Run<K> => ({repeatCount, plan: set.planOf(taken)}))
    return {kind: 'repeat', runs}
  })
}

function exactRepeat<K>(set: Frontier<K>, times: number, exactPairCount: number): RepeatedSum | undefined {
  const sum = exactSum(copies(set, times), set.keptToWatts, exactPairCount)
  if (sum === undefined) return undefined
  const countsOf = (row: number): ReadonlyMap<number, number> => {
    const counts = new Map<number, number>()
    for (const taken of sum.rowsOf(row).sort()) counts.set(taken, (counts.get(taken) ?? 0) + 1)
    return counts
  }
  return {...sum, countsOf}
}

function* copies<T>(value: T, times: number): Generator<T, void, undefined> {
  for (let time = 0; time < times; time++) yield value
}

/** All times at one corner of the hull, then more and more of them at the next: equal steps of an edge, as many as give enough points. */
function hullRepeat<K>(set: Frontier<K>, times: number): RepeatedSum {
  const rows = hullRows(set, set.keptToWatts)
  const stepsPerEdge = Math.min(times, Math.max(1, Math.floor(hullPointCount / Math.max(1, rows.length - 1))))
  const pointCount = (rows.length - 1) * stepsPerEdge + 1
  const latencySeconds = new Float64Array(pointCount)
  const energyJoules = new Float64Array(pointCount)
  const place = (point: number): {from: number; to: number; movedCount: number} => {
    const corner = Math.floor(point / stepsPerEdge)
    const movedCount = Math.round(((point % stepsPerEdge) * times) / stepsPerEdge)
    return {from: rows[corner]!, to: rows[Math.min(corner + 1, rows.length - 1)]!, movedCount}
  }
  for (let point = 0; point < pointCount; point++) {
    const {from, to, movedCount} = place(point)
    latencySeconds[point] = (times - movedCount) * set.latencySeconds[from]! + movedCount * set.latencySeconds[to]!
    energyJoules[point] = (times - movedCount) * set.energyJoules[from]! + movedCount * set.energyJoules[to]!
  }
  const countsOf = (point: number): ReadonlyMap<number, number> => {
    const {from, to, movedCount} = place(point)
    return new Map(
      movedCount === 0
        ? [[from, times]]
        : [
            [from, times - movedCount],
            [to, movedCount],
          ],
    )
  }
  const boundJoules = largestDrop({latencySeconds, energyJoules}, set.keptToWatts)
  return {latencySeconds, energyJoules, boundJoules, countsOf}
}
