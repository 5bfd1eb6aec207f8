import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import type {Measurable} from '../accelerator/refuse-estimates.js'
import type {FidelityName} from '../cost/fidelity.js'
import {metricColumns} from '../cost/metrics.js'
import {compileProgram} from '../cost/program.js'
import {refuseEstimatesBehind} from '../cost/used-constants.js'
import type {Workload} from '../workload/operator.js'

/** A core clock and a power limit to run a pass at. */
export interface Setting {
  readonly clockHertz: number
  readonly powerLimitWatts: number
}

/** A pass at a setting, after the power limit has acted. */
export interface OperatingState extends Setting {
  /** The clock that the pass runs at. */
  readonly settledHertz: number
  readonly latencySeconds: number
  readonly energyJoules: number
  readonly averageWatts: number
  readonly energyDelayJouleSeconds: number
  /** The power limit lowered the clock. */
  readonly throttled: boolean
  /** False where even the lowest clock exceeds the limit. */
  readonly holdsPowerLimit: boolean
  readonly boundBy: string
}

export interface StateOptions {
  readonly fidelity: FidelityName
  readonly memoryClockHertz?: number | undefined
  readonly measuredOnly?: readonly Measurable[] | undefined
}

/** A pass at each of many settings, all in one batch. */
export function operatingStates(
  accelerator: Accelerator,
  workload: Workload,
  settings: readonly Setting[],
  {fidelity, memoryClockHertz, measuredOnly = []}: StateOptions,
): OperatingState[] {
  const rowCount = settings.length
  const {machine} = designBatch(accelerator, [], rowCount)
  const program = compileProgram(accelerator, machine, workload, fidelity, rowCount)
  refuseEstimatesBehind(accelerator, workload, program, measuredOnly)
  const out = metricColumns(rowCount)
  const at = {
    coreHertz: Float64Array.from(settings, ({clockHertz}) => clockHertz),
    memoryHertz: memoryClockHertz === undefined ? undefined : new Float64Array(rowCount).fill(memoryClockHertz),
    limitWatts: Float64Array.from(settings, ({powerLimitWatts}) => powerLimitWatts),
  }
  program.evaluate(at, out, rowCount)
  return settings.map((setting, row) => {
    const [latencySeconds, energyJoules] = [out.latencySeconds[row]!, out.energyJoules[row]!]
    return {
      ...setting,
      settledHertz: out.clockHertz[row]!,
      latencySeconds,
      energyJoules,
      averageWatts: energyJoules / latencySeconds,
      energyDelayJouleSeconds: energyJoules * latencySeconds,
      throttled: out.throttled[row] === 1,
      holdsPowerLimit: out.holdsPowerLimit[row] === 1,
      boundBy: program.boundNames[out.boundByIndex[row]!]!,
    }
  })
}
