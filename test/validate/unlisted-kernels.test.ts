import {describe, expect, it} from 'vitest'
import {eagerOperators} from '../../src/validate/unlisted-kernels.js'
import type {OperatorNode} from '../../src/workload/operator.js'
import {elementwise} from '../../src/workload/operators/elementwise.js'
import {gemm} from '../../src/workload/operators/gemm.js'
import {softmax} from '../../src/workload/operators/softmax.js'

const bf16 = {dtype: 'bf16', count: 12} as const
/** Four sequences of 128 tokens, 16 heads of 32, values of 48. */
const scores = gemm({...bf16, name: 'gemm_tensor', m: 128, n: 128, k: 32, batchCount: 64, weights: false})
const values = gemm({...bf16, name: 'gemm_tensor', m: 128, n: 48, k: 128, batchCount: 64, weights: false})
const probabilities = softmax({...bf16, m: 64 * 128, n: 128})
const scoreCount = 64 * 128 * 128
const listedFunction = (name: string, m: number) => elementwise({...bf16, name: `elementwise_${name}`, function: 'add', m, n: 1})

const pass = (operators: readonly OperatorNode[], batch = 4) => ({
  model: 'made',
  phase: 'forward_prefill',
  batch,
  tokenCount: 512,
  operators,
})
const summary = (nodes: readonly OperatorNode[]) =>
  nodes.map(({name, count, shape, isNested = false}) => [
    name,
    shape['function'] ?? '',
    Number(shape['m']) * Number(shape['n']),
    count,
    isNested,
  ])

describe('the kernels around those of an inventory', () => {
  it('copy the operands of attention by head, from inside of its products, and the result back by token', () => {
    expect(summary(eagerOperators(pass([scores, probabilities, values])))).toEqual([
      ['query_layout', 'permute', 4 * 128 * 16 * 32, 12, true],
      ['key_layout', 'transpose', 4 * 128 * 16 * 32, 12, true],
      ['gemm_tensor', '', 128 * 128, 12, false],
      ['softmax', '', scoreCount, 12, false],
      ['value_layout', 'permute', 4 * 128 * 16 * 48, 12, true],
      ['gemm_tensor', '', 128 * 48, 12, false],
      ['output_layout', 'permute', 4 * 128 * 16 * 48, 12, false],
    ])
  })

  it('copy no operand of a single sequence, whose heads lie one behind the other', () => {
    const names = eagerOperators(pass([scores, probabilities, values], 1)).map(({name}) => name)
    expect(names).toEqual(['gemm_tensor', 'softmax', 'gemm_tensor', 'output_layout'])
  })

  it('serve attention of several shapes, each by its own pair of products', () => {
    const narrow = gemm({...bf16, name: 'gemm_tensor', m: 16, n: 16, k: 36, batchCount: 64, weights: false})
    const narrowValues = gemm({...bf16, name: 'gemm_tensor', m: 16, n: 36, k: 16, batchCount: 64, weights: false})
    const names = eagerOperators(pass([scores, values, narrow, narrowValues])).map(({name}) => name)
    expect(names.filter((name) => name === 'key_layout')).toHaveLength(2)
    expect(eagerOperators(pass([scores, narrow]))).toEqual([scores, narrow])
  })

  it('read a mask that repeats where a function takes the scores and another tensor, and leave all other functions', () => {
    const functions = [
      listedFunction('pointwise_add', scoreCount),
      listedFunction('unspecified_tensor', scoreCount),
      listedFunction('scalar_mul', scoreCount),
      listedFunction('pointwise_add', 512 * 16 * 32),
    ]
    const found = eagerOperators(pass([scores, ...functions, values])).filter(({class: name}) => name === 'elementwise')
    expect(summary(found).filter(([name]) => String(name).startsWith('elementwise'))).toEqual([
      ['elementwise_pointwise_add_mask', 'mask', scoreCount, 12, false],
      ['elementwise_unspecified_tensor_fill', 'fill', 1, 12, false],
      ['elementwise_unspecified_tensor_scale', 'scale', scoreCount, 12, false],
      ['elementwise_unspecified_tensor_fill', 'fill', 1, 12, false],
      ['elementwise_unspecified_tensor_select', 'select', scoreCount, 12, false],
      ['elementwise_scalar_mul', 'add', scoreCount, 12, false],
      ['elementwise_pointwise_add', 'add', 512 * 16 * 32, 12, false],
    ])
  })

  it('normalize the output of each convolution of several, and not the only one, which cuts an image into patches', () => {
    const convolution = (m: number) => gemm({...bf16, name: 'conv2d_as_gemm_tensor', m, n: 64, k: 576})
    expect(summary(eagerOperators(pass([convolution(3136), convolution(784)])))).toEqual([
      ['conv2d_as_gemm_tensor', '', 3136 * 64, 12, false],
      ['batch_norm', 'mask', 3136 * 64, 12, false],
      ['conv2d_as_gemm_tensor', '', 784 * 64, 12, false],
      ['batch_norm', 'mask', 784 * 64, 12, false],
    ])
    expect(eagerOperators(pass([convolution(3136)]))).toEqual([convolution(3136)])
  })
})
