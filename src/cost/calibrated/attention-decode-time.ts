import {type AttentionMachine, attentionMachine} from './attention-machine.js'
import {type AttentionPlan, planLookup} from './attention-plan.js'
import {type AttentionShape, attentionShape} from './attention-shape.js'
import {combineGrid, isPlannedOnDevice, launchedSplitCount, splitCount} from './attention-splits.js'
import {type AttentionTerms, fillTraffic, partialSeconds} from './attention-terms.js'
import {
  exponentialCycles,
  fetchedBytesPerCycle,
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
    start: 4.5,
    ideal: 0,
    scope: 'device',
    meaning: 'launch, ramp and drain of the attention kernel',
    source: 'intercept over the least work',
  },
  kernel: {
    unit: 'us',
    least: 0,
    most: 10,
    start: 1.6,
    ideal: 0,
    scope: 'generation',
    meaning: 'each kernel beside it: cache write, layout, plan of the splits, a round of their combination',
    source: 'FlashAttention 2 flash_api.cpp (swapped layouts), FlashAttention 3 flash_prepare_scheduler.cu, vLLM reshape_and_cache_flash',
  },
  walk: {
    unit: 'ratio',
    least: 0.02,
    most: 1,
    start: 0.3,
    ideal: 1,
    scope: 'generation',
    meaning: 'share of the peak that limits a walk: of matrix products, or of keys into a core where loads are pipelined',
    source: 'padded tiles of the library; pages gathered by cp.async',
  },
  dram: {
    unit: 'ratio',
    least: 0.2,
    most: 1,
    start: 0.9,
    ideal: 1,
    scope: 'device',
    meaning: 'share of the memory’s peak bandwidth',
    source: 'streams of microbenchmarks reach 80 to 95 %',
  },
  cta: {
    unit: 'us',
    least: 0,
    most: 10,
    start: 1.5,
    ideal: 0,
    scope: 'generation',
    meaning: 'prologue and epilogue of a thread block, besides staging its queries and outputs',
    source: 'rounds of thread blocks at a few keys',
  },
  mask: {
    unit: 'op',
    least: 0,
    most: 200,
    start: 52,
    ideal: 0,
    scope: 'generation',
    meaning: 'element operations a score where a window masks a tile of packed heads',
    source: 'FlashAttention 3 mask.h: rows are divided by the packed heads',
  },
  sequence: {
    unit: 'ns',
    least: 0,
    most: 100,
    start: 5,
    ideal: 0,
    scope: 'generation',
    meaning: 'one sequence in a kernel that passes all of them: cache write, and the scheduler of splits decided on the device',
    source: 'FlashAttention 3 tile_scheduler.hpp, VarlenDynamicPersistentTileScheduler',
  },
  overlap: {
    unit: '1',
    least: 1,
    most: 8,
    start: 2.8,
    ideal: Number.POSITIVE_INFINITY,
    scope: 'generation',
    meaning: 'exponent of the overlap of walks and memory',
    source: 'p-norm between sum and maximum',
  },
} as const satisfies Record<string, KernelParameter>

const at = Object.fromEntries(Object.keys(parameters).map((name, place) => [name, place])) as Record<keyof typeof parameters, number>

/**
 * Time of fused attention over one query a sequence: walks split over the keys, beside memory, then the combination of the splits.
 * A call is the attention kernel and those around it: the cache write where the operator includes it, layouts, the plan of splits and
 * their combination. So the 7 to 10 us that a replayed call takes at least are counted kernel by kernel, and what a pass does not
 * launch, or lists as an operator of its own, costs nothing here. Keys are taken as cold, since a walk's rate is below the cache's
 * anyway: what a replay finds in the cache did not lower the error. No row was timed by a host alone; such a run counts as in a graph.
 */
export const attentionDecodeTime: KernelModel<keyof typeof parameters> = {parameters, compile}

function compile(context: KernelContext): CompiledKernel {
  const {machine, node} = context
  const shape = attentionShape(node)
  const on = attentionMachine(machine, node)
  return compiledAttention(context, {shape, on, planOf: planLookup(shape, on), fillTerms, pipelinedBoundName: on.stagingName})
}

