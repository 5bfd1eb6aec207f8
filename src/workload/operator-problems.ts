import {type Dtype, dtypeBits} from '../foundation/dtype.js'
import type {TensorClass} from '../foundation/resource.js'
import type {Contraction, OperatorNode, TensorAccess} from './operator.js'
import type {Problem, ProblemTensor, Rank} from './problem.js'

/** A loop nest of an operator: what one run of it computes in so many runs of the nest. */
export interface OperatorProblem {
  readonly problem: Problem
  /** Of the multiply-adders that it runs on. */
  readonly dtype: Dtype
  /** Not whole where an operator states an expected number, such as of experts that are hit. */
  readonly runCount: number
  /** Of what the nest computes, what is wanted: under a causal mask about half. */
  readonly usefulRatio: number
}

/** What an operand holds, and in how many bits an element. */
interface Operand {
  readonly class: TensorClass
  readonly elementBits: number
}

/** Operands of a product, as its kind of operator states them: left, right and result. */
type Operands = readonly [left: Operand, right: Operand, result: Operand]

/**
 * The products of an operator as loop nests, with its tensors as wide as they are stored; none where it has no products. Fused attention
 * is here as its two products, each as if the other were a kernel of its own.
 */
export function operatorProblems(node: OperatorNode): OperatorProblem[] {
  return node.demand.contractions.map((contraction, index) => productProblem(node, contraction, operandsOf(node, index), index))
}

/** Whether the products of an operator hand each other tensors that never leave its kernel, so that no nest alone says what it moves. */
export function isFusedOperator({class: name}: OperatorNode): boolean {
  return name.startsWith('attention')
}

function productProblem(node: OperatorNode, contraction: Contraction, operands: Operands, index: number): OperatorProblem {
  const {m, n, k, batchCount, dtype, operationCount} = contraction
  // Expected numbers are not whole: a nest of whole rows and groups runs a little more or less often.
  const [groups, rows] = [Math.max(1, Math.round(batchCount)), Math.ceil(m - 1e-9)]
  const isBatched = groups > 1
  const sizes = {...(isBatched && {B: groups}), M: rows, N: Math.ceil(n - 1e-9), K: Math.ceil(k - 1e-9)}
  const names = Object.keys(sizes)
  const ranks = (...indices: string[]): Rank[] =>
    [...(isBatched ? ['B'] : []), ...indices].map((name) => ({terms: [{dimension: names.indexOf(name), coefficient: 1}]}))
  const tensor = (name: string, {class: held, elementBits}: Operand, indices: string[], isOutput = false): ProblemTensor => ({
    name,
    class: held,
    elementBits,
    isOutput,
    ranks: ranks(...indices),
  })
  const [left, right, result] = operands
  const sums = {...tensor('C', result, ['M', 'N'], true), sumBits: Math.max(result.elementBits, sumBits(dtype))}
  const tensors = [tensor('A', left, ['M', 'K']), tensor('B', right, ['K', 'N']), sums]
  const name = node.demand.contractions.length === 1 ? node.name : `${node.name}.${index}`
  const problem = {name, dimensions: Object.entries(sizes).map(([each, size]) => ({name: each, size})), tensors}
  return {problem, dtype, runCount: batchCount / groups, usefulRatio: operationCount / (2 * m * n * k * batchCount)}
}

/** Matrix units add products of floating point up in fp32 at the least, and those of short whole numbers in 32 bits. */
function sumBits(dtype: Dtype): number {
  return dtype === 'int16' ? dtypeBits.int16 : Math.max(32, dtypeBits[dtype])
}

function operandsOf(node: OperatorNode, index: number): Operands {
  const stored = node.kind === 'gemm' ? gemmOperands(node) : node.class === 'moe' ? expertOperands(node, index) : undefined
  return stored ?? streamedOperands(node, index)
}

/** A plain product states what it reads and writes operand by operand, before anything that is added on the way. */
function gemmOperands({demand: {reads, writes, contractions}}: OperatorNode): Operands | undefined {
  const [left, right, result] = [reads[0], reads[1], writes[0]]
  if (left === undefined || right === undefined || result === undefined) return undefined
  const words = (of: (contraction: Contraction) => number): number =>
    contractions.reduce((sum, contraction) => sum + of(contraction) * contraction.batchCount, 0)
  return [
    operand(
      left,
      words(({m, k}) => m * k),
    ),
    operand(
      right,
      words(({n, k}) => n * k),
    ),
    operand(
      result,
      words(({m, n}) => m * n),
    ),
  ]
}

function operand({tensor, bytes}: TensorAccess, elementCount: number): Operand {
  return {class: tensor, elementBits: (8 * bytes) / elementCount}
}

/** Experts read their weights as stored; in the backward pass every other product makes the gradient of weights out of activations. */
function expertOperands({demand: {reads, writes, contractions}}: OperatorNode, index: number): Operands {
  const streamed: Operand = {class: 'activations', elementBits: 8 * contractions[index]!.operandBytes}
  const gradients = writes.find(({tensor}) => tensor === 'optimizerState')
  // With gradients, every other product has weights as its right operand; those between have as many results.
  const weightProducts = contractions.filter((_, at) => gradients === undefined || at % 2 === 0)
  const weightCount = weightProducts.reduce((sum, {n, k, batchCount}) => sum + n * k * batchCount, 0)
  if (gradients !== undefined && index % 2 === 1) return [streamed, streamed, operand(gradients, weightCount)]
  const weights = reads.find(({tensor}) => tensor === 'weights')
  return [streamed, weights === undefined ? streamed : operand(weights, weightCount), streamed]
}

/** Attention: queries and scores by what is kept of keys and values, all as wide as they are computed. */
function streamedOperands({class: name, demand: {contractions, reads}}: OperatorNode, index: number): Operands {
  const elementBits = 8 * contractions[index]!.operandBytes
  const kept = name !== 'attention_backward' && reads.some(({tensor}) => tensor === 'kvCache') ? 'kvCache' : 'activations'
  const streamed: Operand = {class: 'activations', elementBits}
  return [streamed, {class: kept, elementBits}, streamed]
}
