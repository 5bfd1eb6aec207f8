import {distinctWords} from './distinct-words.js'
import type {EncodedNest} from './encoded-nest.js'
import type {NestCounts} from './nest-counts.js'
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
 * tiles at the end of a dimension differ from the rest. Slower than `perfectTraffic`, and equal to it where that holds.
 */
export function exactTraffic(nest: ImperfectNest, levels: LevelTables, tensor: number, {keeps}: EncodedNest, counts: NestCounts): void {
  const {tensorCount, isOutput} = nest.tensors
  const {readWords, fillWords, updateWords, instanceCounts} = counts
  let parent = 0
  for (let child = 1; child <= levels.levelCount; child++) {
    if (child < levels.levelCount && ((keeps[child]! >> tensor) & 1) === 0) continue
    const passage = {...nest, tensor, parent, child}
    const isShared = (isOutput[tensor] === 1 ? levels.isReducing : levels.isMulticast)[parent] === 1
    const {takenWords, servedWords} = crossingOf(passage, isShared, child === levels.levelCount)
    const served = parent * tensorCount + tensor
    const cell = child * tensorCount + tensor
    if (isOutput[tensor] === 1) {
      updateWords[served] = servedWords / instanceCounts[parent]!
      readWords[served] = (servedWords - distinctWords(passage, parent)) / instanceCounts[parent]!
      fillWords[cell] = (takenWords - distinctWords(passage, child)) / instanceCounts[child]!
    } else {
      readWords[served] = servedWords / instanceCounts[parent]!
      fillWords[cell] = takenWords / instanceCounts[child]!
    }
    parent = child
  }
}

/** The first tiles, and then the steps of each loop outside of the child; the multiply-adders take whole tiles at every step. */
function crossingOf(passage: Passage, isShared: boolean, isLast: boolean): Crossing {
  const {tensors, layout, loops, tensor, child} = passage
  const turned = loops.map(({temporalCounts}) => (isLast ? temporalCounts[child]! : 0))
  const crossing = {takenWords: 0, servedWords: 0}
  addStep(passage, isShared, turned, -1, crossing)
  if (isLast) return crossing
  let unmoved = loops.filter(
    ({temporalCounts}, dimension) => (tensors.relevanceBits[dimension]! >> tensor) & 1 && temporalCounts[child]! > 0,
  ).length
  for (let loop = 0; loop < layout.loopEnds[child - 1]! && unmoved > 0; loop++) {
    const turning = layout.loopDimensions[loop]!
    addStep(passage, isShared, turned, turning, crossing)
    turned[turning]!++
    const isDone = turned[turning] === loops[turning]!.temporalCounts[child]
    if (isDone && (tensors.relevanceBits[turning]! >> tensor) & 1) unmoved--
  }
  return crossing
}

/** Adds all steps of the loop over dimension `turning`, or the first tiles where that is −1. */
function addStep(passage: Passage, isShared: boolean, turned: readonly number[], turning: number, crossing: Crossing): void {
  const {tensors, tensor, parent, child} = passage
  const groups = tensors.rankGroups[tensor]!
  const taken = groups.map((group) => groupSums(passage, group, turned, turning))
  const takenWords = turning < 0 ? wholeWords(taken) : newWords(taken)
  crossing.takenWords += takenWords * turnsOfOthers(passage, turned, turning, child)
  if (!isShared) {
    crossing.servedWords = crossing.takenWords
    return
  }
  const shared = groups.map((group, place) =>
    isCoupled(passage, group) ? sharedMoveSums(group, momentsOf(passage, group, turned, turning, turning < 0)) : taken[place]!,
  )
  const servedWords = turning < 0 ? wholeWords(shared) : newWords(shared)
  crossing.servedWords += servedWords * turnsOfOthers(passage, turned, turning, parent)
}

/** Of a group of one dimension as it is, found once for all tensors that have it. */
function groupSums(passage: Passage, group: RankGroup, turned: readonly number[], turning: number): MoveSums {
  const moments = () => momentsOf(passage, group, turned, turning, false)
  if (group.dimensions.length > 1 || group.ranks.length > 1 || group.ranks[0]![0] !== 1) return moveSums(group, moments())
  const dimension = group.dimensions[0]!
  const key = keyOf(passage, dimension, turned[dimension]!, dimension === turning, passage.child)
  const known = passage.knownSums.get(key)
  if (known !== undefined) return known
  const sums = moveSums(group, moments())
  passage.knownSums.set(key, sums)
  return sums
}

/** How often the dimensions that do not index the tensor take part in a step, in all instances of level `boundary`. */
function turnsOfOthers(passage: Passage, turned: readonly number[], turning: number, boundary: number): number {
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

/** Whole tiles at every move, but for those that change nothing, and those that go forward along one rank of one group alone. */
function newWords(groups: readonly MoveSums[]): number {
  let known = 1
  for (const {sameWords} of groups) known *= sameWords
  for (const [place, {forwardWords, forwardNewWords}] of groups.entries()) {
    let saved = forwardWords - forwardNewWords
    for (const [other, {sameWords}] of groups.entries()) if (other !== place) saved *= sameWords
    known += saved
  }
  return wholeWords(groups) - known
}
