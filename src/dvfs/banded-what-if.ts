import {type Band, bandOf} from '../uncertainty/band.js'
import type {PassBands} from '../uncertainty/monte-carlo.js'
import {areBandsDrawn, bandsOfSamples, type Samples, type SamplesAsked, samplesOver, savedBand} from '../uncertainty/over-settings.js'
import type {Workload} from '../workload/operator.js'
import {bandedIndices, type FrontierBand, settingOf} from './frontier-bands.js'
import type {PassPoint} from './pass-frontier.js'
import {savedShares} from './shares.js'
import {
  type BuiltDesign,
  builtDesigns,
  type DesignOutcome,
  frontierPoints,
  type WhatIf,
  type WhatIfDesigns,
  type WhatIfOptions,
  whatIfOf,
} from './what-if.js'

/** The bands of a point of a design. */
export interface PointBands extends PassBands {
  /** Of what is saved beside the same point of the design before, with the same samples of the guesses that both rest on; null for that design. */
  readonly savedBand: Band<'Joules'> | null
}

/** The bands of a design; a point keeps its clock, whatever its samples would have chosen. */
export interface DesignBands {
  readonly atHighestClock: PointBands
  readonly leastEnergy: PointBands
  readonly inEqualTime: PointBands | null
  readonly frontier: readonly FrontierBand[]
}

/** The bands of what a change saves of all that the changes save together. */
export interface ShareBands {
  readonly atHighestClock: Band<'Joules'>
  readonly atLeastEnergy: Band<'Joules'>
}

/** A what-if with the bands that the ranges of the constants draw around it. */
export interface BandedWhatIf extends WhatIf {
  /** Of each of the designs, in their order; null where none were asked for or can be. */
  readonly designBands: readonly DesignBands[] | null
  /** Of each of the shares, in their order. */
  readonly shareBands: readonly ShareBands[] | null
}

export interface BandedWhatIfOptions extends WhatIfOptions {
  readonly samples?: SamplesAsked
}

/** A what-if with bands. */
export function whatIfWithBands(
  nameOrFile: string,
  set: Readonly<Record<string, string>>,
  workload: Workload,
  {samples, ...options}: BandedWhatIfOptions = {},
): BandedWhatIf {
  const built = builtDesigns(nameOrFile, set, workload, options)
  const result = whatIfOf(built, workload, options)
  const accelerators = built.designs.map(({design: {accelerator}}) => accelerator)
  if (!areBandsDrawn(accelerators, samples)) return {...result, designBands: null, shareBands: null}
  const draw = ({accelerator}: BuiltDesign, points: readonly PassPoint[]): Samples[] =>
    samplesOver(
      accelerator,
      workload,
      points.map(({knobs}) => settingOf(accelerator, knobs)),
      {fidelity: options.fidelity, memoryClockHertz: options.memoryClockHertz, sampleCount: samples},
    )
  return {...result, designBands: bandsOfDesigns(built, result.designs, draw), shareBands: bandsOfShares(built, draw)}
}

type Draw = (design: BuiltDesign, points: readonly PassPoint[]) => Samples[]

function bandsOfDesigns({designs}: WhatIfDesigns, outcomes: readonly DesignOutcome[], draw: Draw): DesignBands[] {
  const drawn = outcomes.map(({atHighestClock, leastEnergy, inEqualTime, frontier}, index) => {
    const rows = bandedIndices(frontier.length)
    const points = [atHighestClock, leastEnergy, inEqualTime ?? atHighestClock, ...rows.map((row) => frontier[row]!)]
    const [highest, least, inTime, ...along] = draw(designs[index]!.design, points)
    return {highest: highest!, least: least!, inTime: inEqualTime === null ? null : inTime!, rows, along}
  })
  const before = drawn[0]!
  return drawn.map(({highest, least, inTime, rows, along}) => {
    const bandsOf = (samples: Samples, reference: Samples | null): PointBands => {
      const isBeside = highest !== before.highest && reference !== null
      return {...bandsOfSamples(samples), savedBand: isBeside ? savedBand(reference, samples) : null}
    }
    return {
      atHighestClock: bandsOf(highest, before.highest),
      leastEnergy: bandsOf(least, before.least),
      inEqualTime: inTime === null ? null : bandsOf(inTime, before.inTime),
      frontier: rows.map((pointIndex, index) => ({pointIndex, energyBand: bandsOfSamples(along[index]!).energyBand})),
    }
  })
}

function bandsOfShares({changes, made}: WhatIfDesigns, draw: Draw): ShareBands[] {
  const known = new Map<number, Samples[]>()
  const drawn = (bits: number): Samples[] => {
    const {points} = made(bits)
    const samples = known.get(bits) ?? draw(made(bits), [points.at(-1)!, frontierPoints(points).at(-1)!])
    known.set(bits, samples)
    return samples
  }
  // What is split source by source elsewhere is split sample by sample here.
  const splitAt = (point: 0 | 1) => savedShares(changes.length, (bits) => Object.fromEntries(drawn(bits)[point]!.energyJoules.entries()))
  const [highest, least] = [splitAt(0), splitAt(1)]
  const band = (saved: Readonly<Record<string, number>>) => bandOf('Joules', Float64Array.from(Object.values(saved)))
  return changes.map((_, index) => ({atHighestClock: band(highest[index]!), atLeastEnergy: band(least[index]!)}))
}
