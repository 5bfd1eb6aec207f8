import type {AttentionShape} from './attention-shape.js'

/**
 * The fused kernels that serving frameworks run, by what a matrix unit's instruction spans: a quarter of a warp or a warp of older tiles
 * (memory-efficient attention), a warp (FlashAttention 2), a warpgroup (FlashAttention 3), or a whole tile in its own memory (FlashAttention 4).
 */
const attentionKernels = ['quad', 'warp', 'warpgroup', 'tile'] as const
export type AttentionKernel = (typeof attentionKernels)[number]

/** How a kernel cuts the splits of its walks: never; for filled waves; evenly per core, decided on the device; or evenly, by the host. */
export type SplitRule = 'none' | 'waves' | 'even-share' | 'free-cores'

/** One kernel's tile for one shape, and how it is launched. */
export interface KernelTile {
  readonly rows: number
  readonly keys: number
  readonly threads: number
  /** Query heads of a key head share the rows of one tile, for a single query or for any number. */
  readonly packing: 'none' | 'single-query' | 'always'
  readonly splitRule: SplitRule
  /** Loads of the next keys overlap the products of these where two blocks of keys fit; else residents hide each other's loads. */
  readonly isPipelined: boolean
  /** A thread block works on two tiles in turn, so that the exponentials of one hide beneath the products of the other. */
  readonly alternatesTiles: boolean
  /** Share of the exponentials that vector units compute as polynomials. */
  readonly emulatedRatio: number
  /**
   * How a thread block finds its tile: by its place in the grid; one after the other, so that it passes each sequence once; or by a
   * search through the sequences from the first on.
   */
  readonly scheduling: 'grid' | 'persistent' | 'search'
}

/** Which kernel a matrix unit runs, by the rows and depth of its native tile; units without one run the oldest. */
export function attentionKernelOf(nativeRows: number, nativeDepth: number): AttentionKernel {
  if (nativeRows >= 128) return 'tile'
  if (nativeRows >= 64) return 'warpgroup'
  return nativeRows >= 16 && nativeDepth >= 16 ? 'warp' : 'quad'
}

/** The tile that a kernel takes for a shape. */
export function kernelTile(kernel: AttentionKernel, shape: AttentionShape): KernelTile {
  return tiles[kernel](shape)
}

const tiles: Readonly<Record<AttentionKernel, (shape: AttentionShape) => KernelTile>> = {
  // xFormers and PyTorch, fmha_cutlassF_f16_aligned_{64x64,32x128}_rf_sm70 and _sm75.
  quad: ({headDim}) => ({
    rows: headDim <= 64 ? 64 : 32,
    keys: headDim <= 64 ? 64 : 128,
    threads: 128,
    packing: 'none',
    splitRule: 'none',
    isPipelined: false,
    alternatesTiles: false,
    emulatedRatio: 0,
    scheduling: 'grid',
  }),
  warp: warpTile,
  warpgroup: warpgroupTile,
  // flash_attn/cute/interface.py: two tiles of 128 rows where there are so many, num_splits_heuristic; flash_fwd_sm100.py: 4 of 16
  // exponentials as polynomials.
  tile: ({queryTokens, heads, kvHeads}) => ({
    rows: (queryTokens * heads) / kvHeads > 128 ? 256 : 128,
    keys: 128,
    threads: 512,
    packing: 'always',
    splitRule: 'free-cores',
    isPipelined: true,
    alternatesTiles: (queryTokens * heads) / kvHeads > 128,
    emulatedRatio: 0.25,
    scheduling: 'grid',
  }),
}

/** Widest head of FlashAttention 2 and 3; beyond it vLLM runs its own (triton_decode_attention.py: 16 heads, 32 keys), on Hopper as below. */
const mostHeadDim = 256

/** FlashAttention 2 with paged keys (flash_fwd_launch_template.h, run_mha_fwd_splitkv_dispatch; flash_api.cpp, seqlenq_ngroups_swapped). */
function warpTile({headDim}: AttentionShape): KernelTile {
  const isWide = headDim > mostHeadDim
  return {
    rows: isWide ? 16 : 64,
    keys: isWide ? 32 : headDim <= 64 ? 256 : headDim <= 128 ? 128 : 64,
    threads: 128,
    packing: isWide ? 'always' : 'single-query',
    splitRule: 'waves',
    isPipelined: false,
    alternatesTiles: false,
    emulatedRatio: 0,
    scheduling: 'grid',
  }
}

/**
 * FlashAttention 3 with keys gathered page by page (hopper/tile_size.h; vLLM's fork takes 64 rows where these suffice). Wider heads go
 * to FlashAttention 4 in vLLM's fork (its cute/interface.py: 64 x 64, one warpgroup), latent ones to FlashMLA, of the same tile.
 */
function warpgroupTile(shape: AttentionShape): KernelTile {
  const [rows, keys] = warpgroupTileSize(shape)
  return {
    rows,
    keys,
    threads: 128 + 2 * rows,
    packing: 'always',
    splitRule: 'even-share',
    isPipelined: true,
    alternatesTiles: false,
    emulatedRatio: 0,
    scheduling: shape.headDim <= mostHeadDim || shape.isLatent ? 'persistent' : 'search',
  }
}

function warpgroupTileSize({headDim, window, ...shape}: AttentionShape): readonly [rows: number, keys: number] {
  // A window that no key lies outside of is dropped before the tile is chosen (flash_api.cpp).
  const isLocal = window > 0 && window < shape.kvTokens
  const isOneWarpgroup = (shape.queryTokens * shape.heads) / shape.kvHeads <= 64 && !isLocal
  if (headDim <= 96) return [headDim <= 64 && isOneWarpgroup ? 64 : 192, 128]
  if (headDim <= 128) return [isOneWarpgroup ? 64 : 128, 128]
  if (headDim <= 192) return [128, 96]
  return headDim <= mostHeadDim ? [128, isLocal ? 64 : 80] : [64, 64]
}
