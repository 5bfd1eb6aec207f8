import type {Accelerator} from '../accelerator/accelerator.js'
import {designBatch} from '../accelerator/accelerator.js'
import type {Column, ComputeUnit, Machine} from '../accelerator/machine.js'
import type {Dtype} from '../foundation/dtype.js'
import type {FittedConstant, PowerConstant} from './power-fit.js'

/** A constant of an accelerator's energy that measured passes may tell, and where a batch of its machines holds it. */
export interface EnergyConstant extends PowerConstant {
  /** As `--set` and the file name it. */
  readonly path: readonly string[]
  readonly unit: 'J/op' | 'J/B' | 'W'
  readonly meaning: string
  readonly columns: readonly Column[]
}

/** A constant of an accelerator's energy as measured passes determine it. */
export type FittedEnergy = Omit<EnergyConstant, 'columns'> & FittedConstant

/** Machines of one accelerator whose energy constants differ from row to row: one for each constant, and one more. */
export interface EnergyBatch {
  readonly machine: Machine<Column>
  readonly rowCapacity: number
  /** Those that a pass with these formats executed on these units uses. */
  readonly constants: (executed: ReadonlySet<string>) => EnergyConstant[]
}

/** How an executed format of a unit is named. */
export function executedKey(unitIndex: number, dtype: Dtype): string {
  return `${unitIndex} ${dtype}`
}

/** A batch of machines in which every constant that a fit may move has columns, also those that the file does not state. */
export function energyBatch(accelerator: Accelerator): EnergyBatch {
  const formatCount = accelerator.machine.units.reduce((sum, {joulesPerOperation}) => sum + Object.keys(joulesPerOperation).length, 0)
  const rowCapacity = formatCount + otherConstantCount + 1
  const described = designBatch(accelerator, [], rowCapacity).machine
  const elementUnit = described.units.find(({joulesPerElement}) => joulesPerElement !== undefined) ?? firstVector(described)
  const units = described.units.map((unit) =>
    unit === elementUnit ? {...unit, joulesPerElement: unit.joulesPerElement ?? new Float64Array(rowCapacity)} : unit,
  )
  const {clockingWatts = new Float64Array(rowCapacity)} = described.power
  const machine = {...described, units, power: {...described.power, clockingWatts}}
  return {
    machine,
    rowCapacity,
    constants: (executed) => [
      ...units.flatMap((unit, unitIndex) => unitConstants(unit, unitIndex, executed)),
      ...units.flatMap((unit) => elementConstants(unit)),
      mainMemoryConstant(machine),
      constant(['power', 'clocking'], 'W', 'clock tree and schedulers while kernels run, at the nominal core clock and its energyVoltage', [
        clockingWatts,
      ]),
    ],
  }
}

/** Elements, main memory, clock tree. */
const otherConstantCount = 3

function firstVector({units}: Machine<Column>): ComputeUnit<Column> | undefined {
  return units.find(({kind}) => kind === 'vector')
}

/** Special functions come with elements at a fixed ratio: their energy can't be told apart. */
function unitConstants(unit: ComputeUnit<Column>, unitIndex: number, executed: ReadonlySet<string>): EnergyConstant[] {
  const {name, kind, joulesPerOperation} = unit
  if (kind === 'special') return []
  return (Object.entries(joulesPerOperation) as [Dtype, Column][])
    .filter(([dtype]) => executed.has(executedKey(unitIndex, dtype)))
    .map(([dtype, column]) =>
      constant(['units', name, 'energyPerOperation', dtype], 'J/op', `one ${dtype} operation, with its instruction and operands`, [column]),
    )
}

function elementConstants({name, joulesPerElement}: ComputeUnit<Column>): EnergyConstant[] {
  if (joulesPerElement === undefined) return []
  const meaning = 'one element-operation of kernels of rows and elements, beside its arithmetic'
  return [constant(['units', name, 'energyPerElement'], 'J/op', meaning, [joulesPerElement])]
}

function mainMemoryConstant({memories}: Machine<Column>): EnergyConstant {
  const {name, readJoulesPerByte, writeJoulesPerByte} = memories.at(-1)!
  return constant(['memories', name, 'energy'], 'J/B', 'one byte of main memory', [readJoulesPerByte, writeJoulesPerByte])
}

function constant(path: readonly string[], unit: EnergyConstant['unit'], meaning: string, columns: readonly Column[]): EnergyConstant {
  const name = path.slice(1).join('.').replace('energyPerOperation.', '')
  return {name, path, unit, meaning, columns, statedValue: columns[0]![0]!}
}
