import type {Contraction} from '../../workload/operator.js'

/** What a library offers for one kind of unit. */
export interface TileFamily {
  /** Of slices, each computes a share of the depth with threads of its own, so that a tile fills more of a core. */
  readonly tiles: readonly (readonly [rows: number, columns: number, sliceCount?: number])[]
  /** Blocks that may share the depth of one tile. */
  readonly splitCounts: readonly number[]
  /** Depth of one step of the pipeline. */
  readonly stepDepth: number
  /** Accumulators of all blocks that a core holds at once. */
  readonly residentElementCount: number
  readonly mostResidentBlockCount: number
  /** Blocks stay on their cores and take even shares of the work, so that no last wave idles. */
  readonly isPersistent: boolean
  /** Share of a tile's columns that a core reads itself; its neighbour hands it the rest. */
  readonly ownColumnRatio: number
  /** Share of a tile's columns that the shared cache hands out for it; a neighbour's request brings the rest along. */
  readonly requestedColumnRatio: number
  /** A core needs all of its resident blocks to hide the latency of their multiply-adds, so that fewer take as long. */
  readonly fillsTogether: boolean
  /** The library favours its largest tile where that has a block for every core, whatever its last wave leaves idle. */
  readonly prefersLargest: boolean
}

/** One way to run a product: the tile of a block, and how many blocks share the depth of a tile. */
export interface Tiling {
  readonly splitCount: number
  /** Blocks in all. */
  readonly blockCount: number
  /** Blocks that a core holds at once. */
  readonly residentCount: number
  /** Blocks that it takes to keep the units of a core busy; a core that has fewer takes as long. */
  readonly turnCount: number
  readonly rows: number
  readonly columns: number
  readonly elementCount: number
  /** Reciprocal of a block's depth, padded to whole steps; of the mean over the groups of a grouped product. */
  readonly perDepth: number
  /** Operations of a block, its depth padded to whole steps. */
  readonly operationCount: number
  /** Elements of both operands that a block reads. */
  readonly operandElementCount: number
  /** Of them, those that the shared cache hands out for this block. */
  readonly requestedElementCount: number
  /** Steps that fill the pipeline before it runs full, over the stages that it has. */
  readonly fillRatio: number
  /** Blocks of the largest tile, which the library favours on as many cores; none where this is it, or it pads. */
  readonly largerBlockCount: number
}

/** Four stages of 64 fill the pipeline. */
export const pipelineStageDepth = 256

/** Columns of an instruction's tile; what exceeds them is a systolic array, whose tiles are whole arrays. */
const mostInstructionColumns = 16

/** The tiles that cuBLAS and CUTLASS's profiler build for bf16 on matrix units, the split-K counts of their heuristics. */
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
  splitCounts: [1, 2, 3, 4, 6, 8, 16, 32],
  stepDepth: 32,
  residentElementCount: 16384,
  mostResidentBlockCount: 8,
  isPersistent: false,
  ownColumnRatio: 1,
  requestedColumnRatio: 1,
  fillsTogether: false,
  prefersLargest: true,
}

/**
 * Warpgroup instructions read operands of 128 bytes' depth, from kernels that persist (CUTLASS 3, stream-K); two blocks of a
 * cluster share the columns' operand, which the cache hands out once for both (TMA multicast).
 */
const warpgroupTiles: TileFamily = {...matrixTiles, stepDepth: 64, isPersistent: true, requestedColumnRatio: 0.5, prefersLargest: false}

/** Instructions of 128 rows span two cores, each with half of the columns' operand (CUTLASS, tcgen05 with cta_group 2). */
const pairedTiles: TileFamily = {...warpgroupTiles, ownColumnRatio: 0.5}

/**
 * The kernels of cuBLAS named sgemm, as the column `kernel` of NeuSight's rows lists them; the first of their two sizes runs
 * along the columns. A thread holds 64 results, and two warps for each of four units hide the latency of its multiply-adds.
 */
const vectorTiles: TileFamily = {
  tiles: [
    [32, 32, 4],
    [32, 64, 4],
    [32, 128, 4],
    [32, 128],
    [128, 32],
    [64, 64],
    [64, 128],
    [128, 128],
  ],
  splitCounts: [1, 2, 3, 4, 6, 8, 16, 32],
  stepDepth: 8,
  residentElementCount: 2 * 4 * 32 * 64,
  mostResidentBlockCount: 8,
  isPersistent: false,
  ownColumnRatio: 1,
  requestedColumnRatio: 1,
  fillsTogether: true,
  prefersLargest: false,
}

/** Threads of the first one hold half as many results. */
const batchedVectorTiles: TileFamily = {
  ...vectorTiles,
  tiles: [
    [32, 128, 2],
    [128, 32],
    [64, 64],
    [64, 128],
  ],
  splitCounts: [1],
}

/** For machines whose matrix units know bf16, the library batches products on vector units with its largest tile only. */
const modernBatchedVectorTiles: TileFamily = {...batchedVectorTiles, tiles: [[128, 128]]}

