import type {Accelerator} from '../accelerator/accelerator.js'
import type {PassBands} from '../uncertainty/monte-carlo.js'
import {areBandsDrawn, bandsOver, type SamplesAsked} from '../uncertainty/over-settings.js'
import type {Workload} from '../workload/operator.js'
import {type DvfsOptions, type PassDvfs, passDvfs} from './pass-dvfs.js'

/** A pass over clocks and power limits, with the bands that the ranges of its device's constants draw around it. */
export interface BandedDvfs extends PassDvfs {
  /** Of each of the clocks, in their order; null where none were asked for or can be. */
  readonly clockBands: readonly PassBands[] | null
  /** Of each of the power limits, in their order. */
  readonly powerLimitBands: readonly PassBands[] | null
}

export interface BandedDvfsOptions extends DvfsOptions {
  readonly samples?: SamplesAsked
}

/** Time, power and energy of a pass over the core clocks and power limits of a device, with bands. */
export function dvfsWithBands(accelerator: Accelerator, workload: Workload, {samples, ...options}: BandedDvfsOptions = {}): BandedDvfs {
  const pass = passDvfs(accelerator, workload, options)
  if (!areBandsDrawn([accelerator], samples)) return {...pass, clockBands: null, powerLimitBands: null}
  const {fidelity, memoryClockHertz} = options
  const settings = [...pass.clocks, ...pass.powerLimits]
  const bands = bandsOver(accelerator, workload, settings, {fidelity, memoryClockHertz, sampleCount: samples})
  return {...pass, clockBands: bands.slice(0, pass.clocks.length), powerLimitBands: bands.slice(pass.clocks.length)}
}
