import type {Column, Machine} from '../../accelerator/machine.js'
import type {OperatorNode} from '../../workload/operator.js'
import type {Fidelity, TimeKernel} from '../operator-time.js'
import {rooflineTime} from '../roofline/roofline.js'
import {hopCount, linkIndex} from '../wire.js'
import {type ProfileEntry, profileEntry, profileOf} from './profile.js'

/** The three constants of an operator class: shares of the peaks that it reaches, and its launch and ramp. */
export interface ThreeConstants {
  readonly computeEfficiencyRatio: number
  readonly memoryEfficiencyRatio: number
  readonly overheadSeconds: number
}

/**
 * A roofline whose roofs are the shares of the peaks that measured kernels of this class reach,
 * after launch, ramp and one trip through the memories.
 */
export function calibratedTime(constants: ThreeConstants, trip: (row: number) => number, overheadBound: number): TimeKernel {
  const slowdown = {
    unit: 1 / constants.computeEfficiencyRatio,
    memory: 1 / constants.memoryEfficiencyRatio,
    link: 1 / constants.memoryEfficiencyRatio,
  }
  return (busy, seconds, boundBy, rowCount) => {
    seconds.fill(0, 0, rowCount)
    boundBy.fill(overheadBound, 0, rowCount)
    for (const {kind, seconds: each, boundIndex} of busy) {
      const factor = slowdown[kind]
      for (let row = 0; row < rowCount; row++) {
        const busySeconds = each[row]! * factor
        if (busySeconds > seconds[row]!) {
          seconds[row] = busySeconds
          boundBy[row] = boundIndex
        }
      }
    }
    for (let row = 0; row < rowCount; row++) {
      const overheadSeconds = constants.overheadSeconds + trip(row)
      if (overheadSeconds > seconds[row]!) boundBy[row] = overheadBound
      seconds[row]! += overheadSeconds
    }
  }
}

/**
 * The shortest way that an operator's first byte must make: from the outermost memory to the units, or hop by hop
 * over the links. No kernel ends before.
 */
export function tripSeconds(machine: Machine<Column>, node: OperatorNode, link: number): (row: number) => number {
  const {wire} = node.demand
  if (wire !== undefined && link >= 0) {
    const [count, {latencySeconds}] = [hopCount(wire), machine.links[link]!]
    return (row) => count * latencySeconds[row]!
  }
  return (row) => {
    let seconds = 0
    for (const {latencySeconds} of machine.memories) seconds += latencySeconds[row]!
    return seconds
  }
}

export const calibrated: Fidelity = {
  summary: 'efficiencies and overheads by operator class, fitted from measured kernels',
  compile: (accelerator, machine, node, overheadBound) => {
    const found = profileEntry(profileOf(accelerator), node.class, node.dtype)
    if (found === undefined) return {basis: 'uncalibrated', from: 'the described machine', kernel: rooflineTime}
    const {entry, isExact} = found
    const trip = tripSeconds(machine, node, linkIndex(accelerator.machine, node, accelerator.name))
    return {
      basis: isExact && entry.device === accelerator.name ? 'measured' : 'borrowed',
      from: label(entry),
      kernel: calibratedTime(entry, trip, overheadBound),
    }
  },
  isAvailable: (accelerator) => profileOf(accelerator).length > 0,
}

function label(entry: ProfileEntry): string {
  return `${entry.device} ${entry.class} ${entry.dtype}`
}
