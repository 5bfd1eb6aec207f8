import {machineHierarchy} from '../../accelerator/build-hierarchy.js'
import type {Hierarchy} from '../../accelerator/hierarchy.js'
import type {Column, Machine} from '../../accelerator/machine.js'
import {columnsIn, machineRow} from '../../accelerator/machine-row.js'
import type {Dtype} from '../../foundation/dtype.js'

/** The hierarchies of a batch of machines, each at its highest core clock, where compilers choose tiles. */
export interface RowHierarchies {
  /** Whether a row is the same machine as the one before it. */
  readonly isAsBefore: (row: number) => boolean
  readonly at: (row: number) => Hierarchy
}

/** Hierarchies of the machines of a batch for one unit and format. */
export function rowHierarchies(name: string, machine: Machine<Column>, unitIndex: number, dtype: Dtype): RowHierarchies {
  const {clocks, units, memories} = machine
  const columns = columnsIn([clocks, units[unitIndex], memories])
  return {
    isAsBefore: (row) => row > 0 && columns.every((column) => column[row] === column[row - 1]),
    at: (row) => {
      const one = machineRow(machine, row)
      return machineHierarchy(name, one, {dtype, unitIndex, coreHertz: one.clocks[0]!.maximumHertz})
    },
  }
}
