import type {Accelerator} from '../accelerator/accelerator.js'
import type {FidelityName} from '../cost/fidelity.js'
import {residentBytesOf} from '../cost/statics.js'
import type {Workload} from '../workload/operator.js'

/** Which pass on which device a record is of. */
export interface PassHeader {
  readonly accelerator: string
  /** What was set in place of the accelerator's values. */
  readonly changes: Accelerator['changes']
  readonly workload: string
  readonly phase: string
  readonly settings: Workload['settings']
  readonly fidelity: FidelityName
  readonly tokenCount: number
  readonly residentBytes: number
  readonly memoryBytes: number
  readonly fitsInMemory: boolean
}

/** The head of a record of a pass. */
export function passHeader({name, changes, machine}: Accelerator, workload: Workload, fidelity: FidelityName): PassHeader {
  const {capacityBytes, instanceCount} = machine.memories.at(-1)!
  const [residentBytes, memoryBytes] = [residentBytesOf(workload), capacityBytes * instanceCount]
  return {
    accelerator: name,
    changes,
    workload: workload.name,
    phase: workload.phase,
    settings: workload.settings,
    fidelity,
    tokenCount: workload.tokenCount,
    residentBytes,
    memoryBytes,
    fitsInMemory: residentBytes <= memoryBytes,
  }
}
