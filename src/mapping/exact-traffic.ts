import type {DimensionLoop} from './dimension-loops.js'
import {distinctWords} from './distinct-words.js'
import type {EncodedNest} from './encoded-nest.js'
import type {NestCounts} from './nest-counts.js'
import type {NestLayout} from './nest-layout.js'
import type {LevelTables, TensorTables} from './nest-tables.js'
import {momentOf, type Passage} from './passage.js'
import {type Moment, type MoveSums, moveSums, movesOf, sharedMoveSums} from './tile-moves.js'

/**
 * Words of one tensor between the levels that keep it, for any factors: sums over all steps of all instances, in which only the few
 * tiles at the end of a dimension differ from the rest. Slower than `perfectTraffic`, and equal to it where that holds.
 */
export function exactTraffic(
  tensors: TensorTables,
  levels: LevelTables,
  tensor: number,
  {keeps}: EncodedNest,
  layout: NestLayout,
  loops: readonly (readonly DimensionLoop[])[],
  {readWords, fillWords, updateWords, instanceCounts}: NestCounts,
): void {
  const {tensorCount} = tensors
  const {levelCount} = levels
  let parent = 0
  for (let child = 1; child <= levelCount; child++) {
    const isLast = child === levelCount
    if (!isLast && ((keeps[child]! >> tensor) & 1) === 0) continue
    const passage = {tensors, layout, loops, tensor, parent, child}
    const served = parent * tensorCount + tensor
    const cell = child * tensorCount + tensor
    const parents = instanceCounts[parent]!
    const visits = movedWords(passage, false, levelCount)
    const isOutput = tensors.isOutput[tensor] === 1
    const shared = (isOutput ? levels.isReducing : levels.isMulticast)[parent] ? movedWords(passage, true, levelCount) : visits
    ;(isOutput ? updateWords : readWords)[served] = shared / parents
    if (isOutput) readWords[served] = (shared - distinctWords(passage, parent)) / parents
    fillWords[cell] = (visits - (isOutput ? distinctWords(passage, child) : 0)) / instanceCounts[child]!
    parent = child
  }
}

/** Words that all children take: each for itself, or those of one instance with the same tile together. */
function movedWords(passage: Passage, isShared: boolean, levelCount: number): number {
  const {layout, loops, child} = passage
  const turned = loops.map((each) => (child === levelCount ? each.filter(({isTemporal}) => isTemporal).length : 0))
  const still = (dimension: number) => ({...momentOf(passage, dimension, turned[dimension]!, false), inside: []})
  const start = sumsAt(passage, isShared, still)
  let words = start.groups.reduce((product, {allWords}) => product * allWords, start.otherCount)
  if (child === levelCount) return words
  for (let loop = 0; loop < layout.loopEnds[child - 1]!; loop++) {
    const turning = layout.loopDimensions[loop]!
    const {groups, otherCount} = sumsAt(passage, isShared, (dimension) =>
      momentOf(passage, dimension, turned[dimension]!, dimension === turning),
    )
    words += newWords(groups) * otherCount
    turned[turning]!++
  }
  return words
}

/** Whole tiles at every move, but for those that change nothing, and those that go forward along one rank of one group alone. */
function newWords(groups: readonly MoveSums[]): number {
  let all = 1
  let same = 1
  for (const group of groups) {
    all *= group.allWords
    same *= group.sameWords
  }
  let known = same
  for (const [place, {forwardWords, forwardNewWords}] of groups.entries()) {
    if (forwardWords === 0) continue
    known += groups.reduce((product, group, other) => product * (other === place ? forwardWords - forwardNewWords : group.sameWords), 1)
  }
  return all - known
}

/** Sums of the tensor's groups at one step, and how often the other dimensions take part in it. */
function sumsAt(
  {tensors, tensor}: Passage,
  isShared: boolean,
  moment: (dimension: number) => Moment,
): {groups: MoveSums[]; otherCount: number} {
  const groups = tensors.rankGroups[tensor]!.map((group) => {
    const moments = group.dimensions.map(moment)
    const isCoupled = isShared && moments.filter(({children}) => children.length > 0).length > 1
    return isCoupled ? sharedMoveSums(group, moments) : moveSums(group, moments)
  })
  let otherCount = 1
  for (let dimension = 0; dimension < tensors.dimensionCount; dimension++) {
    if ((tensors.relevanceBits[dimension]! >> tensor) & 1) continue
    const other = moment(dimension)
    otherCount *= movesOf(isShared ? {...other, children: []} : other).reduce((total, {count}) => total + count, 0)
  }
  return {groups, otherCount}
}
