import type {Dtype} from '../../foundation/dtype.js'
import type {OperatorNode} from '../operator.js'
import {access, elementOperations, elementWork, type OperatorKind, type OperatorOptions, operatorNode} from './operator-kind.js'

/** Vector operations an element, and weights a column, of each normalisation. */
export const normFunctions = {
  // Mean (add); variance (subtract, square, add); normalise (subtract, multiply); scale and shift.
  layernorm: {vectorCount: 8, weightCount: 2, backwardVectorCount: 14},
  // Square, add; normalise; scale.
  rmsnorm: {vectorCount: 4, weightCount: 1, backwardVectorCount: 10},
} as const

export type NormFunction = keyof typeof normFunctions

export interface LayernormOptions extends OperatorOptions {
  /** Rows. */
  readonly m: number
  /** Elements of a row. */
  readonly n: number
  readonly function?: NormFunction
  readonly weightDtype?: Dtype
  /** The sum with a residual is formed, written, and normalised in one kernel. */
  readonly residual?: boolean
  /** The sum is written too, for the next residual (default); a post-norm needs it no more. */
  readonly keepsSum?: boolean
  readonly gradientDtype?: Dtype
}

/** LayerNorm or RMSNorm over each of m rows of n elements. */
export function layernorm(options: LayernormOptions): OperatorNode {
  const {m, n, dtype, weightDtype = dtype, residual = false, keepsSum = true, function: norm = 'layernorm'} = options
  const {vectorCount, weightCount} = normFunctions[norm]
  return operatorNode(options, {
    kind: 'layernorm',
    class: 'layernorm',
    shape: {m, n, function: norm, residual},
    demand: {
      work: elementWork(options, (vectorCount + (residual ? 1 : 0)) * m * n, m),
      contractions: [],
      elementOperationCount: (elementOperations.row + (residual ? elementOperations.plain : 0)) * m * n,
      reads: [access('activations', (residual ? 2 : 1) * m * n, dtype), access('weights', weightCount * n, weightDtype)],
      writes: [access('activations', (residual && keepsSum ? 2 : 1) * m * n, dtype)],
    },
  })
}

/** Reads input and gradient, writes the input's gradient and the weights'; a fused residual adds its own gradient. */
function layernormBackward(options: LayernormOptions): OperatorNode[] {
  const {m, n, dtype, name = 'layernorm', weightDtype = dtype, residual = false, function: norm = 'layernorm'} = options
  const {backwardVectorCount, weightCount} = normFunctions[norm]
  const forward = layernorm({...options, name: `${name}_backward`})
  return [
    {
      ...forward,
      demand: {
        work: elementWork(options, (backwardVectorCount + (residual ? 1 : 0)) * m * n, 0),
        contractions: [],
        elementOperationCount: (elementOperations.row + (residual ? elementOperations.plain : 0)) * m * n,
        reads: [access('activations', (residual ? 3 : 2) * m * n, dtype), access('weights', weightCount * n, weightDtype)],
        writes: [access('activations', m * n, dtype), access('optimizerState', weightCount * n, options.gradientDtype ?? dtype)],
      },
    },
  ]
}

export const layernormKind: OperatorKind<LayernormOptions> = {
  summary: 'LayerNorm or RMSNorm over rows, the residual sum fused or not',
  build: layernorm,
  backward: layernormBackward,
}
