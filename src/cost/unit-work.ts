import type {Accelerator} from '../accelerator/accelerator.js'
import {findUnit, productKinds} from '../accelerator/find-unit.js'
import type {Machine} from '../accelerator/machine.js'
import type {Dtype} from '../foundation/dtype.js'
import type {UnitKind} from '../foundation/resource.js'
import {paddedOperations} from '../mapping/traffic.js'
import type {Contraction, OperatorNode, Workload} from '../workload/operator.js'

/** A compute unit at one number format: what work is assigned to. */
export interface UnitRate {
  readonly unitIndex: number
  readonly dtype: Dtype
}

/** Work of one operator on one unit: element operations, and matrix products that the unit's tile pads. */
export interface UnitWork extends UnitRate {
  readonly operationCount: number
  readonly contractions: readonly Contraction[]
}

/** Which units run an operator's work: matrix products go to a matrix unit of their format, else to a vector unit of it. */
export function unitWork(machine: Machine<unknown>, node: OperatorNode, acceleratorName: string): UnitWork[] {
  const {work, contractions} = node.demand
  const byUnit = new Map<string, {rate: UnitRate; operationCount: number; contractions: Contraction[]}>()
  const entry = (kinds: readonly UnitKind[], dtype: Dtype) => {
    const rate = {unitIndex: findUnit(machine, kinds, dtype, `operator ${node.name}`, acceleratorName), dtype}
    const key = `${rate.unitIndex} ${rate.dtype}`
    const known = byUnit.get(key) ?? {rate, operationCount: 0, contractions: []}
    byUnit.set(key, known)
    return known
  }
  for (const {unit, dtype, operationCount} of work) {
    if (operationCount > 0) entry([unit], dtype).operationCount += operationCount
  }
  for (const contraction of contractions) entry(productKinds, contraction.dtype).contractions.push(contraction)
  return [...byUnit.values()].map(({rate, operationCount, contractions: products}) => ({...rate, operationCount, contractions: products}))
}

/** Operations that a unit of a native tile executes for its work, padding to the tile included. */
export function unitOperations({operationCount, contractions}: UnitWork, tm: number, tn: number, tk: number): number {
  let operations = operationCount
  for (const contraction of contractions) operations += paddedOperations(contraction, tm, tn, tk)
  return operations
}

/** Refuses a workload with work that no unit of an accelerator computes. */
export function refuseUnrun({machine, name}: Pick<Accelerator, 'machine' | 'name'>, {operators}: Workload): void {
  for (const node of operators) unitWork(machine, node, name)
}
