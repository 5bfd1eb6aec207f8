import {sumsOfRank} from './distinct-tiles.js'
import {distinctWords, isDirect} from './distinct-words.js'
import type {EncodedNest} from './encoded-nest.js'
import {overshoots, startCount} from './loop-digits.js'
import {innermostStride, moveEnd, stepsOfOthers, turnsOfOthers} from './loop-turns.js'
import {type MovedWords, putServed, putTaken} from './moved-words.js'
import type {LevelTables} from './nest-tables.js'
import {type ImperfectNest, momentOf, type Passage, turnsTaken} from './passage.js'
import type {RankGroup} from './rank-groups.js'
import {type Moment, type MoveSums, moveSums, sharedMoveSums} from './tile-moves.js'

/** What crosses between two levels while the problem runs: what all children take each, and what leaves the level that serves them. */
interface Crossing {
  takenWords: number
  servedWords: number
}

/**
 * Words of one tensor between the levels that keep it, for any factors: sums over all steps of all instances, in which only the few
 * tiles at the end of a dimension differ from the rest. Slower than `perfectTraffic`, and equal to it where that holds. Counts all instances
 * on average, or the one that `digits` leave.
 */
export function exactTraffic(
  nest: ImperfectNest,
  levels: LevelTables,
  tensor: number,
  {keeps}: EncodedNest,
  moved: MovedWords,
  instanceCounts: Float64Array,
): void {
  const {tensorCount, isOutput} = nest.tensors
  const {firstLevel} = nest.digits
  const isSum = isOutput[tensor] === 1
  let parent = 0
  for (let child = 1; child <= levels.levelCount; child++) {
    const isLast = child === levels.levelCount
    if (!isLast && ((keeps[child]! >> tensor) & 1) === 0) continue
    if (firstLevel === 0 || firstLevel === parent || firstLevel === child) {
      const passage = {...nest, tensor, parent, child}
      const isShared = (isSum ? levels.isReducing : levels.isMulticast)[parent] === 1
      const crossing = isShared && !isEven(passage) ? steppedCrossing(passage, isLast) : summedCrossing(passage, isShared, isLast)
      const held = (holder: number): number => (isSum ? distinctWords(passage, holder) : 0)
      const countOf = (level: number): number => (firstLevel === 0 ? instanceCounts[level]! : 1)
      if (firstLevel !== child) putServed(moved, parent * tensorCount + tensor, isSum, crossing.servedWords, held(parent), countOf(parent))
      if (firstLevel === 0 || firstLevel === child)
        putTaken(moved, child * tensorCount + tensor, isSum, crossing.takenWords, held(child), countOf(child))
    }
    parent = child
  }
}

/**
 * The whole tiles to which any loop steps, which is all of them, and the words that they need not bring, loop by loop. Where children share,
 * as many of them are different at every step.
 */
function summedCrossing(passage: Passage, isShared: boolean, isLast: boolean): Crossing {
  const {tensors, layout, loops, tensor, parent, child} = passage
  const end = isLast ? layout.loopEnds[child - 1]! : moveEnd(passage, tensor, child)
  const allWords = tensors.rankGroups[tensor]!.reduce((product, group) => product * wordsAtStarts(passage, group, end), 1)
  const crossing = {
    takenWords: allWords * turnsOfOthers(passage, tensor, end, child),
    servedWords: allWords * turnsOfOthers(passage, tensor, end, parent),
  }
  const turned = loops.map(() => 0)
  for (let place = 0; !isLast && place < end; place++) {
    const turning = layout.loopDimensions[place]!
    const known = mayKnow(passage, place)
      ? knownWords(tensors.rankGroups[tensor]!.map((group) => groupSums(passage, group, turned, turning)))
      : 0
    turned[turning]!++
    if (known === 0) continue
    const turns = (tensors.relevanceBits[turning]! >> tensor) & 1 ? turnsOfOthers : stepsOfOthers
    crossing.takenWords -= known * turns(passage, tensor, place, child)
    crossing.servedWords -= known * turns(passage, tensor, place, parent)
  }
  if (isShared) crossing.servedWords *= differentRatio(passage)
  else crossing.servedWords = crossing.takenWords
  return crossing
}

