import type {Accelerator} from '../accelerator/accelerator.js'
import type {Column} from '../accelerator/machine.js'
import type {Workload} from '../workload/operator.js'
import {type Band, bandOf} from './band.js'
import {type MonteCarloOptions, moveToSamples, type PassBands, passBands, sampling} from './monte-carlo.js'
import {unrangedConstants} from './moving-constants.js'
import {sampledPass} from './sampled-pass.js'

/** A core clock, and the power limit that may lower it; where there is none, none holds. */
export interface SampledSetting {
  readonly clockHertz: number
  readonly powerLimitWatts?: number | undefined
}

/** A pass at one setting, sample by sample. Two passes whose machines rest on the same guesses draw the same samples of them. */
export interface Samples {
  readonly energyJoules: Column
  readonly latencySeconds: Column
}

export type SamplingOptions = Omit<MonteCarloOptions, 'clockHertz' | 'powerLimitWatts'>

/** How many samples, or none; left open, as many as a band needs wherever every estimate states its range. */
export type SamplesAsked = number | 'off' | undefined

/** Bands are drawn where they are asked for, and unasked wherever every estimate of these accelerators states its range. */
export function areBandsDrawn(accelerators: readonly Accelerator[], samples: SamplesAsked): samples is number | undefined {
  if (samples === 'off') return false
  return samples !== undefined || accelerators.every((accelerator) => unrangedConstants(accelerator).length === 0)
}

/** Samples of a pass at each of these settings. */
export function samplesOver(
  accelerator: Accelerator,
  workload: Workload,
  settings: readonly SampledSetting[],
  options: SamplingOptions = {},
): Samples[] {
  const {sampleCount, seedIndex} = sampling(options)
  const pass = sampledPass(accelerator, workload, options, sampleCount)
  moveToSamples(pass, seedIndex, sampleCount)
  return settings.map(({clockHertz, powerLimitWatts = Number.POSITIVE_INFINITY}) => {
    const {energyJoules, latencySeconds} = pass.evaluate({clockHertz, powerLimitWatts}, sampleCount)
    return {energyJoules: energyJoules.slice(), latencySeconds: latencySeconds.slice()}
  })
}

/** Bands of a pass at each of these settings. */
export function bandsOver(
  accelerator: Accelerator,
  workload: Workload,
  settings: readonly SampledSetting[],
  options: SamplingOptions = {},
): PassBands[] {
  return samplesOver(accelerator, workload, settings, options).map(bandsOfSamples)
}

/** The bands of samples. */
export function bandsOfSamples({energyJoules, latencySeconds}: Samples): PassBands {
  return passBands(energyJoules, latencySeconds)
}

/** The band of what one pass takes more than another, sample by sample: what both rest on cancels. */
export function savedBand(before: Samples, after: Samples): Band<'Joules'> {
  return bandOf(
    'Joules',
    before.energyJoules.map((joules, row) => joules - after.energyJoules[row]!),
  )
}
