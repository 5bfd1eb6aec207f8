import {findUnit, productKinds} from '../../src/accelerator/find-unit.js'
import {type AttentionMachine, attentionMachine} from '../../src/cost/calibrated/attention-machine.js'
import {type AttentionPlan, planLookup} from '../../src/cost/calibrated/attention-plan.js'
import {prefillPlaces as at, attentionPrefillTime, fillPrefillTerms} from '../../src/cost/calibrated/attention-prefill-time.js'
import {type AttentionShape, attentionShape} from '../../src/cost/calibrated/attention-shape.js'
import type {AttentionTerms} from '../../src/cost/calibrated/attention-terms.js'
import {hidesLoads, overlapped, residentCount, searchSeconds} from '../../src/cost/calibrated/attention-walk-time.js'
import {compiledAttention, type FillTerms} from '../../src/cost/calibrated/compiled-attention.js'
import type {CompiledKernel, KernelContext, KernelModel} from '../../src/cost/calibrated/kernel-model.js'
import {rowHierarchies} from '../../src/cost/mapped/row-hierarchies.js'
import {analyseChain, type ChainAnalysis, type ChainWork, chainProblem, chainWork} from '../../src/mapping/chain-analysis.js'
import {type ChainRates, workCycles} from '../../src/mapping/chain-time.js'
import type {FusedNest} from '../../src/mapping/fused-nest.js'
import type {ChainProblem} from '../../src/mapping/member-traffic.js'
import {flashAttention} from '../../src/search/strategies/flash-attention.js'
import {attentionChain} from '../../src/workload/attention-chain.js'

/**
 * Time of fused attention from its mapping: blocks of the library's tile counted one by one, dealt to the cores and walked there, beside the
 * bytes that the mapping moves through main memory. Rates that kernels sustain, and what surrounds the walks, are the parameters of
 * calibrated prefill; at their ideal values it is the time of the mapping alone.
 */
export const fusedAttentionTime: KernelModel<keyof typeof attentionPrefillTime.parameters> = {
  parameters: attentionPrefillTime.parameters,
  compile,
}

function compile(context: KernelContext): CompiledKernel {
  const {machine, node} = context
  const shape = attentionShape(node)
  const on = attentionMachine(machine, node)
  const mappingOf = mappings(context, shape, on)
  const fillTerms: FillTerms = (terms, plan, _, __, row, coreHertz, values) => {
    fillPrefillTerms(terms, plan, shape, on, row, coreHertz, values)
    const mapped = mappingOf(plan, row, terms.splitCount)
    const rates = sustainedRates(plan, shape, on, row, coreHertz, values)
    terms.walkSeconds = workCycles(mapped.problem, mapped.nest, mapped.work.members, mapped.work.shared, rates) / coreHertz
    fillMappedTraffic(terms, mapped, on, row, values)
  }
  return compiledAttention(context, {shape, on, planOf: planLookup(shape, on), fillTerms, pipelinedBoundName: on.matrixName})
}

/** A row's mapping, and what it does at any rates. */
export interface MappedAttention {
  readonly problem: ChainProblem
  readonly nest: FusedNest
  readonly work: ChainWork
  readonly analysis: ChainAnalysis
  /** Through main memory, both ways. */
  readonly memoryBytes: number
}

function mappings(
  {machine, node}: KernelContext,
  shape: AttentionShape,
  on: AttentionMachine,
): (plan: AttentionPlan, row: number, splitCount: number) => MappedAttention {
  const unitIndex = findUnit(machine, productKinds, node.dtype, `operator ${node.name}`, 'this accelerator')
  const hierarchies = rowHierarchies('', machine, unitIndex, node.dtype)
  const known = new Map<number, {plan: AttentionPlan; splitCount: number; mapped: MappedAttention}>()
  return (plan, row, splitCount) => {
    const last = known.get(row)
    if (last !== undefined && last.plan === plan && last.splitCount === splitCount) return last.mapped
    const chain = attentionChain({...shape, dtype: node.dtype}, {packsHeads: plan.isPacked})
    const problem = chainProblem(chain, hierarchies.at(row)[0]!)
    const nest = flashAttention(problem, {
      rows: plan.tile.rows,
      keys: plan.tile.keys,
      bufferCount: hidesLoads(plan, on, row) ? 2 : 1,
      residentCount: residentCount(plan, on, row),
      splitCount,
      worksWhole: true,
      isPlain: true,
    })!
    const work = chainWork(problem, nest)
    const analysis = analyseChain(problem, nest, undefined, work)
    const mapped = {problem, nest, work, analysis, memoryBytes: memoryBytes(problem, analysis)}
    known.set(row, {plan, splitCount, mapped})
    return mapped
  }
}

function memoryBytes({tensors}: ChainProblem, {levels}: ChainAnalysis): number {
  return levels[0]!.tensors.reduce((sum, {reads, updates}, index) => sum + ((reads + updates) * tensors[index]!.tensor.elementBits) / 8, 0)
}

/** What the mapping moves through memory beside the walks, in place of each tensor once. */
function fillMappedTraffic(
  terms: AttentionTerms,
  {memoryBytes}: MappedAttention,
  on: AttentionMachine,
  row: number,
  values: Float64Array,
): void {
  terms.trafficSeconds = memoryBytes / (on.dramBytesPerSecond(row) * values[at.dram]!)
  terms.coreSeconds = overlapped(terms.walkSeconds, terms.trafficSeconds, values[at.overlap]!)
}

function sustainedRates(
  plan: AttentionPlan,
  shape: AttentionShape,
  on: AttentionMachine,
  row: number,
  coreHertz: number,
  values: Float64Array,
): ChainRates {
  const cores = on.coreCount(row)
  return {
    vectorPerCycle: cores * on.vectorPerCycle(row),
    specialPerCycle: (cores * on.exponentialsPerCycle(row)) / (1 - plan.tile.emulatedRatio),
    productRatio: values[at.matrix]!,
    exposedRatio: plan.tile.alternatesTiles ? 0 : values[at.exponential]!,
    groupCycles: (1e-6 * values[at.cta]! + searchSeconds(plan, shape, on, row)) * coreHertz,
    bandwidthRatio: values[at.dram]!,
  }
}
