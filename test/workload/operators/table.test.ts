import {describe, expect, it} from 'vitest'
import {dtypes} from '../../../src/foundation/dtype.js'
import {dtypeNames, elementFunctionNames, operatorShapes} from '../../../src/spec/schemas/operator-shapes.js'
import {collectives, type OperatorNode, tensorClasses} from '../../../src/workload/operator.js'
import {elementFunctions, elementwise} from '../../../src/workload/operators/elementwise.js'
import {expertDistributions} from '../../../src/workload/operators/expert-load.js'
import {gemm, gemmKind} from '../../../src/workload/operators/gemm.js'
import {layernorm} from '../../../src/workload/operators/layernorm.js'
import {adamStateBytes, optimizer} from '../../../src/workload/operators/optimizer.js'
import {softmax} from '../../../src/workload/operators/softmax.js'
import {backwardNodes, forwardNode, operatorKinds, type Step} from '../../../src/workload/operators/table.js'

const operations = (node: OperatorNode): number => node.demand.contractions.reduce((sum, c) => sum + c.operationCount, 0)
const total = (accesses: OperatorNode['demand']['reads']): number => accesses.reduce((sum, {bytes}) => sum + bytes, 0)

const examples: readonly Step[] = [
  {kind: 'gemm', options: {m: 8, n: 16, k: 32, dtype: 'bf16'}},
  {kind: 'attention', options: {batch: 1, heads: 4, headDim: 16, queryTokens: 8, kvTokens: 8, dtype: 'bf16'}},
  {kind: 'softmax', options: {m: 4, n: 8, dtype: 'fp32'}},
  {kind: 'layernorm', options: {m: 4, n: 8, dtype: 'fp32'}},
  {kind: 'elementwise', options: {function: 'gelu', m: 4, n: 8, dtype: 'fp32'}},
  {kind: 'embedding', options: {tokens: 4, hidden: 8, dtype: 'bf16'}},
  {kind: 'moe', options: {tokens: 4, hidden: 8, intermediate: 16, experts: 4, topK: 2, dtype: 'bf16'}},
  {kind: 'optimizer', options: {parameters: 100, dtype: 'bf16'}},
  {kind: 'collective', options: {collective: 'allreduce', bytes: 1024, ranks: 4, dtype: 'bf16'}},
]

describe('operatorKinds', () => {
  it('has the kinds, functions, formats and distributions that a file may name', () => {
    expect(Object.keys(operatorKinds).sort()).toEqual(Object.keys(operatorShapes).sort())
    expect([...elementFunctionNames].sort()).toEqual(Object.keys(elementFunctions).sort())
    expect(dtypeNames).toEqual(dtypes)
    expect(operatorShapes.moe.properties.distribution['enum']).toEqual(expertDistributions)
    expect(operatorShapes.collective.properties.collective['enum']).toEqual(collectives)
  })

  it.each(examples)('builds $kind and its gradients with finite, positive demands on known tensors', (step) => {
    const nodes = [forwardNode(step), ...backwardNodes(step)]
    expect(nodes[0]?.kind).toBe(step.kind)
    for (const {demand} of nodes) {
      expect(total(demand.reads) + total(demand.writes)).toBeGreaterThan(0)
      for (const access of [...demand.reads, ...demand.writes]) {
        expect(access.bytes).toBeGreaterThan(0)
        expect(tensorClasses).toContain(access.tensor)
      }
      for (const work of demand.work) expect(work.operationCount).toBeGreaterThan(0)
    }
  })
})

