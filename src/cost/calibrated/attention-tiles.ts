import type {AttentionShape} from './attention-shape.js'

/** The two generations of the fused kernel: per-warp products (FlashAttention 2), or products of a warpgroup (FlashAttention 3). */
export const attentionKernels = ['warp', 'warpgroup'] as const
export type AttentionKernel = (typeof attentionKernels)[number]

/** Rows from which a matrix unit's native tile needs four warps (Hopper's wgmma has 64). */
const warpgroupTileRows = 64

/** How a kernel cuts one launch into thread blocks; nothing here depends on the machine's size. */
export interface AttentionPlan {
  readonly tileRows: number
  readonly tileKeys: number
  /** Thread blocks before any split over the keys. */
  readonly ctaCount: number
  /** Blocks of keys that all thread blocks walk together, and the longest walk of one. */
  readonly walkCount: number
  readonly longestWalk: number
  /** Blocks of keys of a whole sequence, which the split is chosen by. */
  readonly sequenceBlockCount: number
  /** Query heads of a key head are packed into the rows of one tile. */
  readonly isPacked: boolean
  /** Kernels that lay queries and outputs out anew around the packed one, and how often they move both. */
  readonly layoutKernelCount: number
  readonly layoutPassCount: number
}

/** Which kernel a matrix unit of so many native rows runs. */
export function attentionKernelOf(nativeRows: number): AttentionKernel {
  return nativeRows >= warpgroupTileRows ? 'warpgroup' : 'warp'
}

/** Tile of the paged FlashAttention 2 kernel (flash_fwd_launch_template.h, run_mha_fwd_splitkv_dispatch). */
function warpTile({headDim}: AttentionShape): readonly [rows: number, keys: number] {
  return [64, headDim <= 64 ? 256 : headDim <= 128 ? 128 : 64]
}

/** Tile of the paged FlashAttention 3 kernel (hopper/tile_size.h, keys gathered page by page). */
function warpgroupTile({headDim, window, queryTokens, heads, kvHeads}: AttentionShape): readonly [rows: number, keys: number] {
  if (headDim <= 64) return [192, 128]
  if (headDim <= 128) return [(queryTokens * heads) / kvHeads <= 64 ? 64 : 128, 128]
  if (headDim <= 192) return [128, 96]
  return headDim <= 256 ? [128, window > 0 ? 64 : 80] : [64, 64]
}

/** The launch of either kernel; FlashAttention 2 packs heads only for a single query (flash_api.cpp, seqlenq_ngroups_swapped). */
export function attentionPlan(kernel: AttentionKernel, shape: AttentionShape): AttentionPlan {
  const {batch, heads, kvHeads, queryTokens, kvTokens, window} = shape
  const [tileRows, tileKeys] = kernel === 'warp' ? warpTile(shape) : warpgroupTile(shape)
  const isSwapped = kernel === 'warp' && queryTokens === 1 && heads > kvHeads && window === 0
  const isPacked = isSwapped || kernel === 'warpgroup'
  const packedHeads = isPacked ? heads / kvHeads : 1
  const streams = batch * (isPacked ? kvHeads : heads)
  const {walkCount, longestWalk} = walks(shape, packedHeads, tileRows, tileKeys)
  const isTransposed = isSwapped && batch > 1 && kvHeads > 1
  return {
    tileRows,
    tileKeys,
    ctaCount: streams * Math.ceil((queryTokens * packedHeads) / tileRows),
    walkCount: streams * walkCount,
    longestWalk,
    sequenceBlockCount: Math.ceil(kvTokens / tileKeys),
    isPacked,
    // The output is copied back; where batch and heads change places, queries and outputs are transposed as well.
    layoutKernelCount: isTransposed ? 4 : isSwapped ? 1 : 0,
    layoutPassCount: isTransposed ? 3 : isSwapped ? 1 : 0,
  }
}

/** Blocks of keys that the row tiles of one stream walk: from the window's first key to the causal diagonal, whole blocks. */
function walks(
  {queryTokens, kvTokens, window, causal}: AttentionShape,
  packedHeads: number,
  tileRows: number,
  tileKeys: number,
): {walkCount: number; longestWalk: number} {
  const tileCount = Math.ceil((queryTokens * packedHeads) / tileRows)
  const prefix = kvTokens - queryTokens
  let [walkCount, longestWalk] = [0, 0]
  for (let tile = 0; tile < tileCount; tile++) {
    const first = Math.floor((tile * tileRows) / packedHeads)
    const last = Math.min(queryTokens - 1, Math.floor(((tile + 1) * tileRows - 1) / packedHeads))
    const end = Math.ceil((causal ? Math.min(kvTokens, prefix + last + 1) : kvTokens) / tileKeys)
    const begin = window > 0 ? Math.floor(Math.max(0, prefix + first + 1 - window) / tileKeys) : 0
    walkCount += end - begin
    longestWalk = Math.max(longestWalk, end - begin)
  }
  return {walkCount, longestWalk}
}

const mostSplits = 128

/**
 * Splits of each walk in FlashAttention 2: none where thread blocks fill four fifths of the slots or heads are not packed,
 * else the fewest that come within 85 % of the best wave efficiency (flash_api.cpp, num_splits_heuristic).
 */
export function warpSplitCount({ctaCount, sequenceBlockCount, isPacked}: AttentionPlan, slotCount: number): number {
  if (!isPacked || ctaCount >= 0.8 * slotCount) return 1
  const most = Math.min(mostSplits, Math.floor(slotCount), sequenceBlockCount)
  let best = 0
  for (let split = 1; split <= most; split++) best = Math.max(best, splitEfficiency(ctaCount, sequenceBlockCount, split, slotCount))
  for (let split = 1; split <= most; split++) {
    if (splitEfficiency(ctaCount, sequenceBlockCount, split, slotCount) >= 0.85 * best) return split
  }
  return 1
}

/** Share of the last wave that is filled; none where a smaller split gives the same walks. */
function splitEfficiency(ctaCount: number, blockCount: number, split: number, slotCount: number): number {
  if (split > 1 && Math.ceil(blockCount / split) === Math.ceil(blockCount / (split - 1))) return 0
  const waves = (ctaCount * split) / slotCount
  return waves / Math.ceil(waves)
}

/** The serving framework's cap on splits where launches are recorded in a graph (vLLM, flash_attn_max_num_splits_for_cuda_graph). */
const mostDynamicSplits = 32

/** Splits in FlashAttention 3: a tenth more than an even share of all blocks per SM (flash_prepare_scheduler.cu); blind to the window. */
export function warpgroupSplitCount({ctaCount, sequenceBlockCount}: AttentionPlan, smCount: number): number {
  const blocksPerSm = Math.ceil((ctaCount * sequenceBlockCount * 1.1) / smCount)
  return Math.max(1, Math.min(mostDynamicSplits, Math.ceil(sequenceBlockCount / blocksPerSm)))
}
