import {type AttentionMachine, attentionMachine} from './attention-machine.js'
import {type AttentionPlan, planLookup} from './attention-plan.js'
import {type AttentionShape, attentionShape} from './attention-shape.js'
import {isPlannedOnDevice, launchedSplitCount, prefillSplitCount} from './attention-splits.js'
import {type AttentionTerms, fillTraffic, partialSeconds} from './attention-terms.js'
import {
  exponentialCycles,
  fetchedBytesPerCycle,
  hidesLoads,
  overlapped,
  productCycles,
  residentCount,
  searchSeconds,
  threadsPerCore,
} from './attention-walk-time.js'
import {compiledAttention} from './compiled-attention.js'
import type {CompiledKernel, KernelContext, KernelModel, KernelParameter} from './kernel-model.js'

const parameters = {
  launch: {
    unit: 'us',
    least: 0.5,
    most: 20,
    start: 5.5,
    ideal: 0,
    scope: 'device',
    meaning: 'launch, ramp and drain of the attention kernel',
    source: 'intercept over the least work',
  },
  kernel: {
    unit: 'us',
    least: 0,
    most: 10,
    start: 1.5,
    ideal: 0,
    scope: 'generation',
    meaning: 'each kernel beside it: cache write, layout, plan of the splits, their combination',
    source: 'FlashAttention 2 flash_api.cpp (swapped layouts), FlashAttention 3 flash_prepare_scheduler.cu, vLLM reshape_and_cache_flash',
  },
  matrix: {
    unit: 'ratio',
    least: 0.2,
    most: 1,
    start: 0.7,
    ideal: 1,
    scope: 'generation',
    meaning: 'share of the matrix peak within a block of keys',
    source: 'padded tiles of the library',
  },
  exponential: {
    unit: 'ratio',
    least: 0,
    most: 1,
    start: 0.7,
    ideal: 0,
    scope: 'generation',
    meaning: 'share of the exponentials that no product hides in a lone thread block',
    source: 'Shah et al., FlashAttention-3, 2024, section 3.1: exponentials against products',
  },
  dram: {
    unit: 'ratio',
    least: 0.2,
    most: 1,
    start: 0.75,
    ideal: 1,
    scope: 'device',
    meaning: 'share of the memory’s peak bandwidth',
    source: 'streams of microbenchmarks reach 80 to 95 %',
  },
  cta: {
    unit: 'us',
    least: 0,
    most: 10,
    start: 2.8,
    ideal: 0,
    scope: 'generation',
    meaning: 'prologue and epilogue of a thread block',
    source: 'rounds of thread blocks at a few keys',
  },
  writeCta: {
    unit: 'us',
    least: 0,
    most: 10,
    start: 3.4,
    ideal: 0,
    scope: 'generation',
    meaning: 'life of a thread block that writes one token to the cache',
    source: 'vLLM, reshape_and_cache_flash: a block for each token',
  },
  overlap: {
    unit: '1',
    least: 1,
    most: 8,
    start: 2.4,
    ideal: Number.POSITIVE_INFINITY,
    scope: 'generation',
    meaning: 'exponent of the overlaps: an even share with the longest walk, and walks with memory',
    source: 'p-norm between sum and maximum',
  },
} as const satisfies Record<string, KernelParameter>

/** Places in the column of parameters. */
export const prefillPlaces = Object.fromEntries(Object.keys(parameters).map((name, place) => [name, place])) as Record<
  keyof typeof parameters,
  number
>
const at = prefillPlaces

/**
 * Time of fused attention over many queries, cached prefix and chunks included: causal tiles over the cores, beside the traffic of
 * memory, after the cache write where the operator includes it. What a replayed call takes at least is counted kernel by kernel, as in
 * `attentionDecodeTime`.
 */
export const attentionPrefillTime: KernelModel<keyof typeof parameters> = {parameters, compile}

function compile(context: KernelContext): CompiledKernel {
  const {machine, node} = context
  const shape = attentionShape(node)
  const on = attentionMachine(machine, node)
  return compiledAttention(context, {
    shape,
    on,
    planOf: planLookup(shape, on),
    fillTerms: fillPrefillTerms,
    pipelinedBoundName: on.matrixName,
  })
}