function fillTerms(
  terms: AttentionTerms,
  plan: AttentionPlan,
  shape: AttentionShape,
  on: AttentionMachine,
  row: number,
  coreHertz: number,
  values: Float64Array,
): void {
  const residents = residentCount(plan, on, row)
  const slots = residents * on.coreCount(row)
  const isPlanned = isPlannedOnDevice(plan, shape.batch)
  const splits = splitCount(plan, shape.batch, slots)
  const launched = launchedSplitCount(plan, shape.batch, splits)
  const walk = Math.ceil(plan.longestWalk / splits)
  const busyCtas = plan.ctaCount * Math.ceil(plan.longestWalk / walk)
  const stagedPerCycle = values[at.walk]! * on.stagedBytesPerCycle(row)
  const dramBytesPerSecond = on.dramBytesPerSecond(row) * values[at.dram]!
  const kernelSeconds = 1e-6 * values[at.kernel]!
  terms.residentCount = residents
  terms.splitCount = splits
  terms.ctaCount = plan.ctaCount * launched
  terms.waveCount = Math.max(1, Math.ceil(busyCtas / slots))
  terms.walkSeconds = (walk * terms.waveCount * blockCycles(plan, shape, on, row, busyCtas, residents, values[at.walk]!)) / coreHertz
  fillTraffic(terms, plan, shape, dramBytesPerSecond, values[at.overlap]!)
  terms.launchSeconds = 1e-6 * values[at.launch]!
  terms.otherKernelSeconds = kernelSeconds * (plan.layoutKernelCount + (isPlanned ? 1 : 0) + (shape.cacheWriteBytes > 0 ? 1 : 0))
  terms.prologueSeconds =
    Math.max(1, terms.ctaCount / slots) *
    (1e-6 * values[at.cta]! +
      queryStagingBytes(plan, shape, launched > 1) / (stagedPerCycle * coreHertz) +
      searchSeconds(plan, shape, on, row))
  terms.maskSeconds = (terms.waveCount * maskCycles(plan, shape, on, row, values[at.mask]!)) / coreHertz
  terms.combineSeconds = combineSeconds(plan, shape, on, row, values, launched, isPlanned)
  if (launched > 1) terms.combineSeconds += partialSeconds(shape, launched, on, row, coreHertz, dramBytesPerSecond)
  terms.sequenceSeconds = 1e-9 * values[at.sequence]! * shape.batch * (isPlanned && plan.tile.scheduling === 'persistent' ? 2 : 1)
}

/** Cycles of one block of keys in a walk: padded products, residents sharing the units, or the keys' way in where loads are pipelined. */
function blockCycles(
  plan: AttentionPlan,
  shape: AttentionShape,
  on: AttentionMachine,
  row: number,
  ctaCount: number,
  residents: number,
  share: number,
): number {
  const cores = on.coreCount(row)
  const products = productCycles(plan, shape, on, row)
  if (plan.tile.isPipelined) {
    const perCycle = fetchedBytesPerCycle(on, row, Math.min(ctaCount, cores), share * on.stagedBytesPerCycle(row))
    return Math.max(plan.keyBlockBytes / perCycle, products)
  }
  const lone = products / share + exponentialCycles(plan, on, row)
  return ctaCount > cores ? Math.max((residents * products) / share, lone) : lone
}

/** Rows that one warpgroup's instruction takes, of which a single query fills at most so many. */
const instructionRows = 64

/** Queries into a thread block's tile and its outputs out of it; those of a split are partial results in fp32. */
function queryStagingBytes(
  {tile}: AttentionPlan,
  {heads, kvHeads, headDim, valueHeadDim, elementBytes}: AttentionShape,
  isSplit: boolean,
): number {
  const rows = Math.min(tile.rows, instructionRows * Math.ceil(heads / kvHeads / instructionRows))
  return rows * (elementBytes * headDim + (isSplit ? 4 : elementBytes) * valueHeadDim)
}

/** The first and last block of a window are masked score by score. */
function maskCycles(
  {tile}: AttentionPlan,
  {window, kvTokens}: AttentionShape,
  on: AttentionMachine,
  row: number,
  operations: number,
): number {
  if (window === 0 || window >= kvTokens || tile.packing !== 'always') return 0
  return (operations * tile.rows * tile.keys) / on.vectorPerCycle(row)
}

/**
 * The kernel that combines splits, in rounds of its blocks. FlashAttention 2's blocks walk the splits one by one: they live as long as
 * others do at their start and end, fetch the weights from memory and put the result there, and go to the cache for each split. Where
 * splits are decided on the device the kernel is launched even if there are none.
 */
function combineSeconds(
  plan: AttentionPlan,
  shape: AttentionShape,
  on: AttentionMachine,
  row: number,
  values: Float64Array,
  splits: number,
  isPlanned: boolean,
): number {
  if (splits === 1 && !isPlanned) return 0
  const kernelSeconds = 1e-6 * values[at.kernel]!
  const {ctaCount, threads} = combineGrid(plan, shape)
  const waves = (ctaCount * threads) / (threadsPerCore * on.coreCount(row))
  if (splits === 1) return kernelSeconds * waves
  const isSerial = plan.tile.splitRule === 'waves'
  const walk = isSerial ? 1e-6 * values[at.cta]! + 2 * on.tripSeconds(row) + splits * on.cacheTripSeconds(row) : 0
  return kernelSeconds * Math.max(1, waves) + walk
}
