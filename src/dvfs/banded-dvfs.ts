import type {Accelerator} from '../accelerator/accelerator.js'
import {bandsOverClocks, type PassBands} from '../uncertainty/monte-carlo.js'
import {unrangedConstants} from '../uncertainty/moving-constants.js'
import type {Workload} from '../workload/operator.js'
import {type DvfsOptions, type PassDvfs, passDvfs} from './pass-dvfs.js'

/** A pass over clocks and power limits, with the bands that the ranges of its device's constants draw around it. */
export interface BandedDvfs extends PassDvfs {
  /** Of each of the clocks, in their order; null where none were asked for or can be. */
  readonly clockBands: readonly PassBands[] | null
}

export interface BandedDvfsOptions extends DvfsOptions {
  /** How many samples, or none; left open, as many as a band needs wherever every estimate states its range. */
  readonly samples?: number | 'off' | undefined
}

/** Time, power and energy of a pass over the core clocks and power limits of a device, with bands. */
export function dvfsWithBands(accelerator: Accelerator, workload: Workload, {samples, ...options}: BandedDvfsOptions = {}): BandedDvfs {
  const pass = passDvfs(accelerator, workload, options)
  if (samples === 'off' || (samples === undefined && unrangedConstants(accelerator).length > 0)) return {...pass, clockBands: null}
  const hertz = pass.clocks.map(({clockHertz}) => clockHertz)
  const {powerLimitWatts} = pass
  return {
    ...pass,
    clockBands: bandsOverClocks(accelerator, workload, hertz, {fidelity: options.fidelity, powerLimitWatts, sampleCount: samples}),
  }
}
