import {curveAt, voltageColumns, voltsAt} from '../accelerator/clock.js'
import type {ClockDomain, Column, Machine} from '../accelerator/machine.js'
import {power} from '../foundation/power.js'
import {compileRowMask, eachRow, type RowMask} from './amounts.js'

/** What the core clock of each row sets, whatever runs. */
export interface CoreState {
  /** (V / V of the stated energies)^exponent. */
  readonly energyScale: Column
  /** Static power at the temperature at which it is stated. */
  readonly staticWatts: Column
  readonly idleWatts: Column
  /** While kernels run. */
  readonly clockingWatts: Column
  /** Forgets the machines: the next clocks are those of others. */
  readonly forget: (rowCount: number) => void
  /** Brings rows whose clock is another than before to these clocks. */
  readonly runAt: (coreHertz: Column, rowCount: number) => void
}

/** Compiles what the core clock sets on a batch of machines. */
export function compileCoreState(machine: Machine<Column>, rowCapacity: number): CoreState {
  const column = (): Column => new Float64Array(rowCapacity)
  const [energyScale, staticWatts, idleWatts, clockingWatts, hertz] = [column(), column(), column(), column(), column()]
  const {voltage, energyVolts, energyExponent, nominalHertz} = machine.clocks[0]!
  const {staticWatts: stated, staticVolts, idle, idleScaleRatio, clockingWatts: clocking} = machine.power
  const voltageMask = compileRowMask(() => [energyVolts, energyExponent, ...voltageColumns(voltage)])
  let rowMask: RowMask = eachRow

  const forget = (rowCount: number): void => {
    hertz.fill(Number.NaN, 0, rowCount)
    rowMask = voltageMask(rowCount)
  }
  const runAt = (coreHertz: Column, rowCount: number): void => {
    for (let row = 0; row < rowCount; row++) {
      const at = coreHertz[row]!
      if (at === hertz[row]) continue
      hertz[row] = at
      // One curve, and the clock of the row before.
      const isAsBefore = row > 0 && rowMask !== eachRow && at === hertz[row - 1]
      const volts = voltsAt(voltage, at, row)
      energyScale[row] = isAsBefore ? energyScale[row - 1]! : power(volts / energyVolts[row]!, energyExponent[row]!)
      staticWatts[row] = (stated[row]! * volts) / staticVolts[row]!
      idleWatts[row] = curveAt(idle, at) * idleScaleRatio[row]!
      clockingWatts[row] = clocking === undefined ? 0 : (clocking[row]! * energyScale[row]! * at) / nominalHertz[row]!
    }
  }
  return {energyScale, staticWatts, idleWatts, clockingWatts, forget, runAt}
}

/** (V / V of the stated energies)^exponent of a clock domain at a clock of a row. */
export function energyScaleAt({voltage, energyVolts, energyExponent}: ClockDomain<Column>, hertz: number, row: number): number {
  return power(voltsAt(voltage, hertz, row) / energyVolts[row]!, energyExponent[row]!)
}
