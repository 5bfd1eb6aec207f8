import type {SweepPoint} from './sweeps.js'

/** Mean absolute errors, as ratios of the measurement. */
export interface MeanErrors {
  readonly latencyRatio: number
  readonly energyRatio: number
  readonly powerRatio: number
}

type TimeAndEnergy = Pick<SweepPoint, 'latencySeconds' | 'energyJoules'>

/** A measurement beside its prediction; power is the meter's where it is stated, else energy over time. */
export interface MeasuredPair<Point = TimeAndEnergy> {
  readonly measured: Point & {readonly powerWatts?: number}
  readonly predicted: TimeAndEnergy
}

/** Errors of time, energy and power over some pairs, or null where there is none. */
export function meanErrors(pairs: readonly MeasuredPair[]): MeanErrors | null {
  const errors = pairs.map(({measured, predicted}) => ({
    latencyRatio: Math.abs(predicted.latencySeconds / measured.latencySeconds - 1),
    energyRatio: Math.abs(predicted.energyJoules / measured.energyJoules - 1),
    powerRatio: Math.abs(averageWatts(predicted) / (measured.powerWatts ?? averageWatts(measured)) - 1),
  }))
  return meanOfErrors(errors)
}

/** The mean of each error, or null where there is none. */
export function meanOfErrors(errors: readonly MeanErrors[]): MeanErrors | null {
  const [latencyRatio, energyRatio, powerRatio] = (['latencyRatio', 'energyRatio', 'powerRatio'] as const).map((name) =>
    meanOf(errors.map((each) => each[name])),
  )
  return latencyRatio == null || energyRatio == null || powerRatio == null ? null : {latencyRatio, energyRatio, powerRatio}
}

/** Mean of some values, or null where there is none. */
export function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Power of a pass, averaged over it. */
export function averageWatts({energyJoules, latencySeconds}: TimeAndEnergy): number {
  return energyJoules / latencySeconds
}
