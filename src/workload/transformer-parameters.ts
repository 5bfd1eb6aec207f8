import {normFunctions} from './operators/layernorm.js'
import {
  activations,
  type LayerGroup,
  layerCount,
  type MlpSpec,
  type MoeSpec,
  patchTokenCount,
  type TransformerSpec,
} from './transformer-spec.js'

/** Parameters by where they are; tensor parallelism splits some and copies others. */
export interface ParameterCounts {
  readonly embedding: number
  readonly attention: number
  readonly mlp: number
  readonly experts: number
  readonly norms: number
  readonly head: number
}

/** Exact number of parameters, by part. */
export function parameterCounts(spec: TransformerSpec): ParameterCounts {
  const layers = layerCount(spec)
  let mlp = 0
  let experts = 0
  for (const group of spec.layers) {
    mlp += group.count * denseParameters(spec, group)
    experts += group.count * expertParameters(spec, group)
  }
  return {
    embedding: embeddingParameters(spec),
    attention: layers * attentionParameters(spec),
    mlp,
    experts,
    norms: layers * layerNormCount(spec) * normParameters(spec) + (spec.finalNorm ? normParameters(spec) : 0),
    head: headParameters(spec),
  }
}

/** Exact number of parameters of the whole model. */
export function parameterCount(spec: TransformerSpec): number {
  return Object.values(parameterCounts(spec)).reduce((sum: number, part: number) => sum + part, 0)
}

function normParameters(spec: TransformerSpec): number {
  return normFunctions[spec.norm.function].weightCount * spec.hidden
}

function layerNormCount({norm, parallelBlocks}: TransformerSpec): number {
  if (parallelBlocks === 'one-norm') return 1
  return norm.placement === 'sandwich' ? 4 : 2
}

function embeddingParameters(spec: TransformerSpec): number {
  const {hidden, vocabulary, positionRows, tokenTypes, embeddingNorm, patches} = spec
  const norm = embeddingNorm ? normParameters(spec) : 0
  if (patches) {
    const patchInputs = patches.channels * patches.patchSize ** 2
    return (patchInputs + 1) * hidden + (1 + patchTokenCount(patches)) * hidden + norm
  }
  return (vocabulary + positionRows + tokenTypes) * hidden + norm
}

function headParameters({head, hidden, vocabulary, labels, tiedEmbedding, headBias, pooler}: TransformerSpec): number {
  const pool = pooler ? hidden * (hidden + 1) : 0
  if (head === 'none') return pool
  const outputs = head === 'classifier' ? labels : vocabulary
  return pool + (tiedEmbedding ? 0 : outputs * hidden) + (headBias ? outputs : 0)
}

function attentionParameters({hidden, attention}: TransformerSpec): number {
  const {heads, kvHeads, headDim, valueHeadDim, qkvBias, outputBias, qkNorm, sinks, latent} = attention
  const output = heads * valueHeadDim * hidden + (outputBias ? hidden : 0)
  if (latent) {
    const {queryRank, kvRank, ropeHeadDim} = latent
    const queries = heads * headDim
    const query = queryRank > 0 ? queryRank * (hidden + 1 + queries) : hidden * queries
    const down = (hidden + (qkvBias ? 1 : 0)) * (kvRank + ropeHeadDim) + (qkvBias && queryRank > 0 ? queryRank : 0)
    return query + down + kvRank + kvRank * heads * (headDim - ropeHeadDim + valueHeadDim) + output
  }
  const outputs = heads * headDim + kvHeads * (headDim + valueHeadDim)
  const norms = qkNorm === 'none' ? 0 : qkNorm === 'head' ? 2 * headDim : (heads + kvHeads) * headDim
  return outputs * (hidden + (qkvBias ? 1 : 0)) + output + norms + (sinks ? heads : 0)
}

function projectionParameters(
  hidden: number,
  {intermediate, activation, bias}: Pick<MlpSpec, 'intermediate' | 'activation' | 'bias'>,
): number {
  const up = activations[activation].isGated ? 2 * intermediate : intermediate
  return hidden * (up + intermediate) + (bias ? up + hidden : 0)
}

function denseParameters({hidden, mlp, moe}: TransformerSpec, group: LayerGroup): number {
  if (group.mlp === 'dense') return mlp ? projectionParameters(hidden, mlp) : 0
  return moe ? routerParameters(hidden, moe) + sharedParameters(hidden, moe) : 0
}

function routerParameters(hidden: number, moe: MoeSpec): number {
  return moe.experts * (hidden + (moe.routerBias ? 1 : 0))
}

function sharedParameters(hidden: number, moe: MoeSpec): number {
  const {sharedIntermediate, activation, sharedGate} = moe
  return projectionParameters(hidden, {intermediate: sharedIntermediate, activation, bias: false}) + (sharedGate ? hidden : 0)
}

function expertParameters({hidden, moe}: TransformerSpec, group: LayerGroup): number {
  return group.mlp === 'moe' && moe ? moe.experts * projectionParameters(hidden, moe) : 0
}
