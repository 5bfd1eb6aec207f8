import {type Dtype, dtypeBits, dtypeBytes} from '../../foundation/dtype.js'
import type {OperatorNode} from '../operator.js'
import {elementOperations, elementWork, type OperatorKind, type OperatorOptions, operatorNode} from './operator-kind.js'

export interface OptimizerOptions extends OperatorOptions {
  readonly parameters: number
  /** Storage of gradients. */
  readonly gradientDtype?: Dtype
}

/** Bytes a parameter of Adam: two fp32 moments, and an fp32 master copy where the weights are narrower. */
export function adamStateBytes(weightDtype: Dtype): number {
  return 8 + masterBytes(weightDtype)
}

function masterBytes(weightDtype: Dtype): number {
  return dtypeBits[weightDtype] < 32 ? 4 : 0
}

/** One step of Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2); `dtype` is that of the weights. */
export function optimizer(options: OptimizerOptions): OperatorNode {
  const {parameters, dtype, gradientDtype = 'fp32'} = options
  const weightBytes = dtypeBytes(dtype)
  const stateBytes = adamStateBytes(dtype)
  const readsWeights = masterBytes(dtype) === 0
  const reads = [{tensor: 'optimizerState' as const, bytes: parameters * (stateBytes + dtypeBytes(gradientDtype))}]
  return operatorNode(options, {
    kind: 'optimizer',
    class: 'optimizer',
    shape: {parameters, bytesPerParameter: weightBytes + dtypeBytes(gradientDtype) + stateBytes},
    demand: {
      // First moment 3, second moment 4, bias corrections 2, ε 1, step 2, decay 2; one root and one reciprocal.
      work: elementWork(options, 14 * parameters, 2 * parameters),
      contractions: [],
      elementOperationCount: elementOperations.special * parameters,
      reads: readsWeights ? [...reads, {tensor: 'weights', bytes: parameters * weightBytes}] : reads,
      writes: [
        {tensor: 'optimizerState', bytes: parameters * stateBytes},
        {tensor: 'weights', bytes: parameters * weightBytes},
      ],
    },
  })
}

export const optimizerKind: OperatorKind<OptimizerOptions> = {summary: 'one Adam step', build: optimizer, backward: () => []}
