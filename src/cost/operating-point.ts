import type {Accelerator} from '../accelerator/accelerator.js'
import {clockStates, idleWatts, memoryDomain} from '../accelerator/clock.js'
import type {ClockDomain} from '../accelerator/machine.js'
import {UserError} from '../foundation/user-error.js'
import type {OperatingColumns} from './power-limit.js'

/** What a machine is run at; all default to what is described: the boost clock, the memory's highest, the power limit. */
export interface Operating {
  readonly clockHertz?: number | undefined
  readonly memoryClockHertz?: number | undefined
  readonly powerLimitWatts?: number | undefined
}

/** An operating point in which nothing is left to a default; undefined where the memory has no clock of its own. */
export interface OperatingPoint {
  readonly clockHertz: number
  readonly memoryClockHertz: number | undefined
  readonly powerLimitWatts: number
}

/** The clocks and the limit to run at, checked against what the machine can be set to. */
export function operatingPoint(accelerator: Accelerator, asked: Operating): OperatingPoint {
  return {
    clockHertz: coreClock(accelerator, asked.clockHertz),
    memoryClockHertz: memoryClock(accelerator, asked.memoryClockHertz),
    powerLimitWatts: powerLimit(accelerator, asked.powerLimitWatts),
  }
}

/** One row of columns at an operating point. */
export function columnsAt({clockHertz, memoryClockHertz, powerLimitWatts}: OperatingPoint): OperatingColumns {
  return {
    coreHertz: Float64Array.of(clockHertz),
    memoryHertz: memoryClockHertz === undefined ? undefined : Float64Array.of(memoryClockHertz),
    limitWatts: Float64Array.of(powerLimitWatts),
  }
}

function coreClock({machine, name}: Accelerator, asked: number | undefined): number {
  const {minimumHertz, maximumHertz} = machine.clocks[0]!
  const clockHertz = asked ?? maximumHertz
  if (clockHertz >= minimumHertz && clockHertz <= maximumHertz) return clockHertz
  throw new UserError(`a core clock of ${clockHertz / 1e6} MHz is outside of what ${name} runs at`, {
    code: 'CLOCK_OUT_OF_RANGE',
    suggestions: [`choose between ${minimumHertz / 1e6} MHz and ${maximumHertz / 1e6} MHz`],
  })
}

/** The memory runs at its states only; the states of one machine, such as 405 MHz, are told apart to a hertz. */
function memoryClock({machine, name}: Accelerator, asked: number | undefined): number | undefined {
  const index = memoryDomain(machine)
  if (index === undefined) {
    if (asked === undefined) return undefined
    throw new UserError(`the memory of ${name} has no clock of its own to be set`, {
      code: 'CLOCK_OUT_OF_RANGE',
      suggestions: ['leave --memory-clock out'],
    })
  }
  const domain = machine.clocks[index]!
  const states = clockStates(domain)
  const hertz = asked === undefined ? domain.maximumHertz : states.find((state) => Math.abs(state - asked) < 1)
  if (hertz !== undefined) return hertz
  throw new UserError(`${asked! / 1e6} MHz is no memory clock of ${name}`, {
    code: 'CLOCK_OUT_OF_RANGE',
    suggestions: [statesText(domain)],
  })
}

/** The memory clock of an operating point; null where the memory has no other to choose. */
export function memoryClockToChoose({machine}: Accelerator, {memoryClockHertz}: Pick<OperatingPoint, 'memoryClockHertz'>): number | null {
  const index = memoryDomain(machine)
  return index === undefined || clockStates(machine.clocks[index]!).length < 2 ? null : memoryClockHertz!
}

/** "choose one of 405 MHz, 6251 MHz": the clocks that a domain can be set to. */
function statesText(domain: ClockDomain<number>): string {
  const states = clockStates(domain).map((state) => `${state / 1e6} MHz`)
  if (states.length === 1) return `it has one state, ${states[0]}`
  return domain.steps.kind === 'even'
    ? `choose between ${states[0]} and ${states.at(-1)}, in steps of ${domain.steps.stepHertz / 1e6} MHz`
    : `choose one of ${states.join(', ')}`
}

function powerLimit(accelerator: Accelerator, asked: number | undefined): number {
  const {machine, name} = accelerator
  const {limitWatts, minimumLimitWatts, maximumLimitWatts} = machine.power
  const watts = asked ?? limitWatts
  const between = `choose between ${minimumLimitWatts} W and ${maximumLimitWatts} W`
  // No limit below what the device takes without any work can be held.
  const leastWatts = idleWatts(machine, machine.clocks[0]!.minimumHertz)
  if (watts < leastWatts)
    throw new UserError(
      `a power limit of ${watts} W is below the ${Number(leastWatts.toPrecision(3))} W that ${name} takes when idle at its lowest clock`,
      {
        code: 'POWER_LIMIT_BELOW_IDLE',
        suggestions: [between],
      },
    )
  if (watts >= minimumLimitWatts && watts <= maximumLimitWatts) return watts
  throw new UserError(`a power limit of ${watts} W can't be set on ${name}`, {code: 'POWER_LIMIT_OUT_OF_RANGE', suggestions: [between]})
}

const defaultLimitStepWatts = 25

/** The power limits of a device at even distances from the lowest, and the highest. */
export function powerLimits({name, machine: {power}}: Accelerator, stepWatts = defaultLimitStepWatts): number[] {
  const {minimumLimitWatts, maximumLimitWatts} = power
  if (!(stepWatts > 0) || (maximumLimitWatts - minimumLimitWatts) / stepWatts > 1000)
    throw new UserError(`power limits of ${name} can't be ${stepWatts} W apart`, {
      code: 'LIMIT_STEP',
      suggestions: [`they go from ${minimumLimitWatts} W to ${maximumLimitWatts} W: choose a step between`],
    })
  const limits: number[] = []
  for (let watts = minimumLimitWatts; watts < maximumLimitWatts - stepWatts / 1e6; watts += stepWatts) limits.push(watts)
  return [...limits, maximumLimitWatts]
}