/** What a library needs to know of a unit to offer tiles for it. */
export interface UnitTraits {
  readonly isMatrix: boolean
  readonly nativeRows: number
  readonly nativeColumns: number
  /** Whether the machine's matrix units know bf16. */
  readonly knowsBf16: boolean
}

/** What the library has for a product on a kind of unit. */
export function tileFamily({isMatrix, nativeRows, nativeColumns, knowsBf16}: UnitTraits, isBatched: boolean): TileFamily {
  if (!isMatrix) return !isBatched ? vectorTiles : knowsBf16 ? modernBatchedVectorTiles : batchedVectorTiles
  if (nativeColumns > mostInstructionColumns) return arrayTiles(nativeRows, nativeColumns)
  return nativeRows >= 128 ? pairedTiles : nativeRows >= 64 ? warpgroupTiles : matrixTiles
}

/** The tiles of the catalogue in whole native tiles of a systolic array. */
function arrayTiles(nativeRows: number, nativeColumns: number): TileFamily {
  const whole = new Map<string, readonly [number, number]>()
  for (const [rows, columns] of matrixTiles.tiles) {
    const tile = [Math.ceil(rows / nativeRows) * nativeRows, Math.ceil(columns / nativeColumns) * nativeColumns] as const
    whole.set(tile.join(), tile)
  }
  return {...matrixTiles, tiles: [...whole.values()]}
}

/** All tilings of a product, or of the groups of one, that leave each block two steps of depth and that no smaller tile covers. */
export function tilings(contractions: readonly Contraction[], family: TileFamily): Tiling[] {
  const {tiles, splitCounts, stepDepth} = family
  const isDeepEnough = (splitCount: number): boolean =>
    splitCount === 1 || contractions.every(({k}) => Math.ceil(k / stepDepth) >= 2 * splitCount)
  const whole = tiles.map((tile) => tilingOf(contractions, family, tile, 1))
  const worthwhile = tiles.filter((_, index) => !whole.some((other) => isCoveredBy(whole[index]!, other)))
  const splits = splitCounts.filter(isDeepEnough)
  const largest = family.prefersLargest ? largestFitting(whole) : undefined
  return worthwhile.flatMap((tile) =>
    splits.map((splitCount) => {
      const tiling = tilingOf(contractions, family, tile, splitCount)
      const isSmaller = largest !== undefined && splitCount === 1 && tiling.elementCount < largest.elementCount
      return isSmaller ? {...tiling, largerBlockCount: largest.blockCount} : tiling
    }),
  )
}

/** Results that a tile may compute in vain, over those of the tile that fits best; fitted once, to products of an A100. */
const mostPaddingRatio = 1.15

/** The largest tile, where it hardly pads more than the others. */
function largestFitting(whole: readonly Tiling[]): Tiling | undefined {
  const elementCount = Math.max(...whole.map((tiling) => tiling.elementCount))
  const leastCount = Math.min(...whole.map((tiling) => tiling.blockCount * tiling.elementCount))
  return whole.find((tiling) => tiling.elementCount === elementCount && tiling.blockCount * elementCount < mostPaddingRatio * leastCount)
}

/** As few blocks of a smaller tile do the same, so that the larger one only pads more. */
function isCoveredBy(tiling: Tiling, other: Tiling): boolean {
  return (
    other.blockCount === tiling.blockCount &&
    other.turnCount * other.elementCount <= tiling.turnCount * tiling.elementCount &&
    other.elementCount < tiling.elementCount &&
    other.turnCount * other.operandElementCount <= tiling.turnCount * tiling.operandElementCount
  )
}

function tilingOf(
  contractions: readonly Contraction[],
  {stepDepth, residentElementCount, mostResidentBlockCount, ownColumnRatio, requestedColumnRatio, fillsTogether}: TileFamily,
  [rows, columns, sliceCount = 1]: TileFamily['tiles'][number],
  splitCount: number,
): Tiling {
  let [blockCount, depthSum] = [0, 0]
  for (const {m, n, k, batchCount} of contractions) {
    const blocks = Math.ceil(m / rows) * Math.ceil(n / columns) * batchCount * splitCount
    blockCount += blocks
    depthSum += blocks * Math.ceil(k / splitCount / stepDepth) * stepDepth
  }
  const [elementCount, depth] = [rows * columns, depthSum / blockCount]
  const residentCount = Math.min(mostResidentBlockCount, Math.max(1, Math.floor(residentElementCount / (elementCount * sliceCount))))
  return {
    splitCount,
    blockCount,
    residentCount,
    turnCount: fillsTogether ? residentCount : 1,
    rows,
    columns,
    elementCount,
    perDepth: 1 / depth,
    operationCount: 2 * elementCount * depth,
    operandElementCount: (rows + columns * (rows >= 128 ? ownColumnRatio : 1)) * depth,
    requestedElementCount: (rows + columns * (rows >= 128 ? requestedColumnRatio : 1)) * depth,
    fillRatio: Math.min(1, depth / pipelineStageDepth),
    largerBlockCount: 0,
  }
}
