import type {TransformerInput} from '../transformer-input.js'
import type {ConfigReader} from './config-reader.js'
import {plannedLayers} from './layer-types.js'
import {llamaBase} from './llama.js'

/** gpt-oss: experts with biases, a learned sink in every softmax, a window on every other layer. */
export function gptOssConfig(reader: ConfigReader): Omit<TransformerInput, 'source'> {
  const base = llamaBase(reader)
  const bias = reader.flag('attention_bias', true)
  const window = reader.count('sliding_window')
  return {
    ...base,
    attention: {...base.attention, headDim: reader.count('head_dim', 64), qkvBias: bias, outputBias: bias, sinks: true},
    layers: plannedLayers(reader, {
      layers: reader.count('num_hidden_layers'),
      window,
      isWindowed: (index) => index % 2 === 0,
      mlp: () => 'moe',
    }),
    moe: {
      experts: reader.count('num_local_experts'),
      topK: reader.count(['num_experts_per_tok', 'experts_per_token']),
      intermediate: reader.count('intermediate_size'),
      activation: reader.activation('hidden_act', true, 'silu'),
      bias: true,
      routerBias: true,
    },
  }
}