describe('gemm', () => {
  it('does 2mnk operations and touches each operand once', () => {
    const node = gemm({m: 8, n: 16, k: 32, batchCount: 3, dtype: 'bf16', weightDtype: 'fp8'})
    expect(operations(node)).toBe(2 * 8 * 16 * 32 * 3)
    expect(node.demand.reads).toEqual([
      {tensor: 'activations', bytes: 8 * 32 * 3 * 2},
      {tensor: 'weights', bytes: 32 * 16 * 3},
    ])
    expect(total(node.demand.writes)).toBe(8 * 16 * 3 * 2)
  })

  it('backward does twice the operations, and leaves the gradient of a weight to the optimizer', () => {
    const options = {m: 8, n: 16, k: 32, dtype: 'bf16', gradientDtype: 'fp32', bias: true} as const
    const [byInput, byWeight] = gemmKind.backward(options)
    expect(operations(byInput!) + operations(byWeight!)).toBe(2 * operations(gemm(options)))
    expect(byWeight!.demand.writes).toEqual([{tensor: 'optimizerState', bytes: 32 * 16 * 4}])
    expect(byInput!.shape).toMatchObject({m: 8, n: 32, k: 16})
  })

  it('in groups reads one B a group', () => {
    const options = {m: 12, n: 16, k: 32, groupRows: [4, 4, 3, 1], dtype: 'bf16'} as const
    const node = gemm(options)
    expect(operations(node)).toBe(2 * 12 * 16 * 32)
    expect(node.demand.reads[1]).toEqual({tensor: 'weights', bytes: 4 * 32 * 16 * 2})
    expect(node.demand.contractions.map(({m, batchCount}) => [m, batchCount])).toEqual([
      [4, 2],
      [3, 1],
      [1, 1],
    ])
    expect(gemmKind.backward(options).reduce((sum, n) => sum + operations(n), 0)).toBe(2 * operations(node))
  })
})

describe('element operators', () => {
  it('compute in fp32 whatever is stored, and in fp64 when that is stored', () => {
    expect(elementwise({function: 'add', m: 4, dtype: 'bf16'}).demand.work[0]?.dtype).toBe('fp32')
    expect(elementwise({function: 'add', m: 4, dtype: 'fp64'}).demand.work[0]?.dtype).toBe('fp64')
  })

  it('read and write as many tensors as their function says', () => {
    const add = elementwise({function: 'add', m: 10, n: 10, dtype: 'fp32'}).demand
    expect([total(add.reads), total(add.writes)]).toEqual([800, 400])
    const swiglu = elementwise({function: 'swiglu', m: 10, n: 10, dtype: 'bf16'}).demand
    expect([total(swiglu.reads), total(swiglu.writes)]).toEqual([400, 200])
  })

  it('softmax takes an exponential an element and a reciprocal a row', () => {
    expect(softmax({m: 4, n: 8, dtype: 'fp32'}).demand.work).toEqual([
      {unit: 'vector', dtype: 'fp32', operationCount: 128},
      {unit: 'special', dtype: 'fp32', operationCount: 36},
    ])
  })

  it('a norm with its residual reads and writes one tensor more, unless nobody needs the sum', () => {
    const plain = layernorm({m: 10, n: 20, dtype: 'bf16'}).demand
    const kept = layernorm({m: 10, n: 20, dtype: 'bf16', residual: true}).demand
    const consumed = layernorm({m: 10, n: 20, dtype: 'bf16', residual: true, keepsSum: false}).demand
    expect(total(kept.reads) - total(plain.reads)).toBe(400)
    expect(total(kept.writes) - total(plain.writes)).toBe(400)
    expect(total(consumed.writes)).toBe(total(plain.writes))
  })
})

describe('optimizer', () => {
  it('keeps a master copy of narrow weights: 18 bytes a parameter in mixed precision, 16 in fp32', () => {
    expect(adamStateBytes('bf16') + 4 + 2).toBe(18)
    expect(optimizer({parameters: 1, dtype: 'bf16', gradientDtype: 'fp32'}).shape['bytesPerParameter']).toBe(18)
    expect(optimizer({parameters: 1, dtype: 'fp32', gradientDtype: 'fp32'}).shape['bytesPerParameter']).toBe(16)
  })
})

describe('collective', () => {
  it('gathers in the backward pass what it scattered in the forward pass', () => {
    const [backward] = backwardNodes({kind: 'collective', options: {collective: 'reduce_scatter', bytes: 64, ranks: 4, dtype: 'bf16'}})
    expect(backward?.demand.wire).toEqual({collective: 'all_gather', bytes: 64, rankCount: 4})
  })
})
