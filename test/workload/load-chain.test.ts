import {describe, expect, it} from 'vitest'
import {chainDimensions, chainTensors} from '../../src/workload/chain.js'
import {loadWork, parseWork} from '../../src/workload/load-chain.js'
import {loadProblem} from '../../src/workload/load-problem.js'

const chainOf = (text: string) => {
  const work = parseWork('chain', text)
  if (work.kind !== 'chain') throw new Error('a chain was written')
  return work.chain
}

describe('a file of attention', () => {
  it('is two products with a softmax between, whose scores and weights pass between them', () => {
    const chain = chainOf('dtype: bf16\nattention: {heads: 32, kvHeads: 8, headDim: 128, queryTokens: 4096}\n')
    expect(chainDimensions(chain)).toEqual([
      {name: 'batch', size: 1},
      {name: 'kvHead', size: 8},
      {name: 'head', size: 4},
      {name: 'row', size: 4096},
      {name: 'key', size: 4096},
      {name: 'depth', size: 128},
      {name: 'width', size: 128},
    ])
    expect(Object.fromEntries(chainTensors(chain).map(({tensor, role}) => [tensor.name, role]))).toEqual({
      Q: 'input',
      K: 'input',
      S: 'intermediate',
      P: 'intermediate',
      rowMax: 'state',
      rowSum: 'state',
      V: 'input',
      O: 'output',
    })
  })

  it('is refused where a single problem is wanted', () => {
    expect(() => loadProblem('llama-3.1-8b-attention')).toThrow('a chain of problems stands where a single one is wanted')
  })

  it('ships as the attention of a model', () => {
    expect(loadWork('llama-3.1-8b-attention').kind).toBe('chain')
  })

  it.each([
    ['attention: {heads: 2, headDim: 8, queryTokens: 4}', '/attention', 'nothing says how wide an element is'],
    [
      'dtype: bf16\nattention: {heads: 3, kvHeads: 2, headDim: 8, queryTokens: 4}',
      '/attention/kvHeads',
      '2 key heads do not divide 3 query heads',
    ],
    [
      'dtype: bf16\nattention: {heads: 2, headDim: 8, queryTokens: 4, kvTokens: 3}',
      '/attention/kvTokens',
      '3 keys do not hold those of the 4 queries',
    ],
    [
      'dtype: bf16\nattention: {heads: 2, headDim: 8, queryTokens: 4, causal: false, window: 2}',
      '/attention/window',
      'a window looks back from a place, which queries that see all keys do not have',
    ],
    [
      'dtype: bf16\ngemm: {m: 1, n: 1, k: 1}\nattention: {heads: 2, headDim: 8, queryTokens: 4}',
      '/gemm',
      'a problem is one of attention and gemm',
    ],
  ])('%j is refused at %s', (text, pointer, reason) => {
    expect(() => parseWork('faulty', text)).toThrow(
      expect.objectContaining({code: 'SPEC_INVALID', message: expect.stringMatching(pointer)}),
    )
    expect(() => parseWork('faulty', text)).toThrow(reason)
  })
})

const up =
  '  - name: up\n    dimensions: {M: 8, F: 12, D: 4}\n    tensors:\n      X: {indices: [M, D]}\n      U: {indices: [D, F]}\n      H: {indices: [M, F], output: true}\n'
const down =
  '  - name: down\n    dimensions: {M: 8, E: 4, F: 12}\n    tensors:\n      H: {indices: [M, F]}\n      W: {indices: [F, E]}\n      Y: {indices: [M, E], output: true}\n'

describe('a file of a chain', () => {
  it('shares dimensions and tensors by name', () => {
    const chain = chainOf(`dtype: fp16\nchain:\n${up}${down}`)
    expect(chainDimensions(chain).map(({name}) => name)).toEqual(['M', 'F', 'D', 'E'])
    expect(chainTensors(chain).find(({tensor}) => tensor.name === 'H')).toMatchObject({role: 'intermediate', memberIndices: [0, 1]})
  })

  it('may work on elements between products', () => {
    const act =
      '  - name: act\n    elements: {vector: 2, special: 1}\n    dimensions: {M: 8, F: 12}\n    tensors:\n      H: {indices: [M, F]}\n      A: {indices: [M, F], output: true}\n'
    const [, member] = chainOf(`dtype: fp16\nchain:\n${up}${act}`).members
    expect(member!.elementWork).toEqual({vectorPerPointCount: 2, specialPerPointCount: 1})
  })

  it.each([
    [`${up}${down.replace('F: 12}', 'F: 13}')}`, 'dimension F is 13 in down, but 12 before it', 'CHAIN_MISMATCH'],
    [`${up}${up.replace('name: up', 'name: again')}`, 'again makes H, which up already has', 'CHAIN_MISMATCH'],
    [`${up}${down.replaceAll('H:', 'G:')}`, 'no later problem uses H', 'SPEC_INVALID'],
    [`${up}${down.replace('[F, E]', '[F, Z]')}`, '"Z" is not a dimension of this problem', 'UNKNOWN_NAME'],
  ])('whose members do not fit together is refused', (members, reason, code) => {
    const write = () => parseWork('faulty', `dtype: fp16\nchain:\n${members}`)
    expect(write).toThrow(reason)
    expect(write).toThrow(expect.objectContaining({code}))
  })

  it('places a fault of a member in the whole file', () => {
    expect(() => parseWork('faulty', `dtype: fp16\nchain:\n${up}${down.replace('[F, E]', '[F, Z]')}`)).toThrow(
      '/chain/1/tensors/W/indices/1',
    )
  })
})
