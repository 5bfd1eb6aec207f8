import type {CellReader} from '../cell-reader.js'
import {numberColumns} from '../cell-reader.js'
import type {TraceFormat} from './trace-format.js'

export const voltageFrequency: TraceFormat = {
  requiredColumns: ['device', 'clock_mhz', 'voltage_mv', 'idle_power_w'],
  holds: "a device's supply voltage and idle power at each clock",
  use: 'copy it into the clocks and power sections of an accelerator.yaml; give validate a trace with one kernel or one pass a row',
}

/** One clock of a device; drivers that hide the voltage leave it undefined. */
export interface VoltageFrequencyPoint {
  readonly line: number
  readonly device: string
  readonly clockHertz: number
  readonly supplyVolts: number | undefined
  readonly idleWatts: number | undefined
}

/** The point that a record states. */
export function voltageFrequencyPoint(cells: CellReader, line: number): VoltageFrequencyPoint {
  return {
    line,
    device: cells.requiredText('device'),
    clockHertz: cells.requiredNumber('clock_mhz', numberColumns.megahertz),
    supplyVolts: cells.number('voltage_mv', numberColumns.millivolts),
    idleWatts: cells.number('idle_power_w', numberColumns.watts),
  }
}
