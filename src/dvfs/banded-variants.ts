import type {Accelerator} from '../accelerator/accelerator.js'
import type {Band} from '../uncertainty/band.js'
import {areBandsDrawn, type SamplesAsked} from '../uncertainty/over-settings.js'
import {bandedIndices, energyBands, type FrontierBand} from './frontier-bands.js'
import type {Variant} from './pass-frontier.js'
import {type VariantFrontier, type VariantOptions, variantFrontier} from './variant-frontier.js'

/** Variants of a pass with the bands that the ranges of their device's constants draw around them. */
export interface BandedVariants extends VariantFrontier {
  /** Along the frontier of each of the variants, in their order; null where none were asked for or can be. */
  readonly variantBands: readonly (readonly FrontierBand[])[] | null
  /** Of each point of the best of all variants, in their order. */
  readonly energyBands: readonly Band<'Joules'>[] | null
}

export interface BandedVariantOptions extends VariantOptions {
  readonly samples?: SamplesAsked
}

/** The frontier of every variant and the best of them all, with bands. */
export function variantsWithBands(
  accelerator: Accelerator,
  variants: readonly Variant[],
  {samples, ...options}: BandedVariantOptions = {},
): BandedVariants {
  const result = variantFrontier(accelerator, variants, options)
  if (!areBandsDrawn([accelerator], samples)) return {...result, variantBands: null, energyBands: null}
  const {fidelity, operator, memoryClockHertz} = options
  const how = {fidelity, operator, memoryClockHertz, per: result.energyOf, sampleCount: samples}
  const bandOfPoint = new Map<object, Band<'Joules'>>()
  const variantBands = result.variants.map(({knobs, frontier}, index) => {
    const rows = bandedIndices(frontier.length)
    const best = result.frontier.filter(({variant}) => variant === knobs)
    const bands = energyBands(accelerator, variants[index]!, [...rows.map((row) => frontier[row]!), ...best], how)
    for (const [place, point] of best.entries()) bandOfPoint.set(point, bands[rows.length + place]!)
    return rows.map((pointIndex, place) => ({pointIndex, energyBand: bands[place]!}))
  })
  return {...result, variantBands, energyBands: result.frontier.map((point) => bandOfPoint.get(point)!)}
}
