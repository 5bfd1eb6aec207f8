import type {EncodedNest} from './encoded-nest.js'
import type {NestCounts} from './nest-counts.js'
import type {LevelTables, TensorTables} from './nest-tables.js'

/** Why a nest can not run: `none` where it can. */
export const nestFaults = ['none', 'uncovered', 'needless', 'fanout-x', 'fanout-y', 'capacity', 'crossing'] as const
export type NestFault = (typeof nestFaults)[number]

export const faultCode = {none: 0, uncovered: 1, needless: 2, fanoutX: 3, fanoutY: 4, capacity: 5, crossing: 6} as const

/** Extents of tiles and loops in order: what every count starts from. Overwritten by each evaluation. */
export interface NestLayout {
  /** `extents[level · D + dimension]` of the tile that the level would hold; a row of ones for the multiply-adders ends it. */
  readonly extents: Float64Array
  /** `strides[level · D + dimension]`: how far a turn of the level's temporal loop moves what is inside. */
  readonly strides: Float64Array
  /** `spreads[level · D + dimension]`: instances along both axes. */
  readonly spreads: Float64Array
  /** Temporal loops of more than one turn, outermost first; those of levels 0 … l end before `loopEnds[l]`. */
  readonly loopDimensions: Int32Array
  readonly loopCounts: Float64Array
  readonly loopStrides: Float64Array
  /** Turns of all loops outside of each together. */
  readonly loopStarts: Float64Array
  readonly loopEnds: Int32Array
  /** By dimension: 1 where the counts do not multiply to the size. */
  readonly isImperfect: Uint8Array
  imperfectCount: number
  /** Of the fault that `layOut` found. */
  faultLevel: number
  faultDimension: number
}

/** Room for the layout of one nest. */
export function nestLayout(levelCount: number, dimensionCount: number): NestLayout {
  const table = (rows: number) => new Float64Array(rows * dimensionCount).fill(1)
  return {
    extents: table(levelCount + 1),
    strides: table(levelCount),
    spreads: table(levelCount),
    loopDimensions: new Int32Array(levelCount * dimensionCount),
    loopCounts: table(levelCount),
    loopStrides: table(levelCount),
    loopStarts: table(levelCount),
    loopEnds: new Int32Array(levelCount),
    isImperfect: new Uint8Array(dimensionCount),
    imperfectCount: 0,
    faultLevel: 0,
    faultDimension: 0,
  }
}

/** Fills the layout of a nest, and says by code whether its loops cover the sizes and fit the arrays. */
export function layOut(tensors: TensorTables, levels: LevelTables, nest: EncodedNest, layout: NestLayout): number {
  const {dimensionCount, sizes} = tensors
  const {counts} = nest
  const {extents, strides, spreads, isImperfect} = layout
  layout.imperfectCount = 0
  for (let dimension = 0; dimension < dimensionCount; dimension++) {
    let inside = 1
    for (let level = levels.levelCount - 1; level >= 0; level--) {
      const cell = level * dimensionCount + dimension
      const way = cell + 2 * level * dimensionCount
      const spread = counts[way + dimensionCount]! * counts[way + 2 * dimensionCount]!
      const stride = inside * spread
      inside = stride * counts[way]!
      spreads[cell] = spread
      strides[cell] = stride
      extents[cell] = inside
    }
    isImperfect[dimension] = 0
    if (inside === sizes[dimension]!) continue
    layout.faultDimension = dimension
    if (!(inside > sizes[dimension]!)) return faultCode.uncovered
    isImperfect[dimension] = 1
    layout.imperfectCount++
    if (!capExtents(dimension, levels.levelCount, sizes[dimension]!, nest, layout, dimensionCount)) return faultCode.needless
  }
  return fanoutFault(levels, nest, layout, dimensionCount)
}

