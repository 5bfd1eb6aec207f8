import {type DimensionLoop, lastStart, remainders, startsOf} from './dimension-loops.js'
import type {RankGroup} from './rank-groups.js'

/** How the tile of one dimension goes from one turn to the next, and how often. */
export interface Move {
  /** Where the new tile begins, counted from where the old one did. */
  readonly shift: number
  readonly oldExtent: number
  readonly newExtent: number
  readonly count: number
}

/** One dimension at one step of a nest: the loops outside of the step, the one that turns if it is of this dimension, those inside. */
export interface Moment {
  readonly size: number
  readonly tileExtent: number
  readonly outside: readonly DimensionLoop[]
  readonly turning: DimensionLoop | undefined
  readonly inside: readonly DimensionLoop[]
  /** Loops in space that tell apart instances, and those in space that tell apart children of one instance. */
  readonly spread: readonly DimensionLoop[]
  readonly children: readonly DimensionLoop[]
}

/** Sums of new words over the moves of a group of ranks. */
export interface MoveSums {
  /** Of whole tiles, over all moves. */
  allWords: number
  /** Of whole tiles, over moves that change nothing. */
  sameWords: number
  /** Of whole tiles, and of the words that are new, over moves forward along one rank. */
  forwardWords: number
  forwardNewWords: number
  /** Looked at to find the sums. */
  moveCount: number
}

/** Moves of a dimension over all instances and children. */
function movesOf(moment: Moment): Move[] {
  const found = remainders(inOrder([...turnsOf(moment), ...moment.spread, ...moment.children]), sizeOf(moment), reachOf(moment))
  return Array.from(found, ([left, count]) => ({...moveAt(moment, left), count}))
}

/** Sums over the moves of a group, where each dimension moves on its own. */
export function moveSums(group: RankGroup, moments: readonly Moment[]): MoveSums {
  const sums = {allWords: 0, sameWords: 0, forwardWords: 0, forwardNewWords: 0, moveCount: 0}
  for (const moves of product(moments.map(movesOf)))
    addMove(
      sums,
      group,
      moves,
      moves.reduce((count, move) => count * move.count, 1),
    )
  return sums
}

/** Sums over the moves of a group, where children of one instance that go from the same tile to the same tile count once. */
export function sharedMoveSums(group: RankGroup, moments: readonly Moment[]): MoveSums {
  const sums = {allWords: 0, sameWords: 0, forwardWords: 0, forwardNewWords: 0, moveCount: 0}
  const contexts = moments.map((moment) => {
    const span = reachOf(moment) + lastStart(moment.children, Number.MAX_SAFE_INTEGER)
    return Array.from(remainders(inOrder([...turnsOf(moment), ...moment.spread]), sizeOf(moment), span), ([left, count]) => ({
      count,
      moves: startsOf(moment.children, left).map((start) => ({...moveAt(moment, left - start), count: 1, start})),
    }))
  })
  for (const context of product(contexts)) {
    const count = context.reduce((total, each) => total * each.count, 1)
    const seen = new Set<string>()
    for (const moves of product(context.map((each) => each.moves))) {
      sums.moveCount++
      const key = group.ranks.map((coefficients) => rankKey(coefficients, moves)).join(' ')
      if (seen.has(key)) continue
      seen.add(key)
      addMove(sums, group, moves, count)
    }
  }
  return sums
}

/** All ways to take one of each list. */
export function product<Item>(lists: readonly (readonly Item[])[]): Item[][] {
  return lists.reduce<Item[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]])
}

function addMove(sums: MoveSums, {ranks}: RankGroup, moves: readonly Move[], count: number): void {
  sums.moveCount++
  let words = count
  let newWords = count
  let changedCount = 0
  for (const coefficients of ranks) {
    const {shift, oldExtent, newExtent} = rankMove(coefficients, moves)
    words *= newExtent
    if (shift === 0 && oldExtent === newExtent) {
      newWords *= newExtent
      continue
    }
    changedCount += shift < 0 ? 2 : 1
    newWords *= Math.max(0, shift + newExtent - Math.max(shift, oldExtent))
  }
  sums.allWords += words
  if (changedCount === 0) sums.sameWords += words
  if (changedCount !== 1) return
  sums.forwardWords += words
  sums.forwardNewWords += newWords
}

function rankMove(coefficients: readonly number[], moves: readonly Move[]): Omit<Move, 'count'> {
  const sum = (value: (move: Move) => number) => moves.reduce((total, move, place) => total + coefficients[place]! * value(move), 0)
  return {
    shift: sum(({shift}) => shift),
    oldExtent: 1 + sum((move) => move.oldExtent - 1),
    newExtent: 1 + sum((move) => move.newExtent - 1),
  }
}

function rankKey(coefficients: readonly number[], moves: readonly (Move & {start: number})[]): string {
  const {shift, oldExtent, newExtent} = rankMove(coefficients, moves)
  return [moves.reduce((total, {start}, place) => total + coefficients[place]! * start, 0), shift, oldExtent, newExtent].join()
}

function moveAt({tileExtent, turning, inside}: Moment, left: number): Omit<Move, 'count'> {
  const newExtent = Math.min(tileExtent, left)
  if (turning !== undefined) return {shift: turning.stride - lastStart(inside, Number.MAX_SAFE_INTEGER), oldExtent: tileExtent, newExtent}
  const start = lastStart(inside, left)
  return {shift: -start, oldExtent: Math.min(tileExtent, left - start), newExtent}
}

/** Turns that lead to a step: of the loop that turns all but the first. */
function turnsOf({outside, turning}: Moment): DimensionLoop[] {
  if (turning === undefined) return [...outside]
  return turning.count === 2 ? [...outside] : [...outside, {...turning, count: turning.count - 1}]
}

function sizeOf({size, turning}: Moment): number {
  return size - (turning?.stride ?? 0)
}

/** How much must be left for a tile, and the loops inside of the step, to be whole. */
function reachOf({tileExtent, turning, inside}: Moment): number {
  return tileExtent + (turning === undefined ? lastStart(inside, Number.MAX_SAFE_INTEGER) : 0)
}

function inOrder(loops: DimensionLoop[]): DimensionLoop[] {
  return loops.sort((one, other) => other.stride - one.stride)
}
