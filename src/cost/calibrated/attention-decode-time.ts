import {type AttentionMachine, attentionMachine} from './attention-machine.js'
import {type AttentionShape, attentionShape} from './attention-shape.js'
import {type AttentionPlan, attentionPlan, warpgroupSplitCount, warpSplitCount} from './attention-tiles.js'
import {exponentialCycles, gatherCycles, overlapped, productCycles, residentCount} from './attention-walk-time.js'
import type {KernelModel} from './kernel-model.js'

/** Places in the column of parameters. */
const at = {launch: 0, walkEfficiency: 1, dramEfficiency: 2, extraKernel: 3, combine: 4, combineSplit: 5, cta: 6, sequence: 7} as const

/** Time of fused attention over one query a sequence: walks split over the keys, beside memory, then the combination of the splits. */
export const attentionDecodeTime: KernelModel<keyof typeof at> = {
  parameters: {
    launch: {unit: 'us', least: 1, most: 20, start: 8, meaning: 'launch, ramp and drain of the kernels of one call'},
    walkEfficiency: {
      unit: 'ratio',
      least: 0.05,
      most: 1,
      start: 0.4,
      meaning: 'share of the peak that limits a walk: matrix products, or staging of keys',
    },
    dramEfficiency: {unit: 'ratio', least: 0.2, most: 1, start: 0.85, meaning: 'share of the memory peak'},
    extraKernel: {unit: 'us', least: 0, most: 10, start: 2, meaning: 'one kernel that lays queries or outputs out anew; a masked window'},
    combine: {unit: 'us', least: 0, most: 20, start: 3, meaning: 'kernel that combines the splits'},
    combineSplit: {unit: 'us', least: 0, most: 2, start: 0.1, meaning: 'combination of one split more'},
    cta: {unit: 'us', least: 0, most: 10, start: 2, meaning: 'prologue and epilogue of a thread block at a head size of 128'},
    sequence: {unit: 'ns', least: 0, most: 100, start: 3, meaning: 'cache write and scheduling of one sequence'},
  },
  compile: ({machine, node, parameters, boundIndex}) => {
    const shape = attentionShape(node)
    const plans = {warp: attentionPlan('warp', shape), warpgroup: attentionPlan('warpgroup', shape)}
    const on = attentionMachine(machine, node)
    const bounds = {matrix: boundIndex(on.matrixName), dram: boundIndex(on.dramName), overhead: boundIndex('overhead')}
    return (coreHertz, seconds, boundBy, rowCount) => {
      for (let row = 0; row < rowCount; row++) {
        const isWarpgroup = on.kernel(row) === 'warpgroup'
        const plan = isWarpgroup ? plans.warpgroup : plans.warp
        const slots = residentCount(plan, shape, on, row) * on.smCount(row)
        const splits = isWarpgroup ? warpgroupSplitCount(plan, slots) : warpSplitCount(plan, slots)
        const walk = Math.ceil(plan.longestWalk / splits)
        const ctaCount = plan.ctaCount * Math.ceil(plan.longestWalk / walk)
        const bytesPerSecond = on.dramBytesPerSecond(row) * parameters[at.dramEfficiency]!
        const busy =
          (walk * roundCount(ctaCount, slots) * blockCycles(plan, shape, on, row, ctaCount, parameters[at.walkEfficiency]!)) /
          coreHertz[row]!
        const traffic = (shape.queryBytes + shape.keyBytes) / bytesPerSecond
        const core = overlapped(busy, traffic, 3)
        const isMasked = shape.window > 0 && shape.window < shape.kvTokens
        const overhead =
          1e-6 *
            (parameters[at.launch]! +
              (plan.layoutKernelCount + (isMasked ? 1 : 0)) * parameters[at.extraKernel]! +
              ctaMicroseconds(shape, parameters[at.cta]!) * prologueCount(shape, isWarpgroup, ctaCount / slots) +
              (splits > 1 ? parameters[at.combine]! + parameters[at.combineSplit]! * splits : 0)) +
          (plan.layoutPassCount * shape.queryBytes) / bytesPerSecond +
          1e-9 * parameters[at.sequence]! * scheduledSequences(shape, isWarpgroup)
        seconds[row] = core + overhead
        boundBy[row] = overhead > core ? bounds.overhead : busy > traffic ? bounds.matrix : bounds.dram
      }
    }
  },
}

/** A fifth of a thread block's fixed cost goes with the queries and outputs that it stages, at a head size of 128. */
function ctaMicroseconds({headDim}: AttentionShape, microseconds: number): number {
  return microseconds * (0.8 + (0.2 * headDim) / 128)
}

/** Time of one block of keys in a walk: padded products on the matrix units, or, where a tile is a warpgroup's, its keys' way in. */
function blockCycles(
  plan: AttentionPlan,
  shape: AttentionShape,
  on: AttentionMachine,
  row: number,
  ctaCount: number,
  efficiency: number,
): number {
  if (on.kernel(row) === 'warpgroup') return gatherCycles(plan, shape, on, row, Math.min(ctaCount, on.smCount(row)), efficiency)
  const products = productCycles(plan, shape, on, row) / efficiency
  const lone = products + exponentialCycles(plan, on, row)
  return ctaCount > on.smCount(row) ? Math.max(residentCount(plan, shape, on, row) * products, lone) : lone
}

/** Rounds of thread blocks over the slots: half way between whole waves and an even share, since their lengths vary. */
function roundCount(ctaCount: number, slotCount: number): number {
  return Math.max(1, (Math.ceil(ctaCount / slotCount) + ctaCount / slotCount) / 2)
}

/** Most sequences that the dynamic scheduler plans (flash_prepare_scheduler.cu: 32 warps of 31 sequences each). */
const mostPlannedSequences = 992

/** Head size beyond which the kernel for wide heads runs (vLLM, FlashAttention 4). */
const mostHeadDim = 256

/** Sequences written and scheduled: with a dynamic scheduler each thread block searches for its own among the others. */
function scheduledSequences({batch, kvHeads, headDim}: AttentionShape, isDynamic: boolean): number {
  if (!isDynamic || batch > mostPlannedSequences) return batch
  return batch * (1 + (headDim > mostHeadDim ? (kvHeads ** 2 * batch) / 4 : batch / 400))
}

/** Rounds in which prologues and epilogues follow each other; under the dynamic scheduler those of wide heads hardly overlap. */
function prologueCount({batch, kvHeads, headDim}: AttentionShape, isDynamic: boolean, evenShare: number): number {
  const serial = isDynamic && headDim > mostHeadDim && batch <= mostPlannedSequences ? 0.62 * batch * kvHeads : 0
  return Math.max(1, evenShare, serial)
}
