import {readFileSync} from 'node:fs'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'
import {SpecError} from '../../../src/spec/spec-error.js'
import {YamlSource} from '../../../src/spec/yaml-source.js'
import {configTypes, transformerFromConfig} from '../../../src/workload/config-import/table.js'
import {loadModel} from '../../../src/workload/load-workload.js'
import {parameterCount} from '../../../src/workload/transformer-parameters.js'
import {layerCount, type TransformerSpec} from '../../../src/workload/transformer-spec.js'

const folder = fileURLToPath(new URL('../configs/', import.meta.url))
const textOf = (name: string): string => readFileSync(path.join(folder, `${name}.json`), 'utf8')

/** A published config, with some of its fields changed or, as null, taken away. */
function read(name: string, changes: Record<string, unknown> = {}): TransformerSpec {
  const data = {...(JSON.parse(textOf(name)) as object), ...changes}
  const kept = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined))
  return transformerFromConfig(YamlSource.parse(JSON.stringify(kept, null, 2), 'config.json'))
}

function errorOf(action: () => unknown): SpecError {
  try {
    action()
  } catch (error) {
    if (error instanceof SpecError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** Parameters as the model hub counts the checkpoint's tensors; DeepSeek-V3 without its module for further tokens. */
const published = {
  bert: 335_141_888,
  bloom: 176_247_271_424,
  deepseek_v2: 15_706_484_224,
  deepseek_v3: 671_026_419_200,
  gemma: 2_506_172_416,
  gemma2: 2_614_341_888,
  gemma3_text: 999_885_952,
  gpt2: 124_439_808,
  gpt_neox: 20_554_567_680,
  gpt_oss: 116_829_156_672,
  llama: 8_030_261_248,
  mistral: 7_241_732_096,
  mixtral: 46_702_792_704,
  opt: 1_315_758_080,
  phi: 2_779_683_840,
  phi3: 3_821_079_552,
  qwen2: 1_543_714_304,
  qwen2_moe: 14_315_784_192,
  qwen3: 32_762_123_264,
  qwen3_moe: 235_093_634_560,
  vit: 304_326_632,
}

describe('transformerFromConfig', () => {
  it('is tested with a published config of every known type', () => {
    expect(Object.keys(published).sort()).toEqual(Object.keys(configTypes).sort())
  })

  it.each(Object.entries(published))('counts the parameters of the published %s config as %d', (name, expected) => {
    expect(Math.abs(parameterCount(read(name)) / expected - 1), `${parameterCount(read(name))}`).toBeLessThan(0.001)
  })

  it.each([
    ['llama', 'llama-3.1-8b'],
    ['mistral', 'mistral-7b'],
    ['mixtral', 'mixtral-8x7b'],
    ['qwen2', 'qwen2-1.5b'],
    ['qwen3', 'qwen3-32b'],
    ['qwen3_moe', 'qwen3-235b-a22b'],
    ['gpt2', 'gpt2'],
    ['opt', 'opt-1.3b'],
    ['bert', 'bert-large'],
    ['deepseek_v3', 'deepseek-v3'],
    ['gpt_oss', 'gpt-oss-120b'],
    ['bloom', 'bloom-176b'],
    ['phi', 'phi-2'],
    ['vit', 'vit-large'],
  ])('reads the %s config as the model shipped as %s', (config, shipped) => {
    const model = loadModel(shipped)
    if (model.kind !== 'transformer') throw new Error('a transformer is shipped')
    expect({...read(config), name: '', source: ''}).toEqual({...model.spec, name: '', source: ''})
  })

  it('alternates sliding and full layers of gpt-oss, and gives Gemma 3 one full layer in six', () => {
    expect(read('gpt_oss').layers).toEqual([
      {count: 18, window: 128, mlp: 'moe'},
      {count: 18, window: 0, mlp: 'moe'},
    ])
    expect(read('gemma3_text').layers).toEqual([
      {count: 22, window: 512, mlp: 'dense'},
      {count: 4, window: 0, mlp: 'dense'},
    ])
  })

  it('reads the text decoder of a multimodal Gemma 3, and what its sparse config leaves to the defaults', () => {
    const spec = read('gemma3')
    expect(layerCount(spec)).toBe(34)
    expect(spec.attention).toMatchObject({heads: 8, kvHeads: 4, headDim: 256, qkNorm: 'head'})
    expect(spec.vocabulary).toBe(262208)
  })

  it('has dense layers where mlp_only_layers and decoder_sparse_step say so', () => {
    const spec = read('qwen3_moe', {num_hidden_layers: 8, decoder_sparse_step: 2, mlp_only_layers: [1]})
    expect(spec.layers).toEqual([
      {count: 5, window: 0, mlp: 'dense'},
      {count: 3, window: 0, mlp: 'moe'},
    ])
  })

  it('puts the window on the layers from max_window_layers on when Qwen2 uses one', () => {
    const spec = read('qwen2', {use_sliding_window: true, sliding_window: 4096, max_window_layers: 20})
    expect(spec.layers).toEqual([
      {count: 20, window: 0, mlp: 'dense'},
      {count: 8, window: 4096, mlp: 'dense'},
    ])
  })

  it('takes biases, head width and tying into account', () => {
    const plain = parameterCount(read('llama'))
    // q 4096, k and v 1024 each, output 4096, in 32 layers.
    expect(parameterCount(read('llama', {attention_bias: true})) - plain).toBe(32 * (4096 + 2 * 1024 + 4096))
    expect(parameterCount(read('llama', {mlp_bias: true})) - plain).toBe(32 * (2 * 14336 + 4096))
    expect(plain - parameterCount(read('llama', {tie_word_embeddings: true}))).toBe(128256 * 4096)
    expect(plain - parameterCount(read('llama', {head_dim: 64}))).toBe(32 * 4096 * (2 * 2048 + 2 * 512))
  })

  it('names the place, the known types and the nearest one for an unknown model_type', () => {
    const error = errorOf(() => read('llama', {model_type: 'qwen3moe'}))
    expect(error.message).toMatch(/^config\.json:\d+:\d+ \/model_type\n {2}"qwen3moe" is not a model_type that can be read$/)
    expect(error.suggestions[0]).toMatch(/^did you mean qwen3/)
    expect(error.suggestions[1]).toContain('deepseek_v3')
  })

  it('names a field that is missing', () => {
    const error = errorOf(() => read('llama', {num_hidden_layers: undefined}))
    expect(error.problems[0]).toMatchObject({pointer: '/num_hidden_layers', message: '"num_hidden_layers" is missing', line: 1})
    expect(errorOf(() => read('llama', {model_type: undefined})).message).toContain('"model_type" is missing')
  })

  it('refuses a field that changes the graph and that the type is not known to have', () => {
    const error = errorOf(() => read('llama', {sliding_window: 4096}))
    expect(error.problems[0]).toMatchObject({pointer: '/sliding_window'})
    expect(error.message).toContain('changes the graph')
  })

  it.each([
    ['llama', {hidden_size: '4096'}, '/hidden_size', 'a whole number'],
    ['llama', {hidden_act: 'sliu'}, '/hidden_act', 'not an activation'],
    ['llama', {attention_bias: 1}, '/attention_bias', 'true or false'],
    ['phi', {partial_rotary_factor: 2}, '/partial_rotary_factor', 'above 0 and up to 1'],
    ['phi', {qk_layernorm: true}, '/qk_layernorm', 'not supported'],
    ['opt', {word_embed_proj_dim: 512}, '/word_embed_proj_dim', 'not supported'],
    ['bert', {position_embedding_type: 'relative_key'}, '/position_embedding_type', 'not supported'],
    ['bert', {is_decoder: true}, '/is_decoder', 'not supported'],
    ['gpt_oss', {layer_types: ['full_attention']}, '/layer_types', '1 layer types for 36 layers'],
    ['gemma2', {attn_logit_softcapping: -1}, '/attn_logit_softcapping', 'a positive number'],
    ['qwen3_moe', {mlp_only_layers: 'all'}, '/mlp_only_layers', 'a list of whole numbers'],
    ['vit', {patch_size: 15}, '/patch_size', 'cannot be cut'],
    ['mistral', {layer_types: Array.from({length: 32}, () => 'linear_attention')}, '/layer_types', 'not a known type of layer'],
    ['mistral', {sliding_window: null, layer_types: Array.from({length: 32}, () => 'sliding_attention')}, '/sliding_window', 'is missing'],
  ])('refuses %s with %j at %s', (name, changes, pointer, reason) => {
    const error = errorOf(() => read(name, changes))
    expect(error.problems[0]?.pointer).toBe(pointer)
    expect(error.message).toContain(reason)
  })
})
