import {type DigitNest, type LoopDigits, startCount} from './loop-digits.js'

/** Loops in time down to the innermost outside of a level that moves its tile. */
export function moveEnd({tensors, layout}: DigitNest, tensor: number, child: number): number {
  let end = layout.loopEnds[child - 1]!
  while (end > 0 && ((tensors.relevanceBits[layout.loopDimensions[end - 1]!]! >> tensor) & 1) === 0) end--
  return end
}

/** Turns of the first loops in time of all dimensions that do not index the tensor, in all instances of a level together. */
export function turnsOfOthers({tensors, digits}: DigitNest, tensor: number, placeEnd: number, levelEnd: number): number {
  let turns = 1
  for (let dimension = 0; dimension < tensors.dimensionCount; dimension++)
    if (((tensors.relevanceBits[dimension]! >> tensor) & 1) === 0)
      turns *= startCount(digits, dimension, tensors.sizes[dimension]! - 1, placeEnd, levelEnd)
  return turns
}

/** Of those, the ones to which the loop at `place` steps. */
export function stepsOfOthers(nest: DigitNest, tensor: number, place: number, levelEnd: number): number {
  return turnsOfOthers(nest, tensor, place + 1, levelEnd) - turnsOfOthers(nest, tensor, place, levelEnd)
}

/** The stride of a dimension's innermost loop in time of those from `place` to `end`; 0 where there is none. */
export function innermostStride({slotCount, ends, strides, places}: LoopDigits, dimension: number, place: number, end: number): number {
  for (let slot = dimension * slotCount; slot < ends[dimension]!; slot++)
    if (places[slot]! >= place && places[slot]! < end) return strides[slot]!
  return 0
}
