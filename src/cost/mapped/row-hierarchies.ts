import {machineHierarchy} from '../../accelerator/build-hierarchy.js'
import {idleWatts, voltageAt, voltageFloorHertz} from '../../accelerator/clock.js'
import type {Hierarchy} from '../../accelerator/hierarchy.js'
import type {Column, Machine} from '../../accelerator/machine.js'
import {columnsIn, machineRow} from '../../accelerator/machine-row.js'
import type {Dtype} from '../../foundation/dtype.js'

/**
 * A machine as loop nests see it at the ends of the clocks that make sense, the highest first: tiles are chosen once, as those of compiled
 * kernels are, and have to be good wherever a power limit lets the clock settle.
 */
export function clockedHierarchies(name: string, machine: Machine<number>, unitIndex: number, dtype: Dtype): readonly Hierarchy[] {
  const core = machine.clocks[0]!
  const ends = new Set([core.maximumHertz, Math.max(core.minimumHertz, voltageFloorHertz(core))])
  return [...ends].map((coreHertz) => {
    const hierarchy = machineHierarchy(name, machine, {dtype, unitIndex, coreHertz})
    return {...hierarchy, joulesPerCycle: restingWatts(machine, coreHertz) / hierarchy.hertz}
  })
}

/** Idle, static and clock power, which a slow mapping draws for longer. */
function restingWatts(machine: Machine<number>, coreHertz: number): number {
  const core = machine.clocks[0]!
  const {staticWatts, staticVolts, clockingWatts = 0} = machine.power
  const volts = voltageAt(core, coreHertz)
  const clocking = clockingWatts * (volts / core.energyVolts) ** core.energyExponent * (coreHertz / core.nominalHertz)
  return idleWatts(machine, coreHertz) + (staticWatts * volts) / staticVolts + clocking
}

/** The machines of a batch as loop nests see them. */
export interface RowHierarchies {
  /** Whether a row is the same machine as the one before it. */
  readonly isAsBefore: (row: number) => boolean
  readonly at: (row: number) => readonly Hierarchy[]
}

/** The machines of a batch for one unit and format. */
export function rowHierarchies(name: string, machine: Machine<Column>, unitIndex: number, dtype: Dtype): RowHierarchies {
  const {clocks, units, memories, power} = machine
  const columns = columnsIn([clocks, units[unitIndex], memories, power])
  return {
    isAsBefore: (row) => row > 0 && columns.every((column) => column[row] === column[row - 1]),
    at: (row) => clockedHierarchies(name, machineRow(machine, row), unitIndex, dtype),
  }
}
