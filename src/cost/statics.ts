import type {Column, Machine} from '../accelerator/machine.js'
import {tensorClasses} from '../foundation/resource.js'
import type {Workload} from '../workload/operator.js'
import {compileMaking} from './die.js'
import type {MetricColumns, StaticMetric} from './metrics.js'

export type StaticColumns = Pick<MetricColumns, StaticMetric>

/** Compiles what no time takes part in: die area, cost and carbon of all devices that share the pass, and whether its bytes fit. */
export function compileStatics(
  machine: Machine<Column>,
  workload: Workload,
  rowCapacity: number,
): (out: StaticColumns, rowCount: number) => void {
  const [residentBytes, devices] = [residentBytesOf(workload), deviceCount(workload)]
  const {capacityBytes, instanceCount} = machine.memories.at(-1)!
  const make = compileMaking(machine, rowCapacity)
  return (out, rowCount) => {
    make(out, rowCount)
    out.residentBytes.fill(residentBytes, 0, rowCount)
    for (let row = 0; row < rowCount; row++) {
      out.deviceDollars[row]! *= devices
      out.embodiedGrams[row]! *= devices
      out.fitsInMemory[row] = residentBytes <= capacityBytes[row]! * instanceCount[row]! ? 1 : 0
    }
  }
}

/** Devices that run a pass together. */
export function deviceCount({settings}: Pick<Workload, 'settings'>): number {
  return Number(settings['tensorParallel'] ?? 1)
}

/** Bytes that a pass keeps in memory. */
export function residentBytesOf({residentBytes}: Workload): number {
  return tensorClasses.reduce((sum, tensor) => sum + residentBytes[tensor], 0)
}
