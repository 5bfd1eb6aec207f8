import {describe, expect, it} from 'vitest'
import {buildWorkload, loadModel, loadWorkload} from '../../src/workload/load-workload.js'
import type {TensorClass, Workload} from '../../src/workload/operator.js'
import type {PassInput} from '../../src/workload/pass.js'
import {type TransformerInput, transformerSpec} from '../../src/workload/transformer-input.js'
import {parameterCount} from '../../src/workload/transformer-parameters.js'

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const matrixOperations = (workload: Workload, only: RegExp = /./): number =>
  sum(
    workload.operators.map(({name, count, demand}) =>
      only.test(name) ? count * sum(demand.contractions.map((c) => c.operationCount)) : 0,
    ),
  )
const bytesOf = (workload: Workload, tensor: TensorClass, side: 'reads' | 'writes' = 'reads'): number =>
  sum(workload.operators.map(({count, demand}) => count * sum(demand[side].map((access) => (access.tensor === tensor ? access.bytes : 0)))))

const tiny: TransformerInput = {
  source: 'a test',
  hidden: 64,
  vocabulary: 100,
  layers: 3,
  attention: {heads: 4, kvHeads: 2},
  mlp: {intermediate: 160, activation: 'swiglu'},
  norm: {function: 'rmsnorm'},
  positions: 'rotary',
}

const build = (changes: Partial<TransformerInput>, pass: PassInput): Workload =>
  buildWorkload({kind: 'transformer', name: 'tiny', source: '', spec: transformerSpec('tiny', {...tiny, ...changes})}, pass)

const balanced = ({moe}: Partial<TransformerInput>): PassInput => (moe === undefined ? {} : {expertDistribution: 'balanced'})

/** Shapes that reach every branch: norms, heads, experts, positions, windows. */
const variants: Record<string, Partial<TransformerInput>> = {
  grouped: {},
  'multi-query with biases': {attention: {heads: 4, kvHeads: 1, qkvBias: true, outputBias: true}},
  'windowed on some layers': {layers: [{count: 1, window: 8}, {count: 2}]},
  'parallel blocks': {
    parallelBlocks: 'two-norms',
    mlp: {intermediate: 256, activation: 'gelu-new', bias: true},
    norm: {function: 'layernorm'},
  },
  sandwich: {norm: {function: 'rmsnorm', placement: 'sandwich'}, attention: {heads: 4, qkNorm: 'head', scoreCap: true}},
  'learned positions': {positions: 'learned', positionRows: 128, tiedEmbedding: true, mlp: {intermediate: 256, activation: 'squared-relu'}},
  alibi: {positions: 'alibi', embeddingNorm: true, jointProjections: true},
  experts: {
    mlp: {intermediate: 160, activation: 'swiglu'},
    moe: {experts: 8, topK: 2, intermediate: 32, activation: 'swiglu', sharedIntermediate: 32, sharedGate: true},
    layers: [
      {count: 1, mlp: 'dense'},
      {count: 2, mlp: 'moe'},
    ],
  },
  latent: {attention: {heads: 4, headDim: 24, valueHeadDim: 16, latent: {queryRank: 24, kvRank: 32, ropeHeadDim: 8}}},
}
const cases = Object.entries(variants)
const plainCases = cases.filter(([name]) => name !== 'latent')

