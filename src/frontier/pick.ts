import type {Frontier} from './frontier.js'
import {deepestRow} from './knee.js'
import type {Plan} from './plan.js'
import {type Infeasible, restrict} from './restrict.js'

/** One point of a set, with what to do to get it. */
export interface Chosen<K> {
  readonly kind: 'chosen'
  readonly rowIndex: number
  readonly latencySeconds: number
  readonly energyJoules: number
  readonly plan: Plan<K>
}

/** What a point can be picked for, as the exponent of delay in energy · delay^exponent; without energy for latency alone. */
const pickScores = {
  latency: (latencySeconds: number) => latencySeconds,
  energy: (_: number, energyJoules: number) => energyJoules,
  'energy-delay': (latencySeconds: number, energyJoules: number) => energyJoules * latencySeconds,
  'energy-delay-squared': (latencySeconds: number, energyJoules: number) => energyJoules * latencySeconds ** 2,
} satisfies Record<string, (latencySeconds: number, energyJoules: number) => number>

export type PickName = keyof typeof pickScores

/** The point at a row, with its knobs unfolded. */
export function choose<K>(set: Frontier<K>, row: number): Chosen<K> {
  const [latencySeconds, energyJoules] = [set.latencySeconds[row], set.energyJoules[row]]
  if (latencySeconds === undefined || energyJoules === undefined) throw new RangeError(`row ${row} of ${set.latencySeconds.length}`)
  return {kind: 'chosen', rowIndex: row, latencySeconds, energyJoules, plan: set.planOf(row)}
}

/** The point of the least time, energy, energy-delay or energy-delay-squared product; of equal ones the fastest. */
export function pick<K>(set: Frontier<K>, name: PickName): Chosen<K> {
  return leastBy(set, pickScores[name])
}

/** The point of the least energy that ends by a deadline. */
export function pickByDeadline<K>(set: Frontier<K>, deadlineSeconds: number): Chosen<K> | Infeasible {
  const inTime = restrict(set, {deadlineSeconds})
  return inTime.kind === 'infeasible' ? inTime : pick(inTime, 'energy')
}

/** The point of the least energy that takes at most this much longer than a reference, the set's own fastest point unless given: 0.05 is 5 % slower. */
export function pickBySlowdown<K>(
  set: Frontier<K>,
  slowdownRatio: number,
  referenceSeconds = set.latencySeconds[0]!,
): Chosen<K> | Infeasible {
  return pickByDeadline(set, referenceSeconds * (1 + slowdownRatio))
}

/** The knee: the point farthest below the line from the fastest point to the one of least energy, with both axes scaled to their range. */
export function knee<K>(set: Frontier<K>): Chosen<K> {
  const end = pick(set, 'energy')
  const [fastestSeconds, fastestJoules] = [set.latencySeconds[0]!, set.energyJoules[0]!]
  const secondsRange = end.latencySeconds - fastestSeconds
  const joulesRange = fastestJoules - end.energyJoules
  if (secondsRange === 0) return end
  const scaledSeconds = Float64Array.from(set.latencySeconds, (seconds) => (seconds - fastestSeconds) / secondsRange)
  const scaledJoules = Float64Array.from(set.energyJoules, (joules) => (joules - end.energyJoules) / joulesRange)
  return choose(set, deepestRow([scaledSeconds, scaledJoules]))
}

function leastBy<K>(set: Frontier<K>, score: (latencySeconds: number, energyJoules: number) => number): Chosen<K> {
  let [best, leastScore] = [0, Number.POSITIVE_INFINITY]
  for (let row = 0; row < set.latencySeconds.length; row++) {
    const rowScore = score(set.latencySeconds[row]!, set.energyJoules[row]!)
    if (rowScore < leastScore) [best, leastScore] = [row, rowScore]
  }
  return choose(set, best)
}
