import type {Column, Machine} from '../accelerator/machine.js'
import type {Dtype} from '../foundation/dtype.js'
import type {UnitKind} from '../foundation/resource.js'
import {UserError} from '../foundation/user-error.js'
import {paddedOperations} from '../mapping/traffic.js'
import type {Contraction, OperatorNode} from '../workload/operator.js'

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
  const entry = (rate: UnitRate) => {
    const key = `${rate.unitIndex} ${rate.dtype}`
    const known = byUnit.get(key) ?? {rate, operationCount: 0, contractions: []}
    byUnit.set(key, known)
    return known
  }
  for (const {unit, dtype, operationCount} of work) {
    if (operationCount > 0) entry(findUnit(machine, [unit], dtype, node.name, acceleratorName)).operationCount += operationCount
  }
  for (const contraction of contractions)
    entry(findUnit(machine, ['matrix', 'vector'], contraction.dtype, node.name, acceleratorName)).contractions.push(contraction)
  return [...byUnit.values()].map(({rate, operationCount, contractions: products}) => ({...rate, operationCount, contractions: products}))
}

/** Operations that a unit executes for its work, padding to its native tile included. */
export function executedOperations(machine: Machine<Column>, work: UnitWork, out: Column, rowCount: number): void {
  const {m, n, k} = machine.units[work.unitIndex]!.tile
  for (let row = 0; row < rowCount; row++) {
    const isAsBefore = row > 0 && m[row] === m[row - 1] && n[row] === n[row - 1] && k[row] === k[row - 1]
    if (isAsBefore) {
      out[row] = out[row - 1]!
      continue
    }
    let operations = work.operationCount
    for (const contraction of work.contractions) operations += paddedOperations(contraction, m[row]!, n[row]!, k[row]!)
    out[row] = operations
  }
}

function findUnit(
  machine: Machine<unknown>,
  kinds: readonly UnitKind[],
  dtype: Dtype,
  operator: string,
  acceleratorName: string,
): UnitRate {
  for (const kind of kinds) {
    const unitIndex = machine.units.findIndex((unit) => unit.kind === kind && unit.operationsPerCycle[dtype] !== undefined)
    if (unitIndex >= 0) return {unitIndex, dtype}
  }
  if (!machine.units.some(({kind}) => kinds.includes(kind))) throw noSuchUnit(machine, kinds, operator, acceleratorName)
  const offered = machine.units.map(
    ({name, kind, operationsPerCycle}) => `${name} (${kind}): ${Object.keys(operationsPerCycle).join(', ')}`,
  )
  throw new UserError(`no ${kinds.join(' or ')} unit of ${acceleratorName} computes ${dtype}, which operator ${operator} needs`, {
    code: 'UNSUPPORTED_DTYPE',
    suggestions: [`choose a --dtype that it computes: ${offered.join('; ')}`],
  })
}

/** What operators ask of the units, by kind of unit. */
const operatorsOf: Readonly<Record<UnitKind, string>> = {
  matrix: 'matrix products (gemm)',
  vector: 'element arithmetic and matrix products',
  special: 'exponentials and roots',
}

/** No number format helps where a whole kind of unit is missing. */
function noSuchUnit(machine: Machine<unknown>, kinds: readonly UnitKind[], operator: string, acceleratorName: string): UserError {
  const present = [...new Set(machine.units.map(({kind}) => kind))]
  const formats = [...new Set(machine.units.flatMap(({operationsPerCycle}) => Object.keys(operationsPerCycle)))]
  return new UserError(`${acceleratorName} has no ${kinds.join(' or ')} unit, which operator ${operator} needs in any number format`, {
    code: 'NO_SUCH_UNIT',
    suggestions: [
      `it runs ${present.map((kind) => operatorsOf[kind]).join(', ')} in ${formats.join(', ')}: give it a list of such operators as --model`,
      'describe the missing unit under units: in its file, or choose an accelerator that has one: ridge list accelerators',
    ],
  })
}
