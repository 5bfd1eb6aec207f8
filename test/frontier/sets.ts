import fc from 'fast-check'
import {type Frontier, type FrontierOptions, frontierOf} from '../../src/frontier/frontier.js'

/** One way to do something, told by its place in the list that it came from. */
export interface Way {
  readonly seconds: number
  readonly joules: number
  readonly knobs: string
}

export interface Sum {
  readonly seconds: number
  readonly joules: number
}

/** Whole numbers: their sums and products are exact, so laws hold to the last bit. */
export function anyWays(maxLength: number, name = 'a', most = 30): fc.Arbitrary<Way[]> {
  const number = fc.integer({min: 0, max: most})
  return fc
    .array(fc.tuple(number, number), {minLength: 1, maxLength})
    .map((pairs) => pairs.map(([seconds, joules], index) => ({seconds, joules, knobs: `${name}${index}`})))
}

/** The algebra's set of ways. */
export function setOf(ways: readonly Way[], options?: FrontierOptions): Frontier<string> {
  return frontierOf(pointsOf(ways), options)
}

/** Ways as columns. */
export function pointsOf(ways: readonly Way[]): {latencySeconds: number[]; energyJoules: number[]; knobs: string[]} {
  return {
    latencySeconds: ways.map(({seconds}) => seconds),
    energyJoules: ways.map(({joules}) => joules),
    knobs: ways.map(({knobs}) => knobs),
  }
}

/** Time and energy of each row. */
export function pairsOf(set: Frontier<unknown>): [number, number][] {
  return Array.from(set.latencySeconds, (seconds, row) => [seconds, set.energyJoules[row]!])
}

/** By the definition: every pair that no other beats in time and in energy above `watts`, by time. */
export function bruteForceFront(sums: readonly Sum[], watts = 0): [number, number][] {
  const above = ({seconds, joules}: Sum) => joules - watts * seconds
  const isBeaten = (one: Sum, other: Sum) =>
    other.seconds <= one.seconds && above(other) <= above(one) && (other.seconds < one.seconds || above(other) < above(one))
  const front = sums.filter((one) => !sums.some((other) => isBeaten(one, other)))
  return [...new Map(front.map(({seconds, joules}) => [seconds, joules])).entries()].sort((a, b) => a[0] - b[0])
}

/** One way of each list, in all combinations. */
export function combinations(lists: readonly (readonly Way[])[]): Way[][] {
  return lists.reduce<Way[][]>((heads, list) => heads.flatMap((head) => list.map((way) => [...head, way])), [[]])
}

/** Times and energies added. */
export function summed(ways: readonly Way[]): Sum {
  return {seconds: ways.reduce((sum, {seconds}) => sum + seconds, 0), joules: ways.reduce((sum, {joules}) => sum + joules, 0)}
}

/** How far the set lies above exact points at the worst deadline, in energy above `watts`; Infinity where it has nothing as fast. */
export function excessJoules(set: Frontier<unknown>, exact: readonly [number, number][], watts = 0): number {
  return Math.max(
    ...exact.map(([seconds, joules]) => {
      const within = pairsOf(set).filter(([mine]) => mine <= seconds)
      return Math.min(...within.map(([mine, spent]) => spent - watts * mine)) - (joules - watts * seconds)
    }),
  )
}
