import {type AttentionMachine, attentionMachine} from './attention-machine.js'
import {type AttentionShape, attentionShape} from './attention-shape.js'
import {type AttentionPlan, attentionPlan} from './attention-tiles.js'
import {exponentialCycles, overlapped, productCycles, residentCount} from './attention-walk-time.js'
import type {KernelModel} from './kernel-model.js'

/** Threads that an SM runs at once, and most threads of a cache-writing block (vLLM, reshape_and_cache_flash). */
const threadsPerSm = 2048
const mostWriteThreads = 512

/** Places in the column of parameters. */
const at = {
  launch: 0,
  matrixEfficiency: 1,
  exponentialShare: 2,
  dramEfficiency: 3,
  layoutKernel: 4,
  cta: 5,
  writeCta: 6,
  overlap: 7,
} as const

/** Time of fused attention over many queries: causal tiles over the SMs, beside the traffic of memory, after the cache write. */
export const attentionPrefillTime: KernelModel<keyof typeof at> = {
  parameters: {
    launch: {unit: 'us', least: 1, most: 20, start: 7, meaning: 'launch, ramp and drain of the kernels of one call'},
    matrixEfficiency: {unit: 'ratio', least: 0.2, most: 1, start: 0.6, meaning: 'share of the matrix peak within a block of keys'},
    exponentialShare: {
      unit: 'ratio',
      least: 0,
      most: 1,
      start: 0.8,
      meaning: 'share of the exponentials that no product hides in a lone block',
    },
    dramEfficiency: {unit: 'ratio', least: 0.2, most: 1, start: 0.9, meaning: 'share of the memory peak'},
    layoutKernel: {unit: 'us', least: 0, most: 10, start: 2, meaning: 'one kernel that lays queries or outputs out anew'},
    cta: {unit: 'us', least: 0, most: 10, start: 2, meaning: 'prologue and epilogue of a thread block'},
    writeCta: {unit: 'us', least: 0, most: 10, start: 3, meaning: 'life of a block that writes one token to the cache'},
    overlap: {unit: '1', least: 1, most: 6, start: 1.5, meaning: 'exponent of the overlap of computing and memory'},
  },
  compile: ({machine, node, parameters, boundIndex}) => {
    const shape = attentionShape(node)
    const plans = {warp: attentionPlan('warp', shape), warpgroup: attentionPlan('warpgroup', shape)}
    const on = attentionMachine(machine, node)
    const bounds = {matrix: boundIndex(on.matrixName), dram: boundIndex(on.dramName), overhead: boundIndex('overhead')}
    return (coreHertz, seconds, boundBy, rowCount) => {
      for (let row = 0; row < rowCount; row++) {
        const plan = plans[on.kernel(row)]
        const bytesPerSecond = on.dramBytesPerSecond(row) * parameters[at.dramEfficiency]!
        const busy = walkSeconds(plan, shape, on, row, coreHertz[row]!, parameters)
        const traffic = (shape.queryBytes + shape.keyBytes) / bytesPerSecond
        const core = overlapped(busy, traffic, parameters[at.overlap]!)
        const overhead =
          1e-6 * (parameters[at.launch]! + plan.layoutKernelCount * parameters[at.layoutKernel]!) +
          (plan.layoutPassCount * shape.queryBytes) / bytesPerSecond +
          cacheWriteSeconds(shape, on.smCount(row), bytesPerSecond, parameters[at.writeCta]!)
        seconds[row] = core + overhead
        boundBy[row] = overhead > core ? bounds.overhead : busy > traffic ? bounds.matrix : bounds.dram
      }
    }
  },
}

/** All walks shared evenly by the SMs, or the longest walk alone, whichever lasts longer, with a smooth passage. */
function walkSeconds(
  plan: AttentionPlan,
  shape: AttentionShape,
  on: AttentionMachine,
  row: number,
  coreHertz: number,
  parameters: Float64Array,
): number {
  const residents = residentCount(plan, shape, on, row)
  const slots = residents * on.smCount(row)
  const products = productCycles(plan, shape, on, row) / parameters[at.matrixEfficiency]!
  const lone = products + parameters[at.exponentialShare]! * exponentialCycles(plan, on, row)
  const shared = Math.max(residents * products, lone)
  const ctaSeconds = 1e-6 * parameters[at.cta]!
  const load = ((plan.walkCount * shared) / coreHertz + plan.ctaCount * ctaSeconds) / slots
  // Between one thread block and all residents on each SM, the longest walk shares its SM more and more often.
  const crowded = Math.min(1, Math.max(0, plan.ctaCount / on.smCount(row) - 1))
  const chain = (plan.longestWalk * (lone + crowded * (shared - lone))) / coreHertz + ctaSeconds
  return overlapped(load, chain, 2.5)
}

/** New keys and values go to the cache one token a block, as many at once as threads allow, or as fast as memory moves them. */
function cacheWriteSeconds(shape: AttentionShape, smCount: number, bytesPerSecond: number, writeCtaMicroseconds: number): number {
  if (shape.cacheWriteBytes === 0) return 0
  const threads = Math.min(mostWriteThreads, shape.kvHeads * shape.headDim)
  const waves = (shape.batch * shape.queryTokens * threads) / (threadsPerSm * smCount)
  return Math.max(1e-6 * waves * writeCtaMicroseconds, (2 * shape.cacheWriteBytes) / bytesPerSecond)
}
