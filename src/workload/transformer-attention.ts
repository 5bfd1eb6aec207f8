import {attendedPairCount, visibleKeyCount} from './operators/attention.js'
import type {Step} from './operators/table.js'
import type {PassContext} from './transformer-context.js'
import {latentAttentionSteps} from './transformer-latent.js'
import {linear, norm, pointwise} from './transformer-steps.js'

/** Whether keys and values of this pass are kept for later tokens. */
export function writesCache({pass, spec}: PassContext): boolean {
  return pass.kvCache && pass.phase !== 'train' && spec.architecture === 'decoder'
}

/** Self-attention of one layer: projections, positions, scores, output. */
export function attentionSteps(context: PassContext, window: number): Step[] {
  const {spec, heads} = context
  const {attention} = spec
  const inner = attention.latent ? latentAttentionSteps(context, attention.latent) : groupedAttentionSteps(context, window)
  return [...inner, linear(context, 'attention_output', spec.hidden, heads * attention.valueHeadDim, {bias: attention.outputBias})]
}

function groupedAttentionSteps(context: PassContext, window: number): Step[] {
  return [...projectionSteps(context), ...qkNormSteps(context), ...rotarySteps(context), ...coreSteps(context, window)]
}

function projectionSteps(context: PassContext): Step[] {
  const {spec, pass, heads, kvHeads} = context
  const {headDim, valueHeadDim, qkvBias: bias} = spec.attention
  if (pass.fused || spec.jointProjections) {
    return [linear(context, 'qkv_projection', heads * headDim + kvHeads * (headDim + valueHeadDim), spec.hidden, {bias})]
  }
  return [
    linear(context, 'query_projection', heads * headDim, spec.hidden, {bias}),
    linear(context, 'key_projection', kvHeads * headDim, spec.hidden, {bias}),
    linear(context, 'value_projection', kvHeads * valueHeadDim, spec.hidden, {bias}),
  ]
}

function qkNormSteps(context: PassContext): Step[] {
  const {heads, kvHeads, spec, tokens} = context
  const {qkNorm, headDim} = spec.attention
  if (qkNorm === 'none') return []
  const perHead = (count: number): [number, number] => (qkNorm === 'head' ? [headDim, tokens * count] : [headDim * count, tokens])
  return [...norm(context, 'query_norm', 'none', ...perHead(heads)), ...norm(context, 'key_norm', 'none', ...perHead(kvHeads))]
}

function rotarySteps(context: PassContext): Step[] {
  const {spec, heads, kvHeads} = context
  if (spec.positions !== 'rotary') return []
  const dim = spec.attention.headDim * spec.rotaryRatio
  return rotary(context, {query: heads * dim, key: kvHeads * dim})
}

/** Rotary positions: one kernel, or eagerly x cos + rotate(x) sin, where rotate negates one half and joins both. */
export function rotary(context: PassContext, widths: {readonly query: number; readonly key: number}): Step[] {
  if (context.pass.fused) return [pointwise(context, 'rotary', 'rope', widths.query + widths.key)]
  return Object.entries(widths).flatMap(([name, width]) => [
    pointwise(context, `rotary_${name}_cosine`, 'mulu', width),
    pointwise(context, `rotary_${name}_negate`, 'neg', width / 2),
    pointwise(context, `rotary_${name}_join`, 'copy', width),
    pointwise(context, `rotary_${name}_sine`, 'mulu', width),
    pointwise(context, `rotary_${name}_sum`, 'add', width),
  ])
}

function coreSteps(context: PassContext, window: number): Step[] {
  const {pass, spec} = context
  const {headDim, valueHeadDim} = spec.attention
  if (pass.fused) return [fusedCore(context, window)]
  const {kvHeads} = context
  const cacheWrite = writesCache(context) ? [cacheWriteStep(context, kvHeads * (headDim + valueHeadDim))] : []
  return [...cacheWrite, ...eagerCore(context, {window, kvHeads, headDim, valueHeadDim})]
}

function fusedCore(context: PassContext, window: number): Step {
  const {pass, spec, heads, kvHeads, queryTokens, kvTokens, stored} = context
  const {headDim, valueHeadDim} = spec.attention
  return {
    kind: 'attention',
    options: {
      name: 'attention',
      batch: pass.batch,
      heads,
      kvHeads,
      headDim,
      valueHeadDim,
      queryTokens,
      kvTokens,
      causal: spec.architecture === 'decoder',
      window,
      kvDtype: pass.kvDtype,
      writesKvCache: writesCache(context),
      ...stored,
    },
  }
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
  const causal = spec.architecture === 'decoder'
  const span = {queryTokens, kvTokens, causal, window}
  const keys = queryTokens === 1 ? visibleKeyCount(span) : kvTokens
  const rows = pass.batch * heads
  const pairs = rows * attendedPairCount(span)
  const scoreCount = rows * queryTokens
  const cached = kvTokens > queryTokens && pass.phase !== 'train'
  const repeats = kvHeads < heads
  const source = cached && !repeats ? 'kvCache' : 'activations'
  const product = {batchCount: rows, weights: false, dtype: stored.dtype, inputDtype: pass.activationDtype} as const
  const operand = {secondOperand: source, weightDtype: source === 'kvCache' ? pass.kvDtype : pass.activationDtype} as const
  const steps: Step[] = repeats ? repeatSteps(context, keys, kvHeads, {headDim, valueHeadDim}, cached) : []
  steps.push(
    {
      kind: 'gemm',
      options: {
        name: 'attention_scores',
        m: queryTokens,
        n: keys,
        k: headDim,
        ...product,
        ...operand,
        usefulOperationCount: 2 * pairs * headDim,
      },
    },
    pointwise(context, 'attention_scale', 'mulu', keys, scoreCount),
  )
  if (spec.attention.scoreCap)
    steps.push(
      ...['divu', 'tanh', 'mulu'].map((f) => pointwise(context, `attention_cap_${f}`, f as 'divu' | 'tanh' | 'mulu', keys, scoreCount)),
    )
  if (spec.positions === 'alibi') steps.push(pointwise(context, 'attention_alibi', 'addu', keys, scoreCount))
  steps.push(pointwise(context, 'attention_mask', 'mask', keys, scoreCount), {
    kind: 'softmax',
    options: {name: 'attention_softmax', m: scoreCount, n: keys + (spec.attention.sinks ? 1 : 0), ...stored},
  })
  if (spec.dropout && pass.phase === 'train') steps.push(pointwise(context, 'attention_dropout', 'dropout', keys, scoreCount))
  steps.push({
    kind: 'gemm',
    options: {
      name: 'attention_values',
      m: queryTokens,
      n: valueHeadDim,
      k: keys,
      ...product,
      ...operand,
      usefulOperationCount: 2 * pairs * valueHeadDim,
    },
  })
  return steps
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
