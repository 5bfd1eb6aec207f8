import {type Dtype, dtypeBytes} from '../../foundation/dtype.js'
import type {Contraction, Demand, OperatorClass, OperatorNode, TensorAccess, TensorClass, Work} from '../operator.js'

/** What every operator is told besides its shape. */
export interface OperatorOptions {
  readonly name?: string
  /** Format in which matrix products are computed, and tensors are stored unless said otherwise. */
  readonly dtype: Dtype
  /** Format of element arithmetic: fp32 on every GPU kernel whatever is stored, fp64 when the data is. */
  readonly arithmeticDtype?: Dtype
  readonly count?: number
  /** Issued from inside of another operator. */
  readonly nested?: boolean
}

/** One kind of operator: how its demand follows from its shape, forward and backward. */
export interface OperatorKind<Options extends OperatorOptions = OperatorOptions> {
  readonly summary: string
  build(options: Options): OperatorNode
  /** Operators that propagate gradients through `build(options)`; empty where there is no gradient. */
  backward(options: Options): OperatorNode[]
}

interface NodeParts {
  readonly kind: string
  readonly class: OperatorClass
  readonly shape: OperatorNode['shape']
  readonly demand: Demand
}

/** An operator node out of the common options and what is particular to its kind. */
export function operatorNode(options: OperatorOptions, parts: NodeParts): OperatorNode {
  return {
    name: options.name ?? parts.kind,
    dtype: options.dtype,
    count: options.count ?? 1,
    ...parts,
    ...(options.nested && {isNested: true}),
  }
}

/** Element arithmetic and special functions in the format that kernels compute in; zero counts are left out. */
export function elementWork(options: OperatorOptions, vectorCount: number, specialCount: number): Work[] {
  const dtype = arithmeticDtype(options)
  const work: Work[] = []
  if (vectorCount > 0) work.push({unit: 'vector', dtype, operationCount: vectorCount})
  if (specialCount > 0) work.push({unit: 'special', dtype, operationCount: specialCount})
  return work
}

/**
 * Element-operations of one element of a kernel: it is fetched, addressed, converted and moved; an exponential, root or
 * hyperbolic tangent takes about as many instructions again, and a row is passed for its extremum or mean, its sum, and the result.
 */
export const elementOperations = {plain: 1, special: 2, row: 3} as const

/** The format of element arithmetic: as told, else fp32 unless the data itself is wider. */
export function arithmeticDtype(options: OperatorOptions): Dtype {
  return options.arithmeticDtype ?? (options.dtype === 'fp64' ? 'fp64' : 'fp32')
}

/** Bytes of `elementCount` elements of a tensor. */
export function access(tensor: TensorClass, elementCount: number, dtype: Dtype): TensorAccess {
  return {tensor, bytes: elementCount * dtypeBytes(dtype)}
}

/** A matrix product; all of it is useful unless `operationCount` says less. */
export function contraction(
  m: number,
  n: number,
  k: number,
  batchCount: number,
  dtype: Dtype,
  operationCount: number = 2 * m * n * k * batchCount,
): Contraction {
  return {m, n, k, batchCount, dtype, operationCount, operandBytes: dtypeBytes(dtype)}
}
