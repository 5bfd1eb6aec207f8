import type {TransformerInput} from '../transformer-input.js'
import type {LayerGroup} from '../transformer-spec.js'
import type {ConfigReader} from './config-reader.js'
import {plannedLayers} from './layer-types.js'
import {llamaBase} from './llama.js'

/** Qwen2: Llama with biases on queries, keys and values. */
export function qwen2Config(reader: ConfigReader): Omit<TransformerInput, 'source'> {
  const base = llamaBase(reader)
  return {...base, attention: {...base.attention, qkvBias: true}, layers: qwenLayers(reader), mlp: denseMlp(reader)}
}

/** Qwen3: norms on queries and keys instead of the biases. */
export function qwen3Config(reader: ConfigReader): Omit<TransformerInput, 'source'> {
  return {...normedBase(reader), layers: qwenLayers(reader), mlp: denseMlp(reader)}
}

/** Qwen2-MoE: routed experts, and shared ones behind a gate. */
export function qwen2MoeConfig(reader: ConfigReader): Omit<TransformerInput, 'source'> {
  const base = llamaBase(reader)
  const shared = {sharedIntermediate: reader.count('shared_expert_intermediate_size'), sharedGate: true}
  return {...base, attention: {...base.attention, qkvBias: reader.flag('qkv_bias', true)}, ...expertLayers(reader, shared)}
}

/** Qwen3-MoE: routed experts only. */
export function qwen3MoeConfig(reader: ConfigReader): Omit<TransformerInput, 'source'> {
  return {...normedBase(reader), ...expertLayers(reader, {})}
}

function normedBase(reader: ConfigReader): ReturnType<typeof llamaBase> {
  const base = llamaBase(reader)
  const bias = reader.flag('attention_bias', false)
  return {...base, attention: {...base.attention, headDim: reader.count('head_dim', 128), qkNorm: 'head', qkvBias: bias, outputBias: bias}}
}

function denseMlp(reader: ConfigReader): NonNullable<TransformerInput['mlp']> {
  return {intermediate: reader.count('intermediate_size'), activation: reader.activation('hidden_act', true, 'silu')}
}

function qwenLayers(reader: ConfigReader, mlp?: (index: number) => LayerGroup['mlp']): TransformerInput['layers'] {
  const usesWindow = reader.flag('use_sliding_window', false)
  const window = usesWindow ? reader.optionalCount('sliding_window') : undefined
  const firstWindowed = reader.count('max_window_layers', 28)
  reader.passOver('sliding_window')
  const isWindowed = (index: number): boolean => window !== undefined && index >= firstWindowed
  return plannedLayers(reader, {layers: reader.count('num_hidden_layers'), window, isWindowed, ...(mlp && {mlp})})
}

function expertLayers(
  reader: ConfigReader,
  shared: {sharedIntermediate?: number; sharedGate?: boolean},
): Pick<TransformerInput, 'layers' | 'mlp' | 'moe'> {
  const step = reader.count('decoder_sparse_step', 1)
  const denseOnly = new Set(reader.counts('mlp_only_layers'))
  const isSparse = (index: number): boolean => !denseOnly.has(index) && (index + 1) % step === 0
  const mlp = denseMlp(reader)
  return {
    layers: qwenLayers(reader, (index) => (isSparse(index) ? 'moe' : 'dense')),
    mlp,
    moe: {
      experts: reader.count('num_experts'),
      topK: reader.count('num_experts_per_tok'),
      intermediate: reader.count('moe_intermediate_size'),
      activation: mlp.activation,
      ...shared,
    },
  }
}
