import type {ProblemTensor} from '../../workload/problem.js'

/** Words of a tensor along each of its ranks, the upper bound left out; a scalar is a box of one rank. */
export interface Box {
  readonly low: readonly number[]
  readonly high: readonly number[]
}

const nothing: Box = {low: [0], high: [0]}

/** The words of a tensor at the points from `origin` on that have these extents. */
export function boxOf({ranks}: ProblemTensor, origin: readonly number[], extents: readonly number[]): Box {
  if (ranks.length === 0) return {low: [0], high: [1]}
  const low = shiftOf(ranks, origin)
  const spans = ranks.map(({terms}) => terms.reduce((sum, {dimension, coefficient}) => sum + coefficient * (extents[dimension]! - 1), 1))
  return {low, high: low.map((at, rank) => at + spans[rank]!)}
}

/** The same box, moved with the points of the problem. */
export function moved({low, high}: Box, {ranks}: ProblemTensor, offset: readonly number[]): Box {
  if (ranks.length === 0) return {low, high}
  const shift = shiftOf(ranks, offset)
  return {low: low.map((at, rank) => at + shift[rank]!), high: high.map((at, rank) => at + shift[rank]!)}
}

/** How many they are. */
export function words({low, high}: Box): number {
  return low.reduce((product, at, rank) => product * (high[rank]! - at), 1)
}

/** What to add to the lower bounds of one box to reach those of the other. */
export function stepBetween(from: Box, to: Box): number[] {
  return to.low.map((at, rank) => at - from.low[rank]!)
}

/** Whether they hold the same words. */
export function isSame(one: Box, other: Box): boolean {
  return one.low.every((at, rank) => at === other.low[rank]) && one.high.every((at, rank) => at === other.high[rank])
}

/** What one box has beyond another, where that is a box: they differ along one rank and overlap. Else the whole box. */
export function beyond(box: Box, held: Box): Box {
  if (isSame(box, held)) return nothing
  if (box.low.some((at, rank) => held.high[rank]! <= at || held.low[rank]! >= box.high[rank]!)) return box
  const differing = box.low.flatMap((at, rank) => (at !== held.low[rank] || box.high[rank] !== held.high[rank] ? [rank] : []))
  const rank = differing[0]!
  if (differing.length > 1) return box
  const [from, to] = held.low[rank]! <= box.low[rank]! ? [held.high[rank]!, box.high[rank]!] : [box.low[rank]!, held.low[rank]!]
  if (from >= to) return nothing
  return {low: box.low.with(rank, from), high: box.high.with(rank, to)}
}

function shiftOf(ranks: ProblemTensor['ranks'], offset: readonly number[]): number[] {
  return ranks.map(({terms}) => terms.reduce((sum, {dimension, coefficient}) => sum + coefficient * offset[dimension]!, 0))
}