/** The walks of a row's plan beside the traffic of memory, and all that surrounds them. */
export function fillPrefillTerms(
  terms: AttentionTerms,
  plan: AttentionPlan,
  shape: AttentionShape,
  on: AttentionMachine,
  row: number,
  coreHertz: number,
  values: Float64Array,
): void {
  const cores = on.coreCount(row)
  const isPlanned = isPlannedOnDevice(plan, shape.batch)
  const splits = prefillSplitCount(plan, shape.batch, cores)
  const launched = shape.queryTokens === 1 ? launchedSplitCount(plan, shape.batch, splits) : splits
  const dramBytesPerSecond = on.dramBytesPerSecond(row) * values[at.dram]!
  const kernelSeconds = 1e-6 * values[at.kernel]!
  terms.residentCount = residentCount(plan, on, row)
  terms.splitCount = splits
  terms.ctaCount = plan.ctaCount * launched
  terms.waveCount = Math.ceil(terms.ctaCount / (terms.residentCount * cores))
  terms.walkSeconds = walkSeconds(terms, plan, shape, on, row, coreHertz, values, productCycles(plan, shape, on, row))
  fillTraffic(terms, plan, shape, dramBytesPerSecond, values[at.overlap]!)
  terms.launchSeconds = 1e-6 * values[at.launch]!
  terms.otherKernelSeconds = kernelSeconds * (plan.layoutKernelCount + (isPlanned ? 1 : 0) + (shape.cacheWriteBytes > 0 ? 1 : 0))
  terms.combineSeconds = launched > 1 ? kernelSeconds + partialSeconds(shape, launched, on, row, coreHertz, dramBytesPerSecond) : 0
  terms.cacheWriteSeconds = cacheWriteSeconds(shape, cores, dramBytesPerSecond, 1e-6 * values[at.writeCta]!)
}

/**
 * All walks shared evenly by the cores, or the longest walk alone, whichever lasts longer, with a smooth passage. Also that of the
 * backward pass, whose blocks take more products.
 */
export function walkSeconds(
  {residentCount: residents, ctaCount, splitCount}: AttentionTerms,
  plan: AttentionPlan,
  shape: AttentionShape,
  on: AttentionMachine,
  row: number,
  coreHertz: number,
  values: Float64Array,
  blockProductCycles: number,
): number {
  const cores = on.coreCount(row)
  const products = blockProductCycles / values[at.matrix]!
  const exponentials = values[at.exponential]! * exponentialCycles(plan, on, row)
  const computed = plan.tile.alternatesTiles ? Math.max(products, exponentials) : products + exponentials
  const lone = computed + exposedLoadCycles(plan, on, row, Math.min(cores, ctaCount))
  const shared = Math.max(residents * products, lone)
  const stagingCycles = residents > 1 ? 0 : exposedStagingCycles(plan, on, row, Math.min(cores, ctaCount))
  const ctaSeconds = 1e-6 * values[at.cta]! + stagingCycles / coreHertz + searchSeconds(plan, shape, on, row)
  const load = ((plan.walkCount * shared) / coreHertz + ctaCount * ctaSeconds) / (residents * cores)
  // Between one thread block and all residents on each core, the longest walk shares its core more and more often.
  const crowded = Math.min(1, Math.max(0, ctaCount / cores - 1))
  const chain = (Math.ceil(plan.longestWalk / splitCount) * (lone + crowded * (shared - lone))) / coreHertz + ctaSeconds
  return overlapped(load, chain, plan.tile.scheduling === 'persistent' ? Number.POSITIVE_INFINITY : values[at.overlap]!)
}

/** Queries on their way into a thread block and outputs out of it, while no other on its core works. */
function exposedStagingCycles({exchangedBytes}: AttentionPlan, on: AttentionMachine, row: number, askingCount: number): number {
  return exchangedBytes / fetchedBytesPerCycle(on, row, askingCount, Number.POSITIVE_INFINITY)
}

/** Keys on their way into a core while it waits, where the scratchpad has no room for a second block of them. */
function exposedLoadCycles(plan: AttentionPlan, on: AttentionMachine, row: number, askingCount: number): number {
  if (hidesLoads(plan, on, row)) return 0
  return plan.keyBlockBytes / fetchedBytesPerCycle(on, row, askingCount, Number.POSITIVE_INFINITY)
}

/** Most threads of a block that writes one token to the cache (vLLM, reshape_and_cache_flash). */
const mostWriteThreads = 512

/** New keys and values go to the cache one token a block, as many at once as threads allow, or as fast as memory moves them. */
function cacheWriteSeconds(
  {batch, queryTokens, kvHeads, headDim, cacheWriteBytes}: AttentionShape,
  coreCount: number,
  bytesPerSecond: number,
  writeCtaSeconds: number,
): number {
  if (cacheWriteBytes === 0) return 0
  const threads = Math.min(mostWriteThreads, kvHeads * headDim)
  const waves = (batch * queryTokens * threads) / (threadsPerCore * coreCount)
  return Math.max(waves * writeCtaSeconds, (2 * cacheWriteBytes) / bytesPerSecond)
}
