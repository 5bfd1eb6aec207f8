import type {Dtype} from '../foundation/dtype.js'
import type {UnitKind} from '../foundation/resource.js'
import {UserError} from '../foundation/user-error.js'
import type {Machine} from './machine.js'

/** Kinds of units that compute matrix products, the better one first. */
export const productKinds: readonly UnitKind[] = ['matrix', 'vector']

/** The first unit of the first of these kinds that computes a format; `what` asks for it, in words. */
export function findUnit(
  machine: Machine<unknown>,
  kinds: readonly UnitKind[],
  dtype: Dtype,
  what: string,
  acceleratorName: string,
): number {
  for (const kind of kinds) {
    const unitIndex = machine.units.findIndex((unit) => unit.kind === kind && unit.operationsPerCycle[dtype] !== undefined)
    if (unitIndex >= 0) return unitIndex
  }
  if (!machine.units.some(({kind}) => kinds.includes(kind))) throw noSuchUnit(machine, kinds, what, acceleratorName)
  const offered = machine.units.map(
    ({name, kind, operationsPerCycle}) => `${name} (${kind}): ${Object.keys(operationsPerCycle).join(', ')}`,
  )
  throw new UserError(`no ${kinds.join(' or ')} unit of ${acceleratorName} computes ${dtype}, which ${what} needs`, {
    code: 'UNSUPPORTED_DTYPE',
    suggestions: [`choose a dtype that it computes: ${offered.join('; ')}`],
  })
}

/** What operators ask of the units, by kind of unit. */
const operatorsOf: Readonly<Record<UnitKind, readonly string[]>> = {
  matrix: ['matrix products (gemm)'],
  vector: ['matrix products (gemm)', 'element arithmetic'],
  special: ['exponentials and roots'],
}

/** No number format helps where a whole kind of unit is missing. */
function noSuchUnit(machine: Machine<unknown>, kinds: readonly UnitKind[], what: string, acceleratorName: string): UserError {
  const present = [...new Set(machine.units.map(({kind}) => kind))]
  const operators = [...new Set(present.flatMap((kind) => operatorsOf[kind]))]
  const formats = [...new Set(machine.units.flatMap(({operationsPerCycle}) => Object.keys(operationsPerCycle)))]
  return new UserError(`${acceleratorName} has no ${kinds.join(' or ')} unit, which ${what} needs in any number format`, {
    code: 'NO_SUCH_UNIT',
    suggestions: [
      `it runs ${operators.join(', ')} in ${formats.join(', ')}: give it a list of such operators as --model`,
      'describe the missing unit under units: in its file, or choose an accelerator that has one: ridge list accelerators',
    ],
  })
}
