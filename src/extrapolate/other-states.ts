import type {Accelerator} from '../accelerator/accelerator.js'
import type {MeasuredState} from './measured-steps.js'
import {limitedDevice, statesAtLimits} from './power-limits.js'
import {sweepFromPoints} from './two-clocks.js'

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
  readonly throttled: boolean
}

interface StepState {
  readonly latencySeconds: number
  readonly energyJoules: number
  readonly latencyDeviationRatio?: number
  readonly energyDeviationRatio?: number
  readonly throttled?: boolean
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
 * in 91 % of 294 of an A40, whose idle power is an estimate. The points that they were set on are those they are told of.
 */
const lawDeviationRatios = {
  clock: {latency: 0.04, energy: 0.03},
  powerLimit: {latency: 0.12, energy: 0.12},
} as const

/** Steps at other clocks or limits, by the law that fits the measured ones; their uncertainty is that of the means and of the law. */
export function otherStates(
  measured: readonly MeasuredState[],
  over: 'clock' | 'powerLimit',
  accelerator: Accelerator,
  settings: readonly number[],
): StepEstimate[] {
  if (settings.length === 0) return []
  const shared = over === 'clock' ? measured[0]!.powerLimitWatts : measured[0]!.clockHertz
  const law = over === 'clock' ? clockLaw(accelerator, settings, shared) : limitLaw(accelerator, settings)
  const points = measured.map(
    ({clockHertz, powerLimitWatts, latency, energy}): Point => ({
      clockHertz,
      powerLimitWatts,
      latencySeconds: latency.meanValue,
      averageWatts: energy.meanValue / latency.meanValue,
    }),
  )
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
  const {latency, energy} = lawDeviationRatios[over]
  return law(points).map((state, index) => {
    const {latencySeconds, energyJoules, latencyDeviationRatio = 0, energyDeviationRatio = 0, throttled = false} = state
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

function clockLaw(accelerator: Accelerator, clocksHertz: readonly number[], powerLimitWatts: number | null): Law {
  const options = powerLimitWatts === null ? {} : {powerLimitWatts}
  return (points) =>
    sweepFromPoints(
      points.map(({latencySeconds, averageWatts, clockHertz}) => ({latencySeconds, averageWatts, clockHertz: clockHertz!, ...options})),
      accelerator,
      clocksHertz,
      options,
    )
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
