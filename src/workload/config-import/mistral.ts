import type {TransformerInput} from '../transformer-input.js'
import type {ConfigReader} from './config-reader.js'
import {plannedLayers} from './layer-types.js'
import {llamaBase} from './llama.js'

/** Mistral: Llama with a sliding window on every layer, where one is given. */
export function mistralConfig(reader: ConfigReader): Omit<TransformerInput, 'source'> {
  return {
    ...llamaBase(reader),
    layers: windowedLayers(reader, 'dense'),
    mlp: {intermediate: reader.count('intermediate_size'), activation: reader.activation('hidden_act', true, 'silu')},
  }
}

/** Mixtral: Mistral whose MLP is a choice of experts. */
export function mixtralConfig(reader: ConfigReader): Omit<TransformerInput, 'source'> {
  return {
    ...llamaBase(reader),
    layers: windowedLayers(reader, 'moe'),
    moe: {
      experts: reader.count('num_local_experts'),
      topK: reader.count('num_experts_per_tok'),
      intermediate: reader.count('intermediate_size'),
      activation: reader.activation('hidden_act', true, 'silu'),
    },
  }
}

function windowedLayers(reader: ConfigReader, mlp: 'dense' | 'moe'): TransformerInput['layers'] {
  const window = reader.optionalCount('sliding_window')
  return plannedLayers(reader, {layers: reader.count('num_hidden_layers'), window, isWindowed: () => window !== undefined, mlp: () => mlp})
}
