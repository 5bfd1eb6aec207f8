import type {AttentionPlan} from './attention-plan.js'
import type {AttentionShape} from './attention-shape.js'

const mostSplits = 128

/** The serving framework's cap on splits where launches are recorded in a graph (vLLM, flash_attn_max_num_splits_for_cuda_graph). */
const mostGraphSplits = 32

/** Most sequences for which splits are decided on the device (flash_prepare_scheduler.cu: 32 warps of 31 sequences each). */
const mostPlannedSequences = 992

/** Whether the launch leaves room for splits that the device decides on, with a kernel that does so before and one that combines after. */
export function isPlannedOnDevice({tile}: AttentionPlan, batch: number): boolean {
  return tile.splitRule === 'even-share' && batch <= mostPlannedSequences
}

/** Splits of each walk over a single query, by the library's rule, for so many thread blocks that run at once. */
export function splitCount(plan: AttentionPlan, batch: number, slotCount: number): number {
  switch (plan.tile.splitRule) {
    case 'waves':
      return plan.isPacked ? waveSplitCount(plan.ctaCount, plan.sequenceBlockCount, slotCount) : 1
    case 'even-share':
      return isPlannedOnDevice(plan, batch) ? evenSplitCount(plan, slotCount) : 1
    case 'free-cores':
      return freeSplitCount(plan, slotCount)
    default:
      return 1
  }
}

/** Thread blocks launched for each walk: where nothing tells empty splits in time, all that the graph has room for. */
export function launchedSplitCount(plan: AttentionPlan, batch: number, splits: number): number {
  return plan.tile.scheduling === 'search' && isPlannedOnDevice(plan, batch) ? mostGraphSplits : splits
}

/**
 * Splits of each walk over many queries: FlashAttention 3 leaves room for as many as would fill the cores if there were one sequence
 * (hopper/flash_api.cpp, get_num_splits), none up to four blocks of keys, and shares them out on the device.
 */
export function prefillSplitCount(plan: AttentionPlan, batch: number, coreCount: number): number {
  if (plan.tile.splitRule === 'free-cores') return freeSplitCount(plan, coreCount)
  if (plan.tile.splitRule !== 'even-share' || plan.sequenceBlockCount <= 4 || batch > mostPlannedSequences) return 1
  const room = waveSplitCount(plan.rowTileCount, plan.sequenceBlockCount, coreCount)
  return Math.min(room, evenSplitCount(plan, coreCount))
}

/** Thread blocks of the kernel that combines splits, and threads of one. */
export interface CombineGrid {
  readonly ctaCount: number
  readonly threads: number
}

/** Rows of a combining block, by the library: FlashAttention 2's launch template, or FlashAttention 3's flash_fwd_combine_launch_template.h. */
export function combineGrid(plan: AttentionPlan, {batch, heads, queryTokens, valueHeadDim}: AttentionShape): CombineGrid {
  const rows = heads * queryTokens
  if (plan.tile.splitRule === 'waves') return {ctaCount: Math.ceil((batch * rows) / (valueHeadDim % 128 === 0 ? 4 : 8)), threads: 128}
  return {ctaCount: batch * Math.ceil(rows / 8) * Math.ceil(valueHeadDim / 128), threads: 256}
}

/**
 * None where thread blocks fill four fifths of the slots, else the fewest that come within 85 % of the best wave efficiency
 * (num_splits_heuristic of FlashAttention 2 and 3).
 */
function waveSplitCount(ctaCount: number, blockCount: number, slotCount: number): number {
  if (ctaCount >= 0.8 * slotCount) return 1
  const most = Math.min(mostSplits, Math.floor(slotCount), blockCount)
  let [best, walk] = [0, 0]
  for (let split = 1; split <= most; split++) {
    const shorter = Math.ceil(blockCount / split)
    const waves = (ctaCount * split) / slotCount
    // None where a smaller split gives the same walks.
    efficiencies[split] = shorter === walk ? 0 : waves / Math.ceil(waves)
    best = Math.max(best, efficiencies[split]!)
    walk = shorter
  }
  let split = 1
  while (split < most && efficiencies[split]! < 0.85 * best) split++
  return split
}

/** Share of the last wave that is filled, by split; scratch of the rule above. */
const efficiencies = new Float64Array(mostSplits + 1)

/** FlashAttention 3: a tenth more than an even share of all blocks per core (flash_prepare_scheduler.cu); blind to the window. */
function evenSplitCount({ctaCount, sequenceBlockCount}: AttentionPlan, coreCount: number): number {
  const blocksPerCore = Math.ceil((ctaCount * sequenceBlockCount * 1.1) / coreCount)
  return Math.max(1, Math.min(mostGraphSplits, Math.ceil(sequenceBlockCount / blocksPerCore)))
}

/** FlashAttention 4: as many as cores are free, none up to four blocks of keys (flash_attn/cute/interface.py, num_splits_heuristic). */
function freeSplitCount({ctaCount, sequenceBlockCount}: AttentionPlan, coreCount: number): number {
  if (sequenceBlockCount <= 4) return 1
  return Math.max(1, Math.min(mostSplits, sequenceBlockCount, Math.floor(coreCount / ctaCount)))
}
