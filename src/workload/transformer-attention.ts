import type {Step} from './operators/table.js'
import {cacheWriteStep, eagerCore, rotary, writesCache} from './transformer-attention-core.js'
import type {PassContext} from './transformer-context.js'
import {latentAttentionSteps} from './transformer-latent.js'
import {linear, norm} from './transformer-steps.js'

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
