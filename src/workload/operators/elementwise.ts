import type {Dtype} from '../../foundation/dtype.js'
import type {OperatorNode, TensorClass} from '../operator.js'
import {access, elementOperations, elementWork, type OperatorKind, type OperatorOptions, operatorNode} from './operator-kind.js'

interface ElementFunction {
  /** Tensors of the output's size that are read and written. */
  readonly readCount: number
  readonly writeCount: number
  /** Additions, products, comparisons for one output element. */
  readonly vectorCount: number
  /** Exponentials, reciprocals, roots, hyperbolic tangents, error functions for one output element. */
  readonly specialCount: number
  /** The kernel that propagates gradients; without it, gradients pass unchanged. */
  readonly backward?: Omit<ElementFunction, 'backward'>
}

const row = (readCount: number, writeCount: number, vectorCount: number, specialCount: number): Omit<ElementFunction, 'backward'> => ({
  readCount,
  writeCount,
  vectorCount,
  specialCount,
})

/** Sigmoid is one exponential and one reciprocal with an addition; tanh and erf are one special operation each; a power is log and exp. */
export const elementFunctions = {
  add: {...row(2, 1, 1, 0)},
  mul: {...row(2, 1, 1, 0), backward: row(3, 2, 2, 0)},
  div: {...row(2, 1, 1, 1), backward: row(3, 2, 4, 1)},
  pow: {...row(2, 1, 1, 2), backward: row(3, 2, 4, 3)},
  addu: {...row(1, 1, 1, 0)},
  mulu: {...row(1, 1, 1, 0), backward: row(1, 1, 1, 0)},
  divu: {...row(1, 1, 1, 0), backward: row(1, 1, 1, 0)},
  powu: {...row(1, 1, 2, 0), backward: row(2, 1, 3, 0)},
  // Powers that a framework multiplies out.
  square: {...row(1, 1, 1, 0), backward: row(2, 1, 2, 0)},
  cube: {...row(1, 1, 2, 0), backward: row(2, 1, 3, 0)},
  relu: {...row(1, 1, 1, 0), backward: row(2, 1, 1, 0)},
  'squared-relu': {...row(1, 1, 2, 0), backward: row(2, 1, 3, 0)},
  tanh: {...row(1, 1, 0, 1), backward: row(2, 1, 3, 0)},
  gelu: {...row(1, 1, 4, 1), backward: row(2, 1, 7, 2)},
  // 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³)))
  'gelu-tanh': {...row(1, 1, 8, 1), backward: row(2, 1, 14, 1)},
  silu: {...row(1, 1, 2, 2), backward: row(2, 1, 5, 2)},
  sigmoid: {...row(1, 1, 1, 2), backward: row(2, 1, 3, 0)},
  swiglu: {...row(2, 1, 3, 2), backward: row(3, 2, 8, 2)},
  geglu: {...row(2, 1, 9, 1), backward: row(3, 2, 17, 1)},
  // Two products and a sum for each element, sine and cosine from a table that stays on chip.
  rope: {...row(1, 1, 3, 0), backward: row(1, 1, 3, 0)},
  neg: {...row(1, 1, 1, 0), backward: row(1, 1, 1, 0)},
  copy: {...row(1, 1, 0, 0), backward: row(1, 1, 0, 0)},
  // A copy into another order of dimensions, whose rows stay whole.
  permute: {...row(1, 1, 0, 0), backward: row(1, 1, 0, 0)},
  // A copy whose rows were columns: what it writes side by side, it reads a row apart.
  transpose: {...row(1, 1, 0, 0), backward: row(1, 1, 0, 0)},
  // Each element read is written `repeats` times; backward sums them again.
  repeat: {...row(1, 1, 0, 0), backward: row(1, 1, 1, 0)},
  typecast: {...row(1, 1, 1, 0), backward: row(1, 1, 1, 0)},
  // A sum or product with a tensor that repeats along some dimensions, and is small beside the other.
  mask: {...row(1, 1, 1, 0), backward: row(1, 1, 1, 0)},
  // A product or quotient with a single element that lies in memory.
  scale: {...row(1, 1, 1, 0), backward: row(1, 1, 1, 0)},
  // The element, or a single one in its place where a mask says so.
  select: {...row(1, 1, 1, 0), backward: row(1, 1, 1, 0)},
  fill: {...row(0, 1, 0, 0)},
  rsqrt: {...row(1, 1, 0, 1), backward: row(2, 1, 3, 0)},
  // Mean of each row: the result is too small to count.
  mean: {...row(1, 0, 1, 0), backward: row(1, 1, 1, 0)},
  // Draws a random number, compares, scales; the mask of one byte is counted with the activations that training keeps.
  dropout: {...row(1, 1, 3, 0), backward: row(1, 1, 1, 0)},
} as const satisfies Record<string, ElementFunction>

export type ElementFunctionName = keyof typeof elementFunctions

export interface ElementwiseOptions extends OperatorOptions {
  readonly function: ElementFunctionName
  /** m × n elements are written. */
  readonly m: number
  readonly n?: number
  readonly outputDtype?: Dtype
  /** Storage of what is read, where it differs. */
  readonly readDtype?: Dtype
  /** Output elements for each element read (`repeat`). */
  readonly repeats?: number
  readonly readTensor?: TensorClass
  readonly writeTensor?: TensorClass
}

/** A function applied to each element of tensors of m × n elements. */
export function elementwise(options: ElementwiseOptions): OperatorNode {
  return nodeOf(options, elementFunctions[options.function])
}

function nodeOf(options: ElementwiseOptions, kernel: Omit<ElementFunction, 'backward'>): OperatorNode {
  const {m, n = 1, dtype, outputDtype = dtype, readTensor = 'activations', writeTensor = 'activations'} = options
  const {readDtype = dtype, repeats = 1} = options
  const elementCount = m * n
  return operatorNode(options, {
    kind: 'elementwise',
    class: 'elementwise',
    shape: {function: options.function, m, n},
    demand: {
      work: elementWork(options, kernel.vectorCount * elementCount, kernel.specialCount * elementCount),
      contractions: [],
      elementOperationCount: elementCount * (kernel.specialCount > 0 ? elementOperations.special : elementOperations.plain),
      reads: kernel.readCount === 0 ? [] : [access(readTensor, (kernel.readCount * elementCount) / repeats, readDtype)],
      writes: kernel.writeCount === 0 ? [] : [access(writeTensor, kernel.writeCount * elementCount, outputDtype)],
    },
  })
}

function elementwiseBackward(options: ElementwiseOptions): OperatorNode[] {
  const {backward}: ElementFunction = elementFunctions[options.function]
  return backward === undefined ? [] : [nodeOf({...options, name: `${options.name ?? options.function}_backward`}, backward)]
}

export const elementwiseKind: OperatorKind<ElementwiseOptions> = {
  summary: 'a function applied to each element',
  build: elementwise,
  backward: elementwiseBackward,
}
