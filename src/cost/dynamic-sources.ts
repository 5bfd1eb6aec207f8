import type {Column, Machine, MemoryKind} from '../accelerator/machine.js'
import type {UnitKind} from '../foundation/resource.js'
import {compileCacheMisses} from './cache-misses.js'
import type {Metric} from './metrics.js'
import type {OperatorProgram} from './operator-program.js'

/** Energy that goes with what a pass does, at the voltage of the stated energies. */
export interface DynamicSource {
  readonly name: string
  readonly metric: Metric
  /** Index of the clock domain whose voltage scales it; -1 where none does. */
  readonly clock: number
  readonly statedJoules: Column
  readonly joules: Column
  readonly add: (rowCount: number) => void
}

const unitMetric: Readonly<Record<UnitKind, Metric>> = {matrix: 'matrixJoules', vector: 'vectorJoules', special: 'specialJoules'}
const memoryMetric: Readonly<Record<MemoryKind, Metric>> = {
  register: 'registerJoules',
  scratchpad: 'scratchpadJoules',
  cache: 'cacheJoules',
  dram: 'dramJoules',
}

/** Compiles the energies of operations, elements, bytes of each memory level, and bytes on links. */
export function dynamicSources(machine: Machine<Column>, programs: readonly OperatorProgram[], rowCapacity: number): DynamicSource[] {
  const column = (): Column => new Float64Array(rowCapacity)
  return [
    ...unitSources(machine, programs, column),
    ...elementSources(machine, programs, column),
    ...memorySources(machine, programs, rowCapacity),
    ...linkSources(machine, programs, column),
  ]
}

function unitSources(machine: Machine<Column>, programs: readonly OperatorProgram[], column: () => Column): DynamicSource[] {
  return machine.units.map((unit, unitIndex) => {
    const statedJoules = column()
    const add = (rowCount: number): void => {
      for (const {count, executed, time} of programs) {
        for (const {unitIndex: index, dtype, operations} of executed) {
          if (index !== unitIndex) continue
          // Where accesses are counted one by one, only the arithmetic is left of an operation.
          const bare = time.count === undefined ? undefined : unit.arithmeticJoulesPerOperation[dtype]
          const joulesPerOperation = bare ?? unit.joulesPerOperation[dtype]!
          for (let row = 0; row < rowCount; row++) statedJoules[row]! += count * operations[row]! * joulesPerOperation[row]!
        }
      }
    }
    return {name: unit.name, metric: unitMetric[unit.kind], clock: unit.clock, statedJoules, joules: column(), add}
  })
}

/** Elements pass through the first unit that states what one costs. */
function elementSources({units}: Machine<Column>, programs: readonly OperatorProgram[], column: () => Column): DynamicSource[] {
  const {clock = -1, joulesPerElement} = units.find((unit) => unit.joulesPerElement !== undefined) ?? {}
  const statedJoules = column()
  const elementCount = programs.reduce((sum, {count, elementOperationCount}) => sum + count * elementOperationCount, 0)
  const add = (rowCount: number): void => {
    if (joulesPerElement === undefined) return
    for (let row = 0; row < rowCount; row++) statedJoules[row]! += elementCount * joulesPerElement[row]!
  }
  return [{name: 'elements', metric: 'elementJoules', clock, statedJoules, joules: column(), add}]
}

function memorySources(machine: Machine<Column>, programs: readonly OperatorProgram[], rowCapacity: number): DynamicSource[] {
  const missRatio = new Float64Array(rowCapacity)
  const misses = compileCacheMisses(machine)
  return machine.memories.map((memory, level) => {
    const statedJoules = new Float64Array(rowCapacity)
    const {readJoulesPerByte, writeJoulesPerByte} = memory
    const isMain = level === machine.memories.length - 1
    const add = (rowCount: number): void => {
      missRatio.fill(1, 0, rowCount)
      for (const {count, moved, activations} of programs) {
        const {readBytes, writeBytes} = moved[level]!
        const {bytes, readRatio, writeRatio} = activations
        if (isMain) misses(bytes, missRatio, rowCount)
        for (let row = 0; row < rowCount; row++) {
          const hitRatio = 1 - missRatio[row]!
          const read = readBytes[row]! * (1 - readRatio * hitRatio) * readJoulesPerByte[row]!
          const written = writeBytes[row]! * (1 - writeRatio * hitRatio) * writeJoulesPerByte[row]!
          statedJoules[row]! += count * (read + written)
        }
      }
    }
    const joules = new Float64Array(rowCapacity)
    return {name: memory.name, metric: memoryMetric[memory.kind], clock: memory.clock, statedJoules, joules, add}
  })
}

function linkSources(machine: Machine<Column>, programs: readonly OperatorProgram[], column: () => Column): DynamicSource[] {
  return machine.links.map((link, linkIndex) => {
    const statedJoules = column()
    const bytes = programs.reduce((sum, {count, sent}) => sum + (sent.link === linkIndex ? count * sent.bytes : 0), 0)
    const add = (rowCount: number): void => {
      for (let row = 0; row < rowCount; row++) statedJoules[row]! += bytes * link.joulesPerByte[row]!
    }
    return {name: link.name, metric: 'linkJoules', clock: -1, statedJoules, joules: column(), add}
  })
}
