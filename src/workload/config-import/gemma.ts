import type {TransformerInput} from '../transformer-input.js'
import type {ConfigReader} from './config-reader.js'
import {plannedLayers} from './layer-types.js'
import {llamaBase} from './llama.js'

type GemmaInput = Omit<TransformerInput, 'source'>

/** Gemma: Llama with GeGLU, heads of their own width, and one table for embedding and head. */
export function gemmaConfig(reader: ConfigReader): GemmaInput {
  const base = llamaBase(reader, true)
  const bias = reader.flag('attention_bias', false)
  reader.passOver('hidden_act')
  return {
    ...base,
    layers: reader.count('num_hidden_layers'),
    attention: {...base.attention, headDim: reader.count('head_dim', 256), qkvBias: bias, outputBias: bias},
    mlp: {intermediate: reader.count('intermediate_size'), activation: reader.activation('hidden_activation', true, 'gelu_pytorch_tanh')},
  }
}

/** Gemma 2: norms on both sides of each block, capped scores, a window on every other layer. */
export function gemma2Config(reader: ConfigReader): GemmaInput {
  const gemma = gemmaConfig(reader)
  const window = reader.count('sliding_window')
  const scoreCap = reader.optionalNumber('attn_logit_softcapping') !== undefined
  return {
    ...gemma,
    layers: plannedLayers(reader, {layers: reader.count('num_hidden_layers'), window, isWindowed: (index) => index % 2 === 0}),
    attention: {...gemma.attention, scoreCap},
    norm: {function: 'rmsnorm', placement: 'sandwich'},
  }
}

/** Gemma 3: as Gemma 2, with norms on queries and keys instead of caps; every sixth layer sees everything. */
export function gemma3Config(reader: ConfigReader): GemmaInput {
  const pattern = reader.count('sliding_window_pattern', 6)
  const bias = reader.flag('attention_bias', false)
  const isWindowed = (index: number): boolean => (index + 1) % pattern !== 0
  return {
    hidden: reader.count('hidden_size'),
    vocabulary: reader.count('vocab_size', 262208),
    layers: plannedLayers(reader, {layers: reader.count('num_hidden_layers'), window: reader.count('sliding_window', 4096), isWindowed}),
    attention: {
      heads: reader.count('num_attention_heads', 8),
      kvHeads: reader.count('num_key_value_heads', 4),
      headDim: reader.count('head_dim', 256),
      qkNorm: 'head',
      qkvBias: bias,
      outputBias: bias,
      scoreCap: reader.optionalNumber('attn_logit_softcapping') !== undefined,
    },
    mlp: {intermediate: reader.count('intermediate_size'), activation: reader.activation('hidden_activation', true, 'gelu_pytorch_tanh')},
    norm: {function: 'rmsnorm', placement: 'sandwich'},
    positions: 'rotary',
    tiedEmbedding: reader.flag('tie_word_embeddings', true),
  }
}
