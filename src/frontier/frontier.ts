import {UserError} from '../foundation/user-error.js'
import {orderOfFloats} from './order-of-floats.js'
import type {Plan} from './plan.js'

/** Numbers by row, to be read only. */
export type Column = ArrayLike<number> & Iterable<number>

/** Ways to do one thing: a time, an energy and the knobs that lead to them, by row. */
export interface Points<K> {
  readonly latencySeconds: ArrayLike<number>
  readonly energyJoules: ArrayLike<number>
  readonly knobs: readonly K[]
}

/** What a set promises about the points that it does not hold. */
export interface Promises {
  /**
   * Waiting power and power caps up to which the set may be used, 0 for a plain time–energy frontier.
   * Being slower for less power loses against a faster point of less energy, until the faster one has to wait at idle power
   * or breaks a power cap; so points are kept by energy above this power, energyJoules − keptToWatts · latencySeconds.
   */
  readonly keptToWatts: number
  /**
   * For each point that an exact set would hold, this set holds one that is no slower and whose energy above
   * keptToWatts is larger by no more than this; 0 for an exact set.
   */
  readonly boundJoules: number
}

/**
 * An immutable set of (time, energy, knobs), fastest first. Along the rows time rises and energy above keptToWatts falls,
 * both strictly. Knobs are a tree that `planOf` unfolds for one row.
 */
export interface Frontier<K> extends Promises {
  readonly kind: 'frontier'
  readonly latencySeconds: Column
  readonly energyJoules: Column
  readonly planOf: (row: number) => Plan<K>
}

export interface FrontierOptions {
  /** The highest waiting power or power cap that the set will meet; points that only matter there are kept too. */
  readonly keptToWatts?: number
}

/** The minimal points among ways to do one thing; each needs a time and an energy that are finite and not negative. */
export function frontierOf<K>(points: Points<K>, {keptToWatts = 0}: FrontierOptions = {}): Frontier<K> {
  checkPoints(points)
  checkNotNegative(keptToWatts, 'keptToWatts')
  const {knobs} = points
  return minimalSet(
    Float64Array.from(points.latencySeconds),
    Float64Array.from(points.energyJoules),
    {keptToWatts, boundJoules: 0},
    (row) => ({
      kind: 'knobs',
      knobs: knobs[row]!,
    }),
  )
}

/** The same set without the points that matter only above these watts; at 0, the plain time–energy frontier. */
export function keptTo<K>(set: Frontier<K>, keptToWatts: number): Frontier<K> {
  checkNotNegative(keptToWatts, 'keptToWatts')
  requireKept([set], keptToWatts)
  if (keptToWatts === set.keptToWatts) return set
  return minimalSet(set.latencySeconds, set.energyJoules, {...set, keptToWatts}, set.planOf)
}

/** The minimal rows of candidates as a set; `planOf` tells what a candidate stands for. */
export function minimalSet<K>(
  latencySeconds: ArrayLike<number>,
  energyJoules: ArrayLike<number>,
  {keptToWatts, boundJoules}: Promises,
  planOf: (candidate: number) => Plan<K>,
): Frontier<K> {
  const rows = minimalRows(latencySeconds, energyJoules, keptToWatts)
  return frontierOfRows(gathered(latencySeconds, rows), gathered(energyJoules, rows), {keptToWatts, boundJoules}, (row) =>
    planOf(rows[row]!),
  )
}

/** A set of rows that are known to be minimal and in order; the columns belong to the set from here on. */
export function frontierOfRows<K>(
  latencySeconds: Float64Array,
  energyJoules: Float64Array,
  {keptToWatts, boundJoules}: Promises,
  planOf: (row: number) => Plan<K>,
): Frontier<K> {
  return Object.freeze({kind: 'frontier', latencySeconds, energyJoules, keptToWatts, boundJoules, planOf})
}

/** Rows by time that no other row beats in time and in energy above `watts`; of equal rows the first. */
export function minimalRows(latencySeconds: ArrayLike<number>, energyJoules: ArrayLike<number>, watts: number): Int32Array {
  const order = orderOfFloats(Float64Array.from(latencySeconds))
  let count = 0
  let leastJoules = Number.POSITIVE_INFINITY
  for (let position = 0; position < order.length; position++) {
    const row = order[position]!
    const aboveJoules = energyJoules[row]! - watts * latencySeconds[row]!
    if (!(aboveJoules < leastJoules)) continue
    leastJoules = aboveJoules
    // A row of equal time and less energy takes the place of the one before it.
    if (count > 0 && latencySeconds[order[count - 1]!] === latencySeconds[row]) count--
    order[count++] = row
  }
  return order.slice(0, count)
}

/** The values of some rows, in the order of the rows. */
export function gathered(values: ArrayLike<number>, rows: Int32Array): Float64Array {
  const column = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) column[i] = values[rows[i]!]!
  return column
}

/** Refuses no points, and a time or an energy that is not finite or is negative. */
export function checkPoints<K>({latencySeconds, energyJoules, knobs}: Points<K>): void {
  if (latencySeconds.length !== energyJoules.length || latencySeconds.length !== knobs.length) {
    throw new RangeError('columns of points differ in length')
  }
  if (knobs.length === 0) {
    throw new UserError('a frontier needs at least one point', {code: 'FRONTIER_EMPTY', suggestions: ['give one way to do it']})
  }
  for (let row = 0; row < knobs.length; row++) {
    checkNotNegative(latencySeconds[row]!, `latencySeconds of point ${row}`)
    checkNotNegative(energyJoules[row]!, `energyJoules of point ${row}`)
  }
}

/** Refuses NaN, infinity and numbers below 0, by the name that the caller knows. */
export function checkNotNegative(value: number, name: string): void {
  if (Number.isFinite(value) && value >= 0) return
  throw new UserError(`${name} is ${value}, but a finite number that is not negative was expected`, {
    code: 'FRONTIER_NUMBER',
    suggestions: [`leave out what has no ${name.split(' ')[0]}, or repair where it was computed`],
  })
}

/** Refuses an empty list of sets. */
export function checkSome(sets: readonly unknown[], what: string): void {
  if (sets.length > 0) return
  throw new UserError(`${what} of no sets has no points`, {code: 'FRONTIER_EMPTY', suggestions: ['give at least one set']})
}

/** Refuses a waiting power or a power cap at which points that are gone might have been the best. */
export function requireKept<K>(sets: readonly Frontier<K>[], watts: number): void {
  for (const {keptToWatts} of sets) {
    if (watts <= keptToWatts) continue
    throw new UserError(`the set holds the points that matter up to ${keptToWatts} W, and was asked about ${watts} W`, {
      code: 'FRONTIER_KEPT_WATTS',
      suggestions: [`build it with \`{keptToWatts: ${watts}}\``],
    })
  }
}
