import {distinctTiles} from './distinct-tiles.js'
import type {EncodedNest} from './encoded-nest.js'
import type {NestCounts} from './nest-counts.js'
import type {NestLayout} from './nest-layout.js'
import type {LevelTables, TensorTables} from './nest-tables.js'
import {type RankScratch, savedWords} from './sliding.js'

/**
 * Words of one tensor between each level that keeps it and the next one inward that does, where all counts multiply to the sizes: the
 * tiles of a level change as often as all loops outside together turn, down to the innermost one that the tensor depends on.
 */
export function perfectTraffic(
  tensors: TensorTables,
  levels: LevelTables,
  tensor: number,
  {keeps}: EncodedNest,
  layout: NestLayout,
  counts: NestCounts,
  scratch: RankScratch,
): void {
  const {dimensionCount, tensorCount, relevanceBits} = tensors
  const {levelCount} = levels
  const {loopDimensions, loopCounts, loopEnds, spreads} = layout
  const {tileWords, readWords, fillWords, updateWords} = counts
  const isSliding = tensors.isSliding[tensor] === 1
  const isOutput = tensors.isOutput[tensor] === 1
  let turns = 1
  let tilesInTurn = 1
  let tilesInTime = 1
  let children = 1
  let tiles = 1
  let parent = 0
  let parentTilesInTime = 1
  let loop = 0
  for (let level = 0; level < levelCount; level++) {
    for (const end = loopEnds[level]!; loop < end; loop++) {
      const count = loopCounts[loop]!
      turns *= count
      if (((relevanceBits[loopDimensions[loop]!]! >> tensor) & 1) === 0) continue
      tilesInTurn = turns
      tilesInTime *= count
    }
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      const spread = spreads[level * dimensionCount + dimension]!
      children *= spread
      if ((relevanceBits[dimension]! >> tensor) & 1) tiles *= spread
    }
    const child = level + 1
    const isLast = child === levelCount
    const cell = child * tensorCount + tensor
    if (!isLast && ((keeps[child]! >> tensor) & 1) === 0) continue
    let words = turns
    if (!isLast) {
      words = tileWords[cell]! * tilesInTurn
      if (isSliding) words -= savedWords(tensors, tensor, child, tileWords[cell]!, layout, scratch)
    }
    if (isSliding) tiles = distinctTiles(tensors, tensor, parent, child, layout)
    const served = parent * tensorCount + tensor
    if (isOutput) {
      updateWords[served] = words * (levels.isReducing[parent] ? tiles : children)
      readWords[served] = updateWords[served]! - tileWords[served]! * parentTilesInTime
      if (!isLast) fillWords[cell] = words - tileWords[cell]! * tilesInTime
    } else {
      readWords[served] = words * (levels.isMulticast[parent] ? tiles : children)
      if (!isLast) fillWords[cell] = words
    }
    parent = child
    parentTilesInTime = tilesInTime
    children = 1
    tiles = 1
  }
}
