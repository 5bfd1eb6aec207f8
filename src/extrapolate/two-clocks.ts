import type {Accelerator} from '../accelerator/accelerator.js'
import {idleWatts, voltageAt} from '../accelerator/clock.js'
import type {Machine} from '../accelerator/machine.js'
import {mayBeThrottled} from '../cost/held-power.js'
import {operatingPoint} from '../cost/operating-point.js'
import {UserError} from '../foundation/user-error.js'
import {nonNegativePair} from './least-squares.js'
import type {PassPace} from './pass-pace.js'
import {type TimeLaw, timeLaw} from './time-law.js'

/** What was measured of some work at one core clock. */
export interface ClockPoint {
  readonly clockHertz: number
  readonly latencySeconds: number
  readonly averageWatts: number
  /** The limit it was measured under; the accelerator's own by default. */
  readonly powerLimitWatts?: number
}

/** What is predicted of it at a clock, as the power limit lets it run. */
export interface SweepState extends ClockPoint {
  readonly energyJoules: number
  /** The power limit lowers this clock. */
  readonly throttled: boolean
  /** The device waits for its host. */
  readonly waiting: boolean
}

/** Time and power of some work over the core clock, as if no power limit held. */
export interface ClockLaw extends TimeLaw {
  readonly wattsAt: (clockHertz: number) => number
}

export interface SweepOptions {
  /** The limit that the predicted clocks run under; the accelerator's own by default. */
  readonly powerLimitWatts?: number
  /** What the graph of the work tells of its pace, where it has one. */
  readonly pace?: PassPace | undefined
}

/** The rest of a clock sweep from two measured clocks or more, throttling included. */
export function sweepFromPoints(
  points: readonly ClockPoint[],
  accelerator: Accelerator,
  clocksHertz: readonly number[],
  options: SweepOptions = {},
): SweepState[] {
  const {pace, ...limit} = options
  for (const clockHertz of clocksHertz) operatingPoint(accelerator, {clockHertz, ...limit})
  const heldWatts = heldLimitWatts(accelerator, limit)
  const law = clockLaw(points, accelerator, pace)
  const onsetHertz = hertzAtWatts(law, accelerator, heldWatts)
  return clocksHertz.map((clockHertz) => {
    const ranHertz = Math.min(clockHertz, onsetHertz)
    const [latencySeconds, averageWatts] = [law.secondsAt(ranHertz), law.wattsAt(ranHertz)]
    const waiting = latencySeconds > law.deviceSecondsAt(ranHertz)
    return {
      clockHertz,
      latencySeconds,
      averageWatts,
      energyJoules: latencySeconds * averageWatts,
      throttled: clockHertz > onsetHertz,
      waiting,
    }
  })
}

/** The average power that throttled work settles at under a limit. */
export function heldLimitWatts({machine}: Accelerator, {powerLimitWatts = machine.power.limitWatts}: SweepOptions = {}): number {
  return machine.power.regulationRatio * powerLimitWatts
}

/**
 * T = max(host, device), and P = idle(f) + (V/V0)^x · (c·f + d) · the share of the time that the device is busy, by least squares of relative errors
 * through the points that no limit throttles; neither c nor d is below zero.
 */
export function clockLaw(points: readonly ClockPoint[], accelerator: Accelerator, pace?: PassPace): ClockLaw {
  const {machine} = accelerator
  const free = points.filter(
    ({averageWatts, powerLimitWatts = machine.power.limitWatts}) =>
      !mayBeThrottled(averageWatts, powerLimitWatts, machine.power.regulationRatio),
  )
  refuseTooFew(points, free)
  const time = timeLaw(free, pace)
  const scaleAt = (clockHertz: number, latencySeconds: number): number =>
    voltageScale(machine, clockHertz) * Math.min(1, time.deviceSecondsAt(clockHertz) / latencySeconds)
  const [fixedWatts, wattsPerHertz] = nonNegativePair(
    free.map(({clockHertz, latencySeconds, averageWatts}) => {
      const dynamicWatts = averageWatts - idleWatts(machine, clockHertz)
      if (!(dynamicWatts > 0)) throw belowIdle(accelerator, clockHertz, averageWatts)
      const scale = scaleAt(clockHertz, latencySeconds)
      return {firstValue: scale, secondValue: scale * clockHertz, targetValue: dynamicWatts}
    }),
  )
  return {
    ...time,
    wattsAt: (clockHertz) =>
      idleWatts(machine, clockHertz) + scaleAt(clockHertz, time.secondsAt(clockHertz)) * (fixedWatts + wattsPerHertz * clockHertz),
  }
}

/** The clock at which a power is reached: above the highest clock where it is not, the lowest where even that exceeds it. */
export function hertzAtWatts(law: ClockLaw, {machine}: Accelerator, heldWatts: number): number {
  const {minimumHertz, maximumHertz} = machine.clocks[0]!
  if (law.wattsAt(maximumHertz) <= heldWatts) return Number.POSITIVE_INFINITY
  let [low, high] = [minimumHertz, maximumHertz]
  while (high - low > 1e-6 * maximumHertz) {
    const middle = (low + high) / 2
    if (law.wattsAt(middle) <= heldWatts) low = middle
    else high = middle
  }
  return low
}

/** Dynamic energy at a clock over that at the voltage at which the accelerator states its energies. */
export function voltageScale({clocks}: Machine<number>, clockHertz: number): number {
  const core = clocks[0]!
  return (voltageAt(core, clockHertz) / core.energyVolts) ** core.energyExponent
}

function refuseTooFew(points: readonly ClockPoint[], free: readonly ClockPoint[]): void {
  if (new Set(free.map(({clockHertz}) => clockHertz)).size >= 2) return
  const throttledCount = points.length - free.length
  const found = throttledCount === 0 ? 'there is only one' : `their power limit throttles ${throttledCount} of ${points.length}`
  throw new UserError(`other clocks are predicted from two measured ones or more that no power limit throttles, but ${found}`, {
    code: 'TOO_FEW_STATES',
    suggestions: ['measure the lowest clock, and one near two thirds of the highest'],
  })
}

function belowIdle({name}: Accelerator, clockHertz: number, averageWatts: number): UserError {
  return new UserError(`${averageWatts.toFixed(1)} W at ${clockHertz / 1e6} MHz is not above what ${name} draws when idle`, {
    code: 'POWER_BELOW_IDLE',
    suggestions: ['check that this accelerator was measured, and power in watts while it worked'],
  })
}
