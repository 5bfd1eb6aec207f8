import type {Accelerator} from '../accelerator/accelerator.js'
import type {Band} from '../uncertainty/band.js'
import type {SampledSetting} from '../uncertainty/over-settings.js'
import type {PassKnobs} from './pass-frontier.js'

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

/** What is set to get a point: where the power limit lowers the clock, the highest, which the limit lowers in each sample by itself. */
export function settingOf({machine}: Accelerator, {clockHertz, powerLimitWatts, throttled}: Omit<PassKnobs, 'variant'>): SampledSetting {
  return {clockHertz: throttled ? machine.clocks[0]!.maximumHertz : clockHertz, powerLimitWatts}
}
