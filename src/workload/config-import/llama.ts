import type {TransformerInput} from '../transformer-input.js'
import type {ConfigReader} from './config-reader.js'

/** What the families that follow Llama share: RMSNorm before each block, rotary positions, grouped attention without biases. */
export function llamaBase(reader: ConfigReader, tiedEmbedding = false): Omit<TransformerInput, 'source' | 'layers' | 'mlp' | 'moe'> {
  const heads = reader.count('num_attention_heads')
  const hidden = reader.count('hidden_size')
  return {
    hidden,
    vocabulary: reader.count('vocab_size'),
    attention: {heads, kvHeads: reader.count('num_key_value_heads', heads), headDim: reader.optionalCount('head_dim')},
    norm: {function: 'rmsnorm'},
    positions: 'rotary',
    tiedEmbedding: reader.flag('tie_word_embeddings', tiedEmbedding),
  }
}

/** Llama 1 to 3, and what is published in its format (Code Llama). */
export function llamaConfig(reader: ConfigReader): Omit<TransformerInput, 'source'> {
  const base = llamaBase(reader)
  const bias = reader.flag('attention_bias', false)
  return {
    ...base,
    layers: reader.count('num_hidden_layers'),
    attention: {...base.attention, qkvBias: bias, outputBias: bias},
    mlp: {
      intermediate: reader.count('intermediate_size'),
      activation: reader.activation('hidden_act', true, 'silu'),
      bias: reader.flag('mlp_bias', false),
    },
  }
}
