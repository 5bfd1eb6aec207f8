import type {Accelerator} from '../accelerator/accelerator.js'
import {clockStates} from '../accelerator/clock.js'
import {mayBeThrottled} from '../cost/held-power.js'
import {operatingPoint, powerLimits} from '../cost/operating-point.js'
import {boundSeconds, type TimeBound} from '../dvfs/time-bound.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import type {TraceRow} from '../trace/trace-row.js'
import {type MeasuredState, measuredStates} from './measured-steps.js'
import {type HostWait, hostWait, otherStates, type StepEstimate} from './other-states.js'
import {rowPace} from './pass-pace.js'
import {sumDeviation} from './steady-steps.js'
import {studentQuantile} from './student.js'

export interface ForecastOptions extends TimeBound {
  /** Steps of the long run. */
  readonly stepCount: number
  /** How sure its intervals are to hold; 0.95 unless told. */
  readonly confidenceRatio?: number | undefined
}

/** A long run at one clock or under one limit, with the interval that its time and energy lie in. */
export interface RunForecast {
  readonly clockHertz: number | null
  readonly powerLimitWatts: number | null
  readonly basis: 'measured' | 'predicted'
  readonly latencySeconds: number
  readonly leastSeconds: number
  readonly mostSeconds: number
  readonly energyJoules: number
  readonly leastJoules: number
  readonly mostJoules: number
  readonly averageWatts: number
  /** The power limit lowers the clock; null where no accelerator describes the device, and under limits that were not measured. */
  readonly throttled: boolean | null
}

/** What the measured steps of one state settle at. */
export interface StepRecord {
  readonly clockHertz: number | null
  readonly powerLimitWatts: number | null
  readonly rowCount: number
  readonly warmUpCount: number
  /** Independent steps that the others are worth, for neighbours are alike. */
  readonly independentCount: number
  readonly stepSeconds: number
  readonly stepDeviationSeconds: number
  readonly stepJoules: number
  readonly stepDeviationJoules: number
}

export type ForecastChoiceName = 'fastest' | 'leastEnergy' | 'cheapestInTime'

export interface ForecastChoice extends RunForecast {
  readonly name: ForecastChoiceName
  readonly slowdownRatio: number
  readonly savedEnergyRatio: number
}

/** What a long run takes, predicted from a few measured steps of it. */
export interface Forecast {
  readonly trace: string
  readonly work: string
  readonly accelerator: string | null
  readonly stepCount: number
  readonly confidenceRatio: number
  /** What differs between the states that are predicted. */
  readonly over: 'clock' | 'powerLimit' | null
  /** What the steps' graph, or three clocks, tell of their host; null where nothing does. */
  readonly host: HostWait | null
  /** Why no graph tells whether steps at several clocks wait for their host; null where one does, or it is not asked. */
  readonly graphlessReason: string | null
  readonly measured: readonly StepRecord[]
  readonly states: readonly RunForecast[]
  readonly boundSeconds: number | null
  readonly choices: readonly ForecastChoice[]
}

/** Predicts a long run from measured steps: at their states, and at every other clock or limit of the accelerator, where one is known. */
export function forecast(
  trace: string,
  rows: readonly TraceRow[],
  accelerator: Accelerator | undefined,
  options: ForecastOptions,
): Forecast {
  const {stepCount, confidenceRatio = 0.95} = options
  if (!(confidenceRatio > 0.5 && confidenceRatio < 1))
    throw new UserError(`intervals that hold in ${confidenceRatio * 100} % of all cases can't be given`, {
      code: 'CONFIDENCE_INVALID',
      suggestions: ['ask for more than 50% and less than 100%, as in `95%`'],
    })
  const measured = measuredStates(rows)
  const over = variedBy(measured)
  for (const {clockHertz, powerLimitWatts} of accelerator === undefined ? [] : measured)
    operatingPoint(accelerator!, {clockHertz: clockHertz ?? undefined, powerLimitWatts: powerLimitWatts ?? undefined})
  const bounded = options.slowdownRatio !== undefined || options.deadlineSeconds !== undefined
  if (bounded && measured.length < 2) throw tooFewStates(accelerator)
  if (over === 'clock') refuseContradiction(measured)
  const known = accelerator === undefined || over !== 'clock' ? undefined : rowPace(rows[0]!, accelerator)
  const pace = known?.kind === 'known' ? known.pace : undefined
  const estimates =
    accelerator === undefined || over === null
      ? []
      : otherStates(measured, over, accelerator, settingsOf(measured, over, accelerator), pace)
  const states = [
    ...measured.map((state) => measuredRun(state, accelerator, stepCount, confidenceRatio)),
    ...estimates.map((estimate) => predictedRun(estimate, measured, stepCount, confidenceRatio)),
  ].sort((a, b) => settingOf(a, over) - settingOf(b, over))
  const {device, model, op, batch} = rows[0]!
  return {
    trace,
    work: [model || op, ...(batch === undefined ? [] : [`batch ${batch}`]), `on ${device}`].join(' '),
    accelerator: accelerator?.name ?? null,
    stepCount,
    confidenceRatio,
    over,
    host: known === undefined ? null : hostWait(measured, accelerator!, pace),
    graphlessReason: known?.kind === 'unknown' ? known.reason : null,
    measured: measured.map(stepRecord),
    states,
    ...chosen(states, options),
  }
}