/** The first tiles, and then the steps of each loop outside of the child, with children that move alike counted once. */
function steppedCrossing(passage: Passage, isLast: boolean): Crossing {
  const {layout, loops, tensor, child} = passage
  const turned = loops.map(({temporalCounts}) => (isLast ? temporalCounts[child]! : 0))
  const crossing = {takenWords: 0, servedWords: 0}
  addStep(passage, turned, -1, crossing)
  const end = isLast ? 0 : moveEnd(passage, tensor, child)
  for (let place = 0; place < end; place++) {
    const turning = layout.loopDimensions[place]!
    addStep(passage, turned, turning, crossing)
    turned[turning]!++
  }
  return crossing
}

/** Adds all steps of the loop over dimension `turning`, or the first tiles where that is −1. */
function addStep(passage: Passage, turned: readonly number[], turning: number, crossing: Crossing): void {
  const {tensors, tensor, parent, child} = passage
  const groups = tensors.rankGroups[tensor]!
  const taken = groups.map((group) => groupSums(passage, group, turned, turning))
  const shared = groups.map((group, place) =>
    isCoupled(passage, group)
      ? noted(passage, sharedMoveSums(group, momentsOf(passage, group, turned, turning, turning < 0)))
      : taken[place]!,
  )
  const newWords = (sums: readonly MoveSums[]): number => wholeWords(sums) - (turning < 0 ? 0 : knownWords(sums))
  crossing.takenWords += newWords(taken) * turnsOfRest(passage, turned, turning, child)
  crossing.servedWords += newWords(shared) * turnsOfRest(passage, turned, turning, parent)
}

/** Words of all tiles of a group that the first loops in time begin, with those inside at their first turn. */
function wordsAtStarts({tensors, layout, digits, child}: Passage, {dimensions, ranks}: RankGroup, placeEnd: number): number {
  let tiles = [{count: 1, extents: [] as readonly number[]}]
  for (const dimension of dimensions) {
    const size = tensors.sizes[dimension]!
    const extent = layout.extents[child * tensors.dimensionCount + dimension]!
    const wholeCount = startCount(digits, dimension, size - extent, placeEnd, child)
    const cutCount = startCount(digits, dimension, size - 1, placeEnd, child) - wholeCount
    const cutExtent = size - Math.floor((size - 1) / extent) * extent
    tiles = tiles.flatMap(({count, extents}) => [
      {count: count * wholeCount, extents: [...extents, extent]},
      ...(cutCount > 0 ? [{count: count * cutCount, extents: [...extents, cutExtent]}] : []),
    ])
  }
  return tiles.reduce(
    (sum, {count, extents}) =>
      sum +
      ranks.reduce((words, each) => words * each.reduce((span, coefficient, at) => span + coefficient * (extents[at]! - 1), 1), count),
    0,
  )
}

/** Whether tiles may keep words when the loop at `place` steps: not where a dimension of another group surely starts over. */
function mayKnow(passage: Passage, place: number): boolean {
  const {tensors, layout, digits, tensor, child} = passage
  const turning = layout.loopDimensions[place]!
  const end = layout.loopEnds[child - 1]!
  for (const group of tensors.rankGroups[tensor]!) {
    if (group.dimensions.includes(turning)) {
      if (isDirect(group)) return false
      continue
    }
    for (const dimension of group.dimensions)
      if (!overshoots(digits, dimension, tensors.sizes[dimension]!) && innermostStride(digits, dimension, place, end) > 0) return false
  }
  return true
}

