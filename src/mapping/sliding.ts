import {type NestLayout, rankExtent} from './nest-layout.js'
import type {TensorTables} from './nest-tables.js'

/** Scratch of one evaluation: by rank of a tensor, how far the loops inside have moved it. */
export interface RankScratch {
  readonly wrapIndices: Float64Array
  readonly extents: Float64Array
}

/**
 * Words that the tiles of a level need not take again because they were in the tile before: a step forward along one rank brings only
 * what is new, and a step that leaves every index as it was brings nothing. For perfect factors.
 */
export function savedWords(
  tensors: TensorTables,
  tensor: number,
  child: number,
  tileWords: number,
  layout: NestLayout,
  scratch: RankScratch,
): number {
  const {rankStarts, coefficients, dimensionCount, relevanceBits} = tensors
  const {loopDimensions, loopCounts, loopStrides, startCounts} = layout
  const {wrapIndices, extents} = scratch
  const first = rankStarts[tensor]!
  const end = rankStarts[tensor + 1]!
  for (let rank = first; rank < end; rank++) {
    wrapIndices[rank] = 0
    extents[rank] = rankExtent(tensors, rank, layout.extents, child * dimensionCount)
  }
  let saved = 0
  let hasMoved = false
  for (let loop = layout.loopEnds[child - 1]! - 1; loop >= 0; loop--) {
    const dimension = loopDimensions[loop]!
    hasMoved ||= ((relevanceBits[dimension]! >> tensor) & 1) === 1
    if (!hasMoved) continue
    const turns = loopCounts[loop]! - 1
    let movedCount = 0
    let keptWords = tileWords
    for (let rank = first; rank < end; rank++) {
      const move = coefficients[rank * dimensionCount + dimension]! * loopStrides[loop]!
      const shift = move - wrapIndices[rank]!
      wrapIndices[rank]! += turns * move
      if (shift === 0) continue
      movedCount++
      const extent = extents[rank]!
      keptWords = shift > 0 && shift < extent ? (keptWords / extent) * (extent - shift) : 0
    }
    if (movedCount <= 1) saved += keptWords * turns * startCounts[loop]!
  }
  return saved
}
