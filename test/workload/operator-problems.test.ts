import {describe, expect, it} from 'vitest'
import {buildWorkload, loadModel} from '../../src/workload/load-workload.js'
import type {OperatorNode} from '../../src/workload/operator.js'
import {isFusedOperator, type OperatorProblem, operatorProblems} from '../../src/workload/operator-problems.js'
import {moe} from '../../src/workload/operators/moe.js'
import {forwardNode} from '../../src/workload/operators/table.js'

const sizesOf = ({problem}: OperatorProblem) => Object.fromEntries(problem.dimensions.map(({name, size}) => [name, size]))
const wordsOf = (each: OperatorProblem): number[] =>
  each.problem.tensors.map(({ranks}) =>
    ranks.reduce((words, {terms}) => words * terms.reduce((size, {dimension}) => size * each.problem.dimensions[dimension]!.size, 1), 1),
  )
const bytesOf = (each: OperatorProblem): number[] =>
  wordsOf(each).map((words, index) => (words * each.problem.tensors[index]!.elementBits) / 8)
const operationsOf = (each: OperatorProblem): number =>
  2 * each.runCount * each.usefulRatio * each.problem.dimensions.reduce((points, {size}) => points * size, 1)

describe('operatorProblems', () => {
  it('makes a matrix product a nest of three loops, its tensors as wide as they are stored', () => {
    const [each, ...others] = operatorProblems(
      forwardNode({kind: 'gemm', options: {m: 3, n: 5, k: 7, dtype: 'bf16', weightDtype: 'int4', outputDtype: 'fp32', bias: true}}),
    )
    expect(others).toEqual([])
    expect(each).toMatchObject({dtype: 'bf16', runCount: 1, usefulRatio: 1})
    expect(sizesOf(each!)).toEqual({M: 3, N: 5, K: 7})
    expect(each!.problem.tensors.map(({name, class: held, elementBits, isOutput}) => [name, held, elementBits, isOutput])).toEqual([
      ['A', 'activations', 16, false],
      ['B', 'weights', 4, false],
      ['C', 'activations', 32, true],
    ])
    expect(wordsOf(each!)).toEqual([21, 35, 15])
  })

  it('gives batches a loop that runs through all three tensors', () => {
    const [each] = operatorProblems(forwardNode({kind: 'gemm', options: {m: 3, n: 5, k: 7, batchCount: 4, weights: false, dtype: 'fp16'}}))
    expect(sizesOf(each!)).toEqual({B: 4, M: 3, N: 5, K: 7})
    expect(wordsOf(each!)).toEqual([84, 140, 60])
  })

  it('runs groups of equal rows together, and others on their own', () => {
    const problems = operatorProblems(forwardNode({kind: 'gemm', options: {m: 21, n: 5, k: 7, groupRows: [8, 5, 8], dtype: 'bf16'}}))
    expect(problems.map(sizesOf)).toEqual([
      {B: 2, M: 8, N: 5, K: 7},
      {M: 5, N: 5, K: 7},
    ])
  })

  it('weighs nests of whole rows and experts so that they compute what an expected load does', () => {
    const node = moe({
      tokens: 100,
      hidden: 64,
      intermediate: 32,
      experts: 60,
      topK: 2,
      distribution: 'random',
      dtype: 'bf16',
      weightDtype: 'fp8',
    })
    const problems = operatorProblems(node)
    expect(node.demand.contractions[0]!.batchCount % 1).not.toBe(0)
    for (const [index, each] of problems.entries()) {
      const {m, n, k, batchCount, operationCount} = node.demand.contractions[index]!
      expect(sizesOf(each)).toEqual({B: Math.round(batchCount), M: Math.ceil(m), N: n, K: k})
      expect(operationsOf(each) / operationCount).toBeCloseTo(Math.ceil(m) / m, 9)
    }
    const weightBytes = problems.reduce((sum, each) => sum + each.runCount * bytesOf(each)[1]!, 0)
    expect(weightBytes).toBeCloseTo(node.demand.reads.find(({tensor}) => tensor === 'weights')!.bytes, 6)
  })

  it('has the two products of attention, under a causal mask half of each useful', () => {
    const options = {batch: 2, heads: 8, kvHeads: 2, headDim: 64, queryTokens: 128, kvTokens: 128, dtype: 'bf16'} as const
    const node = forwardNode({kind: 'attention', options})
    const problems = operatorProblems(node)
    expect(isFusedOperator(node)).toBe(true)
    expect(problems.map(sizesOf)).toEqual([
      {B: 4, M: 512, N: 128, K: 64},
      {B: 4, M: 512, N: 64, K: 128},
    ])
    for (const {usefulRatio} of problems) expect(usefulRatio).toBeCloseTo(129 / 256, 12)
  })

  it('leaves operators without products out', () => {
    expect(operatorProblems(forwardNode({kind: 'softmax', options: {m: 8, n: 8, dtype: 'bf16'}}))).toEqual([])
  })
})

const passes = ['llama-3.1-8b', 'mixtral-8x7b', 'deepseek-v3', 'gpt2', 'vit-large'].flatMap((name) =>
  (['prefill', 'train'] as const).map((phase) => ({name, phase})),
)

describe.each(passes)('$phase of $name', ({name, phase}) => {
  const {operators} = buildWorkload(loadModel(name), {phase, batch: 2})
  const stated = (node: OperatorNode): number => node.demand.contractions.reduce((sum, {operationCount}) => sum + operationCount, 0)

  it('computes in its nests what its operators ask for, but for rows that are not whole', () => {
    for (const node of operators) {
      const operations = operatorProblems(node).reduce((sum, each) => sum + operationsOf(each), 0)
      const most = Math.max(1, ...node.demand.contractions.map(({m}) => Math.ceil(m) / m))
      expect(operations).toBeGreaterThanOrEqual(stated(node) * (1 - 1e-9))
      expect(operations).toBeLessThanOrEqual(stated(node) * most * (1 + 1e-9))
    }
  })

  it('reads and writes in the nests of plain products no more than their operators do', () => {
    for (const node of operators.filter(({kind, demand}) => kind === 'gemm' && demand.contractions.length === 1)) {
      const [each] = operatorProblems(node)
      const [a, b, c] = bytesOf(each!)
      const reads = node.demand.reads.reduce((sum, {bytes}) => sum + bytes, 0)
      expect(a! + b!).toBeLessThanOrEqual(reads * (1 + 1e-9))
      expect(c!).toBeCloseTo(
        node.demand.writes.reduce((sum, {bytes}) => sum + bytes, 0),
        3,
      )
    }
  })
})