/** Every child's tile moves as all others' do, if not to the same place: so that as many are different at each step. */
function isEven(passage: Passage): boolean {
  const {tensors, digits, tensor} = passage
  return tensors.rankGroups[tensor]!.every(
    (group) =>
      !isCoupled(passage, group) ||
      (tensors.isEntangled[tensor] === 0 &&
        group.dimensions.every((dimension) => !overshoots(digits, dimension, tensors.sizes[dimension]!))),
  )
}

/** Different tiles among the children of an instance, per child. */
function differentRatio(passage: Passage): number {
  const {tensors, layout, tensor, parent, child} = passage
  let [different, all] = [1, 1]
  for (const [index, group] of tensors.rankGroups[tensor]!.entries()) {
    if (!isCoupled(passage, group)) continue
    different *= sumsOfRank(tensors, tensors.rankStarts[tensor]! + index, parent, child, layout)
    for (const dimension of group.dimensions)
      for (let level = parent; level < child; level++) all *= layout.spreads[level * tensors.dimensionCount + dimension]!
  }
  return different / all
}

/** Of a group of one dimension as it is, found once for all tensors that have it. */
function groupSums(passage: Passage, group: RankGroup, turned: readonly number[], turning: number): MoveSums {
  const moments = () => momentsOf(passage, group, turned, turning, false)
  if (!isDirect(group)) return noted(passage, moveSums(group, moments()))
  const dimension = group.dimensions[0]!
  const key = keyOf(passage, dimension, turned[dimension]!, dimension === turning, passage.child)
  const known = passage.knownSums.get(key)
  if (known !== undefined) return known
  const sums = moveSums(group, moments())
  passage.knownSums.set(key, sums)
  return sums
}

function noted({seen}: Passage, sums: MoveSums): MoveSums {
  seen.moveCount += sums.moveCount
  return sums
}

/** How often the dimensions that do not index the tensor take part in a step, in all instances of level `boundary`. */
function turnsOfRest(passage: Passage, turned: readonly number[], turning: number, boundary: number): number {
  const {tensors, tensor, knownTurns} = passage
  let turns = 1
  for (let dimension = 0; dimension < tensors.dimensionCount; dimension++) {
    if ((tensors.relevanceBits[dimension]! >> tensor) & 1) continue
    const key = keyOf(passage, dimension, turned[dimension]!, dimension === turning, boundary)
    let own = knownTurns.get(key)
    if (own === undefined) {
      own = turnsTaken(passage, dimension, turned[dimension]!, dimension === turning, boundary)
      knownTurns.set(key, own)
    }
    turns *= own
  }
  return turns
}

function keyOf({tensors}: Passage, dimension: number, turned: number, isTurning: boolean, level: number): number {
  return ((turned * tensors.dimensionCount + dimension) * 2 + (isTurning ? 1 : 0)) * 256 + level
}

function momentsOf(passage: Passage, {dimensions}: RankGroup, turned: readonly number[], turning: number, isFirst: boolean): Moment[] {
  return dimensions.map((dimension) => momentOf(passage, dimension, turned[dimension]!, dimension === turning, isFirst))
}

/** More than one of the group's dimensions spreads over the children, so that tiles of different children can be the same. */
function isCoupled({loops, parent, child}: Passage, {dimensions}: RankGroup): boolean {
  if (dimensions.length < 2) return false
  const isSpread = (dimension: number) => loops[dimension]!.spatial.some(({level}) => level >= parent && level < child)
  return dimensions.filter(isSpread).length > 1
}

function wholeWords(groups: readonly MoveSums[]): number {
  return groups.reduce((product, {allWords}) => product * allWords, 1)
}

/** Words of the moves that change nothing, and those that stay where a tile goes forward along one rank of one group alone. */
function knownWords(groups: readonly MoveSums[]): number {
  let known = 1
  for (const {sameWords} of groups) known *= sameWords
  for (const [place, {forwardWords, forwardNewWords}] of groups.entries()) {
    let saved = forwardWords - forwardNewWords
    for (const [other, {sameWords}] of groups.entries()) if (other !== place) saved *= sameWords
    known += saved
  }
  return known
}
