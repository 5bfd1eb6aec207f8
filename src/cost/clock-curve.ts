import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import {clockStates} from '../accelerator/clock.js'
import type {Workload} from '../workload/operator.js'
import {type EvaluateOptions, refuseUnknownOptions} from './evaluate.js'
import {chosenFidelity} from './fidelity.js'
import {heldWatts} from './held-power.js'
import {type MetricColumns, metricColumns} from './metrics.js'
import {operatingPoint} from './operating-point.js'
import {compileProgram} from './program.js'
import {refuseEstimatesBehind} from './used-constants.js'

/** A pass at one clock state. */
export interface ClockState {
  readonly clockHertz: number
  readonly latencySeconds: number
  readonly energyJoules: number
  readonly averageWatts: number
  /** The limits would not let this clock stand. */
  readonly throttled: boolean
  /** The resource that takes most of the time. */
  readonly boundBy: string
}

/** A sweep over clock states as a device runs it: where a limit binds, all higher states come to the same. */
export interface HeldCurve {
  readonly states: readonly ClockState[]
  /** The average clock that a throttled pass runs at: throttling sets in above it; undefined where no state is throttled. */
  readonly onsetHertz: number | undefined
}

/** A pass over all core clock states, compiled once for any power limit. */
export interface ClockSweep {
  /** As if no limit held, lowest first. */
  readonly free: () => ClockState[]
  /** Under a power limit, that of the options by default. */
  readonly held: (powerLimitWatts?: number) => HeldCurve
}

/** Time, energy and power of a pass at every core clock state as if no limit held, lowest first. */
export function clockCurve(accelerator: Accelerator, workload: Workload, options: EvaluateOptions = {}): ClockState[] {
  return compileClockSweep(accelerator, workload, options).free()
}

/** Compiles a pass for all core clock states from the lowest asked for, by default all of them. */
export function compileClockSweep(
  accelerator: Accelerator,
  workload: Workload,
  options: EvaluateOptions & {readonly fromHertz?: number | undefined} = {},
): ClockSweep {
  const {fromHertz = 0, ...operating} = options
  refuseUnknownOptions(operating)
  const {memoryClockHertz, powerLimitWatts} = operatingPoint(accelerator, operating)
  const states = clockStates(accelerator.machine.clocks[0]!).filter((hertz) => hertz >= fromHertz)
  const rowCount = states.length
  const program = compileProgram(
    accelerator,
    designBatch(accelerator, [], rowCount).machine,
    workload,
    chosenFidelity(accelerator, options.fidelity),
    rowCount,
  )
  refuseEstimatesBehind(accelerator, workload, program, options.measuredOnly ?? [])
  const {power} = program.machine
  const column = (value: number): Float64Array => new Float64Array(rowCount).fill(value)
  const at = {
    coreHertz: Float64Array.from(states),
    memoryHertz: memoryClockHertz === undefined ? undefined : column(memoryClockHertz),
    limitWatts: column(Number.POSITIVE_INFINITY),
  }
  const [highest, limit] = [Float64Array.of(states.at(-1)!), new Float64Array(1)]
  const [out, held] = [metricColumns(rowCount), metricColumns(1)]
  const stateAt = (clockHertz: number, columns: MetricColumns, row: number, mostWatts: number): ClockState => {
    const [latencySeconds, energyJoules] = [columns.latencySeconds[row]!, columns.energyJoules[row]!]
    const averageWatts = columns.averageWatts[row]!
    const boundBy = program.boundNames[columns.boundByIndex[row]!]!
    return {clockHertz, latencySeconds, energyJoules, averageWatts, throttled: averageWatts > mostWatts, boundBy}
  }
  let evaluate = (): void => {
    program.evaluate(at, out, rowCount)
    evaluate = () => program.evaluateAgain(at, out, rowCount)
  }
  const freeUnder = (limitWatts: number): ClockState[] => {
    evaluate()
    const mostWatts = heldWatts(power, limitWatts, 0)
    return states.map((clockHertz, row) => stateAt(clockHertz, out, row, mostWatts))
  }
  const heldUnder = (limitWatts: number): HeldCurve => {
    const free = freeUnder(limitWatts)
    if (!free.at(-1)!.throttled) return {states: free, onsetHertz: undefined}
    limit[0] = limitWatts
    // The clock that holds a limit does not depend on the one asked for: one search serves all throttled states.
    program.evaluateAgain({...at, coreHertz: highest, limitWatts: limit}, held, 1)
    const onsetHertz = held.clockHertz[0]!
    const run = stateAt(onsetHertz, held, 0, Number.POSITIVE_INFINITY)
    return {states: free.map((state) => (state.throttled ? {...run, clockHertz: state.clockHertz, throttled: true} : state)), onsetHertz}
  }
  return {
    free: () => freeUnder(powerLimitWatts),
    held: (limitWatts = powerLimitWatts) => heldUnder(operatingPoint(accelerator, {powerLimitWatts: limitWatts}).powerLimitWatts),
  }
}
