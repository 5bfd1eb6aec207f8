import type {Accelerator} from '../accelerator/accelerator.js'
import {type Account, type AccountedWork, type AccountLine, type AccountOptions, accountedWork, accountOfWork} from '../cost/account.js'
import {type Footprint, footprintOf} from '../cost/footprint.js'
import {operatingPoint} from '../cost/operating-point.js'
import type {Model} from '../workload/model.js'
import type {PassInput} from '../workload/pass.js'
import {type Band, bandOf} from './band.js'
import {areBandsDrawn, type SamplesAsked, samplesOver} from './over-settings.js'

/** The bands of a line of an account; null where the site does not describe it. */
export interface LineBands {
  readonly deviceEnergyBand: Band<'Joules'>
  readonly totalEnergyBand: Band<'Joules'>
  readonly totalMoneyBand: Band<'Dollars'> | null
  readonly totalCarbonBand: Band<'Grams'> | null
}

/** An account with the bands that the ranges of its device's constants draw around it; the site is taken as it is described. */
export interface BandedAccount extends Account {
  /** Of each of the lines, in their order; null where none were asked for or can be. */
  readonly lineBands: readonly LineBands[] | null
}

export interface BandedAccountOptions extends AccountOptions {
  readonly samples?: SamplesAsked
}

/** Accounts for a pass, or for whole requests, with bands. */
export function accountWithBands(
  accelerator: Accelerator,
  model: Model,
  input: PassInput,
  {samples, ...options}: BandedAccountOptions,
): BandedAccount {
  const accounted = accountedWork(accelerator, model, input, options)
  const account = accountOfWork(accounted, options)
  if (!areBandsDrawn([accelerator], samples)) return {...account, lineBands: null}
  const footprints = footprintSamples(accelerator, accounted, options, samples)
  const whole = footprintOf(accounted.work, options.site)
  return {...account, lineBands: account.lines.map((line) => lineBands(footprints, line, line.deviceJoules / whole.deviceJoules))}
}

/** The footprint of all of the work in each sample; the passes draw the same ones. */
function footprintSamples(
  accelerator: Accelerator,
  {passes, work}: AccountedWork,
  {site, ...options}: AccountOptions,
  sampleCount: number | undefined,
): Footprint[] {
  const setting = operatingPoint(accelerator, options)
  const how = {fidelity: options.fidelity, memoryClockHertz: setting.memoryClockHertz, sampleCount}
  const drawn = passes.map(({workload, passCount}) => {
    const [samples] = samplesOver(accelerator, workload, [setting], how)
    return {...samples!, passCount}
  })
  return Array.from(drawn[0]!.energyJoules, (_, row) => {
    const latencySeconds = drawn.reduce((sum, each) => sum + each.passCount * each.latencySeconds[row]!, 0)
    const joules = drawn.reduce((sum, each) => sum + each.passCount * each.energyJoules[row]!, 0)
    return footprintOf({...work, latencySeconds, energyJoules: joules * work.deviceCount}, site)
  })
}

/** A line is so much of the whole in all that it accounts for. */
function lineBands(footprints: readonly Footprint[], line: AccountLine, shareRatio: number): LineBands {
  const samplesOf = (key: keyof Footprint): Float64Array => Float64Array.from(footprints, (footprint) => footprint[key]! * shareRatio)
  return {
    deviceEnergyBand: bandOf('Joules', samplesOf('deviceJoules')),
    totalEnergyBand: bandOf('Joules', samplesOf('totalJoules')),
    totalMoneyBand: line.totalDollars === null ? null : bandOf('Dollars', samplesOf('totalDollars')),
    totalCarbonBand: line.totalGrams === null ? null : bandOf('Grams', samplesOf('totalGrams')),
  }
}
