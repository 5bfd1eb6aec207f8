import type {TransformerInput} from '../transformer-input.js'
import type {ConfigReader} from './config-reader.js'
import {plannedLayers} from './layer-types.js'
import {llamaBase} from './llama.js'

/** Phi 1 to 2: attention and MLP side by side behind one LayerNorm, biases everywhere, part of each head rotated. */
export function phiConfig(reader: ConfigReader): Omit<TransformerInput, 'source'> {
  const base = llamaBase(reader)
  if (reader.flag('qk_layernorm', false)) {
    throw reader.error('qk_layernorm', 'phi with "qk_layernorm" is not supported', ['the published phi models have qk_layernorm false'])
  }
  return {
    ...base,
    layers: reader.count('num_hidden_layers'),
    attention: {...base.attention, qkvBias: true, outputBias: true},
    mlp: {intermediate: reader.count('intermediate_size'), activation: reader.activation('hidden_act', false, 'gelu_new'), bias: true},
    norm: {function: 'layernorm'},
    parallelBlocks: 'one-norm',
    rotaryRatio: reader.ratio('partial_rotary_factor', 0.5),
    headBias: true,
  }
}

/** Phi-3: Llama whose published code joins query, key and value, and gate and up. */
export function phi3Config(reader: ConfigReader): Omit<TransformerInput, 'source'> {
  const window = reader.optionalCount('sliding_window')
  return {
    ...llamaBase(reader),
    layers: plannedLayers(reader, {layers: reader.count('num_hidden_layers'), window, isWindowed: () => window !== undefined}),
    mlp: {intermediate: reader.count('intermediate_size'), activation: reader.activation('hidden_act', true, 'silu')},
    rotaryRatio: reader.ratio('partial_rotary_factor', 1),
    jointProjections: true,
  }
}
