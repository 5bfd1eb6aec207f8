import {nameHints} from '../../foundation/nearest-name.js'
import type {SpecError} from '../../spec/spec-error.js'
import {pointerTo, type YamlSource} from '../../spec/yaml-source.js'
import type {Activation} from '../transformer-spec.js'

/** Fields that change a model's graph: where one is set and its family's reader did not look at it, the file is refused. */
const graphFields = [
  'add_cross_attention',
  'attention_bias',
  'attn_logit_softcapping',
  'decoder_sparse_step',
  'do_layer_norm_before',
  'enable_bias',
  'ffn_hidden_size',
  'first_k_dense_replace',
  'head_dim',
  'is_encoder_decoder',
  'kv_lora_rank',
  'layer_types',
  'max_window_layers',
  'mlp_bias',
  'mlp_only_layers',
  'moe_intermediate_size',
  'moe_layer_freq',
  'n_inner',
  'n_routed_experts',
  'n_shared_experts',
  'num_experts',
  'num_experts_per_tok',
  'num_key_value_heads',
  'num_local_experts',
  'parallel_attn',
  'partial_rotary_factor',
  'position_embedding_type',
  'q_lora_rank',
  'qk_layernorm',
  'rotary_pct',
  'shared_expert_intermediate_size',
  'sliding_window',
  'sliding_window_pattern',
  'use_parallel_residual',
  'use_qk_norm',
  'use_sliding_window',
  'word_embed_proj_dim',
] as const

/** Reads a published config.json field by field, with the place of whatever is wrong. */
export interface ConfigReader {
  /** A whole number of at least one; the first name that is present counts. Without a fallback it must be there. */
  count(names: string | readonly string[], fallback?: number): number
  /** A whole number, or nothing when the field is missing, null or 0. */
  optionalCount(name: string): number | undefined
  /** A positive number, or nothing when the field is missing, null or 0. */
  optionalNumber(name: string): number | undefined
  ratio(name: string, fallback: number): number
  flag(name: string, fallback: boolean): boolean
  /** One of the words that the reader can build; any other is refused. */
  word(name: string, allowed: readonly string[], fallback: string): string
  words(name: string): readonly string[]
  counts(name: string): readonly number[]
  /** Number of entries of an object, or nothing when it is missing. */
  entries(name: string): number | undefined
  activation(name: string, isGated: boolean, fallback?: string): Activation
  /** The fields were looked at, and make no difference to the graph. */
  passOver(...names: readonly string[]): void
  error(name: string, message: string, suggestions?: readonly string[]): SpecError
  /** Refuses fields that change the graph and that nobody read. */
  finish(): void
}

const plainActivations: Readonly<Record<string, Activation>> = {
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_new: 'gelu-new',
  gelu_fast: 'gelu-new',
  gelu_pytorch_tanh: 'gelu-tanh',
  relu: 'relu',
  relu2: 'squared-relu',
  silu: 'silu',
  swish: 'silu',
}

const gatedActivations: Readonly<Record<string, Activation>> = {
  silu: 'swiglu',
  swish: 'swiglu',
  gelu: 'geglu',
  gelu_new: 'geglu',
  gelu_pytorch_tanh: 'geglu',
}

/** A reader of the object at `base` of a config file. */
export function configReader(source: YamlSource, base = ''): ConfigReader {
  const object = base
    .split('/')
    .slice(1)
    .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], source.data)
  const data = object as Readonly<Record<string, unknown>>
  const read = new Set<string>()
  const error = (
    name: string,
    message: string,
    suggestions: readonly string[] = [`write ${name} as the published config has it`],
  ): SpecError => source.error(pointerTo(base, name), message, suggestions)
  const fieldOf = (name: string): unknown => {
    read.add(name)
    return data[name] ?? undefined
  }
  const whole = (name: string, value: unknown, minimum: number): number => {
    if (Number.isSafeInteger(value) && (value as number) >= minimum) return value as number
    throw error(name, `"${name}" is ${JSON.stringify(value)}, but a whole number of at least ${minimum} is expected`)
  }
  const list = <T>(name: string, isItem: (item: unknown) => item is T, what: string): readonly T[] => {
    const value = fieldOf(name) ?? []
    if (Array.isArray(value) && value.every(isItem)) return value as readonly T[]
    throw error(name, `"${name}" is ${JSON.stringify(value)}, but a list of ${what} is expected`)
  }

  return {
    error,
    count(names, fallback) {
      const known = typeof names === 'string' ? [names] : names
      for (const name of known) {
        const value = fieldOf(name)
        if (value !== undefined) return whole(name, value, 1)
      }
      if (fallback !== undefined) return fallback
      const [name = ''] = known
      throw error(name, `"${name}" is missing`, [`add ${known.join(' or ')}, as the published config has it`])
    },
    optionalCount(name) {
      const value = fieldOf(name)
      return value === undefined || value === 0 ? undefined : whole(name, value, 1)
    },
    optionalNumber(name) {
      const value = fieldOf(name)
      if (value === undefined || value === 0) return undefined
      if (typeof value === 'number' && value > 0) return value
      throw error(name, `"${name}" is ${JSON.stringify(value)}, but a positive number is expected`)
    },
    ratio(name, fallback) {
      const value = fieldOf(name) ?? fallback
      if (typeof value === 'number' && value > 0 && value <= 1) return value
      throw error(name, `"${name}" is ${JSON.stringify(value)}, but a number above 0 and up to 1 is expected`)
    },
    flag(name, fallback) {
      const value = fieldOf(name) ?? fallback
      if (typeof value === 'boolean') return value
      throw error(name, `"${name}" is ${JSON.stringify(value)}, but true or false is expected`)
    },
    word(name, allowed, fallback) {
      const value = fieldOf(name) ?? fallback
      if (typeof value === 'string' && allowed.includes(value)) return value
      throw error(name, `${JSON.stringify(value)} is not supported as ${name}`, nameHints(String(value), allowed))
    },
    words: (name) => list(name, (item): item is string => typeof item === 'string', 'words'),
    counts: (name) => list(name, (item): item is number => Number.isSafeInteger(item), 'whole numbers'),
    entries(name) {
      const value = fieldOf(name)
      return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined
    },
    activation(name, isGated, fallback) {
      const value = fieldOf(name) ?? fallback
      const table = isGated ? gatedActivations : plainActivations
      if (value === undefined) throw error(name, `"${name}" is missing`, [`add ${name}, as the published config has it`])
      if (typeof value === 'string' && Object.hasOwn(table, value)) return table[value] as Activation
      throw error(
        name,
        `${JSON.stringify(value)} is not an activation that this kind of MLP can have`,
        nameHints(String(value), Object.keys(table)),
      )
    },
    passOver(...names) {
      for (const name of names) read.add(name)
    },
    finish() {
      for (const name of graphFields) {
        const value = data[name]
        const isSet =
          value !== undefined && value !== null && value !== false && value !== 0 && !(Array.isArray(value) && value.length === 0)
        if (isSet && !read.has(name)) {
          throw error(name, `"${name}" changes the graph, but models of this type are not known to have it`, [
            `remove ${name} if the model does not use it, or describe the model in YAML: ridge schema workload`,
          ])
        }
      }
    },
  }
}
