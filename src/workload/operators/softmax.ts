import type {OperatorNode} from '../operator.js'
import {access, elementOperations, elementWork, type OperatorKind, type OperatorOptions, operatorNode} from './operator-kind.js'

export interface SoftmaxOptions extends OperatorOptions {
  /** Rows. */
  readonly m: number
  /** Elements of a row. */
  readonly n: number
}

/** Softmax over each of m rows of n elements. */
export function softmax(options: SoftmaxOptions): OperatorNode {
  const {m, n, dtype} = options
  return operatorNode(options, {
    kind: 'softmax',
    class: 'softmax',
    shape: {m, n},
    demand: {
      // Per element: maximum, subtract, sum, multiply by the reciprocal; one exponential. Per row: one reciprocal.
      work: elementWork(options, 4 * m * n, m * n + m),
      contractions: [],
      elementOperationCount: elementOperations.row * m * n,
      reads: [access('activations', m * n, dtype)],
      writes: [access('activations', m * n, dtype)],
    },
  })
}

/** dx = y ∘ (dy − Σ y ∘ dy): four operations an element. */
function softmaxBackward(options: SoftmaxOptions): OperatorNode[] {
  const {m, n, dtype, name = 'softmax'} = options
  const forward = softmax({...options, name: `${name}_backward`})
  const reads = [access('activations', 2 * m * n, dtype)]
  return [{...forward, demand: {...forward.demand, work: elementWork(options, 4 * m * n, 0), reads}}]
}

export const softmaxKind: OperatorKind<SoftmaxOptions> = {summary: 'softmax over rows', build: softmax, backward: softmaxBackward}
