import type {EncodedNest} from './encoded-nest.js'
import {type DigitNest, type LoopDigits, overshoots, reachedCount, startCount} from './loop-digits.js'
import {innermostStride, moveEnd, stepsOfOthers, turnsOfOthers} from './loop-turns.js'
import {type MovedWords, putServed, putTaken} from './moved-words.js'
import type {LevelTables} from './nest-tables.js'

/**
 * Words of a tensor of which each rank is a dimension as it is, between the levels that keep it, for any factors. Its tiles never overlap
 * and together are all of it, so that they take all its words once for each turn of the other loops: those down to the innermost that moves
 * it, less the turns after which a cut tile has nowhere to go and stays. Counts all instances on average, or the one that `digits` leave.
 */
export function directTraffic(
  nest: DigitNest,
  levels: LevelTables,
  tensor: number,
  {keeps}: EncodedNest,
  moved: MovedWords,
  instanceCounts: Float64Array,
): void {
  const {tensors, layout, digits} = nest
  const {tensorCount, isOutput} = tensors
  const {levelCount} = levels
  const {firstLevel} = digits
  const isSum = isOutput[tensor] === 1
  const sharing = isSum ? levels.isReducing : levels.isMulticast
  const words = reachedWords(nest, tensor)
  let parent = 0
  for (let child = 1; child <= levelCount; child++) {
    const isLast = child === levelCount
    if (!isLast && ((keeps[child]! >> tensor) & 1) === 0) continue
    if (firstLevel > 0 && firstLevel !== parent && firstLevel !== child) {
      parent = child
      continue
    }
    const end = isLast ? layout.loopEnds[levelCount - 1]! : moveEnd(nest, tensor, child)
    let takenWords = words * turnsOfOthers(nest, tensor, end, child)
    let servedWords = sharing[parent] === 1 ? words * turnsOfOthers(nest, tensor, end, parent) : takenWords
    for (let place = 0; !isLast && place < end; place++) {
      const dimension = layout.loopDimensions[place]!
      if ((tensors.relevanceBits[dimension]! >> tensor) & 1) continue
      const stayingWords = wordsThatStay(nest, tensor, place, child)
      if (stayingWords === 0) continue
      const stayingTaken = stayingWords * stepsOfOthers(nest, tensor, place, child)
      takenWords -= stayingTaken
      servedWords -= sharing[parent] === 1 ? stayingWords * stepsOfOthers(nest, tensor, place, parent) : stayingTaken
    }
    const outside = parent * tensorCount + tensor
    const inside = child * tensorCount + tensor
    const heldOutside = isSum ? words * turnsOfOthers(nest, tensor, 0, parent) : 0
    const heldInside = isSum ? words * turnsOfOthers(nest, tensor, 0, child) : 0
    if (firstLevel === 0) {
      putServed(moved, outside, isSum, servedWords, heldOutside, instanceCounts[parent]!)
      putTaken(moved, inside, isSum, takenWords, heldInside, instanceCounts[child]!)
    } else if (firstLevel === parent) putServed(moved, outside, isSum, servedWords, heldOutside, 1)
    else putTaken(moved, inside, isSum, takenWords, heldInside, 1)
    parent = child
  }
}

/** Words of all tiles together. */
function reachedWords({tensors, digits}: DigitNest, tensor: number): number {
  const {dimensionStarts, tensorDimensions, sizes} = tensors
  let words = 1
  for (let at = dimensionStarts[tensor]!; at < dimensionStarts[tensor + 1]!; at++)
    words *= reachedCount(digits, tensorDimensions[at]!, sizes[tensorDimensions[at]!]!)
  return words
}

/** Words of all tiles that are where they were when the loop at `place` steps, as no loop inside of it has moved them. */
function wordsThatStay({tensors, layout, digits}: DigitNest, tensor: number, place: number, child: number): number {
  const {dimensionStarts, tensorDimensions, sizes, dimensionCount} = tensors
  const end = layout.loopEnds[child - 1]!
  let words = 1
  for (let at = dimensionStarts[tensor]!; at < dimensionStarts[tensor + 1]! && words > 0; at++) {
    const dimension = tensorDimensions[at]!
    const stride = innermostStride(digits, dimension, place, end)
    if (stride === 0) words *= reachedCount(digits, dimension, sizes[dimension]!)
    else if (!overshoots(digits, dimension, sizes[dimension]!)) return 0
    else
      words *= unmovedWords(digits, dimension, sizes[dimension]!, layout.extents[child * dimensionCount + dimension]!, stride, place, child)
  }
  return words
}

/** Indices of tiles after which less is left of the dimension than the loops inside of `place` need for a step of `stride`. */
function unmovedWords(
  digits: LoopDigits,
  dimension: number,
  size: number,
  extent: number,
  stride: number,
  place: number,
  child: number,
): number {
  const starts = (last: number): number => startCount(digits, dimension, last, place, child)
  const lastExtent = size - Math.floor((size - 1) / extent) * extent
  const wholeCount = starts(size - extent)
  const cutCount = starts(size - 1) - wholeCount
  return (wholeCount - starts(size - stride - 1)) * extent + cutCount * lastExtent
}
