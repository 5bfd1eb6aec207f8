import type {Dtype} from '../../foundation/dtype.js'
import type {Contraction, OperatorNode, TensorClass} from '../operator.js'
import {access, contraction, elementWork, type OperatorKind, type OperatorOptions, operatorNode} from './operator-kind.js'

export interface GemmOptions extends OperatorOptions {
  /** Rows of A and C. */
  readonly m: number
  readonly n: number
  readonly k: number
  readonly batchCount?: number
  /** Rows of each group, where every group has its own B; `m` is their sum. */
  readonly groupRows?: readonly number[]
  /** B is a weight (default), else an activation. */
  readonly weights?: boolean
  readonly firstOperand?: TensorClass
  readonly secondOperand?: TensorClass
  readonly inputDtype?: Dtype
  readonly weightDtype?: Dtype
  readonly outputDtype?: Dtype
  readonly gradientDtype?: Dtype
  /** A vector of n is added to each row as the result is written. */
  readonly bias?: boolean
  /** Useful operations, where a mask makes part of the product useless. */
  readonly usefulOperationCount?: number
}

/** C[m,n] = A[m,k] B[k,n], batched or grouped. */
export function gemm(options: GemmOptions): OperatorNode {
  const {m, n, k, dtype, batchCount = 1, weights = true, groupRows, bias = false} = options
  const {inputDtype = dtype, weightDtype = dtype, outputDtype = inputDtype} = options
  const operandCount = groupRows?.length ?? batchCount
  const {firstOperand = 'activations', secondOperand = weights ? 'weights' : 'activations'} = options
  const reads = [access(firstOperand, m * k * batchCount, inputDtype), access(secondOperand, k * n * operandCount, weightDtype)]
  if (bias) reads.push(access('weights', n * operandCount, weightDtype))
  const contractions = groupRows
    ? groupedContractions(groupRows, n, k, dtype)
    : [contraction(m, n, k, batchCount, dtype, options.usefulOperationCount)]
  return operatorNode(options, {
    kind: 'gemm',
    class: 'gemm',
    shape: {m, n, k, batchCount, ...(groupRows && {groupCount: groupRows.length}), weights: secondOperand === 'weights', bias},
    demand: {
      work: bias ? elementWork(options, m * n * batchCount, 0) : [],
      contractions,
      reads,
      writes: [access('activations', m * n * batchCount, outputDtype)],
    },
  })
}

/** One contraction for each distinct number of rows. */
function groupedContractions(groupRows: readonly number[], n: number, k: number, dtype: Dtype): Contraction[] {
  const groupCounts = new Map<number, number>()
  for (const rows of groupRows) if (rows > 0) groupCounts.set(rows, (groupCounts.get(rows) ?? 0) + 1)
  return [...groupCounts].map(([rows, groupCount]) => contraction(rows, n, k, groupCount, dtype))
}

/** The two products of the backward pass: dA = dC Bᵀ and dB = Aᵀ dC. */
function gemmBackward(options: GemmOptions): OperatorNode[] {
  const {m, n, k, dtype, batchCount = 1, weights = true, name = 'gemm', inputDtype = dtype} = options
  const {secondOperand = weights ? 'weights' : 'activations', gradientDtype = inputDtype} = options
  const isWeight = secondOperand === 'weights'
  const byInput = gemm({...options, name: `${name}_dgrad`, m, n: k, k: n, bias: false, outputDtype: inputDtype})
  if (options.groupRows) return [byInput, groupedWeightGradient(options, options.groupRows)]
  const product = gemm({
    ...options,
    name: `${name}_${isWeight ? 'wgrad' : 'dgrad_b'}`,
    m: k,
    n,
    k: m,
    batchCount,
    weights: false,
    firstOperand: 'activations',
    secondOperand: 'activations',
    weightDtype: inputDtype,
    outputDtype: isWeight ? gradientDtype : inputDtype,
    bias: false,
  })
  return [byInput, isWeight ? asWeightGradient(product, options) : product]
}

function groupedWeightGradient(options: GemmOptions, groupRows: readonly number[]): OperatorNode {
  const {m, n, k, dtype, name = 'gemm', inputDtype = dtype, gradientDtype = inputDtype} = options
  const node = gemm({...options, name: `${name}_wgrad`})
  const contractions = groupedContractions(groupRows, n, k, dtype).map((c) => contraction(k, n, c.m, c.batchCount, dtype))
  const reads = [access('activations', m * k, inputDtype), access('activations', m * n, inputDtype)]
  const writes = [access('optimizerState', k * n * groupRows.length, gradientDtype)]
  return {...node, demand: {...node.demand, contractions, reads, writes}}
}

/** Gradients of weights rest with the optimizer; that of a bias sums over the rows of dC as it streams by. */
function asWeightGradient(node: OperatorNode, options: GemmOptions): OperatorNode {
  const {m, n, batchCount = 1, bias = false} = options
  const writes = node.demand.writes.map(({bytes}) => ({tensor: 'optimizerState' as const, bytes}))
  return {...node, demand: {...node.demand, writes, work: bias ? elementWork(options, m * n * batchCount, 0) : []}}
}

export const gemmKind: OperatorKind<GemmOptions> = {
  summary: 'matrix product C[m,n] = A[m,k] B[k,n], batched or grouped',
  build: gemm,
  backward: gemmBackward,
}
