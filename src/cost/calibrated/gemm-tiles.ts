import type {Contraction} from '../../workload/operator.js'

/** What a library offers for one kind of unit. */
export interface TileFamily {
  readonly tiles: readonly (readonly [rows: number, columns: number])[]
  /** Blocks that may share the depth of one tile. */
  readonly splitCounts: readonly number[]
  /** Depth of one step of the pipeline. */
  readonly stepDepth: number
  /** Accumulators of all blocks that a core holds at once. */
  readonly residentElementCount: number
  readonly mostResidentBlockCount: number
}

/** One way to run a product: the tile of a block, and how many blocks share the depth of a tile. */
export interface Tiling {
  readonly splitCount: number
  /** Blocks in all. */
  readonly blockCount: number
  /** Blocks that a core holds at once. */
  readonly residentCount: number
  readonly elementCount: number
  /** Operations of a block, its depth padded to whole steps. */
  readonly operationCount: number
  /** Elements of both operands that a block reads. */
  readonly operandElementCount: number
  /** Steps that fill the pipeline before it runs full, over the stages that it has. */
  readonly fillRatio: number
}

const pipelineStageDepth = 256

const matrixTiles: TileFamily = {
  tiles: [
    [16, 64],
    [16, 128],
    [32, 64],
    [64, 32],
    [32, 128],
    [128, 32],
    [64, 64],
    [64, 128],
    [128, 64],
    [64, 256],
    [256, 64],
    [128, 128],
    [128, 256],
    [256, 128],
  ],
  splitCounts: [1, 2, 3, 4, 6, 8, 16],
  stepDepth: 32,
  residentElementCount: 16384,
  mostResidentBlockCount: 8,
}

/** Warpgroup instructions read operands of 128 bytes' depth. */
const warpgroupTiles: TileFamily = {...matrixTiles, stepDepth: 64}

const vectorTiles: TileFamily = {
  tiles: [
    [32, 32],
    [32, 64],
    [64, 32],
    [32, 128],
    [128, 32],
    [64, 64],
    [64, 128],
    [128, 64],
    [128, 128],
  ],
  splitCounts: [1, 2, 3, 4, 6, 8, 16],
  stepDepth: 8,
  residentElementCount: 32768,
  mostResidentBlockCount: 8,
}

const batchedVectorTiles: TileFamily = {...vectorTiles, splitCounts: [1]}

/** For machines whose matrix units know bf16, the library batches products on vector units with its largest tile only. */
const modernBatchedVectorTiles: TileFamily = {...batchedVectorTiles, tiles: [[128, 128]]}

/** What the library has for a product: by unit, its native rows, and whether the machine's matrix units know bf16. */
export function tileFamily(isMatrix: boolean, nativeRows: number, knowsBf16: boolean, isBatched: boolean): TileFamily {
  if (isMatrix) return nativeRows >= 64 ? warpgroupTiles : matrixTiles
  if (!isBatched) return vectorTiles
  return knowsBf16 ? modernBatchedVectorTiles : batchedVectorTiles
}

/** All tilings of a product, or of the groups of one, that leave each block two steps of depth and that no smaller tile covers. */
export function tilings(contractions: readonly Contraction[], family: TileFamily): Tiling[] {
  const {tiles, splitCounts, stepDepth} = family
  const isDeepEnough = (splitCount: number): boolean =>
    splitCount === 1 || contractions.every(({k}) => Math.ceil(k / stepDepth) >= 2 * splitCount)
  const whole = tiles.map(([rows, columns]) => tilingOf(contractions, family, rows, columns, 1))
  const worthwhile = tiles.filter((_, index) => !whole.some((other) => isCoveredBy(whole[index]!, other)))
  const splits = splitCounts.filter(isDeepEnough)
  return worthwhile.flatMap(([rows, columns]) => splits.map((splitCount) => tilingOf(contractions, family, rows, columns, splitCount)))
}

/** As few blocks of a smaller tile do the same, so that the larger one only pads more. */
function isCoveredBy(tiling: Tiling, other: Tiling): boolean {
  return (
    other.blockCount === tiling.blockCount &&
    other.elementCount < tiling.elementCount &&
    other.operandElementCount <= tiling.operandElementCount
  )
}

function tilingOf(
  contractions: readonly Contraction[],
  {stepDepth, residentElementCount, mostResidentBlockCount}: TileFamily,
  rows: number,
  columns: number,
  splitCount: number,
): Tiling {
  let [blockCount, depthSum] = [0, 0]
  for (const {m, n, k, batchCount} of contractions) {
    const blocks = Math.ceil(m / rows) * Math.ceil(n / columns) * batchCount * splitCount
    blockCount += blocks
    depthSum += blocks * Math.ceil(k / splitCount / stepDepth) * stepDepth
  }
  const [elementCount, depth] = [rows * columns, depthSum / blockCount]
  return {
    splitCount,
    blockCount,
    residentCount: Math.min(mostResidentBlockCount, Math.max(1, Math.floor(residentElementCount / elementCount))),
    elementCount,
    operationCount: 2 * elementCount * depth,
    operandElementCount: (rows + columns) * depth,
    fillRatio: Math.min(1, depth / pipelineStageDepth),
  }
}
