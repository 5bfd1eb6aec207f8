import type {Accelerator} from '../accelerator/accelerator.js'
import {clockStates, voltageFloorHertz} from '../accelerator/clock.js'
import type {Measurable} from '../accelerator/refuse-estimates.js'
import {chosenFidelity} from '../cost/fidelity.js'
import {memoryClockToChoose, operatingPoint, powerLimits} from '../cost/operating-point.js'
import {feltSlowdownRatio, sensitivityKnee} from '../cost/sensitivity-knee.js'
import {frontierOf} from '../frontier/frontier.js'
import {choose, pick, pickByDeadline} from '../frontier/pick.js'
import {knobsInOrder, type Plan} from '../frontier/plan.js'
import type {Workload} from '../workload/operator.js'
import {type OperatingState, operatingStates} from './operating-states.js'
import {type PassHeader, passHeader} from './pass-header.js'
import {boundSeconds, type TimeBound} from './time-bound.js'

export interface DvfsOptions extends TimeBound {
  readonly powerLimitWatts?: number | undefined
  readonly memoryClockHertz?: number | undefined
  /** Refuses what rests on estimates of these. */
  readonly measuredOnly?: readonly Measurable[] | undefined
  readonly fidelity?: string | undefined
  /** Distance of the power limits that are looked at. */
  readonly limitStepWatts?: number | undefined
}

const choiceNames = ['leastEnergy', 'leastEnergyDelay', 'cheapestInTime', 'voltageFloor', 'highest'] as const
export type ChoiceName = (typeof choiceNames)[number]

/** A way to choose the clock, and what its clock costs beside the highest clock. */
export interface ClockChoice extends OperatingState {
  readonly name: ChoiceName
  readonly slowdownRatio: number
  readonly savedEnergyRatio: number
}

/** A pass over all core clocks and power limits of a device, and the clocks that one may choose. */
export interface PassDvfs extends PassHeader {
  /** Null where the memory has no clock to choose. */
  readonly memoryClockHertz: number | null
  readonly powerLimitWatts: number
  /** By which the pass must end; null where nothing was asked. */
  readonly boundSeconds: number | null
  /** Every clock state, lowest first, under the power limit. */
  readonly clocks: readonly OperatingState[]
  /** The highest clock under every power limit, lowest first. */
  readonly powerLimits: readonly OperatingState[]
  readonly choices: readonly ClockChoice[]
  /** The lowest clock that the power limit does not let stand; null where all stand. */
  readonly throttleOnsetHertz: number | null
  /** Below this clock the pass takes more than `feltSlowdownRatio` longer than at the highest. */
  readonly feltBelowHertz: number
  readonly feltSlowdownRatio: number
}

/** Time, power and energy of a pass over the core clocks and power limits of a device, and which clock to choose. */
export function passDvfs(accelerator: Accelerator, workload: Workload, options: DvfsOptions = {}): PassDvfs {
  const {powerLimitWatts: asked, memoryClockHertz, measuredOnly} = options
  const {clockHertz: maximumHertz, ...at} = operatingPoint(accelerator, {powerLimitWatts: asked, memoryClockHertz})
  const {powerLimitWatts} = at
  const fidelity = chosenFidelity(accelerator, options.fidelity)
  const clockSettings = clockStates(accelerator.machine.clocks[0]!).map((clockHertz) => ({clockHertz, powerLimitWatts}))
  const limitSettings = powerLimits(accelerator, options.limitStepWatts).map((limit) => ({
    clockHertz: maximumHertz,
    powerLimitWatts: limit,
  }))
  const states = operatingStates(accelerator, workload, [...clockSettings, ...limitSettings], {...at, fidelity, measuredOnly})
  const clocks = states.slice(0, clockSettings.length)
  const highest = clocks.at(-1)!
  const bound = boundSeconds(options, Math.min(...clocks.map(({latencySeconds}) => latencySeconds)), megahertz(highest.settledHertz))
  return {
    ...passHeader(accelerator, workload, fidelity),
    memoryClockHertz: memoryClockToChoose(accelerator, at),
    powerLimitWatts,
    boundSeconds: bound ?? null,
    clocks,
    powerLimits: states.slice(clockSettings.length),
    choices: choicesOf(accelerator, clocks, bound),
    throttleOnsetHertz: clocks.find(({throttled}) => throttled)?.clockHertz ?? null,
    feltBelowHertz: sensitivityKnee(clocks).clockHertz,
    feltSlowdownRatio,
  }
}

function choicesOf(accelerator: Accelerator, clocks: readonly OperatingState[], bound: number | undefined): ClockChoice[] {
  const highest = clocks.at(-1)!
  const set = frontierOf({
    latencySeconds: clocks.map(({latencySeconds}) => latencySeconds),
    energyJoules: clocks.map(({energyJoules}) => energyJoules),
    knobs: clocks,
  })
  const stateOf = ({plan}: {plan: Plan<OperatingState>}): OperatingState => [...knobsInOrder(plan)][0]!
  const inTime = bound === undefined ? undefined : pickByDeadline(set, bound)
  const floorHertz = voltageFloorHertz(accelerator.machine.clocks[0]!) * (1 + 1e-9)
  const chosen: readonly (readonly [ChoiceName, OperatingState])[] = [
    ['leastEnergy', stateOf(pick(set, 'energy'))],
    ['leastEnergyDelay', stateOf(pick(set, 'energy-delay'))],
    ...(inTime?.kind === 'chosen' ? [['cheapestInTime', stateOf(choose(set, inTime.rowIndex))] as const] : []),
    ['voltageFloor', clocks.findLast(({clockHertz}) => clockHertz <= floorHertz) ?? clocks[0]!],
    ['highest', highest],
  ]
  return chosen.map(([name, state]) => ({
    ...state,
    name,
    slowdownRatio: state.latencySeconds / highest.latencySeconds - 1,
    savedEnergyRatio: 1 - state.energyJoules / highest.energyJoules,
  }))
}

function megahertz(hertz: number): string {
  return `${Number((hertz / 1e6).toPrecision(4))} MHz`
}
