import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, describe, expect, it} from 'vitest'
import {UserError} from '../../src/foundation/user-error.js'
import {shippedNames} from '../../src/spec/catalogue.js'
import {transformerSchema} from '../../src/spec/schemas/workload.js'
import {modelAliases, resolveModelName} from '../../src/workload/aliases.js'
import {loadModel, loadWorkload} from '../../src/workload/load-workload.js'
import {activations} from '../../src/workload/transformer-spec.js'

const folder = mkdtempSync(path.join(os.tmpdir(), 'ridge-model-'))
afterAll(() => rmSync(folder, {recursive: true}))

const yaml = `kind: transformer
source: a test
hidden: 64
vocabulary: 100
layers: 2
attention: {heads: 4}
mlp: {intermediate: 256, activation: gelu}
norm: {function: layernorm}
positions: rotary
`

function errorOf(text: string): UserError {
  const file = path.join(folder, 'model.yaml')
  writeFileSync(file, text)
  try {
    loadModel(file)
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('loadWorkload', () => {
  it('refuses settings of experts for a model without, and takes them for one that has some', () => {
    for (const pass of [{expertDistribution: 'balanced'}, {expertExponent: 2}] as const) {
      const [name] = Object.keys(pass)
      expect(() => loadWorkload('gpt2', pass)).toThrow(
        expect.objectContaining({code: 'SETTING_UNUSED', message: `${name} does nothing to gpt2, which has no experts`}),
      )
      expect(loadWorkload('mixtral-8x7b', pass).settings).toMatchObject(pass)
    }
  })

  it('refuses settings that a list of operators cannot use', () => {
    const file = path.join(folder, 'list.yaml')
    writeFileSync(file, 'kind: operators\nsource: a test\noperators: [{kind: gemm, dtype: bf16, m: 8, n: 8, k: 8}]\n')
    expect(loadWorkload(file, {batch: 2}).operators).toHaveLength(1)
    expect(() => loadWorkload(file, {contextTokens: 64})).toThrow(
      expect.objectContaining({code: 'SETTING_UNUSED', suggestions: ['leave contextTokens out']}),
    )
  })
})

describe('loadModel', () => {
  it('names a model after its file, or as it says itself', () => {
    const file = path.join(folder, 'tiny.yaml')
    writeFileSync(file, yaml)
    expect(loadModel(file).name).toBe('tiny')
    writeFileSync(file, `${yaml}name: mine\n`)
    expect(loadModel(file).name).toBe('mine')
  })

  it('reads a published config.json', () => {
    const model = loadModel(fileURLToPath(new URL('configs/gpt2.json', import.meta.url)))
    expect(model).toMatchObject({kind: 'transformer', name: 'gpt2'})
  })

  it('reads a config.json without model_type as one, and says what is missing', () => {
    const file = path.join(folder, 'config.json')
    writeFileSync(file, '{"hidden_size": 64}')
    expect(() => loadModel(file)).toThrow(/config\.json:1:1 \/model_type\n {2}"model_type" is missing/)
  })

  it('names the nearest shipped model', () => {
    expect(() => loadModel('llama-3.1-8')).toThrow('"llama-3.1-8" is not a shipped model')
  })

  it.each([
    ['hiden: 64\n', 'hidden: 64\n', ':3:8 /hiden', '"hiden" is not a key here', 'did you mean hidden'],
    ['activation: gleu', 'activation: gelu', '/mlp/activation', '"gleu" is not one of', 'did you mean gelu'],
    ['layers: 0', 'layers: 2', ':5:9 /layers', '0 is less than 1, the least allowed', 'a number of equal layers'],
    ['layers: [{count: 2, mlp: moe}]', 'layers: 2', '/moe', '"moe" is missing', 'add moe'],
    ['{heads: 5}', '{heads: 4}', '/attention/heads', 'hidden 64 does not divide into 5 heads', 'add headDim'],
    [
      '{heads: 4, kvHeads: 3}',
      '{heads: 4}',
      '/attention/kvHeads',
      '4 query heads cannot share 3 key heads equally',
      'kvHeads divides heads',
    ],
    ['', 'vocabulary: 100\n', '/vocabulary', '"vocabulary" is missing', 'add vocabulary'],
    ['', 'mlp: {intermediate: 256, activation: gelu}\n', '/mlp', '"mlp" is missing', 'add mlp'],
    [
      'moe: {experts: 4, topK: 2, intermediate: 8, activation: gelu}\nnorm:',
      'norm:',
      '/layers',
      'do not say which they have',
      'layers: [{',
    ],
    [
      'layers: [{count: 2, mlp: moe}]\nmoe: {experts: 4, topK: 5, intermediate: 8, activation: gelu}',
      'layers: 2',
      '/moe/topK',
      'cannot pass 5 of 4',
      'at most',
    ],
    [
      'patches: {imageSize: 20, patchSize: 16, channels: 3}\n',
      'vocabulary: 100\n',
      '/patches/patchSize',
      'cannot be cut',
      'divides imageSize',
    ],
  ])('refuses %j for %j at its place', (wrong, right, place, message, hint) => {
    const error = errorOf(yaml.replace(right, wrong))
    expect(error.message).toContain(place)
    expect(error.message).toContain(message)
    expect(error.suggestions.join('\n')).toContain(hint)
    expect(error.exitCode).toBe(3)
  })

  it('knows the activations that a file may name', () => {
    const {mlp} = transformerSchema['properties'] as {mlp: {properties: {activation: {enum: string[]}}}}
    expect([...mlp.properties.activation.enum].sort()).toEqual(Object.keys(activations).sort())
  })
})

describe('resolveModelName', () => {
  it('leads every alias to a shipped model', () => {
    const shipped = shippedNames('model')
    for (const [alias, name] of Object.entries(modelAliases)) {
      expect(shipped, alias).toContain(name)
      expect(alias).toBe(alias.toLowerCase())
    }
  })

  it('ignores case, and takes shipped names as they are', () => {
    expect(resolveModelName('meta-llama/Meta-Llama-3-8B')).toBe('llama-3-8b')
    expect(resolveModelName('megatron-22B')).toBe('megatron-22b')
    expect(resolveModelName('gpt3-175B')).toBe('gpt3-175b')
    expect(resolveModelName('Qwen2-1.5B')).toBe('qwen2-1.5b')
    expect(resolveModelName('resnet50')).toBeUndefined()
  })

  it('lets a hub name stand for a file of its own on the command line', () => {
    expect(loadModel('opt:opt-1p3b').name).toBe('opt-1.3b')
  })
})
