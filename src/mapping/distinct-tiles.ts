import {type NestLayout, rankExtent} from './nest-layout.js'
import type {TensorTables} from './nest-tables.js'

/**
 * Different tiles among the children, at level `child`, of one instance of level `parent`: where a rank adds dimensions that are both
 * spread, those along a diagonal of the array are equal. For perfect factors.
 */
export function distinctTiles(tensors: TensorTables, tensor: number, parent: number, child: number, layout: NestLayout): number {
  const first = tensors.rankStarts[tensor]!
  const end = tensors.rankStarts[tensor + 1]!
  if (tensors.isEntangled[tensor]) return differentSums(tensors, first, end, parent, child, layout)
  let tiles = 1
  for (let rank = first; rank < end; rank++) tiles *= sumsOfRank(tensors, rank, parent, child, layout)
  return tiles
}

/** Different places of one rank among those children. */
export function sumsOfRank(tensors: TensorTables, rank: number, parent: number, child: number, layout: NestLayout): number {
  const {coefficients, dimensionCount} = tensors
  let seriesCount = 0
  let count = 1
  let step = 0
  let otherCount = 1
  let otherStep = 0
  for (let level = parent; level < child; level++) {
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      const spread = layout.spreads[level * dimensionCount + dimension]!
      const coefficient = coefficients[rank * dimensionCount + dimension]!
      if (spread === 1 || coefficient === 0) continue
      seriesCount++
      otherCount = count
      otherStep = step
      count = spread
      step = coefficient * layout.extents[(level + 1) * dimensionCount + dimension]!
    }
  }
  if (seriesCount > 2) return differentSums(tensors, rank, rank + 1, parent, child, layout)
  return seriesCount < 2 ? count : sumsOfTwo(count, step, otherCount, otherStep)
}

/** Different sums a·i + b·j: (i, j) and (i + b/g, j − a/g) are one, where g is the greatest common divisor. */
function sumsOfTwo(count: number, step: number, otherCount: number, otherStep: number): number {
  let divisor = step
  for (let rest = otherStep; rest > 0; ) [divisor, rest] = [rest, divisor % rest]
  return count * otherCount - Math.max(0, count - otherStep / divisor) * Math.max(0, otherCount - step / divisor)
}

/** Different index tuples of the ranks from `first` to `end`, counted one by one. */
function differentSums(tensors: TensorTables, first: number, end: number, parent: number, child: number, layout: NestLayout): number {
  const {coefficients, dimensionCount} = tensors
  let offsets = new Set([0])
  for (let level = parent; level < child; level++) {
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      const spread = layout.spreads[level * dimensionCount + dimension]!
      const stride = layout.extents[(level + 1) * dimensionCount + dimension]!
      let step = 0
      let wordsInside = 1
      for (let rank = first; rank < end; rank++) {
        step += coefficients[rank * dimensionCount + dimension]! * stride * wordsInside
        wordsInside *= rankExtent(tensors, rank, layout.extents, parent * dimensionCount)
      }
      if (spread === 1 || step === 0) continue
      const moved = new Set<number>()
      for (const offset of offsets) for (let turn = 0; turn < spread; turn++) moved.add(offset + turn * step)
      offsets = moved
    }
  }
  return offsets.size
}