describe('buildTransformer', () => {
  it('of a dense decoder does 2 operations a weight and token, and 4·pairs·hidden a layer in attention', () => {
    const {operators, ...workload} = loadWorkload('llama-3.1-8b', {phase: 'prefill', batch: 2, promptTokens: 512, lmHead: 'all'})
    const norms = (2 * 32 + 1) * 4096
    const multiplied = 8_030_261_248 - 128256 * 4096 - norms
    const pairs = 2 * ((512 * 513) / 2)
    expect(matrixOperations({operators, ...workload})).toBe(2 * multiplied * 1024 + 32 * 4 * pairs * 4096)
    expect(workload.tokenCount).toBe(1024)
    expect(workload.parameterCount).toBe(8_030_261_248)
  })

  it('of Llama 3.1 8B decode reads every weight once, but of the embedding only the tokens’ rows', () => {
    const workload = loadWorkload('llama-3.1-8b', {phase: 'decode', batch: 4, contextTokens: 1000})
    expect(bytesOf(workload, 'weights')).toBe(2 * (8_030_261_248 - 128256 * 4096 + 4 * 4096))
    // 999 cached tokens of 4 sequences, 32 layers, 8 heads of 128, keys and values of two bytes.
    expect(bytesOf(workload, 'kvCache')).toBe(4 * 999 * 32 * 2 * 8 * 128 * 2)
    expect(bytesOf(workload, 'kvCache', 'writes')).toBe(4 * 32 * 2 * 8 * 128 * 2)
    expect(workload.residentBytes.kvCache).toBe(4 * 1000 * 32 * 2 * 8 * 128 * 2)
    expect(workload.residentBytes.weights).toBe(2 * 8_030_261_248)
    expect(workload.tokenCount).toBe(4)
  })

  it.each(cases)('%s: fused and eager do the same useful matrix work', (_, changes) => {
    // Latent decode is absorbed only when fused, so only passes that expand are compared there.
    const phases = changes.attention?.latent ? (['prefill', 'train'] as const) : (['prefill', 'decode', 'train'] as const)
    for (const phase of phases) {
      const pass: PassInput = {phase, batch: 2, contextTokens: 24}
      const forward = /^(?!.*(dgrad|wgrad|backward)).*$/
      expect(matrixOperations(build(changes, {...pass, fused: true}), forward)).toBe(
        matrixOperations(build(changes, {...pass, fused: false}), forward),
      )
    }
  })

  it.each(cases)('%s: eager kernels move more bytes of activations than fused ones', (_, changes) => {
    const pass: PassInput = {phase: 'prefill', batch: 2, promptTokens: 64}
    expect(bytesOf(build(changes, {...pass, fused: false}), 'activations')).toBeGreaterThan(
      bytesOf(build(changes, {...pass, fused: true}), 'activations'),
    )
  })

  it.each(plainCases)('%s: a prompt does the attention work of decoding its tokens one by one', (_, changes) => {
    const attention = /^attention$/
    let decode = 0
    for (let contextTokens = 1; contextTokens <= 24; contextTokens++)
      decode += matrixOperations(build(changes, {phase: 'decode', contextTokens}), attention)
    expect(decode).toBe(matrixOperations(build(changes, {phase: 'prefill', promptTokens: 24}), attention))
  })

  it.each(plainCases)('%s: a cached prefix saves exactly the work of the prefix', (_, changes) => {
    const pass = {phase: 'prefill', lmHead: 'none', ...balanced(changes)} as const
    const whole = matrixOperations(build(changes, {...pass, promptTokens: 24}))
    const prefix = matrixOperations(build(changes, {...pass, promptTokens: 10}))
    const rest = matrixOperations(build(changes, {...pass, promptTokens: 14, prefixTokens: 10}))
    expect(prefix + rest).toBeCloseTo(whole, 3)
  })

  it.each(cases)('%s: doubling the batch doubles the work and not the weights that are read', (name, changes) => {
    for (const phase of ['prefill', 'decode'] as const) {
      const once = build(changes, {phase, batch: 4, contextTokens: 32, ...balanced(changes)})
      const twice = build(changes, {phase, batch: 8, contextTokens: 32, ...balanced(changes)})
      expect(matrixOperations(twice)).toBeCloseTo(2 * matrixOperations(once), 3)
      const looked = sum(
        once.operators.map((node) =>
          node.kind === 'embedding' ? sum(node.demand.reads.map(({tensor, bytes}) => (tensor === 'weights' ? bytes : 0))) : 0,
        ),
      )
      expect(bytesOf(twice, 'weights') - bytesOf(once, 'weights'), name).toBe(looked)
      expect(twice.residentBytes.kvCache).toBe(2 * once.residentBytes.kvCache)
    }
  })

  it.each(cases)('%s: with one token for every expert, a pass reads every parameter but the rest of the embedding', (_, changes) => {
    const spec = transformerSpec('tiny', {...tiny, ...changes})
    const workload = build(changes, {phase: 'prefill', batch: 8, promptTokens: 32, ...balanced(changes), lmHead: 'all'})
    const tables = spec.vocabulary + spec.positionRows
    const looked = 256 * (spec.positionRows > 0 ? 2 : 1)
    const head = spec.tiedEmbedding ? spec.vocabulary * 64 : 0
    expect(bytesOf(workload, 'weights')).toBe(2 * (parameterCount(spec) - tables * 64 + looked * 64 + head))
  })

  it('stores weights, activations and cache each in its own format', () => {
    const pass: PassInput = {phase: 'decode', contextTokens: 64}
    const plain = build({}, pass)
    const mixed = build({}, {...pass, weightDtype: 'int4', kvDtype: 'fp8', activationDtype: 'fp32'})
    expect(bytesOf(mixed, 'weights')).toBe(bytesOf(plain, 'weights') / 4)
    expect(bytesOf(mixed, 'kvCache')).toBe(bytesOf(plain, 'kvCache') / 2)
    expect(bytesOf(mixed, 'activations', 'writes')).toBe(2 * bytesOf(plain, 'activations', 'writes'))
    const fp8 = build({}, {...pass, dtype: 'fp8'})
    expect(fp8.operators.find(({name}) => name === 'mlp_up')?.demand.contractions[0]?.dtype).toBe('fp8')
    expect(fp8.operators.find(({name}) => name === 'attention')?.demand.contractions[0]?.dtype).toBe('bf16')
    expect(build({}, {...pass, accumulateDtype: 'bf16'}).operators.find(({name}) => name === 'rotary')?.demand.work[0]?.dtype).toBe('bf16')
  })

  it('keeps no more of a windowed layer than its window', () => {
    const windowed = build({layers: [{count: 1, window: 8}, {count: 2}]}, {phase: 'decode', contextTokens: 100})
    expect(windowed.residentBytes.kvCache).toBe((8 + 2 * 100) * 2 * 2 * 16 * 2)
  })

  it('keeps one latent vector a token and layer', () => {
    const latent = build(variants['latent']!, {phase: 'decode', contextTokens: 100})
    expect(latent.residentBytes.kvCache).toBe(3 * 100 * (32 + 8) * 2)
    expect(bytesOf(latent, 'kvCache')).toBe(3 * 99 * (32 + 8) * 2)
  })

  it('without a KV cache runs the whole context for each token', () => {
    const without = build({}, {phase: 'decode', contextTokens: 24, kvCache: false})
    const prefill = build({}, {phase: 'prefill', promptTokens: 24, kvCache: false})
    expect(matrixOperations(without)).toBe(matrixOperations(prefill))
    expect(without.tokenCount).toBe(1)
    expect(without.residentBytes.kvCache).toBe(0)
    expect(bytesOf(without, 'kvCache')).toBe(0)
  })

  it('split over two devices does half of each block, and joins the parts after both', () => {
    const pass: PassInput = {phase: 'prefill', promptTokens: 32, lmHead: 'none'}
    const whole = build({}, pass)
    const half = build({}, {...pass, tensorParallel: 2})
    expect(matrixOperations(half)).toBe(matrixOperations(whole) / 2)
    const joins = half.operators.filter(({kind}) => kind === 'collective')
    expect(joins.map(({name, count}) => [name, count])).toEqual([
      ['embedding_allreduce', 1],
      ['attention_allreduce', 3],
      ['mlp_allreduce', 3],
    ])
    expect(joins[1]?.demand.wire).toEqual({collective: 'allreduce', bytes: 32 * 64 * 2, rankCount: 2})
    expect(half.residentBytes.kvCache).toBe(whole.residentBytes.kvCache / 2)
    const norms = 7 * 64 * 2
    expect(half.residentBytes.weights - norms).toBe((whole.residentBytes.weights - norms) / 2)
  })

  it('refuses to split heads unequally', () => {
    expect(() => build({}, {tensorParallel: 3})).toThrow('tiny has 4 query and 2 key heads, which 3 devices cannot share equally')
  })

  it('runs an encoder without mask and cache, and refuses to decode with it', () => {
    const bert = loadWorkload('bert-large', {batch: 2, promptTokens: 128})
    expect(matrixOperations(bert, /^attention$/)).toBe(24 * 4 * 2 * 128 * 128 * 1024)
    expect(bert.residentBytes.kvCache).toBe(0)
    expect(() => loadWorkload('bert-large', {phase: 'decode'})).toThrow('bert-large is an encoder and does not generate tokens one by one')
    expect(() => loadWorkload('bert-large', {prefixTokens: 8})).toThrow('bert-large is an encoder and has no cached prefix')
  })

  it('cuts an image into patches, whose number is the model’s own', () => {
    const vit = loadWorkload('vit-large', {batch: 2})
    expect(vit.operators[0]?.shape).toMatchObject({m: 2 * 196, n: 1024, k: 768})
    expect(vit.settings['promptTokens']).toBe(197)
    expect(vit.operators.at(-1)?.shape).toMatchObject({m: 2, n: 1000})
    expect(() => loadWorkload('vit-large', {promptTokens: 100})).toThrow('vit-large makes 197 tokens of an image, not 100')
  })

  it('lists the kernels that eager BERT was seen to run: four projections, two products and one softmax a layer', () => {
    const bert = loadWorkload('bert-large', {batch: 16, promptTokens: 128, fused: false})
    const count = (shape: object): number =>
      sum(bert.operators.filter((o) => Object.entries(shape).every(([key, value]) => o.shape[key] === value)).map((o) => o.count))
    expect(count({m: 2048, n: 1024, k: 1024})).toBe(96)
    expect(count({m: 128, n: 128, k: 64, batchCount: 256})).toBe(24)
    expect(count({m: 128, n: 64, k: 128, batchCount: 256})).toBe(24)
    expect(count({m: 2048, n: 1024, function: 'layernorm'})).toBe(49)
    expect(count({m: 32768, n: 128, function: 'mask'})).toBe(24)
    expect(sum(bert.operators.filter((o) => o.kind === 'softmax').map((o) => o.count))).toBe(24)
  })

  it('scales the scores of eager GPT-2 before it selects by their mask, each with an element made on the device', () => {
    const names = loadWorkload('gpt2', {promptTokens: 128, fused: false}).operators.map(({name}) => name)
    expect(names.slice(names.indexOf('attention_scale_fill'), names.indexOf('attention_softmax'))).toEqual([
      'attention_scale_fill',
      'attention_scale',
      'attention_mask_fill',
      'attention_mask',
    ])
  })

  it('copies eager queries, keys, values and results by head where sequences are several; a cache holds keys and values so already', () => {
    const copyCount = (name: string, pass: object): number =>
      sum(
        loadWorkload(name, {promptTokens: 128, fused: false, ...pass})
          .operators.filter(({shape}) => ['permute', 'transpose'].includes(String(shape['function'])))
          .map((o) => o.count),
      )
    expect(copyCount('bert-large', {batch: 16})).toBe(4 * 24)
    expect(copyCount('bert-large', {batch: 1})).toBe(24)
    expect(copyCount('opt-1.3b', {batch: 2})).toBe(2 * 24)
    expect(copyCount('opt-1.3b', {batch: 2, kvCache: false})).toBe(4 * 24)
    expect(copyCount('opt-1.3b', {batch: 2, phase: 'decode'})).toBe(0)
  })

  it('takes the softmax of eager OPT in fp32 between two casts, and scales its queries, as was seen', () => {
    const opt = loadWorkload('opt-1.3b', {batch: 2, promptTokens: 128, fused: false})
    const shapes = opt.operators
      .filter(({name}) => /^attention_(scale|upcast|softmax|downcast)$/.test(name))
      .map(({name, dtype, count, shape}) => [name, dtype, count, Number(shape['m']) * Number(shape['n'])])
    expect(shapes).toEqual([
      ['attention_scale', 'bf16', 24, 524288],
      ['attention_upcast', 'bf16', 24, 1048576],
      ['attention_softmax', 'fp32', 24, 1048576],
      ['attention_downcast', 'fp32', 24, 1048576],
    ])
    const wide = loadWorkload('opt-1.3b', {batch: 2, promptTokens: 128, fused: false, dtype: 'fp32'})
    expect(wide.operators.some(({name}) => name === 'attention_upcast')).toBe(false)
  })

  it('gives each context of a sweep its own cache', () => {
    const model = loadModel('deepseek-v3')
    const names = new Set<number>()
    for (let contextTokens = 1; contextTokens <= 500; contextTokens++)
      names.add(buildWorkload(model, {phase: 'decode', contextTokens}).residentBytes.kvCache)
    expect(names.size).toBe(500)
  })
})
