import {voltageColumns} from '../accelerator/clock.js'
import type {Column, Machine} from '../accelerator/machine.js'
import {compileRowMask, eachRow, rowsUnder, spread} from './amounts.js'
import {compileCoreState, energyScaleAt} from './core-state.js'
import {type DynamicSource, dynamicSources} from './dynamic-sources.js'
import {leakageRatio} from './held-power.js'
import type {Metric, MetricColumns} from './metrics.js'
import type {OperatorProgram} from './operator-program.js'

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
  const [inCore, beside] = [dynamic.filter(({clock}) => clock === 0), dynamic.filter(({clock}) => clock !== 0)]
  const scalings = dynamic.filter(({clock}) => clock > 0).map((source) => compileScaling(machine, source, rowCapacity))
  const [coreJoules, otherJoules, leakage, drawnRatio] = [column(), column(), column().fill(1), column().fill(1)]
  const core = compileCoreState(machine, rowCapacity)
  const clocking = {name: 'clocking', metric: 'clockingJoules', joules: column()} as const
  const regulator = {name: 'regulator', metric: 'regulatorJoules', joules: column()} as const
  const statics = {name: 'static', metric: 'staticJoules', joules: column()} as const
  const idle = {name: 'idle', metric: 'idleJoules', joules: column()} as const
  const beyond = [clocking, regulator, statics, idle]
  const sources = [...dynamic, ...beyond]
  const summed = [...new Set(sources.map(({metric}) => metric))]
  const {power} = machine
  const isLeaking = power.thermal?.leakage !== undefined
  const {energyScale, staticWatts, idleWatts, clockingWatts} = core

  const prepare = (rowCount: number): void => {
    core.forget(rowCount)
    for (const {prepare: sum} of dynamic) sum(rowCount)
    for (const scale of scalings) scale(rowCount)
    sumStated(inCore, coreJoules, rowCount)
    sumStated(beside, otherJoules, rowCount)
    const {regulatorEfficiencyRatio} = power
    // What the regulator draws over what it passes on to the core.
    if (regulatorEfficiencyRatio !== undefined)
      for (let row = 0; row < rowCount; row++) drawnRatio[row] = 1 / regulatorEfficiencyRatio[row]!
  }
  const watts = (coreHertz: Column, seconds: Column, out: Column, rowCount: number): void => {
    core.runAt(coreHertz, rowCount)
    const kernels = kernelSeconds ?? seconds
    for (let row = 0; row < rowCount; row++) {
      const pass = seconds[row]!
      const kernel = kernels[row]! < pass ? kernels[row]! : pass
      const inCoreJoules = coreJoules[row]! * energyScale[row]! + clockingWatts[row]! * kernel
      out[row] = idleWatts[row]! + (inCoreJoules * drawnRatio[row]! + otherJoules[row]!) / pass
    }
    if (isLeaking)
      for (let row = 0; row < rowCount; row++) leakage[row] = leakageRatio(power, out[row]!, staticWatts[row]! * drawnRatio[row]!, row)
    for (let row = 0; row < rowCount; row++) out[row]! += leakage[row]! * staticWatts[row]! * drawnRatio[row]!
  }
  const split = (coreHertz: Column, seconds: Column, passLeakage: Column, out: MetricColumns, rowCount: number): void => {
    core.runAt(coreHertz, rowCount)
    out.energyJoules.fill(0, 0, rowCount)
    for (const metric of summed) out[metric].fill(0, 0, rowCount)
    for (const source of dynamic) spendAtVoltage(source, energyScale, out[source.metric], out.energyJoules, rowCount)
    const kernels = kernelSeconds ?? seconds
    for (let row = 0; row < rowCount; row++) {
      const pass = seconds[row]!
      const kernel = kernels[row]! < pass ? kernels[row]! : pass
      idle.joules[row] = idleWatts[row]! * pass
      statics.joules[row] = passLeakage[row]! * staticWatts[row]! * pass
      clocking.joules[row] = clockingWatts[row]! * kernel
      const inCoreJoules = coreJoules[row]! * energyScale[row]! + clocking.joules[row]! + statics.joules[row]!
      regulator.joules[row] = inCoreJoules * (drawnRatio[row]! - 1)
    }
    for (const {metric, joules} of beyond) spend(joules, out[metric], out.energyJoules, rowCount)
  }
  return {prepare, watts, leakage, split, sources}
}

/** No power limit moves the clocks of domains other than the core: their energies are scaled once. */
function compileScaling(
  machine: Machine<Column>,
  {clock: domain, statedJoules}: DynamicSource,
  rowCapacity: number,
): (rowCount: number) => void {
  const clock = machine.clocks[domain]!
  const {hertz, voltage, energyVolts, energyExponent} = clock
  const scale = new Float64Array(rowCapacity)
  const scaleMask = compileRowMask(() => [hertz, energyVolts, energyExponent, ...voltageColumns(voltage)])
  return (rowCount) => {
    const rowMask = scaleMask(rowCount)
    const scaledRows = rowsUnder(rowMask, rowCount)
    for (let row = 0; row < scaledRows; row++) scale[row] = energyScaleAt(clock, hertz[row]!, row)
    if (rowMask === eachRow) spread(statedJoules, rowCount)
    const {values} = statedJoules
    const rows = rowsUnder(statedJoules.rowMask, rowCount)
    for (let row = 0; row < rows; row++) values[row]! *= scale[row & rowMask]!
  }
}

/** Sums energies in the order of their sources, whichever of them differ from row to row: no row's sum depends on those beside it. */
function sumStated(sources: readonly DynamicSource[], out: Column, rowCount: number): void {
  const differing = sources.findIndex(({statedJoules: {rowMask}}) => rowMask === eachRow)
  const ahead = differing < 0 ? sources : sources.slice(0, differing)
  out.fill(
    ahead.reduce((sum, {statedJoules: {values}}) => sum + values[0]!, 0),
    0,
    rowCount,
  )
  for (const {
    statedJoules: {values, rowMask},
  } of sources.slice(ahead.length)) {
    for (let row = 0; row < rowCount; row++) out[row]! += values[row & rowMask]!
  }
}

/** Energy of a source at the clock of each row, added to that of its metric and to that of all. */
function spendAtVoltage(
  {clock, statedJoules: {values, rowMask}, joules}: DynamicSource,
  energyScale: Column,
  sum: Column,
  whole: Column,
  rowCount: number,
): void {
  if (clock !== 0) for (let row = 0; row < rowCount; row++) joules[row] = values[row & rowMask]!
  else for (let row = 0; row < rowCount; row++) joules[row] = values[row & rowMask]! * energyScale[row]!
  spend(joules, sum, whole, rowCount)
}

function spend(joules: Column, sum: Column, whole: Column, rowCount: number): void {
  for (let row = 0; row < rowCount; row++) {
    const each = joules[row]!
    sum[row]! += each
    whole[row]! += each
  }
}
