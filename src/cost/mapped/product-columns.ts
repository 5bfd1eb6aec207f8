import {findUnit, productKinds} from '../../accelerator/find-unit.js'
import type {Hierarchy} from '../../accelerator/hierarchy.js'
import type {Column} from '../../accelerator/machine.js'
import type {Dtype} from '../../foundation/dtype.js'
import type {TimeContext} from '../operator-time.js'
import {type CountedNest, type ProductCost, productCost} from './product-cost.js'
import {clockedHierarchies, rowHierarchies} from './row-hierarchies.js'

/** A product on a batch of machines: what one run of it does, and how long each resource would take for it at the highest core clock. */
export interface ProductColumns {
  /** In one run of its operator. */
  readonly runCount: number
  readonly unitIndex: number
  readonly dtype: Dtype
  readonly executed: Column
  readonly moved: readonly {readonly readBytes: Column; readonly writeBytes: Column}[]
  /** The arithmetic, then each memory, innermost first. */
  readonly resources: readonly {readonly boundIndex: number; readonly isInCore: boolean; readonly seconds: Column}[]
  /** Maps the product on the machine of each row. */
  readonly fill: (rowCount: number) => void
}

/** A part of an operator that is mapped as one. */
export interface MappedWork {
  readonly dtype: Dtype
  /** In one run of its operator. */
  readonly runCount: number
  /** Of what it computes, what is wanted. */
  readonly usefulRatio: number
  /** What its mapping does on one machine, given at each clock that it is to be good at. */
  readonly countedOn: (hierarchies: readonly Hierarchy[]) => CountedNest
}

/** Room for what a part of an operator does on the machines of a batch; `isAsStated` where all do as the machine as stated would. */
export function productColumns(
  context: TimeContext,
  {dtype, runCount, usefulRatio, countedOn}: MappedWork,
  isAsStated: boolean,
): ProductColumns {
  const {accelerator, machine, node, rowCapacity} = context
  const column = (): Column => new Float64Array(rowCapacity)
  const unitIndex = findUnit(machine, productKinds, dtype, `operator ${node.name}`, accelerator.name)
  const hierarchies = rowHierarchies(accelerator.name, machine, unitIndex, dtype)
  const stated = isAsStated ? clockedHierarchies(accelerator.name, accelerator.machine, unitIndex, dtype) : undefined
  const executed = column()
  const moved = machine.memories.map(() => ({readBytes: column(), writeBytes: column()}))
  const arithmetic = {boundIndex: unitIndex, isInCore: machine.units[unitIndex]!.clock === 0, seconds: column()}
  const memories = machine.memories.map(({clock}, level) => ({
    boundIndex: machine.units.length + level,
    isInCore: clock === 0,
    seconds: column(),
  }))
  const memoryNames = machine.memories.map(({name}) => name)

  const write = (row: number, cost: ProductCost): void => {
    executed[row] = cost.executedOperationCount * usefulRatio
    arithmetic.seconds[row] = cost.arithmeticSeconds * usefulRatio
    for (const [level, {readBytes, writeBytes, seconds}] of cost.memories.entries()) {
      moved[level]!.readBytes[row] = readBytes
      moved[level]!.writeBytes[row] = writeBytes
      memories[level]!.seconds[row] = seconds
    }
  }
  const fill = (rowCount: number): void => {
    let cost: ProductCost | undefined
    for (let row = 0; row < rowCount; row++) {
      if (cost === undefined || !hierarchies.isAsBefore(row)) {
        const clocked = hierarchies.at(row)
        cost = productCost(countedOn(stated ?? clocked), clocked[0]!, memoryNames)
      }
      write(row, cost)
    }
  }
  return {runCount, unitIndex, dtype, executed, moved, resources: [arithmetic, ...memories], fill}
}
