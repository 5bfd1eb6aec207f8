import type {EncodedNest} from './encoded-nest.js'
import type {NestCounts} from './nest-counts.js'
import type {LevelTables, TensorTables} from './nest-tables.js'

/** Why a nest can not run: `none` where it can. */
export const faultCode = {none: 0, uncovered: 1, needless: 2, fanoutX: 3, fanoutY: 4, capacity: 5, crossing: 6} as const

/** Extents of tiles and loops in order: what every count starts from. Overwritten by each evaluation. */
export interface NestLayout {
  /** `extents[level · D + dimension]` of the tile that the level would hold; a row of ones for the multiply-adders ends it. */
  readonly extents: Float64Array
  /** `spreads[level · D + dimension]`: children along both axes; and of all dimensions together. */
  readonly spreads: Float64Array
  readonly childCounts: Float64Array
  /**
   * `turnCounts[level · D + dimension]`: turns of all loops outside of the level down to the innermost over the dimension: how often the
   * level's tile begins anew if nothing further inside moves it.
   */
  readonly turnCounts: Float64Array
  /** `timeCounts[level · D + dimension]`: turns of the dimension's own loops outside of the level. */
  readonly timeCounts: Float64Array
  /** Temporal loops of more than one turn, outermost first; those of levels 0 … l end before `loopEnds[l]`. */
  readonly loopDimensions: Int32Array
  readonly loopCounts: Float64Array
  readonly loopStrides: Float64Array
  /** Turns of all loops outside of each together. */
  readonly startCounts: Float64Array
  readonly loopEnds: Int32Array
  /** `loopPlaces[level · D + dimension]`: where such a loop stands among them. */
  readonly loopPlaces: Int32Array
  /** Dimensions whose counts multiply to more than the size. */
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
    spreads: table(levelCount),
    childCounts: new Float64Array(levelCount),
    turnCounts: table(levelCount),
    timeCounts: table(levelCount),
    loopDimensions: new Int32Array(levelCount * dimensionCount),
    loopCounts: table(levelCount),
    loopStrides: table(levelCount),
    startCounts: table(levelCount),
    loopEnds: new Int32Array(levelCount),
    loopPlaces: new Int32Array(levelCount * dimensionCount),
    imperfectCount: 0,
    faultLevel: 0,
    faultDimension: 0,
  }
}

/** Fills the layout of a nest, and says by code whether its loops cover the sizes and fit the arrays. */
export function layOut({dimensionCount, sizes}: TensorTables, levels: LevelTables, nest: EncodedNest, layout: NestLayout): number {
  const {levelCount, fanoutX, fanoutY} = levels
  const {counts} = nest
  const {extents, spreads, childCounts} = layout
  let fault: number = faultCode.none
  for (let level = levelCount - 1; level >= 0; level--) {
    const row = level * dimensionCount
    let x = 1
    let y = 1
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      const cell = row + dimension
      const way = 3 * row + dimension
      const countX = counts[way + dimensionCount]!
      const countY = counts[way + 2 * dimensionCount]!
      x *= countX
      y *= countY
      spreads[cell] = countX * countY
      extents[cell] = extents[cell + dimensionCount]! * countX * countY * counts[way]!
    }
    childCounts[level] = x * y
    if (x <= fanoutX[level]! && y <= fanoutY[level]!) continue
    fault = x <= fanoutX[level]! ? faultCode.fanoutY : faultCode.fanoutX
    layout.faultLevel = level
  }
  layout.imperfectCount = 0
  for (let dimension = 0; dimension < dimensionCount; dimension++) {
    if (extents[dimension] === sizes[dimension]) continue
    layout.faultDimension = dimension
    if (!(extents[dimension]! > sizes[dimension]!)) return faultCode.uncovered
    layout.imperfectCount++
    if (!capExtents(dimension, levelCount, sizes[dimension]!, nest, layout, dimensionCount)) return faultCode.needless
  }
  return fault
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
    for (let way = 2; way >= 0; way--) {
      const count = nest.counts[(3 * level + way) * dimensionCount + dimension]!
      layout.faultLevel = level
      if (inside * (count - 1) >= size) return false
      inside = Math.min(size, inside * count)
    }
    layout.extents[level * dimensionCount + dimension] = inside
  }
  return true
}

