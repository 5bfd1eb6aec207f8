import type {Accelerator} from '../accelerator/accelerator.js'
import type {MeasuredState} from './measured-steps.js'
import type {PassPace} from './pass-pace.js'
import {limitedDevice, statesAtLimits} from './power-limits.js'
import {type ClockPoint, clockLaw, sweepFromPoints} from './two-clocks.js'

/** A step at a clock or under a limit that was not measured; deviations are relative, as the measured means' scatter makes them, and the law's own. */
export interface StepEstimate {
  readonly clockHertz: number | null
  readonly powerLimitWatts: number | null
  readonly latencySeconds: number
  readonly energyJoules: number
  readonly latencyDeviationRatio: number
  readonly energyDeviationRatio: number
  readonly latencyLawRatio: number
  readonly energyLawRatio: number
  /** Null under a limit: its average power, with the waits that steps have, does not tell. */
  readonly throttled: boolean | null
}

interface StepState {
  readonly latencySeconds: number
  readonly energyJoules: number
  readonly latencyDeviationRatio?: number
  readonly energyDeviationRatio?: number
  readonly throttled?: boolean
  readonly waiting?: boolean
}

/** A measured state with the means that a law is drawn through. */
interface Point {
  readonly clockHertz: number | null
  readonly powerLimitWatts: number | null
  readonly latencySeconds: number
  readonly averageWatts: number
}

/**
 * How far the laws themselves are off, as standard deviations, so that intervals of 95 % hold about that often: on clock sweeps of an A100 PCIe
 * from two clocks in 92 % (time) and 95 % (energy) of 144 points; on trainings from their two highest limits in all of 340 points of a V100, and
 * in 91 % of 294 of an A40, whose idle power is an estimate. The points that they were set on are those they are told of. Where a device
 * waits, its host runs up to 1.3 times as long from one run to the next, which 95 % reach with 0.14; about half of the energy goes with the time.
 */
const lawDeviationRatios = {
  clock: {latency: 0.04, energy: 0.03},
  host: {latency: 0.14, energy: 0.07},
  powerLimit: {latency: 0.12, energy: 0.12},
} as const

/** Steps at other clocks or limits, by the law that fits the measured ones; their uncertainty is that of the means and of the law. */
export function otherStates(
  measured: readonly MeasuredState[],
  over: 'clock' | 'powerLimit',
  accelerator: Accelerator,
  settings: readonly number[],
  pace?: PassPace,
): StepEstimate[] {
  if (settings.length === 0) return []
  const shared = over === 'clock' ? measured[0]!.powerLimitWatts : measured[0]!.clockHertz
  const law = over === 'clock' ? sweepLaw(accelerator, settings, shared, pace) : limitLaw(accelerator, settings)
  const points = measured.map(pointOf)
  const moved = measured.flatMap(({latency, power, rowCount, warmUpCount}, index) =>
    (
      [
        ['latencySeconds', latency],
        ['averageWatts', power],
      ] as const
    ).map(([name, mean]) => {
      const deviationRatio = (mean.deviationValue / mean.meanValue) * Math.sqrt(mean.correlatedCount / (rowCount - warmUpCount))
      return law(points.map((point, at) => (at === index ? {...point, [name]: point[name] * (1 + deviationRatio)} : point)))
    }),
  )
  return law(points).map((state, index) => {
    const {latency, energy} = lawDeviationRatios[state.waiting ? 'host' : over]
    const {latencySeconds, energyJoules, latencyDeviationRatio = 0, energyDeviationRatio = 0, throttled = null} = state
    return {
      clockHertz: over === 'clock' ? settings[index]! : shared,
      powerLimitWatts: over === 'clock' ? shared : settings[index]!,
      latencySeconds,
      energyJoules,
      latencyDeviationRatio: Math.hypot(...moved.map((all) => all[index]!.latencySeconds / latencySeconds - 1)),
      energyDeviationRatio: Math.hypot(...moved.map((all) => all[index]!.energyJoules / energyJoules - 1)),
      latencyLawRatio: Math.hypot(latency, latencyDeviationRatio),
      energyLawRatio: Math.hypot(energy, energyDeviationRatio),
      throttled,
    }
  })
}

type Law = (points: readonly Point[]) => readonly StepState[]

function pointOf({clockHertz, powerLimitWatts, latency, energy}: MeasuredState): Point {
  return {
    clockHertz,
    powerLimitWatts,
    latencySeconds: latency.meanValue,
    averageWatts: energy.meanValue / latency.meanValue,
  }
}

/** What of some steps' time is their host's. */
export interface HostWait {
  /** No clock makes a step faster. */
  readonly stepSeconds: number
  /** The measured clocks at which the device waits for it. */
  readonly waitingHertz: readonly number[]
}

/** What steps measured at several clocks, and their graph where one is known, tell of their host; null where they tell nothing. */
export function hostWait(measured: readonly MeasuredState[], accelerator: Accelerator, pace: PassPace | undefined): HostWait | null {
  const {hostSeconds, waitingHertz} = clockLaw(clockPoints(measured.map(pointOf)), accelerator, pace)
  return hostSeconds === 0 ? null : {stepSeconds: hostSeconds, waitingHertz}
}

function clockPoints(points: readonly Point[]): ClockPoint[] {
  return points.map(({latencySeconds, averageWatts, clockHertz, powerLimitWatts}) => ({
    latencySeconds,
    averageWatts,
    clockHertz: clockHertz!,
    ...(powerLimitWatts !== null && {powerLimitWatts}),
  }))
}

function sweepLaw(accelerator: Accelerator, clocksHertz: readonly number[], powerLimitWatts: number | null, pace?: PassPace): Law {
  const options = {pace, ...(powerLimitWatts !== null && {powerLimitWatts})}
  return (points) => sweepFromPoints(clockPoints(points), accelerator, clocksHertz, options)
}

function limitLaw(accelerator: Accelerator, limitsWatts: readonly number[]): Law {
  const device = limitedDevice(accelerator)
  return (points) =>
    statesAtLimits(
      points.map((point) => ({...point, powerLimitWatts: point.powerLimitWatts!})),
      device,
      limitsWatts,
    )
}
