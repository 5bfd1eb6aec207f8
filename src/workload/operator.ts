import type {Dtype} from '../foundation/dtype.js'
import {type TensorClass, tensorClasses, type UnitKind} from '../foundation/resource.js'

export {type TensorClass, tensorClasses, type UnitKind}

/** Useful operations on one kind of unit; a multiply-add is 2. */
export interface Work {
  readonly unit: UnitKind
  readonly dtype: Dtype
  readonly operationCount: number
}

/** Bytes of one tensor that the operator must touch at least once. */
export interface TensorAccess {
  readonly tensor: TensorClass
  readonly bytes: number
}

/**
 * A matrix product C[m,n] += A[m,k] B[k,n], `batchCount` times, on the matrix units.
 * `operationCount` is what is useful of it (causal attention uses half).
 */
export interface Contraction {
  readonly m: number
  readonly n: number
  readonly k: number
  readonly batchCount: number
  readonly dtype: Dtype
  readonly operationCount: number
  /** Bytes an element of the operands takes as it streams through the memory levels. */
  readonly operandBytes: number
}

/** Data exchanged between devices; `bytes` as nccl-tests counts the buffer. */
export interface Wire {
  readonly collective: Collective
  readonly bytes: number
  readonly rankCount: number
}

export const collectives = ['allreduce', 'all_gather', 'reduce_scatter', 'alltoall', 'send_receive'] as const
export type Collective = (typeof collectives)[number]

/** What one run of an operator asks of any machine. Work on matrix units is stated by `contractions` only. */
export interface Demand {
  readonly work: readonly Work[]
  readonly contractions: readonly Contraction[]
  /** Elements that a kernel of rows or elements passes, by the passes that each takes; none where a unit's tiles take them. */
  readonly elementOperationCount?: number
  readonly reads: readonly TensorAccess[]
  readonly writes: readonly TensorAccess[]
  readonly wire?: Wire
}

/** The class under which an operator is measured and calibrated; the words of the measured traces' `op` column. */
const operatorClasses = [
  'gemm',
  'attention_prefill',
  'attention_decode',
  'attention_backward',
  'softmax',
  'layernorm',
  'elementwise',
  'embedding',
  'moe',
  'optimizer',
  ...collectives,
] as const
export type OperatorClass = (typeof operatorClasses)[number]

/** One node of a workload: an operator that runs `count` times with the same shape. */
export interface OperatorNode {
  readonly name: string
  /** Key into the operator table (`operators/table.ts`). */
  readonly kind: string
  readonly class: OperatorClass
  readonly dtype: Dtype
  readonly count: number
  /** Shape for people and traces, e.g. {m: 8192, n: 4096, k: 4096}. */
  readonly shape: Readonly<Record<string, number | string | boolean>>
  readonly demand: Demand
  /** Operators that run as this one: a product and what follows on its results. */
  readonly parts?: readonly OperatorNode[]
  /** Another operator's code issues its kernels, so that a host does not come by its framework's front for them. */
  readonly isNested?: true
}

/** Parts of a pass that a device can be set for in turn. */
export type Stage = 'prefill' | 'decode' | 'forward' | 'backward' | 'optimizer'

/** Operators that follow each other in a part of a pass, and how often all of them run in turn, such as the layers of a model. */
export interface Stretch {
  readonly stage: Stage
  readonly operatorCount: number
  readonly repeatCount: number
}

/** A pass over a model (or a list of operators), with what it keeps in memory. */
export interface Workload {
  readonly name: string
  readonly phase: string
  /** In the order in which they run; equal layers are folded into `count`. */
  readonly operators: readonly OperatorNode[]
  /** How the operators unfold again, in their order; where left out, they follow each other once, all runs of one in a row. */
  readonly stretches?: readonly Stretch[]
  readonly parameterCount: number
  /** Bytes that must stay in device memory: weights, KV cache, activations, optimizer state. */
  readonly residentBytes: Readonly<Record<TensorClass, number>>
  /** Tokens that the pass produces or consumes, to state results per token. */
  readonly tokenCount: number
  /** The choices this workload was built with (batch, context, dtype …), for records. */
  readonly settings: Readonly<Record<string, number | string | boolean>>
}
