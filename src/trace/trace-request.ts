import type {TimedRun} from '../workload/kernel-run.js'
import type {OperatorNode} from '../workload/operator.js'
import type {PassInput} from '../workload/pass.js'

/** A row that is one kernel. */
export interface OperatorRequest {
  readonly kind: 'operator'
  readonly operator: OperatorNode
  readonly run: TimedRun
}

/** A row that is one pass of a model, whose graph the caller builds. */
export interface PassRequest {
  readonly kind: 'pass'
  /** As the row writes it. */
  readonly model: string
  readonly pass: PassInput
  /** The measured time holds the optimizer's step. */
  readonly hasOptimizer: boolean
  readonly pipelineParallelCount: number
  /** Devices that the pass ran on: tensor, pipeline and data parallel together. */
  readonly deviceCount: number
}

/** A row that nothing is predicted for, with a reason that is the same for all such rows. */
export interface SkippedRow {
  readonly kind: 'skipped'
  readonly reason: string
}

export type TraceRequest = OperatorRequest | PassRequest | SkippedRow

/** The request of a row that cannot be predicted. */
export function skipped(reason: string): SkippedRow {
  return {kind: 'skipped', reason}
}
