import {findUnit, productKinds} from '../../accelerator/find-unit.js'
import type {Column} from '../../accelerator/machine.js'
import type {Dtype} from '../../foundation/dtype.js'
import type {OperatorProblem} from '../../workload/operator-problems.js'
import type {TimeContext} from '../operator-time.js'
import {type ProductCost, productCost} from './product-cost.js'
import type {MapProduct} from './product-mapper.js'
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

/** What chooses mappings, and whether for each machine or, where machines only stand for one that is not known better, for that one. */
export interface Mapper {
  readonly mapProduct: MapProduct
  readonly isAsStated: boolean
}

/** Room for what a product does on the machines of a batch. */
export function productColumns(
  context: TimeContext,
  {problem, dtype, runCount, usefulRatio}: OperatorProblem,
  {mapProduct, isAsStated}: Mapper,
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
        cost = productCost(mapProduct(problem, stated ?? clocked), clocked[0]!, memoryNames)
      }
      write(row, cost)
    }
  }
  return {runCount, unitIndex, dtype, executed, moved, resources: [arithmetic, ...memories], fill}
}