function stepRecord({clockHertz, powerLimitWatts, rowCount, warmUpCount, latency, energy}: MeasuredState): StepRecord {
  return {
    clockHertz,
    powerLimitWatts,
    rowCount,
    warmUpCount,
    independentCount: latency.freedomCount + 1,
    stepSeconds: latency.meanValue,
    stepDeviationSeconds: latency.deviationValue,
    stepJoules: energy.meanValue,
    stepDeviationJoules: energy.deviationValue,
  }
}

function variedBy(measured: readonly MeasuredState[]): Forecast['over'] {
  const [clockCount, limitCount] = [
    new Set(measured.map(({clockHertz}) => clockHertz)).size,
    new Set(measured.map(({powerLimitWatts}) => powerLimitWatts)).size,
  ]
  if (clockCount > 1 && limitCount > 1)
    throw new UserError('both the clock and the power limit differ between the steps', {
      code: 'STATES_MIXED',
      suggestions: ['keep one of the two as it is while the other is varied'],
    })
  return clockCount > 1 ? 'clock' : limitCount > 1 ? 'powerLimit' : null
}

function tooFewStates(accelerator: Accelerator | undefined): UserError {
  return new UserError('one clock or limit leaves nothing to choose from', {
    code: 'TOO_FEW_STATES',
    suggestions: [
      `record steps at a second one${accelerator === undefined ? ', and name the --accelerator' : ''}: the lowest clock and one near two thirds of the highest, or the two highest limits`,
    ],
  })
}

/** The clocks or limits that were not measured. */
function settingsOf(measured: readonly MeasuredState[], over: 'clock' | 'powerLimit', accelerator: Accelerator): number[] {
  const seen = new Set(measured.map((state) => (over === 'clock' ? state.clockHertz : state.powerLimitWatts)))
  const all = over === 'clock' ? clockStates(accelerator.machine.clocks[0]!) : powerLimits(accelerator)
  return all.filter((setting) => !seen.has(setting))
}

/** What tells a state from the others: "1155 MHz", "200 W", or both. */
export function stateName(
  {clockHertz, powerLimitWatts}: Pick<RunForecast, 'clockHertz' | 'powerLimitWatts'>,
  over: Forecast['over'],
): string {
  const clock = clockHertz === null || over === 'powerLimit' ? [] : [`${Number((clockHertz / 1e6).toFixed(1))} MHz`]
  const limit = powerLimitWatts === null || over === 'clock' ? [] : [`${Number(powerLimitWatts.toFixed(1))} W`]
  return [...clock, ...limit].join(', ') || 'as it ran'
}

function settingOf({clockHertz, powerLimitWatts}: RunForecast, over: Forecast['over']): number {
  return (over === 'powerLimit' ? powerLimitWatts : clockHertz) ?? 0
}

function measuredRun(state: MeasuredState, accelerator: Accelerator | undefined, stepCount: number, confidenceRatio: number): RunForecast {
  const {clockHertz, powerLimitWatts, latency, energy, rowCount, warmUpCount, warmUpSeconds, warmUpJoules} = state
  const seenCount = rowCount - warmUpCount
  const half = (mean: typeof latency): number =>
    studentQuantile((1 + confidenceRatio) / 2, mean.freedomCount) * sumDeviation(mean, seenCount, stepCount)
  const [latencySeconds, energyJoules] = [stepCount * latency.meanValue + warmUpSeconds, stepCount * energy.meanValue + warmUpJoules]
  return {
    clockHertz,
    powerLimitWatts,
    basis: 'measured',
    latencySeconds,
    leastSeconds: latencySeconds - half(latency),
    mostSeconds: latencySeconds + half(latency),
    energyJoules,
    leastJoules: energyJoules - half(energy),
    mostJoules: energyJoules + half(energy),
    averageWatts: energyJoules / latencySeconds,
    throttled: accelerator === undefined ? null : throttledAt(powerLimitWatts, energy.meanValue / latency.meanValue, accelerator),
  }
}

/** A host may need up to 1.3 times as long from one run to the next. */
const hostScatterRatio = 1.35

