import {type Dtype, dtypes} from '../foundation/dtype.js'
import type {Dimension} from '../foundation/quantity.js'
import type {UnitKind} from '../foundation/resource.js'
import {pointerTo} from '../spec/yaml-source.js'
import {type Bound, field, type Raw, type Reader} from './field.js'
import type {ComputeUnit, SystolicUnit} from './machine.js'

/** One compute unit of a file. */
export function computeUnit<N>(reader: Reader<N>, raw: Raw, pointer: string, name: string): ComputeUnit<N> {
  const of = field(reader, raw, pointer)
  const tileRaw = (raw['tile'] ?? {}) as Raw
  if (raw['kind'] === 'matrix' && raw['tile'] === undefined)
    throw reader.source.error(`${pointer}/tile`, 'a matrix unit needs its native tile', ['add `tile: {m: 16, n: 8, k: 16}`'])
  const tile = field(reader, tileRaw, `${pointer}/tile`, {m: 1, n: 1, k: 1})
  return {
    name,
    kind: raw['kind'] as UnitKind,
    count: of('count', 'count', 'whole'),
    clock: reader.clockIndex(raw['clock'], `${pointer}/clock`),
    tile: {m: tile('m', 'count', 'whole'), n: tile('n', 'count', 'whole'), k: tile('k', 'count', 'whole')},
    systolic: systolicUnit(reader, raw, pointer),
    operationsPerCycle: byDtype(
      reader,
      raw['operationsPerCycle'] as Raw,
      `${pointer}/operationsPerCycle`,
      'operationsPerCycle',
      'positive',
    ),
    joulesPerOperation: pairedEnergies(reader, raw, pointer),
    arithmeticJoulesPerOperation: arithmeticEnergies(reader, raw, pointer),
    joulesPerElement: elementEnergy(reader, raw, pointer),
  }
}

/** Matrix units alone are arrays. */
function systolicUnit<N>(reader: Reader<N>, raw: Raw, pointer: string): SystolicUnit<N> | undefined {
  const stated = raw['systolic'] as Raw | undefined
  if (stated === undefined) return undefined
  const at = pointerTo(pointer, 'systolic')
  if (raw['kind'] !== 'matrix')
    throw reader.source.error(at, `a unit of kind ${String(raw['kind'])} is no systolic array`, ['state systolic at the matrix unit'])
  const of = field(reader, stated, at)
  return {rows: of('rows', 'count', 'whole'), columns: of('columns', 'count', 'whole'), isPreloading: stated['preload'] === true}
}

/** Elements are passed through vector units alone. */
function elementEnergy<N>(reader: Reader<N>, raw: Raw, pointer: string): N | undefined {
  if (raw['energyPerElement'] === undefined) return undefined
  if (raw['kind'] === 'vector') return field(reader, raw, pointer)('energyPerElement', 'joulesPerOperation', 'nonnegative')
  throw reader.source.error(`${pointer}/energyPerElement`, `a unit of kind ${String(raw['kind'])} passes no elements`, [
    'state energyPerElement at the vector unit',
  ])
}

/** Only formats that the unit computes can have a part of their energy stated. */
function arithmeticEnergies<N>(reader: Reader<N>, raw: Raw, pointer: string): ComputeUnit<N>['arithmeticJoulesPerOperation'] {
  const energies = (raw['arithmeticEnergy'] ?? {}) as Raw
  const unknown = dtypes.find((dtype) => energies[dtype] !== undefined && (raw['energyPerOperation'] as Raw)[dtype] === undefined)
  if (unknown !== undefined)
    throw reader.source.error(`${pointer}/arithmeticEnergy/${unknown}`, `${unknown} has arithmeticEnergy but no energyPerOperation`, [
      `add ${unknown} to energyPerOperation`,
    ])
  return byDtype(reader, energies, `${pointer}/arithmeticEnergy`, 'joulesPerOperation', 'nonnegative')
}

/** Each dtype that a unit computes must have its energy, and no other. */
function pairedEnergies<N>(reader: Reader<N>, raw: Raw, pointer: string): ComputeUnit<N>['joulesPerOperation'] {
  const [rates, energies] = [raw['operationsPerCycle'] as Raw, raw['energyPerOperation'] as Raw]
  for (const dtype of dtypes) {
    if ((rates[dtype] === undefined) === (energies[dtype] === undefined)) continue
    const [missing, has] =
      rates[dtype] === undefined ? ['operationsPerCycle', 'energyPerOperation'] : ['energyPerOperation', 'operationsPerCycle']
    throw reader.source.error(`${pointer}/${has}/${dtype}`, `${dtype} has ${has} but no ${missing}`, [`add ${dtype} to ${missing}`])
  }
  return byDtype(reader, energies, `${pointer}/energyPerOperation`, 'joulesPerOperation', 'nonnegative')
}

function byDtype<N>(reader: Reader<N>, raw: Raw, pointer: string, dimension: Dimension, bound: Bound): Partial<Record<Dtype, N>> {
  const of = field(reader, raw, pointer)
  return Object.fromEntries(dtypes.filter((dtype) => raw[dtype] !== undefined).map((dtype) => [dtype, of(dtype, dimension, bound)]))
}
