import type {Rank} from '../workload/problem.js'
import type {Corner, Range} from './visit-ranges.js'

/** A tile of a tensor that moves through its words; changed by each step. */
export interface TileWalk {
  readonly ranks: readonly Rank[]
  readonly low: Corner
  readonly high: Corner
  /** Words that the tile took in, or handed up, over all steps. */
  wordCount: number
  /** Steps that changed the tile, its first place included. */
  changeCount: number
}

/** A walk that has not begun. */
export function tileWalk(ranks: readonly Rank[]): TileWalk {
  return {ranks, low: ranks.map(() => 0), high: ranks.map(() => 0), wordCount: 0, changeCount: 0}
}

/** Words of the box that a range spans in a tensor. */
export function boxWords(ranks: readonly Rank[], range: Range): number {
  let words = 1
  for (const rank of ranks) words *= highOf(rank, range) - lowOf(rank, range)
  return words
}

/**
 * Moves the tile to a range: nothing where it is already, only new words where it goes forward along one rank, else all of it. Returns
 * the words.
 */
export function moveTile(walk: TileWalk, range: Range): number {
  const {ranks, low, high} = walk
  let [words, changedCount, newRatio] = [1, 0, 1]
  for (let rank = 0; rank < ranks.length; rank++) {
    const [from, to] = [lowOf(ranks[rank]!, range), highOf(ranks[rank]!, range)]
    if (from !== low[rank] || to !== high[rank]) {
      changedCount++
      const overlap = from > low[rank]! && to > high[rank]! ? Math.max(0, high[rank]! - from) : 0
      newRatio = (to - from - overlap) / (to - from)
    }
    words *= to - from
    low[rank] = from
    high[rank] = to
  }
  const isFirst = walk.changeCount === 0
  if (!isFirst && changedCount === 0) return 0
  if (!isFirst && changedCount === 1) words = Math.round(words * newRatio)
  walk.changeCount++
  walk.wordCount += words
  return words
}

function lowOf({terms}: Rank, {low}: Range): number {
  let sum = 0
  for (const {dimension, coefficient} of terms) sum += coefficient * low[dimension]!
  return sum
}

function highOf({terms}: Rank, {high}: Range): number {
  let sum = 1
  for (const {dimension, coefficient} of terms) sum += coefficient * (high[dimension]! - 1)
  return sum
}
