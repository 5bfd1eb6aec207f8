import {type Dtype, dtypeBytes} from '../foundation/dtype.js'
import {attendedPairCount, visibleKeyCount} from './operators/attention.js'
import type {GemmOptions} from './operators/gemm.js'
import type {Step} from './operators/table.js'
import type {PassContext} from './transformer-context.js'
import {nested, pointwise} from './transformer-steps.js'

/** Whether keys and values of this pass are kept for later tokens. */
export function writesCache({pass, spec}: PassContext): boolean {
  return pass.kvCache && pass.phase !== 'train' && spec.architecture === 'decoder'
}

/** Rotary positions: one kernel, or eagerly x cos + rotate(x) sin, where rotate negates one half and joins both. */
export function rotary(context: PassContext, widths: {readonly query: number; readonly key: number}): Step[] {
  if (context.pass.fused) return [pointwise(context, 'rotary', 'rope', widths.query + widths.key)]
  return Object.entries(widths).flatMap(([name, width]) => [
    pointwise(context, `rotary_${name}_cosine`, 'mask', width),
    pointwise(context, `rotary_${name}_negate`, 'neg', width / 2),
    pointwise(context, `rotary_${name}_join`, 'permute', width),
    pointwise(context, `rotary_${name}_sine`, 'mask', width),
    pointwise(context, `rotary_${name}_sum`, 'add', width),
  ])
}

/** Keys and values of the new tokens go into the cache. */
export function cacheWriteStep(context: PassContext, width: number): Step {
  const {tokens, pass, stored} = context
  return {
    kind: 'elementwise',
    options: {name: 'kv_cache_write', function: 'copy', m: tokens, n: width, writeTensor: 'kvCache', outputDtype: pass.kvDtype, ...stored},
  }
}

export interface EagerCore {
  readonly window: number
  readonly kvHeads: number
  readonly headDim: number
  readonly valueHeadDim: number
}

/**
 * Attention as eager PyTorch runs it: keys and values copied to every query head, scores of all pairs, scale, mask, softmax, weighted
 * values. The products run over every key that any query sees; only attended pairs are useful.
 */
export function eagerCore(context: PassContext, {window, kvHeads, headDim, valueHeadDim}: EagerCore): Step[] {
  const {pass, spec, heads, queryTokens, kvTokens, stored} = context
  const span = {queryTokens, kvTokens, causal: spec.architecture === 'decoder', window}
  const keys = queryTokens === 1 ? visibleKeyCount(span) : kvTokens
  const rows = pass.batch * heads
  const usefulPerElement = 2 * rows * attendedPairCount(span)
  const cached = kvTokens > queryTokens && pass.phase !== 'train'
  const repeats = kvHeads < heads
  const source = cached && !repeats ? 'kvCache' : 'activations'
  const product = (name: string, n: number, k: number, width: number): Step => {
    const operand: Partial<GemmOptions> = {
      weights: false,
      secondOperand: source,
      weightDtype: source === 'kvCache' ? pass.kvDtype : pass.activationDtype,
    }
    return {
      kind: 'gemm',
      options: {name, m: queryTokens, n, k, batchCount: rows, ...stored, ...operand, usefulOperationCount: usefulPerElement * width},
    }
  }
  return [
    ...(repeats ? repeatSteps(context, keys, kvHeads, {headDim, valueHeadDim}, cached) : []),
    ...(spec.attention.eagerScale === 'queries' ? [pointwise(context, 'attention_scale', 'mulu', heads * headDim)] : []),
    ...operandLayouts(context, {
      query: heads * headDim,
      ...(!repeats && !writesCache(context) && {key: kvHeads * headDim, value: kvHeads * valueHeadDim}),
    }),
    product('attention_scores', keys, headDim, headDim),
    ...maskSteps(context, rows * queryTokens, keys),
    ...softmaxSteps(context, rows * queryTokens, keys),
    product('attention_values', valueHeadDim, keys, valueHeadDim),
    ...(queryTokens > 1 ? [pointwise(context, 'attention_output_layout', 'permute', heads * valueHeadDim)] : []),
  ]
}

