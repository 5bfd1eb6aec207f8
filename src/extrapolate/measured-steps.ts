import {UserError} from '../foundation/user-error.js'
import {SpecError} from '../spec/spec-error.js'
import type {TraceRow} from '../trace/trace-row.js'
import {type SteadyMean, steadyMean, warmUpCount} from './steady-steps.js'

/** Repeated steps of some work at one clock and limit. */
export interface MeasuredState {
  readonly clockHertz: number | null
  readonly powerLimitWatts: number | null
  readonly rowCount: number
  /** The first rows, which are slower or faster than the rest and not counted in its means. */
  readonly warmUpCount: number
  /** What the warm-up took beyond as many steady steps. */
  readonly warmUpSeconds: number
  readonly warmUpJoules: number
  readonly latency: SteadyMean
  readonly energy: SteadyMean
  readonly power: SteadyMean
}

/** Fewer steps tell nothing of their scatter. */
const fewestStepCount = 8

/** The states of a trace of steps, each with what its steps settle at. */
export function measuredStates(rows: readonly TraceRow[]): MeasuredState[] {
  refuseMixed(rows)
  const states = new Map<string, TraceRow[]>()
  for (const row of rows) {
    const key = `${row.clockHertz} ${row.powerLimitWatts}`
    states.set(key, [...(states.get(key) ?? []), row])
  }
  return [...states.values()].map(measuredState)
}

function measuredState(rows: readonly TraceRow[]): MeasuredState {
  const {clockHertz = null, powerLimitWatts = null, file, line} = rows[0]!
  if (rows.length < fewestStepCount) {
    const state = [clockHertz === null ? '' : ` at ${clockHertz / 1e6} MHz`, powerLimitWatts === null ? '' : ` under ${powerLimitWatts} W`]
    throw new UserError(`${file}:${line}\n  there are ${rows.length} steps${state.join('')}, but an interval needs ${fewestStepCount}`, {
      code: 'TOO_FEW_STEPS',
      suggestions: ['record each step as a row of its own, twenty or more of each clock or power limit'],
    })
  }
  const seconds = rows.map(({latencySeconds}) => latencySeconds)
  const joules = rows.map(stepJoules)
  const watts = joules.map((energy, index) => energy / seconds[index]!)
  const first = Math.max(warmUpCount(seconds), warmUpCount(watts))
  const [latency, energy, power] = [steadyMean(seconds.slice(first)), steadyMean(joules.slice(first)), steadyMean(watts.slice(first))]
  const excess = (values: readonly number[], mean: number): number => values.slice(0, first).reduce((sum, value) => sum + value - mean, 0)
  return {
    clockHertz,
    powerLimitWatts,
    rowCount: rows.length,
    warmUpCount: first,
    warmUpSeconds: excess(seconds, latency.meanValue),
    warmUpJoules: excess(joules, energy.meanValue),
    latency,
    energy,
    power,
  }
}

function stepJoules({energyJoules, powerWatts, latencySeconds, file, line}: TraceRow): number {
  if (energyJoules !== undefined) return energyJoules
  if (powerWatts !== undefined) return powerWatts * latencySeconds
  throw new SpecError(
    [
      {
        file,
        line,
        column: 1,
        pointer: 'row',
        message: 'this step states neither power_w nor energy_j',
        suggestions: ['sample the power while it runs'],
      },
    ],
    'POWER_MISSING',
  )
}

/** Rows of several kinds of work have no common step. */
function refuseMixed(rows: readonly TraceRow[]): void {
  const workOf = ({device, op, dtype, batch, seqQ, model}: TraceRow): string => [device, op, dtype, batch, seqQ, model].join(' ')
  const other = rows.find((row) => workOf(row) !== workOf(rows[0]!))
  if (other === undefined) return
  throw new SpecError(
    [
      {
        file: other.file,
        line: other.line,
        column: 1,
        pointer: 'row',
        message: 'this row is of other work than those above: device, op, dtype, batch, seq_q and model must be the same',
        suggestions: ['keep one kind of work a file'],
      },
    ],
    'STEPS_MIXED',
  )
}