/** Cuts the tiles of an imperfect dimension to its size; false where some loop has turns that nothing is left for. */
function capExtents(
  dimension: number,
  levelCount: number,
  size: number,
  nest: EncodedNest,
  layout: NestLayout,
  dimensionCount: number,
): boolean {
  let inside = 1
  for (let level = levelCount - 1; level >= 0; level--) {
    const cell = level * dimensionCount + dimension
    const way = cell + 2 * level * dimensionCount
    for (let axis = 2; axis >= 0; axis--) {
      const count = nest.counts[way + axis * dimensionCount]!
      if (axis === 0) layout.strides[cell] = inside
      if (inside * (count - 1) >= size) {
        layout.faultLevel = level
        return false
      }
      inside = Math.min(size, inside * count)
    }
    layout.extents[cell] = inside
  }
  return true
}

function fanoutFault(
  {levelCount, fanoutX, fanoutY}: LevelTables,
  {counts}: EncodedNest,
  layout: NestLayout,
  dimensionCount: number,
): number {
  for (let level = 0; level < levelCount; level++) {
    const start = (3 * level + 1) * dimensionCount
    let x = 1
    let y = 1
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      x *= counts[start + dimension]!
      y *= counts[start + dimensionCount + dimension]!
    }
    layout.faultLevel = level
    if (x > fanoutX[level]!) return faultCode.fanoutX
    if (y > fanoutY[level]!) return faultCode.fanoutY
  }
  return faultCode.none
}

/** Fills the words of the tiles, and says by code whether each level has room for those that it keeps. */
export function fillTiles(
  tensors: TensorTables,
  levels: LevelTables,
  {keeps}: EncodedNest,
  layout: NestLayout,
  counts: NestCounts,
): number {
  const {tensorCount, elementBytes} = tensors
  const {tileWords, usedBytes} = counts
  let fault: number = faultCode.none
  for (let level = levels.levelCount - 1; level >= 0; level--) {
    const kept = level === 0 ? 0xff : keeps[level]!
    let bytes = 0
    for (let tensor = 0; tensor < tensorCount; tensor++) {
      const words = boxWords(tensors, tensor, layout.extents, level * tensors.dimensionCount)
      tileWords[level * tensorCount + tensor] = words
      if ((kept >> tensor) & 1) bytes += words * elementBytes[tensor]!
    }
    usedBytes[level] = bytes * levels.bufferCounts[level]!
    if (usedBytes[level]! > levels.capacityBytes[level]!) {
      fault = faultCode.capacity
      layout.faultLevel = level
    }
  }
  return fault
}

/** Words of the box that a tensor's ranks span where its dimensions have the extents from `start` on. */
export function boxWords(tensors: TensorTables, tensor: number, extents: Float64Array, start: number): number {
  const {rankStarts, rankDimension} = tensors
  let words = 1
  for (let rank = rankStarts[tensor]!; rank < rankStarts[tensor + 1]!; rank++) {
    const dimension = rankDimension[rank]!
    words *= dimension >= 0 ? extents[start + dimension]! : rankExtent(tensors, rank, extents, start)
  }
  return words
}

/** Indices that a rank spans. */
export function rankExtent({coefficients, dimensionCount}: TensorTables, rank: number, extents: Float64Array, start: number): number {
  let extent = 1
  for (let dimension = 0; dimension < dimensionCount; dimension++)
    extent += coefficients[rank * dimensionCount + dimension]! * (extents[start + dimension]! - 1)
  return extent
}

/** Lists the temporal loops of more than one turn in order. */
export function listLoops({order, counts}: EncodedNest, levelCount: number, dimensionCount: number, layout: NestLayout): void {
  const {loopDimensions, loopCounts, loopStrides, loopStarts, loopEnds, strides} = layout
  let at = 0
  let turns = 1
  for (let level = 0; level < levelCount; level++) {
    for (let place = level * dimensionCount; place < (level + 1) * dimensionCount; place++) {
      const dimension = order[place]!
      const count = counts[3 * level * dimensionCount + dimension]!
      if (count === 1) continue
      loopDimensions[at] = dimension
      loopCounts[at] = count
      loopStrides[at] = strides[level * dimensionCount + dimension]!
      loopStarts[at] = turns
      turns *= count
      at++
    }
    loopEnds[level] = at
  }
}