/**
 * Copies by head of what projections wrote by token: several sequences of several heads are one batch of a product only where they lie
 * one behind the other. Keys are copied as the product sees them, on their side (PyTorch, matmul folds and clones its operands).
 */
function operandLayouts(context: PassContext, widths: Readonly<Record<string, number>>): Step[] {
  if (context.pass.batch === 1 || context.queryTokens === 1) return []
  return Object.entries(widths).map(([name, width]) =>
    nested(pointwise(context, `${name}_layout`, name === 'key' ? 'transpose' : 'permute', width)),
  )
}

/** What happens to the scores before the softmax. */
function maskSteps(context: PassContext, scoreCount: number, keys: number): Step[] {
  const {attention, positions} = context.spec
  const steps: Step[] = attention.eagerScale === 'scores' ? [pointwise(context, 'attention_scale', 'mulu', keys, scoreCount)] : []
  const lone = (name: string): Step => pointwise(context, name, 'fill', 1, 1)
  if (attention.eagerScale === 'scores-by-tensor')
    steps.push(lone('attention_scale_fill'), pointwise(context, 'attention_scale', 'scale', keys, scoreCount))
  if (attention.scoreCap) {
    for (const kernel of ['divu', 'tanh', 'mulu'] as const)
      steps.push(pointwise(context, `attention_cap_${kernel}`, kernel, keys, scoreCount))
  }
  if (positions === 'alibi') steps.push(pointwise(context, 'attention_alibi', 'addu', keys, scoreCount))
  switch (attention.eagerMask) {
    case 'none':
      return steps
    case 'sum':
      return [...steps, pointwise(context, 'attention_mask', 'mask', keys, scoreCount)]
    case 'selection':
      return [...steps, lone('attention_mask_fill'), pointwise(context, 'attention_mask', 'select', keys, scoreCount)]
  }
}

function softmaxSteps(context: PassContext, scoreCount: number, keys: number): Step[] {
  const {spec, pass, stored} = context
  const columns = keys + (spec.attention.sinks ? 1 : 0)
  const isWidened = spec.attention.eagerSoftmax === 'fp32' && dtypeBytes(stored.dtype) < 4
  const cast = (name: string, from: Dtype, to: Dtype): Step => ({
    kind: 'elementwise',
    options: {...stored, name, function: 'typecast', m: scoreCount, n: columns, dtype: from, outputDtype: to},
  })
  const softmax: Step = {
    kind: 'softmax',
    options: {...stored, name: 'attention_softmax', m: scoreCount, n: columns, dtype: isWidened ? 'fp32' : stored.dtype},
  }
  const dropout = spec.dropout && pass.phase === 'train' ? [pointwise(context, 'attention_dropout', 'dropout', keys, scoreCount)] : []
  if (!isWidened) return [softmax, ...dropout]
  return [nested(cast('attention_upcast', stored.dtype, 'fp32')), softmax, cast('attention_downcast', 'fp32', stored.dtype), ...dropout]
}

function repeatSteps(
  context: PassContext,
  keys: number,
  kvHeads: number,
  dims: {headDim: number; valueHeadDim: number},
  cached: boolean,
): Step[] {
  const {pass, heads, stored} = context
  const repeats = heads / kvHeads
  return Object.values(dims).map((dim, index) => ({
    kind: 'elementwise',
    options: {
      name: index === 0 ? 'repeat_keys' : 'repeat_values',
      function: 'repeat',
      repeats,
      m: pass.batch * heads * keys,
      n: dim,
      readTensor: cached ? 'kvCache' : 'activations',
      ...stored,
      ...(cached && {readDtype: pass.kvDtype}),
    },
  }))
}
