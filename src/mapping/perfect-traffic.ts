import {distinctTiles} from './distinct-tiles.js'
import type {EncodedNest} from './encoded-nest.js'
import type {NestCounts} from './nest-counts.js'
import type {NestLayout} from './nest-layout.js'
import type {LevelTables, TensorTables} from './nest-tables.js'
import {type RankScratch, savedWords} from './sliding.js'

/**
 * Words of each tensor between each level that keeps it and the next one inward that does, where all counts multiply to the sizes: the
 * tiles of a level change as often as all loops outside together turn, down to the innermost one that the tensor depends on.
 */
export function perfectTraffic(
  tensors: TensorTables,
  levels: LevelTables,
  {keeps}: EncodedNest,
  layout: NestLayout,
  counts: NestCounts,
  scratch: RankScratch,
): void {
  const {tensorCount, dimensionCount, dimensionStarts, tensorDimensions, isSliding, isOutput, isOverlappingOutput} = tensors
  const {levelCount, isMulticast, isReducing} = levels
  const {spreads, childCounts, turnCounts, timeCounts} = layout
  const {tileWords, readWords, fillWords, updateWords, drainWords, stepCount} = counts
  for (let tensor = 0; tensor < tensorCount; tensor++) {
    if (isOverlappingOutput[tensor] === 1) continue
    const slides = isSliding[tensor] === 1
    const isSum = isOutput[tensor] === 1
    const sharing = isSum ? isReducing : isMulticast
    const firstDimension = dimensionStarts[tensor]!
    const endDimension = dimensionStarts[tensor + 1]!
    let parent = 0
    let parentWords = tileWords[tensor]!
    let children = 1
    let tiles = 1
    for (let child = 1; child <= levelCount; child++) {
      const isLast = child === levelCount
      children *= childCounts[child - 1]!
      for (let at = firstDimension; at < endDimension; at++) tiles *= spreads[(child - 1) * dimensionCount + tensorDimensions[at]!]!
      if (!isLast && ((keeps[child]! >> tensor) & 1) === 0) continue
      const cell = child * tensorCount + tensor
      let words = stepCount
      let ownWords = 0
      if (!isLast) {
        let turns = 1
        let timeCount = 1
        for (let at = firstDimension; at < endDimension; at++) {
          const outside = child * dimensionCount + tensorDimensions[at]!
          turns = Math.max(turns, turnCounts[outside]!)
          timeCount *= timeCounts[outside]!
        }
        words = tileWords[cell]! * turns
        ownWords = tileWords[cell]! * timeCount
      }
      if (slides) {
        tiles = distinctTiles(tensors, tensor, parent, child, layout)
        if (!isLast) words -= savedWords(tensors, tensor, child, tileWords[cell]!, layout, scratch)
      }
      const served = parent * tensorCount + tensor
      const servedWords = words * (sharing[parent] === 1 ? tiles : children)
      if (isSum) {
        updateWords[served] = servedWords
        readWords[served] = servedWords - parentWords
        fillWords[cell] = words - ownWords
        drainWords[cell] = words
      } else {
        readWords[served] = servedWords
        fillWords[cell] = words
      }
      parent = child
      parentWords = ownWords
      children = 1
      tiles = 1
    }
  }
}
