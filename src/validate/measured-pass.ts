import type {Column} from '../accelerator/machine.js'
import {heldWatts} from '../cost/held-power.js'
import {type MetricColumns, metricColumns} from '../cost/metrics.js'
import type {Program} from '../cost/program.js'
import type {TraceRow} from '../trace/trace-row.js'
import type {EnergyConstant} from './energy-constants.js'
import type {PowerRow} from './power-fit.js'

/** A measured pass with its power, compiled for a batch of machines. */
export interface MeasuredPass {
  readonly row: TraceRow
  readonly measuredWatts: number
  readonly clockHertz: number
  readonly limitWatts: number
  /** Its limit may have lowered the clock that it ran at, by what it drew. */
  readonly throttled: boolean
  readonly program: Program
}

/** The rows of one workload: the same pass at other clocks. */
export function workloadName({row: {model, op, dtype, batch, seqQ}}: MeasuredPass): string {
  return [model, op, dtype, batch, seqQ].join(' ')
}

/** What a pass takes in its measured time without the constants that are fitted, and what each adds: one row of the batch for each. */
export function powerRow(pass: MeasuredPass, constants: readonly EnergyConstant[]): PowerRow {
  const rowCount = constants.length + 1
  for (const [index, {columns}] of constants.entries())
    for (const column of columns) for (let row = 0; row < rowCount; row++) column[row] = row === index + 1 ? 1 : 0
  const watts = wattsInMeasuredTime(pass, rowCount)
  return {
    workload: workloadName(pass),
    measuredWatts: pass.measuredWatts,
    restWatts: watts[0]!,
    wattsPerUnit: watts.subarray(1).map((each) => each - watts[0]!),
  }
}

/** What is predicted of one pass. */
export interface PassPrediction {
  /** In the measured time, at the clock that was set or what the limit leaves. */
  readonly wattsInMeasuredTime: number
  readonly watts: number
  readonly joules: number
}

/** What the first machine of the batch says of a pass. */
export function predicted(pass: MeasuredPass): PassPrediction {
  const {limitWatts, program} = pass
  const unlimited = wattsInMeasuredTime(pass, 1)[0]!
  const {energyJoules, latencySeconds} = evaluated(pass, limitWatts, 1)
  return {
    wattsInMeasuredTime: Math.min(unlimited, heldWatts(program.machine.power, limitWatts, 0)),
    watts: energyJoules[0]! / latencySeconds[0]!,
    joules: energyJoules[0]!,
  }
}

function wattsInMeasuredTime(pass: MeasuredPass, rowCount: number): Column {
  const out = evaluated(pass, Number.POSITIVE_INFINITY, rowCount)
  const {latencySeconds} = pass.row
  pass.program.energyOver(new Float64Array(rowCount).fill(latencySeconds), out, rowCount)
  return out.averageWatts
}

function evaluated({program, clockHertz}: MeasuredPass, limitWatts: number, rowCount: number): MetricColumns {
  const out = metricColumns(rowCount)
  const at = {coreHertz: new Float64Array(rowCount).fill(clockHertz), limitWatts: new Float64Array(rowCount).fill(limitWatts)}
  program.evaluate(at, out, rowCount)
  return out
}
