import type {Step} from './operators/table.js'
import {cacheWriteStep, eagerCore, rotary, writesCache} from './transformer-attention-core.js'
import type {PassContext} from './transformer-context.js'
import type {LatentSpec} from './transformer-spec.js'
import {linear, norm} from './transformer-steps.js'

/**
 * Multi-head latent attention (DeepSeek-V2, 2024, section 2.1). Prefill expands keys and values out of the latent vectors; decode
 * absorbs the expansions into queries and outputs, so that all heads attend to the latent cache itself.
 */
export function latentAttentionSteps(context: PassContext, latent: LatentSpec): Step[] {
  const down = downSteps(context, latent)
  const widths = {query: context.heads * latent.ropeHeadDim, key: latent.ropeHeadDim}
  const attend = context.queryTokens === 1 && context.pass.fused ? absorbedSteps(context, latent) : expandedSteps(context, latent)
  return [...down, ...rotary(context, widths), ...attend]
}

function downSteps(context: PassContext, {queryRank, kvRank, ropeHeadDim}: LatentSpec): Step[] {
  const {spec, heads} = context
  const {headDim, qkvBias: bias} = spec.attention
  const steps: Step[] = [
    linear(context, 'kv_down_projection', kvRank + ropeHeadDim, spec.hidden, {bias}),
    ...norm(context, 'kv_norm', 'none', kvRank),
  ]
  if (queryRank === 0) return [...steps, linear(context, 'query_projection', heads * headDim, spec.hidden)]
  return [
    ...steps,
    linear(context, 'query_down_projection', queryRank, spec.hidden, {bias}),
    ...norm(context, 'query_norm', 'none', queryRank),
    linear(context, 'query_up_projection', heads * headDim, queryRank),
  ]
}

function absorbedSteps(context: PassContext, {kvRank, ropeHeadDim}: LatentSpec): Step[] {
  const {spec, heads, pass, queryTokens, kvTokens, stored, tokens} = context
  const {headDim, valueHeadDim} = spec.attention
  const perHead = {m: tokens, batchCount: heads}
  return [
    linear(context, 'query_absorption', kvRank, headDim - ropeHeadDim, perHead),
    {
      kind: 'attention',
      options: {
        name: 'attention',
        batch: pass.batch,
        heads,
        kvHeads: 1,
        headDim: kvRank + ropeHeadDim,
        valueHeadDim: kvRank,
        queryTokens,
        kvTokens,
        sharesKeyValue: true,
        kvDtype: pass.kvDtype,
        writesKvCache: writesCache(context),
        ...stored,
      },
    },
    linear(context, 'value_absorption', valueHeadDim, kvRank, perHead),
  ]
}

function expandedSteps(context: PassContext, {kvRank, ropeHeadDim}: LatentSpec): Step[] {
  const {spec, heads, pass, queryTokens, kvTokens, stored} = context
  const {headDim, valueHeadDim} = spec.attention
  const width = heads * (headDim - ropeHeadDim + valueHeadDim)
  const cached = pass.batch * (kvTokens - queryTokens)
  const steps: Step[] = [linear(context, 'kv_up_projection', width, kvRank)]
  if (cached > 0) {
    steps.push(
      linear(context, 'kv_up_projection_prefix', width, kvRank, {
        m: cached,
        firstOperand: 'kvCache',
        inputDtype: pass.kvDtype,
        outputDtype: pass.activationDtype,
      }),
    )
  }
  if (writesCache(context)) steps.push(cacheWriteStep(context, kvRank + ropeHeadDim))
  if (!pass.fused)
    return [
      ...steps,
      ...eagerCore({...context, pass: {...pass, kvDtype: pass.activationDtype}}, {window: 0, kvHeads: heads, headDim, valueHeadDim}),
    ]
  steps.push({
    kind: 'attention',
    options: {
      name: 'attention',
      batch: pass.batch,
      heads,
      headDim,
      valueHeadDim,
      queryTokens,
      kvTokens,
      cachedTokens: 0,
      ...stored,
    },
  })
  return steps
}
