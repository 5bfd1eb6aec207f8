import type {OperatorNode} from '../../workload/operator.js'
import type {AttentionKernel, KernelTile} from './attention-kernels.js'
import {type AttentionMachine, attentionMachine} from './attention-machine.js'
import {type AttentionPlan, attentionPlan} from './attention-plan.js'
import {prefillPlaces as at, attentionPrefillTime, walkSeconds} from './attention-prefill-time.js'
import {type AttentionShape, attentionShape} from './attention-shape.js'
import {type AttentionTerms, fillTraffic} from './attention-terms.js'
import {compiledAttention} from './compiled-attention.js'
import type {CompiledKernel, KernelContext, KernelModel} from './kernel-model.js'

/**
 * Time of the backward pass of fused attention: a thread block holds a block of keys and walks the queries that see it, five products
 * for each tile (Dao, "FlashAttention-2", 2023, algorithm 2), gradients of queries summed in fp32 in the cache. Its parameters are those
 * of prefill, whose pipes and kernels are the same: a profile borrows them, since no row measures the backward pass.
 */
export const attentionBackwardTime: KernelModel<keyof typeof attentionPrefillTime.parameters> = {
  parameters: attentionPrefillTime.parameters,
  compile,
}

function compile(context: KernelContext): CompiledKernel {
  const {machine, node} = context
  const shape = backwardShape(node)
  const on = attentionMachine(machine, node)
  const plans = {quad: backwardPlan('quad', shape), warp: backwardPlan('warp', shape)}
  const wide = {warpgroup: backwardPlan('warpgroup', shape), tile: backwardPlan('tile', shape)}
  const all: Readonly<Record<AttentionKernel, AttentionPlan>> = {...plans, ...wide}
  return compiledAttention(context, {shape, on, planOf: (row) => all[on.kernel(row)], fillTerms, pipelinedBoundName: on.matrixName})
}

/** Kernels beside the walk: one before it (products of outputs with their gradients), one after (query gradients out of fp32). */
const surroundingKernelCount = 2

/** Where query heads share keys, one more for the gradients of keys and one for those of values sums them over the heads. */
const headSumKernelCount = 2

function fillTerms(
  terms: AttentionTerms,
  plan: AttentionPlan,
  shape: AttentionShape,
  on: AttentionMachine,
  row: number,
  coreHertz: number,
  values: Float64Array,
): void {
  const {heads, kvHeads, headDim} = shape
  const dramBytesPerSecond = on.dramBytesPerSecond(row) * values[at.dram]!
  terms.residentCount = 1
  terms.splitCount = 1
  terms.ctaCount = plan.ctaCount
  terms.waveCount = Math.ceil(plan.ctaCount / on.coreCount(row))
  terms.walkSeconds = walkSeconds(terms, plan, shape, on, row, coreHertz, values, backwardProductCycles(plan, shape, on, row))
  fillTraffic(terms, plan, shape, dramBytesPerSecond, values[at.overlap]!)
  const summedBytes = 4 * plan.walkCount * plan.tile.rows * headDim
  terms.combineSeconds = summedBytes / (on.cacheBytesPerCycle(row) * coreHertz)
  terms.launchSeconds = 1e-6 * values[at.launch]!
  terms.otherKernelSeconds = 1e-6 * values[at.kernel]! * (surroundingKernelCount + (heads > kvHeads ? headSumKernelCount : 0))
}

/** Scores again, gradients of values, of probabilities, of queries and of keys: three products as wide as keys, two as values. */
function backwardProductCycles({tile}: AttentionPlan, {headDim, valueHeadDim}: AttentionShape, on: AttentionMachine, row: number): number {
  return (2 * tile.rows * tile.keys * (3 * headDim + 2 * valueHeadDim)) / on.matrixPerCycle(row)
}

/** All tensors once, gradients of queries twice more in fp32. */
function backwardShape(node: OperatorNode): AttentionShape {
  const forward = attentionShape(node)
  const {batch, heads, queryTokens, headDim, valueHeadDim, elementBytes} = forward
  const bytes = [...node.demand.reads, ...node.demand.writes].reduce((sum, access) => sum + access.bytes, 0)
  const summedBytes = 2 * 4 * batch * heads * queryTokens * headDim
  const keyTokenBytes = elementBytes * (headDim + valueHeadDim)
  return {...forward, keyTokenBytes, isLatent: false, queryBytes: bytes + summedBytes, keyBytes: 0, cacheWriteBytes: 0}
}

/** Tiles of queries and of keys (flash_bwd_launch_template.h of FlashAttention 2 on sm80 and of 3 on sm90; the older take 64 x 64). */
function backwardTile(kernel: AttentionKernel, {headDim}: AttentionShape): readonly [rows: number, keys: number] {
  if (kernel === 'quad') return [64, 64]
  if (headDim <= 64) return [128, 128]
  if (headDim <= 128) return [64, 128]
  if (kernel === 'warp') return [64, 64]
  return headDim <= 192 ? [64, 96] : [64, 80]
}

/** The launch: a thread block for each block of keys of each head, which walks the tiles of queries that see it. */
export function backwardPlan(kernel: AttentionKernel, shape: AttentionShape): AttentionPlan {
  const {batch, heads, kvTokens, elementBytes, headDim, valueHeadDim} = shape
  const [rows, keys] = backwardTile(kernel, shape)
  const forward = attentionPlan(kernel, {...shape, queryTokens: 1, kvTokens: 1})
  const tile: KernelTile = {
    ...forward.tile,
    rows,
    keys,
    packing: 'none',
    splitRule: 'none',
    isPipelined: false,
    alternatesTiles: false,
    scheduling: 'grid',
  }
  const blockCount = Math.ceil(kvTokens / keys)
  let [walkCount, longestWalk] = [0, 0]
  for (let block = 0; block < blockCount; block++) {
    const walk = backwardWalk(shape, tile, block)
    walkCount += walk
    longestWalk = Math.max(longestWalk, walk)
  }
  const streams = batch * heads
  const counts = {ctaCount: streams * blockCount, walkCount: streams * walkCount, longestWalk, sequenceBlockCount: blockCount}
  // Keys and values come in, their gradients go out.
  const exchangedBytes = 2 * elementBytes * keys * (headDim + valueHeadDim)
  return {...forward, ...counts, exchangedBytes, tile, fullTile: tile, layoutKernelCount: 0, layoutPassCount: 0}
}

/** Tiles of queries that see a block of keys: from its first key down to where the window leaves its last. */
function backwardWalk({queryTokens, kvTokens, window, causal}: AttentionShape, {rows, keys}: KernelTile, block: number): number {
  const prefix = kvTokens - queryTokens
  const firstQuery = causal ? Math.max(0, block * keys - prefix) : 0
  const lastKey = Math.min(kvTokens, (block + 1) * keys) - 1
  const endQuery = window > 0 ? Math.min(queryTokens, Math.max(0, lastKey - prefix + window)) : queryTokens
  return Math.max(0, Math.ceil(endQuery / rows) - Math.floor(firstQuery / rows))
}