/** Steps that take much longer at a higher clock were measured under something else too. */
function refuseContradiction(measured: readonly MeasuredState[]): void {
  const byClock = [...measured].sort((a, b) => a.clockHertz! - b.clockHertz!)
  const index = byClock.findIndex(
    ({latency}, place) => place > 0 && latency.meanValue > hostScatterRatio * byClock[place - 1]!.latency.meanValue,
  )
  if (index < 0) return
  const [lower, higher] = [byClock[index - 1]!, byClock[index]!]
  const text = ({clockHertz, latency}: MeasuredState): string =>
    `${Number((latency.meanValue * 1e3).toPrecision(3))} ms at ${clockHertz! / 1e6} MHz`
  throw new UserError(`a step takes ${text(higher)} but only ${text(lower)}: no clock slows steps as it rises`, {
    code: 'CLOCKS_CONTRADICT',
    suggestions: ['check that clock_mhz of these rows is not swapped', 'leave out steps that ran under another load or power limit'],
  })
}

function throttledAt(powerLimitWatts: number | null, averageWatts: number, {machine: {power}}: Accelerator): boolean {
  return mayBeThrottled(averageWatts, powerLimitWatts ?? power.limitWatts, power.regulationRatio)
}

/** Steps of a predicted state scatter as those of the measured state that scatters most; the law's error is known as well as a normal one. */
function predictedRun(estimate: StepEstimate, measured: readonly MeasuredState[], stepCount: number, confidenceRatio: number): RunForecast {
  const {clockHertz, powerLimitWatts, latencySeconds, energyJoules, throttled} = estimate
  const factor = (name: 'latency' | 'energy', deviationRatio: number, lawRatio: number): number => {
    const quantile = studentQuantile((1 + confidenceRatio) / 2, Math.min(...measured.map((state) => state[name].freedomCount)))
    const normal = studentQuantile((1 + confidenceRatio) / 2, Number.POSITIVE_INFINITY)
    const scatterRatio = Math.max(
      ...measured.map(
        ({[name]: {deviationValue, meanValue, correlatedCount}}) => (deviationValue / meanValue) * Math.sqrt(correlatedCount / stepCount),
      ),
    )
    return Math.exp(Math.hypot(quantile * Math.hypot(deviationRatio, scatterRatio), normal * lawRatio))
  }
  const timeFactor = factor('latency', estimate.latencyDeviationRatio, estimate.latencyLawRatio)
  const energyFactor = factor('energy', estimate.energyDeviationRatio, estimate.energyLawRatio)
  const [seconds, joules] = [stepCount * latencySeconds, stepCount * energyJoules]
  return {
    clockHertz,
    powerLimitWatts,
    basis: 'predicted',
    latencySeconds: seconds,
    leastSeconds: seconds / timeFactor,
    mostSeconds: seconds * timeFactor,
    energyJoules: joules,
    leastJoules: joules / energyFactor,
    mostJoules: joules * energyFactor,
    averageWatts: joules / seconds,
    throttled,
  }
}

function chosen(states: readonly RunForecast[], options: TimeBound): Pick<Forecast, 'boundSeconds' | 'choices'> {
  const fastest = least(states, ({latencySeconds}) => latencySeconds)
  const {deadlineSeconds} = options
  if (deadlineSeconds !== undefined && !(deadlineSeconds >= fastest.latencySeconds))
    throw new UserError(`no state ends the run in ${deadlineSeconds} s`, {
      code: 'DEADLINE_UNMET',
      suggestions: [`the fastest takes ${Math.ceil(fastest.latencySeconds)} s: ${stateName(fastest, null)}`],
      exitCode: exitCodes.infeasible,
    })
  const bound = boundSeconds(options, fastest.latencySeconds, stateName(fastest, null))
  const inTime = bound === undefined ? [] : states.filter(({latencySeconds}) => latencySeconds <= bound)
  const named: [ForecastChoiceName, RunForecast][] = [
    ['fastest', fastest],
    ['leastEnergy', least(states, ({energyJoules}) => energyJoules)],
    ...(inTime.length === 0
      ? []
      : [['cheapestInTime', least(inTime, ({energyJoules}) => energyJoules)] as [ForecastChoiceName, RunForecast]]),
  ]
  return {
    boundSeconds: bound ?? null,
    choices: named.map(([name, state]) => ({
      name,
      ...state,
      slowdownRatio: state.latencySeconds / fastest.latencySeconds - 1,
      savedEnergyRatio: 1 - state.energyJoules / fastest.energyJoules,
    })),
  }
}

function least(states: readonly RunForecast[], of: (state: RunForecast) => number): RunForecast {
  return states.reduce((best, state) => (of(state) < of(best) ? state : best))
}
