import {dtypeBytes} from '../foundation/dtype.js'
import type {ElementFunctionName} from './operators/elementwise.js'
import type {GemmOptions} from './operators/gemm.js'
import type {Step} from './operators/table.js'
import type {PassContext} from './transformer-context.js'

/** A product with a weight, tokens × k by k × n. */
export function linear(context: PassContext, name: string, n: number, k: number, options: Partial<GemmOptions> = {}): Step {
  const {pass, tokens, gradientDtype} = context
  return {
    kind: 'gemm',
    options: {
      name,
      m: tokens,
      n,
      k,
      dtype: pass.dtype,
      inputDtype: pass.activationDtype,
      weightDtype: pass.weightDtype,
      arithmeticDtype: pass.accumulateDtype,
      gradientDtype,
      ...options,
    },
  }
}

/** A function on tokens × width elements. */
export function pointwise(
  context: PassContext,
  name: string,
  functionName: ElementFunctionName,
  width: number,
  tokens = context.tokens,
): Step {
  return {kind: 'elementwise', options: {name, function: functionName, m: tokens, n: width, ...context.stored}}
}

/** A step that the code of the next one issues. */
export function nested(step: Step): Step {
  return {...step, options: {...step.options, nested: true}} as Step
}

/** Rows of a weight table, looked up and summed. */
export function lookUp(context: PassContext, name: string, tables: number): Step {
  const {spec, pass, tokens, stored, gradientDtype} = context
  return {kind: 'embedding', options: {name, tokens, hidden: spec.hidden, tables, weightDtype: pass.weightDtype, gradientDtype, ...stored}}
}

/** The norm before or after a block; fused, it takes the residual sum with it, and RMSNorm is one kernel. */
export function norm(
  context: PassContext,
  name: string,
  residual: 'kept' | 'consumed' | 'none',
  width = context.spec.hidden,
  rows = context.splitTokens,
): Step[] {
  const {spec, pass, stored, gradientDtype} = context
  const {function: functionName} = spec.norm
  if (!pass.fused && functionName === 'rmsnorm') return eagerRmsNorm(context, name, width, rows)
  const takesResidual = pass.fused && residual !== 'none'
  return [
    {
      kind: 'layernorm',
      options: {
        name,
        function: functionName,
        m: rows,
        n: width,
        residual: takesResidual,
        keepsSum: residual === 'kept',
        weightDtype: pass.weightDtype,
        gradientDtype,
        ...stored,
      },
    },
  ]
}

/** Eager RMSNorm: to fp32, square, mean over the row, scale by the root of it, back, times the weight that all rows share. */
function eagerRmsNorm(context: PassContext, name: string, width: number, rows: number): Step[] {
  const {accumulateDtype, activationDtype} = context.pass
  const wide = {m: rows, n: width, dtype: accumulateDtype, arithmeticDtype: accumulateDtype}
  const narrow = {m: rows, n: width, ...context.stored}
  return [
    {kind: 'elementwise', options: {...narrow, name: `${name}_upcast`, function: 'typecast', outputDtype: accumulateDtype}},
    {kind: 'elementwise', options: {...wide, name: `${name}_square`, function: 'square'}},
    {kind: 'elementwise', options: {...wide, name: `${name}_mean`, function: 'mean'}},
    {kind: 'elementwise', options: {...wide, n: 1, name: `${name}_epsilon`, function: 'addu'}},
    {kind: 'elementwise', options: {...wide, n: 1, name: `${name}_root`, function: 'rsqrt'}},
    {kind: 'elementwise', options: {...wide, name: `${name}_scale`, function: 'mask'}},
    {kind: 'elementwise', options: {...wide, name: `${name}_downcast`, function: 'typecast', outputDtype: activationDtype}},
    {kind: 'elementwise', options: {...narrow, name: `${name}_weight`, function: 'mask'}},
  ]
}

/** The sum with the residual, where no norm takes it along. */
export function residualSum(context: PassContext, name: string): Step[] {
  return context.pass.fused ? [] : [pointwise(context, name, 'add', context.spec.hidden, context.splitTokens)]
}

/** The exchange that makes partial sums whole after a block split over devices; with sequence parallelism scattered, then gathered. */
export function joinRanks(context: PassContext, name: string): Step[] {
  const {ranks, tokens, spec, pass, stored} = context
  if (ranks === 1) return []
  const bytes = tokens * spec.hidden * dtypeBytes(pass.activationDtype)
  const exchange = (collective: 'allreduce' | 'reduce_scatter' | 'all_gather'): Step => ({
    kind: 'collective',
    options: {name: `${name}_${collective}`, collective, bytes, ranks, ...stored},
  })
  return pass.sequenceParallel && pass.phase === 'train' ? [exchange('reduce_scatter'), exchange('all_gather')] : [exchange('allreduce')]
}
