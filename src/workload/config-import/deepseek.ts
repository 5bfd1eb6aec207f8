import type {TransformerInput} from '../transformer-input.js'
import type {ConfigReader} from './config-reader.js'
import {llamaBase} from './llama.js'

/** DeepSeek-V2: latent attention, a few dense layers, then routed and shared experts. */
export function deepseekV2Config(reader: ConfigReader): Omit<TransformerInput, 'source'> {
  return deepseekConfig(reader, false)
}

/** DeepSeek-V3: as V2, with a learned bias on the choice of experts. Its modules for predicting further tokens are not part of a pass. */
export function deepseekV3Config(reader: ConfigReader): Omit<TransformerInput, 'source'> {
  return deepseekConfig(reader, true)
}

function deepseekConfig(reader: ConfigReader, routerBias: boolean): Omit<TransformerInput, 'source'> {
  const {hidden, vocabulary, norm, positions, tiedEmbedding} = llamaBase(reader)
  const layers = reader.count('num_hidden_layers')
  const denseLayers = reader.optionalCount('first_k_dense_replace') ?? 0
  const frequency = reader.count('moe_layer_freq', 1)
  const intermediate = reader.count('moe_intermediate_size')
  const activation = reader.activation('hidden_act', true, 'silu')
  const isSparse = (index: number): boolean => index >= denseLayers && index % frequency === 0
  return {
    hidden,
    ...(vocabulary !== undefined && {vocabulary}),
    norm,
    positions,
    tiedEmbedding,
    layers: Array.from({length: layers}, (_, index) => ({count: 1, mlp: isSparse(index) ? ('moe' as const) : ('dense' as const)})),
    attention: latentAttention(reader),
    mlp: {intermediate: reader.count('intermediate_size'), activation},
    moe: {
      experts: reader.count('n_routed_experts'),
      topK: reader.count('num_experts_per_tok'),
      intermediate,
      activation,
      routerBias,
      sharedIntermediate: (reader.optionalCount('n_shared_experts') ?? 0) * intermediate,
    },
  }
}

function latentAttention(reader: ConfigReader): TransformerInput['attention'] {
  const ropeHeadDim = reader.count('qk_rope_head_dim')
  const bias = reader.flag('attention_bias', false)
  return {
    heads: reader.count('num_attention_heads'),
    headDim: reader.count('qk_nope_head_dim') + ropeHeadDim,
    valueHeadDim: reader.count('v_head_dim'),
    qkvBias: bias,
    outputBias: bias,
    latent: {queryRank: reader.optionalCount('q_lora_rank') ?? 0, kvRank: reader.count('kv_lora_rank'), ropeHeadDim},
  }
}
