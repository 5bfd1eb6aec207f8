import type {Accelerator} from '../accelerator/accelerator.js'
import type {Column} from '../accelerator/machine.js'
import type {MetricColumns} from '../cost/metrics.js'
import {operatingPoint} from '../cost/operating-point.js'
import {UserError} from '../foundation/user-error.js'
import type {Workload} from '../workload/operator.js'
import {type Band, bandOf} from './band.js'
import {latinColumn} from './latin-hypercube.js'
import {type SampledOptions, type SampledPass, sampledPass} from './sampled-pass.js'

export interface MonteCarloOptions extends SampledOptions {
  readonly sampleCount?: number | undefined
  /** Another seed draws other samples. */
  readonly seedIndex?: number | undefined
}

/** Between which values a pass lies when the constants lie anywhere in their ranges. */
export interface PassBands {
  readonly energyBand: Band<'Joules'>
  readonly powerBand: Band<'Watts'>
  readonly latencyBand: Band<'Seconds'>
}

/** What the ranges of an accelerator's constants make of the energy of a pass. */
export interface Uncertainty extends PassBands {
  readonly sampleCount: number
  readonly seedIndex: number
  /** Guesses that were moved. */
  readonly constantCount: number
  readonly energyBandBySource: Readonly<Record<string, Band<'Joules'>>>
  /** Mean absolute error of the time to expect; null where any of it is an ideal bound. */
  readonly timeErrorRatio: number | null
  /** The bands when the time is off as well, as it was on measured rows; null where that is not known. */
  readonly withTimeError: PassBands | null
}

const defaults = {sampleCount: 500, seedIndex: 1}

/** Quantiles of a pass over the ranges of the constants, from the rows of a Latin hypercube. */
export function monteCarlo(accelerator: Accelerator, workload: Workload, options: MonteCarloOptions = {}): Uncertainty {
  const {sampleCount, seedIndex} = sampling(options)
  operatingPoint(accelerator, options)
  const pass = sampledPass(accelerator, workload, options, sampleCount)
  moveToSamples(pass, seedIndex, sampleCount)
  const out = pass.evaluate(options, sampleCount)
  const timeErrorRatio = pass.timeErrorRatio() ?? null
  return {
    sampleCount,
    seedIndex,
    constantCount: pass.constants.length,
    ...passBands(out.energyJoules, out.latencySeconds),
    energyBandBySource: Object.fromEntries(pass.program.sources.map(({name, joules}) => [name, bandOf('Joules', joules)])),
    timeErrorRatio,
    withTimeError: timeErrorRatio === null ? null : bandsWithTimeError(pass, out, timeErrorRatio, seedIndex),
  }
}

/** The samples to draw; too few to tell one in twenty are refused. */
export function sampling(options: MonteCarloOptions): typeof defaults {
  const {sampleCount = defaults.sampleCount, seedIndex = defaults.seedIndex} = options
  if (Number.isInteger(sampleCount) && sampleCount >= 20 && sampleCount <= 100_000) return {sampleCount, seedIndex}
  throw new UserError(`${sampleCount} samples draw no band`, {
    code: 'SAMPLE_COUNT_INVALID',
    suggestions: ['choose a whole number from 20 to 100000; 500 are enough for a band'],
  })
}

/** Gives each guess of a pass its samples: by its name, so that another machine that rests on it draws the same. */
export function moveToSamples(pass: SampledPass, seedIndex: number, sampleCount: number): void {
  pass.move(
    pass.constants.map(({guess}) => latinColumn(guess, seedIndex, sampleCount)),
    sampleCount,
  )
}

/** Bands of energy, power and time. */
export function passBands(joules: Column, seconds: Column): PassBands {
  return {
    energyBand: bandOf('Joules', joules),
    powerBand: bandOf(
      'Watts',
      joules.map((each, row) => each / seconds[row]!),
    ),
    latencyBand: bandOf('Seconds', seconds),
  }
}

/**
 * Time off by a factor whose logarithm has this mean size (Laplace's distribution). Energy follows as if the same work at the same clock
 * took that time; where the power limit holds, power stays and all of the energy goes with the time.
 */
function bandsWithTimeError(pass: SampledPass, out: MetricColumns, timeErrorRatio: number, seedIndex: number): PassBands {
  const {energyJoules, latencySeconds, throttled} = out
  const rowCount = latencySeconds.length
  const factors = latinColumn('error of the time', seedIndex, rowCount).map((place) =>
    Math.exp(-timeErrorRatio * Math.sign(place - 0.5) * Math.log(1 - 2 * Math.abs(place - 0.5))),
  )
  const seconds = latencySeconds.map((each, row) => each * factors[row]!)
  const joules = pass.joulesOver(seconds, rowCount)
  return passBands(
    joules.map((each, row) => (throttled[row] === 1 ? energyJoules[row]! * factors[row]! : each)),
    seconds,
  )
}
