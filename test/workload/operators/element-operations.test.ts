import {describe, expect, it} from 'vitest'
import {backwardNodes, forwardNode, type Step} from '../../../src/workload/operators/table.js'

const [m, n, dtype] = [64, 128, 'bf16'] as const
const forward = (step: Step): number | undefined => forwardNode(step).demand.elementOperationCount

describe('element-operations of kernels', () => {
  it.each<[string, Step, number]>([
    ['a sum takes one an element', {kind: 'elementwise', options: {function: 'add', m, n, dtype}}, m * n],
    ['a copy takes one', {kind: 'elementwise', options: {function: 'copy', m, n, dtype}}, m * n],
    ['a hyperbolic tangent takes two', {kind: 'elementwise', options: {function: 'tanh', m, n, dtype}}, 2 * m * n],
    ['a repeat takes one for each element written', {kind: 'elementwise', options: {function: 'repeat', m, n, dtype, repeats: 4}}, m * n],
    ['softmax takes three', {kind: 'softmax', options: {m, n, dtype}}, 3 * m * n],
    ['layernorm takes three', {kind: 'layernorm', options: {m, n, dtype}}, 3 * m * n],
    ['a residual sum taken along takes one more', {kind: 'layernorm', options: {m, n, dtype, residual: true}}, 4 * m * n],
    ['a look-up takes one for each table', {kind: 'embedding', options: {tokens: m, hidden: n, tables: 2, dtype}}, 2 * m * n],
    ['an Adam step takes two a parameter', {kind: 'optimizer', options: {parameters: 1000, dtype}}, 2000],
  ])('%s', (_, step, expected) => {
    expect(forward(step)).toBe(expected)
  })

  it.each<[string, Step]>([
    ['a product', {kind: 'gemm', options: {m, n, k: 32, dtype}}],
    ['fused attention', {kind: 'attention', options: {batch: 1, heads: 2, headDim: 64, queryTokens: 8, kvTokens: 8, dtype}}],
  ])('%s has none: its tiles hold its operands', (_, step) => {
    expect(forward(step)).toBeUndefined()
  })

  it.each<[string, Step]>([
    ['softmax', {kind: 'softmax', options: {m, n, dtype}}],
    ['layernorm', {kind: 'layernorm', options: {m, n, dtype}}],
    ['a product of elements', {kind: 'elementwise', options: {function: 'mul', m, n, dtype}}],
  ])('%s has some backward too', (_, step) => {
    for (const {demand} of backwardNodes(step)) expect(demand.elementOperationCount).toBeGreaterThanOrEqual(m * n)
    expect(backwardNodes(step)).not.toHaveLength(0)
  })
})
