import type {Accelerator} from '../accelerator/accelerator.js'
import {type Band, bandOf} from '../uncertainty/band.js'
import {type SampledSetting, type SamplingOptions, samplesOver} from '../uncertainty/over-settings.js'
import {operatorAlone} from '../workload/kernel-workload.js'
import {type PassFrontierOptions, type PassKnobs, passesPerUnit, type Variant} from './pass-frontier.js'

/** The band around one point of a frontier. */
export interface FrontierBand {
  readonly pointIndex: number
  readonly energyBand: Band<'Joules'>
}

/** Along a frontier bands change little from clock to clock: they are drawn at so many of its points. */
const bandedPointCount = 17

/** Indices of points evenly along a frontier, both ends among them. */
export function bandedIndices(pointCount: number): number[] {
  const kept = Math.min(pointCount, bandedPointCount)
  return Array.from({length: kept}, (_, index) => (kept === 1 ? 0 : Math.round((index * (pointCount - 1)) / (kept - 1))))
}

export type FrontierBandOptions = Pick<PassFrontierOptions, 'fidelity' | 'operator' | 'per'> &
  Pick<SamplingOptions, 'sampleCount' | 'memoryClockHertz'>

/** Bands of the energy of a variant at each of these points. */
export function energyBands(
  accelerator: Accelerator,
  {workload}: Variant,
  points: readonly PassKnobs[],
  {fidelity, operator, per, ...sampling}: FrontierBandOptions = {},
): Band<'Joules'>[] {
  const work = operator === undefined ? workload : operatorAlone(workload, operator)
  const passCount = passesPerUnit(work, per)
  const settings = points.map((knobs) => settingOf(accelerator, knobs))
  return samplesOver(accelerator, work, settings, {fidelity, ...sampling}).map(({energyJoules}) =>
    bandOf(
      'Joules',
      energyJoules.map((joules) => joules * passCount),
    ),
  )
}

/** Bands along the frontier of a variant. */
export function frontierBands(
  accelerator: Accelerator,
  variant: Variant,
  frontier: readonly PassKnobs[],
  options: FrontierBandOptions = {},
): FrontierBand[] {
  const rows = bandedIndices(frontier.length)
  const bands = energyBands(
    accelerator,
    variant,
    rows.map((row) => frontier[row]!),
    options,
  )
  return rows.map((pointIndex, place) => ({pointIndex, energyBand: bands[place]!}))
}

/** What is set to get a point: where the power limit lowers the clock, the highest, which the limit lowers in each sample by itself. */
export function settingOf({machine}: Accelerator, {clockHertz, powerLimitWatts, throttled}: PassKnobs): SampledSetting {
  return {clockHertz: throttled ? machine.clocks[0]!.maximumHertz : clockHertz, powerLimitWatts}
}
