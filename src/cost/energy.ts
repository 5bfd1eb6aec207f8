import {curveAt, voltageColumn} from '../accelerator/clock.js'
import type {Column, Machine} from '../accelerator/machine.js'
import {dynamicSources} from './dynamic-sources.js'
import {leakageRatio} from './held-power.js'
import type {Metric, MetricColumns} from './metrics.js'
import type {OperatorProgram} from './operator-program.js'
import {voltageEnergyScale} from './rates.js'

/** Energy of a pass by source; dynamic energies are stated at their domain's energy voltage and scaled with the voltage. */
export interface Energy {
  /** Sums operations, elements and bytes over the pass, at the stated voltages. */
  readonly prepare: (rowCount: number) => void
  /** Average power at these core clocks and pass times. */
  readonly watts: (coreHertz: Column, seconds: Column, out: Column, rowCount: number) => void
  /** What heat makes of static power at the last `watts`, over the one at its stated temperature. */
  readonly leakage: Column
  /** Fills `sources`, the energy metrics and the total, after the final `watts`; the parts of a pass share its heat. */
  readonly split: (coreHertz: Column, seconds: Column, passLeakage: Column, out: MetricColumns, rowCount: number) => void
  readonly sources: readonly {readonly name: string; readonly metric: Metric; readonly joules: Column}[]
}

/** Compiles the energy of a pass; `kernelSeconds` says how long of it kernels run, where that is not all the time. */
export function compileEnergy(
  machine: Machine<Column>,
  programs: readonly OperatorProgram[],
  rowCapacity: number,
  kernelSeconds?: Column,
): Energy {
  const column = (): Column => new Float64Array(rowCapacity)
  const dynamic = dynamicSources(machine, programs, rowCapacity)
  const [coreJoules, otherJoules, scale, volts, leakage] = [column(), column(), column(), column(), column()]
  const clocking = {name: 'clocking', metric: 'clockingJoules', joules: column()} as const
  const regulator = {name: 'regulator', metric: 'regulatorJoules', joules: column()} as const
  const statics = {name: 'static', metric: 'staticJoules', joules: column()} as const
  const idle = {name: 'idle', metric: 'idleJoules', joules: column()} as const
  const sources = [...dynamic, clocking, regulator, statics, idle]

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
  const {staticWatts, staticVolts, clockingWatts, regulatorEfficiencyRatio, idle: idleCurve, idleScaleRatio} = machine.power
  const {nominalHertz} = machine.clocks[0]!
  const idleWatts = (coreHertz: Column, row: number): number => curveAt(idleCurve, coreHertz[row]!) * idleScaleRatio[row]!
  /** At the temperature at which it is stated. */
  const coolStaticWatts = (row: number): number => (staticWatts[row]! * volts[row]!) / staticVolts[row]!
  const clockingJoules = (coreHertz: Column, seconds: Column, row: number): number => {
    if (clockingWatts === undefined) return 0
    const kernels = kernelSeconds === undefined ? seconds[row]! : Math.min(kernelSeconds[row]!, seconds[row]!)
    return ((clockingWatts[row]! * scale[row]! * coreHertz[row]!) / nominalHertz[row]!) * kernels
  }
  /** What the regulator draws over what it passes on to the core. */
  const drawnRatio = (row: number): number => (regulatorEfficiencyRatio === undefined ? 1 : 1 / regulatorEfficiencyRatio[row]!)
  /** All but static power. */
  const restWatts = (coreHertz: Column, seconds: Column, row: number): number => {
    const core = coreJoules[row]! * scale[row]! + clockingJoules(coreHertz, seconds, row)
    return idleWatts(coreHertz, row) + (core * drawnRatio(row) + otherJoules[row]!) / seconds[row]!
  }

  const watts = (coreHertz: Column, seconds: Column, out: Column, rowCount: number): void => {
    voltageEnergyScale(machine, 0, coreHertz, scale, rowCount)
    voltageColumn(machine.clocks[0]!.voltage, coreHertz, volts, rowCount)
    for (let row = 0; row < rowCount; row++) {
      const [rest, cool] = [restWatts(coreHertz, seconds, row), coolStaticWatts(row) * drawnRatio(row)]
      leakage[row] = leakageRatio(machine.power, rest, cool, row)
      out[row] = rest + leakage[row]! * cool
    }
  }
  const split = (coreHertz: Column, seconds: Column, passLeakage: Column, out: MetricColumns, rowCount: number): void => {
    voltageEnergyScale(machine, 0, coreHertz, scale, rowCount)
    voltageColumn(machine.clocks[0]!.voltage, coreHertz, volts, rowCount)
    for (const {clock, statedJoules, joules} of dynamic) {
      for (let row = 0; row < rowCount; row++) joules[row] = clock === 0 ? statedJoules[row]! * scale[row]! : statedJoules[row]!
    }
    for (let row = 0; row < rowCount; row++) {
      idle.joules[row] = idleWatts(coreHertz, row) * seconds[row]!
      statics.joules[row] = passLeakage[row]! * coolStaticWatts(row) * seconds[row]!
      clocking.joules[row] = clockingJoules(coreHertz, seconds, row)
      const core = coreJoules[row]! * scale[row]! + clocking.joules[row]! + statics.joules[row]!
      regulator.joules[row] = core * (drawnRatio(row) - 1)
    }
    sumSources(sources, out, rowCount)
  }
  return {prepare, watts, leakage, split, sources}
}

/** Each metric is the sum of its sources, and the energy that of all. */
function sumSources(sources: Energy['sources'], out: MetricColumns, rowCount: number): void {
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

/** No power limit moves the clocks of domains other than the core: their energies are scaled once. */
function scaleBy(joules: Column, machine: Machine<Column>, domain: number, scale: Column, rowCount: number): void {
  voltageEnergyScale(machine, domain, machine.clocks[domain]!.hertz, scale, rowCount)
  for (let row = 0; row < rowCount; row++) joules[row]! *= scale[row]!
}
