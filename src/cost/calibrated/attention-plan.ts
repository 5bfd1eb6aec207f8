import {type AttentionKernel, type KernelTile, kernelTile} from './attention-kernels.js'
import type {AttentionMachine} from './attention-machine.js'
import type {AttentionShape} from './attention-shape.js'

/** How a kernel cuts one launch into thread blocks; nothing here depends on the machine's size. */
export interface AttentionPlan {
  readonly kernel: AttentionKernel
  /** The library's tile, and what of it fits into the scratchpad. */
  readonly fullTile: KernelTile
  readonly tile: KernelTile
  /** Thread blocks before any split over the keys. */
  readonly ctaCount: number
  /** Blocks of keys that all thread blocks walk together, and the longest walk of one. */
  readonly walkCount: number
  readonly longestWalk: number
  /** Blocks of keys of a whole sequence, which splits are chosen by. */
  readonly sequenceBlockCount: number
  /** Row tiles of all heads of one sequence. */
  readonly rowTileCount: number
  /** Query heads of a key head share the rows of one tile. */
  readonly isPacked: boolean
  /** Scratchpad that a thread block holds: a tile of queries, and blocks of keys and of values. */
  readonly queryTileBytes: number
  readonly keyBlockBytes: number
  /** What a thread block brings in before its walk and takes out after it. */
  readonly exchangedBytes: number
  /** Kernels that lay queries and outputs out anew around a packed single query, and how often they move both. */
  readonly layoutKernelCount: number
  readonly layoutPassCount: number
}

/** Fewest keys in a block: the depth of one matrix instruction. */
const fewestKeys = 16

/** Finds the launch for the machine of a row; each is made once, so that later rows allocate nothing. */
export function planLookup(shape: AttentionShape, on: AttentionMachine): (row: number) => AttentionPlan {
  const plans: AttentionPlan[] = []
  return (row) => {
    const kernel = on.kernel(row)
    const scratchpadBytes = on.scratchpadBytes(row)
    for (let i = 0; i < plans.length; i++) {
      const plan = plans[i]!
      if (plan.kernel === kernel && plan.tile.keys === fittingKeys(plan.fullTile, shape, scratchpadBytes)) return plan
    }
    const plan = attentionPlan(kernel, shape, scratchpadBytes)
    plans.push(plan)
    return plan
  }
}

/** The launch of a kernel, its blocks of keys halved until a thread block fits into the scratchpad of a core. */
export function attentionPlan(kernel: AttentionKernel, shape: AttentionShape, scratchpadBytes = Number.POSITIVE_INFINITY): AttentionPlan {
  const {batch, heads, kvHeads, queryTokens, kvTokens, headDim, valueHeadDim, elementBytes, keyTokenBytes} = shape
  const fullTile = kernelTile(kernel, shape)
  const tile = {...fullTile, keys: fittingKeys(fullTile, shape, scratchpadBytes)}
  const isSwapped = tile.packing === 'single-query' && queryTokens === 1 && heads > kvHeads && shape.window === 0
  const isPacked = isSwapped || tile.packing === 'always'
  const packedHeads = isPacked ? heads / kvHeads : 1
  const streams = batch * (isPacked ? kvHeads : heads)
  const {walkCount, longestWalk} = walks(shape, packedHeads, tile)
  const isTransposed = isSwapped && batch > 1 && kvHeads > 1
  return {
    kernel,
    fullTile,
    tile,
    ctaCount: streams * Math.ceil((queryTokens * packedHeads) / tile.rows),
    walkCount: streams * walkCount,
    longestWalk,
    sequenceBlockCount: Math.ceil(kvTokens / tile.keys),
    rowTileCount: Math.ceil((queryTokens * packedHeads) / tile.rows) * (streams / batch),
    isPacked,
    queryTileBytes: elementBytes * tile.rows * headDim,
    keyBlockBytes: tile.keys * keyTokenBytes,
    exchangedBytes: elementBytes * tile.rows * (headDim + valueHeadDim),
    // The output is copied back; where batch and heads change places, queries and outputs are transposed as well.
    layoutKernelCount: isTransposed ? 4 : isSwapped ? 1 : 0,
    layoutPassCount: isTransposed ? 3 : isSwapped ? 1 : 0,
  }
}

function fittingKeys(tile: KernelTile, {headDim, elementBytes, keyTokenBytes}: AttentionShape, scratchpadBytes: number): number {
  let {keys} = tile
  while (keys > fewestKeys && elementBytes * tile.rows * headDim + keys * keyTokenBytes > scratchpadBytes) keys = Math.ceil(keys / 2)
  return keys
}

/** Blocks of keys that the row tiles of one stream walk: from the window's first key to the causal diagonal, whole blocks. */
function walks(
  {queryTokens, kvTokens, window, causal}: AttentionShape,
  packedHeads: number,
  {rows, keys}: KernelTile,
): {walkCount: number; longestWalk: number} {
  const tileCount = Math.ceil((queryTokens * packedHeads) / rows)
  const prefix = kvTokens - queryTokens
  let [walkCount, longestWalk] = [0, 0]
  for (let tile = 0; tile < tileCount; tile++) {
    const first = Math.floor((tile * rows) / packedHeads)
    const last = Math.min(queryTokens - 1, Math.floor(((tile + 1) * rows - 1) / packedHeads))
    const end = Math.ceil((causal ? Math.max(1, Math.min(kvTokens, prefix + last + 1)) : kvTokens) / keys)
    const begin = window > 0 ? Math.floor(Math.max(0, prefix + first + 1 - window) / keys) : 0
    walkCount += end - begin
    longestWalk = Math.max(longestWalk, end - begin)
  }
  return {walkCount, longestWalk}
}
