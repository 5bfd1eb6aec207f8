import type {Column, Machine} from '../../accelerator/machine.js'
import type {KernelRun} from '../../workload/kernel-run.js'
import type {OperatorNode} from '../../workload/operator.js'
import type {Fact} from '../explanation.js'
import type {TimeKernel} from '../operator-time.js'

/** One number of a model that measurements determine, within what physics allows. */
export interface KernelParameter {
  readonly unit: string
  readonly least: number
  readonly most: number
  readonly start: number
  /** The value at which its term costs nothing: zero for a time, one for a share of a peak, infinity for a rate. */
  readonly ideal: number
  /** Whether all devices of a generation share it, as they do the efficiency of a pipe, or each has its own. */
  readonly scope: 'generation' | 'device'
  readonly meaning: string
  /** Where the form of its term comes from. */
  readonly source: string
}

export interface KernelContext {
  readonly machine: Machine<Column>
  readonly node: OperatorNode
  readonly run: KernelRun
  /** In the order of the model's parameters; a fit changes them in place, so that a kernel reads them when it runs. */
  readonly parameters: Float64Array
  readonly rowCapacity: number
  readonly boundIndex: (name: string) => number
}

/** A model bound to one operator, run and batch of machines. */
export interface CompiledKernel {
  /** Time of one run; writes only its outputs, allocates nothing. */
  readonly time: TimeKernel
  /** Time of the host to issue the operator's kernels one by one. */
  readonly hostSeconds: () => number
  /** What stands behind the time of one row, for a person to read. */
  readonly facts: (coreHertz: number, row: number) => readonly Fact[]
}

/** A white-box model of the time of one class of kernels: few parameters, each with a physical meaning. */
export interface KernelModel<Name extends string = string> {
  readonly parameters: Readonly<Record<Name, KernelParameter>>
  readonly compile: (context: KernelContext) => CompiledKernel
}
