import type {Accelerator} from '../accelerator/accelerator.js'
import type {Column, Machine} from '../accelerator/machine.js'
import type {Dtype} from '../foundation/dtype.js'
import type {KernelRun} from '../workload/kernel-run.js'
import type {OperatorNode} from '../workload/operator.js'
import type {Amounts} from './amounts.js'
import type {Explanation} from './explanation.js'
import type {Pace} from './rates.js'

/** What an operator asks of one resource: so much of something, or of two things that share a port, at its pace. */
export interface Load {
  /** The resource's place among the bounds. */
  readonly boundIndex: number
  readonly amounts: Amounts
  readonly pace: Pace
  readonly and?: {readonly amounts: Amounts; readonly pace: Pace}
}

/** How long a load keeps its resource busy in the first row. */
export function busySeconds({amounts, pace, and}: Load): number {
  const seconds = amounts.values[0]! * pace.cyclesPerOne[0]! * pace.secondsPerCycle[0]!
  return and === undefined ? seconds : seconds + and.amounts.values[0]! * and.pace.cyclesPerOne[0]! * and.pace.secondsPerCycle[0]!
}

/** The time of one run of an operator and what bounds it, at these core clocks. */
export type TimeKernel = (coreHertz: Column, seconds: Column, boundBy: Int32Array, rowCount: number) => void

/** What one run of an operator executes, by unit and format, and moves through each memory level, row by row. */
export interface Counts {
  readonly executed: readonly {readonly unitIndex: number; readonly dtype: Dtype; readonly operations: Amounts}[]
  readonly moved: readonly {readonly readBytes: Amounts; readonly writeBytes: Amounts}[]
}

/** How sure a prediction is: measured for this very class and format, borrowed from a near one, or the ideal bound. */
export type Basis = 'ideal' | 'measured' | 'borrowed' | 'uncalibrated'

export interface OperatorTime {
  /** Looks at the machines before any clock, once the operator's amounts are computed. */
  readonly prepare?: () => void
  readonly basis: Basis
  /** Which profile entry stands behind it, e.g. "a100-sxm-80gb gemm bf16". */
  readonly from: string
  /** Mean absolute error to expect, and at worst, as ratios; undefined for ideal bounds. */
  readonly expectedMape: number | undefined
  readonly worstMape: number | undefined
  /** Sizes outside of the measured range, in words. */
  readonly beyond: readonly string[]
  readonly kernel: TimeKernel
  /** Of operators that run as one, once counted: through which level on the machine of the last row, or why on their own. */
  readonly fusion?: () => string
  /** Puts what this fidelity counts of products in place of the least that a bound knows, accesses of the innermost memory included. */
  readonly count?: (counts: Counts, rowCount: number) => void
  /** Time of the host to issue the operator's kernels one by one; zero where nothing measured it. */
  readonly hostSeconds: () => number
  /** How the time of the first row comes about at this clock, once it has been evaluated. */
  readonly explain: (coreHertz: number) => Explanation
}

/** What a fidelity makes the time of an operator from. */
export interface TimeContext {
  readonly accelerator: Accelerator
  readonly machine: Machine<Column>
  readonly node: OperatorNode
  readonly run: KernelRun
  /** At the clocks of a row when its kernel runs. */
  readonly loads: readonly Load[]
  readonly rowCapacity: number
}

/** One way to get from busy resources to time. */
export interface Fidelity {
  readonly summary: string
  readonly compile: (context: TimeContext) => OperatorTime
  /** The same for machines that differ in what is not known of one: what it chooses is chosen for the machine as stated. */
  readonly asStated?: Fidelity
  /** Whether an accelerator has what this fidelity needs. */
  readonly isAvailable: (accelerator: Accelerator) => boolean
}