/** Fills the words of the tiles that do not depend on the mapping: those of the outermost level, which keeps all. */
export function fillWholeTensors(tensors: TensorTables, {copyCounts}: LevelTables, {tileWords, usedBytes}: NestCounts): void {
  for (let tensor = 0; tensor < tensors.tensorCount; tensor++) {
    tileWords[tensor] = boxWords(tensors, tensor, tensors.sizes, 0)
    usedBytes[0]! += tileWords[tensor]! * tensors.elementBytes[tensor]! * copyCounts[0]!
  }
}

/** Fills the words of the tiles that levels keep, and says by code whether each level has room for its own. */
export function fillTiles(
  tensors: TensorTables,
  levels: LevelTables,
  {keeps, counts: loopCounts}: EncodedNest,
  layout: NestLayout,
  counts: NestCounts,
): number {
  const {tensorCount, dimensionCount, elementBytes, sumBytes, summedDimensions} = tensors
  const {levelCount, copyCounts, capacityBytes} = levels
  const {tileWords, usedBytes} = counts
  const {extents} = layout
  let faultLevel = usedBytes[0]! > capacityBytes[0]! ? 0 : -1
  let wordBytes = elementBytes
  for (let level = 0; level < levelCount; level++) {
    for (let index = 0; index < summedDimensions.length; index++)
      if (loopCounts[3 * level * dimensionCount + summedDimensions[index]!]! > 1) wordBytes = sumBytes
    if (level === 0) continue
    const kept = keeps[level]!
    let bytes = 0
    for (let tensor = 0; tensor < tensorCount; tensor++) {
      if (((kept >> tensor) & 1) === 0) continue
      const words = boxWords(tensors, tensor, extents, level * dimensionCount)
      tileWords[level * tensorCount + tensor] = words
      bytes += words * wordBytes[tensor]!
    }
    bytes *= copyCounts[level]!
    usedBytes[level] = bytes
    if (bytes > capacityBytes[level]!) faultLevel = level
  }
  if (faultLevel < 0) return faultCode.none
  layout.faultLevel = faultLevel
  return faultCode.capacity
}

/** Words of the box that a tensor's ranks span where its dimensions have the extents from `row` on. */
export function boxWords(tensors: TensorTables, tensor: number, extents: Float64Array, row: number): number {
  const {rankStarts, rankDimension} = tensors
  const end = rankStarts[tensor + 1]!
  let words = 1
  for (let rank = rankStarts[tensor]!; rank < end; rank++) {
    const dimension = rankDimension[rank]!
    words *= dimension >= 0 ? extents[row + dimension]! : rankExtent(tensors, rank, extents, row)
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

/** Fills how often the loops outside of each level turn, and the instances and steps that they make together. */
export function countTurns(
  {order, counts}: EncodedNest,
  levelCount: number,
  dimensionCount: number,
  layout: NestLayout,
  out: NestCounts,
): void {
  const {turnCounts, timeCounts} = layout
  const lastRow = (levelCount - 1) * dimensionCount
  let turns = 1
  for (let row = 0; row < lastRow; row += dimensionCount) {
    for (let place = row; place < row + dimensionCount; place++) {
      const dimension = order[place]!
      const count = counts[3 * row + dimension]!
      const cell = row + dimension
      turns *= count
      timeCounts[cell + dimensionCount] = timeCounts[cell]! * count
      turnCounts[cell + dimensionCount] = count > 1 ? turns : turnCounts[cell]!
    }
  }
  for (let cell = 3 * lastRow; cell < 3 * lastRow + dimensionCount; cell++) turns *= counts[cell]!
  out.stepCount = turns
  let instances = 1
  for (let level = 0; level < levelCount; level++) {
    instances *= layout.childCounts[level]!
    out.instanceCounts[level + 1] = instances
  }
}

/** Lists the temporal loops of more than one turn in order. */
export function listLoops({order, counts}: EncodedNest, levelCount: number, dimensionCount: number, layout: NestLayout): void {
  const {loopDimensions, loopCounts, loopStrides, startCounts, loopEnds, loopPlaces, extents, spreads} = layout
  let at = 0
  let turns = 1
  for (let level = 0; level < levelCount; level++) {
    for (let place = level * dimensionCount; place < (level + 1) * dimensionCount; place++) {
      const dimension = order[place]!
      const count = counts[3 * level * dimensionCount + dimension]!
      if (count === 1) continue
      loopDimensions[at] = dimension
      loopCounts[at] = count
      loopStrides[at] = extents[(level + 1) * dimensionCount + dimension]! * spreads[level * dimensionCount + dimension]!
      startCounts[at] = turns
      loopPlaces[level * dimensionCount + dimension] = at
      turns *= count
      at++
    }
    loopEnds[level] = at
  }
}
