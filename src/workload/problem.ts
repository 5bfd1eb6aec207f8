import type {Dtype} from '../foundation/dtype.js'
import type {TensorClass} from '../foundation/resource.js'
import type {CountingName} from '../spec/schemas/problem-shapes.js'

/** One index of a tensor: the sum of its terms, each a dimension of the problem times a whole number above zero. */
export interface Rank {
  readonly terms: readonly {readonly dimension: number; readonly coefficient: number}[]
}

/** A tensor of a problem: which of its words a point of the iteration space touches. */
export interface ProblemTensor {
  readonly name: string
  readonly class: TensorClass
  readonly elementBits: number
  /** Of a result while it is added up; as an element where it is not stated. */
  readonly sumBits?: number
  /** Added to point by point; the others are only read. */
  readonly isOutput: boolean
  /** Empty for a scalar. */
  readonly ranks: readonly Rank[]
}

/** A loop nest without an order: one multiply-add at each point of a box of dimensions, on tensors with affine indices. */
export interface Problem {
  readonly name: string
  /** Format of the arithmetic, where one is stated. */
  readonly dtype?: Dtype
  /** The tool as which it is counted; left out where as hardware runs. */
  readonly counting?: CountingName
  readonly dimensions: readonly {readonly name: string; readonly size: number}[]
  readonly tensors: readonly ProblemTensor[]
}
