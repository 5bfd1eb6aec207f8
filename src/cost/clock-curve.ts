import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import {clockStates} from '../accelerator/clock.js'
import type {Workload} from '../workload/operator.js'
import {type EvaluateOptions, refuseUnknownOptions} from './evaluate.js'
import {chosenFidelity} from './fidelity.js'
import {metricColumns} from './metrics.js'
import {operatingPoint} from './operating-point.js'
import {compileProgram} from './program.js'

/** A pass at one clock state, as if no power limit held. */
export interface ClockState {
  readonly clockHertz: number
  readonly latencySeconds: number
  readonly energyJoules: number
  readonly averageWatts: number
  /** The power limit would not let this clock stand. */
  readonly throttled: boolean
}

/** Time, energy and power of a pass at every core clock state, lowest first. */
export function clockCurve(accelerator: Accelerator, workload: Workload, options: EvaluateOptions = {}): ClockState[] {
  refuseUnknownOptions(options)
  const states = clockStates(accelerator.machine.clocks[0]!)
  const {powerLimitWatts} = operatingPoint(accelerator, options)
  const rowCount = states.length
  const {machine} = designBatch(accelerator, [], rowCount)
  const program = compileProgram(accelerator, machine, workload, chosenFidelity(accelerator, options.fidelity), rowCount)
  const out = metricColumns(rowCount)
  program.evaluate(
    {coreHertz: Float64Array.from(states), limitWatts: new Float64Array(rowCount).fill(Number.POSITIVE_INFINITY)},
    out,
    rowCount,
  )
  return states.map((clockHertz, row) => {
    const [latencySeconds, energyJoules] = [out.latencySeconds[row]!, out.energyJoules[row]!]
    const averageWatts = energyJoules / latencySeconds
    return {clockHertz, latencySeconds, energyJoules, averageWatts, throttled: averageWatts > powerLimitWatts}
  })
}
