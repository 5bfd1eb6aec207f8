import {curveAt, voltageColumn} from '../accelerator/clock.js'
import type {Column, Machine, MemoryKind} from '../accelerator/machine.js'
import type {UnitKind} from '../foundation/resource.js'
import {leakageRatio} from './held-power.js'
import type {Metric, MetricColumns} from './metrics.js'
import type {OperatorProgram} from './operator-program.js'
import {voltageEnergyScale} from './rates.js'

/** Energy of a pass by source; dynamic energies are stated at their domain's energy voltage and scaled with the voltage. */
export interface Energy {
  /** Sums operations and bytes over the pass, at the stated voltages. */
  readonly prepare: (rowCount: number) => void
  /** Average power at these core clocks and pass times. */
  readonly watts: (coreHertz: Column, seconds: Column, out: Column, rowCount: number) => void
  /** What heat makes of static power at the last `watts`, over the one at its stated temperature. */
  readonly leakage: Column
  /** Fills `sources`, the energy metrics and the total, after the final `watts`; the parts of a pass share its heat. */
  readonly split: (coreHertz: Column, seconds: Column, passLeakage: Column, out: MetricColumns, rowCount: number) => void
  readonly sources: readonly {readonly name: string; readonly metric: Metric; readonly joules: Column}[]
}

const unitMetric: Readonly<Record<UnitKind, Metric>> = {matrix: 'matrixJoules', vector: 'vectorJoules', special: 'specialJoules'}
const memoryMetric: Readonly<Record<MemoryKind, Metric>> = {
  register: 'registerJoules',
  scratchpad: 'scratchpadJoules',
  cache: 'cacheJoules',
  dram: 'dramJoules',
}

interface DynamicSource {
  readonly name: string
  readonly metric: Metric
  readonly clock: number
  /** At the stated voltage. */
  readonly statedJoules: Column
  readonly joules: Column
  readonly add: (rowCount: number) => void
}

/** Compiles the energy of a pass. */
export function compileEnergy(machine: Machine<Column>, programs: readonly OperatorProgram[], rowCapacity: number): Energy {
  const column = (): Column => new Float64Array(rowCapacity)
  const dynamic = [
    ...unitSources(machine, programs, column),
    ...memorySources(machine, programs, column),
    ...linkSources(machine, programs, column),
  ]
  const [coreJoules, otherJoules, scale, volts, leakage] = [column(), column(), column(), column(), column()]
  const statics = {name: 'static', metric: 'staticJoules', joules: column()} as const
  const idle = {name: 'idle', metric: 'idleJoules', joules: column()} as const

  const prepare = (rowCount: number): void => {
    coreJoules.fill(0, 0, rowCount)
    otherJoules.fill(0, 0, rowCount)
    for (const source of dynamic) {
      source.statedJoules.fill(0, 0, rowCount)
      source.add(rowCount)
      if (source.clock > 0) scaleBy(source.statedJoules, machine, source.clock, scale, rowCount)
      const into = source.clock === 0 ? coreJoules : otherJoules
      for (let row = 0; row < rowCount; row++) into[row]! += source.statedJoules[row]!
    }
  }
  const {staticWatts, staticVolts, idle: idleCurve, idleScaleRatio} = machine.power
  const idleWatts = (coreHertz: Column, row: number): number => curveAt(idleCurve, coreHertz[row]!) * idleScaleRatio[row]!
  /** At the temperature at which it is stated. */
  const coolStaticWatts = (row: number): number => (staticWatts[row]! * volts[row]!) / staticVolts[row]!
  const restWatts = (coreHertz: Column, seconds: Column, row: number): number =>
    idleWatts(coreHertz, row) + (coreJoules[row]! * scale[row]! + otherJoules[row]!) / seconds[row]!

  const watts = (coreHertz: Column, seconds: Column, out: Column, rowCount: number): void => {
    voltageEnergyScale(machine, 0, coreHertz, scale, rowCount)
    voltageColumn(machine.clocks[0]!.voltage, coreHertz, volts, rowCount)
    for (let row = 0; row < rowCount; row++) {
      const [rest, cool] = [restWatts(coreHertz, seconds, row), coolStaticWatts(row)]
      leakage[row] = leakageRatio(machine.power, rest, cool, row)
      out[row] = rest + leakage[row]! * cool
    }
  }
  const split = (coreHertz: Column, seconds: Column, passLeakage: Column, out: MetricColumns, rowCount: number): void => {
    voltageEnergyScale(machine, 0, coreHertz, scale, rowCount)
    voltageColumn(machine.clocks[0]!.voltage, coreHertz, volts, rowCount)
    for (let row = 0; row < rowCount; row++) {
      idle.joules[row] = idleWatts(coreHertz, row) * seconds[row]!
      statics.joules[row] = passLeakage[row]! * coolStaticWatts(row) * seconds[row]!
    }
    for (const {clock, statedJoules, joules} of dynamic) {
      for (let row = 0; row < rowCount; row++) joules[row] = clock === 0 ? statedJoules[row]! * scale[row]! : statedJoules[row]!
    }
    const sources = [...dynamic, statics, idle]
    for (const {metric} of sources) out[metric].fill(0, 0, rowCount)
    out.energyJoules.fill(0, 0, rowCount)
    for (const {metric, joules} of sources) {
      const sum = out[metric]
      for (let row = 0; row < rowCount; row++) {
        sum[row]! += joules[row]!
        out.energyJoules[row]! += joules[row]!
      }
    }
  }
  return {prepare, watts, leakage, split, sources: [...dynamic, statics, idle]}
}

function unitSources(machine: Machine<Column>, programs: readonly OperatorProgram[], column: () => Column): DynamicSource[] {
  return machine.units.map((unit, unitIndex) => {
    const statedJoules = column()
    const add = (rowCount: number): void => {
      for (const {count, executed} of programs) {
        for (const {unitIndex: index, dtype, operations} of executed) {
          if (index !== unitIndex) continue
          const joulesPerOperation = unit.joulesPerOperation[dtype]!
          for (let row = 0; row < rowCount; row++) statedJoules[row]! += count * operations[row]! * joulesPerOperation[row]!
        }
      }
    }
    return {name: unit.name, metric: unitMetric[unit.kind], clock: unit.clock, statedJoules, joules: column(), add}
  })
}

function memorySources(machine: Machine<Column>, programs: readonly OperatorProgram[], column: () => Column): DynamicSource[] {
  return machine.memories.map((memory, level) => {
    const statedJoules = column()
    const {readJoulesPerByte, writeJoulesPerByte} = memory
    const add = (rowCount: number): void => {
      for (const {count, moved} of programs) {
        const {readBytes, writeBytes} = moved[level]!
        for (let row = 0; row < rowCount; row++) {
          statedJoules[row]! += count * (readBytes[row]! * readJoulesPerByte[row]! + writeBytes[row]! * writeJoulesPerByte[row]!)
        }
      }
    }
    return {name: memory.name, metric: memoryMetric[memory.kind], clock: memory.clock, statedJoules, joules: column(), add}
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

/** No power limit moves the clocks of domains other than the core: their energies are scaled once. */
function scaleBy(joules: Column, machine: Machine<Column>, domain: number, scale: Column, rowCount: number): void {
  voltageEnergyScale(machine, domain, machine.clocks[domain]!.hertz, scale, rowCount)
  for (let row = 0; row < rowCount; row++) joules[row]! *= scale[row]!
}
