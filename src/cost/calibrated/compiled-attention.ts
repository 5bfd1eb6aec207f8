import {attentionFacts} from './attention-facts.js'
import type {AttentionMachine} from './attention-machine.js'
import type {AttentionPlan} from './attention-plan.js'
import type {AttentionShape} from './attention-shape.js'
import {type AttentionTerms, attentionTerms, boundOf, overheadSeconds} from './attention-terms.js'
import type {CompiledKernel, KernelContext} from './kernel-model.js'

/** Fills the terms of one row at a clock under these parameters; allocates nothing. */
export type FillTerms = (
  terms: AttentionTerms,
  plan: AttentionPlan,
  shape: AttentionShape,
  on: AttentionMachine,
  row: number,
  coreHertz: number,
  values: Float64Array,
) => void

/** What tells one fused kernel from another. */
export interface AttentionParts {
  readonly shape: AttentionShape
  readonly on: AttentionMachine
  readonly planOf: (row: number) => AttentionPlan
  readonly fillTerms: FillTerms
  /** What bounds a walk whose loads overlap its products. */
  readonly pipelinedBoundName: string
}

/** A fused kernel of attention: the terms of each row's plan, their sum, and what takes most of it. */
export function compiledAttention({parameters: values, boundIndex}: KernelContext, parts: AttentionParts): CompiledKernel {
  const {shape, on, planOf, fillTerms, pipelinedBoundName} = parts
  const terms = attentionTerms()
  const [walkIndex, pipelinedIndex] = [boundIndex(on.matrixName), boundIndex(pipelinedBoundName)]
  const bounds = {walkIndex, dramIndex: boundIndex(on.dramName), overheadIndex: boundIndex('overhead')}
  return {
    time: (coreHertz, seconds, boundBy, rowCount) => {
      for (let row = 0; row < rowCount; row++) {
        const plan = planOf(row)
        fillTerms(terms, plan, shape, on, row, coreHertz[row]!, values)
        bounds.walkIndex = plan.tile.isPipelined ? pipelinedIndex : walkIndex
        seconds[row] = terms.coreSeconds + overheadSeconds(terms)
        boundBy[row] = boundOf(terms, bounds)
      }
    },
    hostSeconds: () => 0,
    facts: (coreHertz, row) => {
      const plan = planOf(row)
      fillTerms(terms, plan, shape, on, row, coreHertz, values)
      return attentionFacts(terms, plan, shape, on, row, coreHertz)
    },
  }
}
