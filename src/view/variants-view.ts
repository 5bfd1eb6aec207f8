import type {Palette} from '../cli/colour.js'
import {formatTable, type TableColumn} from '../cli/table.js'
import {formatBand, formatPercent, formatQuantity} from '../cli/text.js'
import type {BandedVariants} from '../dvfs/banded-variants.js'
import {knobsText} from '../dvfs/pass-frontier.js'
import type {VariantOutcome, VariantPoint} from '../dvfs/variant-frontier.js'
import type {Band} from '../uncertainty/band.js'
import {clockInMegahertz} from './dvfs-view.js'
import {changesText, settingsText} from './evaluation-view.js'
import {blocks} from './layout.js'

/** Rows of a frontier that a screen holds at a glance. */
const shownPointCount = 12

/** Variants of a pass over the clock as a person reads them: each at its ends, then the best of all of them from fast to cheap. */
export function variantsText(result: BandedVariants, colours: Palette, {isAll = false}: {readonly isAll?: boolean} = {}): string {
  const {accelerator, workload, operator, variants, frontier, energyOf, memoryClockHertz, powerLimitWatts} = result
  const what = operator === null ? settingsText(result) : `${settingsText(result)}, its ${operator} alone`
  const memory = memoryClockHertz === null ? '' : `memory at ${clockInMegahertz(memoryClockHertz)} · `
  const limits = `${memory}limit ${formatQuantity(powerLimitWatts, 'W')}`
  const shown = isAll ? frontier : shownPoints(result)
  const left = frontier.length - shown.length
  return blocks(
    `${colours.bold(accelerator)}${changesText(result)} · ${colours.bold(workload)} ${what} · ${limits}`,
    formatTable(variantColumns(result), variants),
    formatTable(pointColumns(result), shown),
    left > 0 ? colours.dim(`${left} of ${frontier.length} points not shown; add --all to see them`) : undefined,
    colours.dim(energyOf === 'token' ? 'Times are those of a pass, energies those of a token.' : 'Times and energies are those of a pass.'),
  )
}

function energyText({energyOf}: Pick<BandedVariants, 'energyOf'>, joules: number): string {
  return formatQuantity(joules, energyOf === 'token' ? 'J/token' : 'J')
}

/** Nine in ten samples over the ranges of the constants. */
function bandText({energyOf}: Pick<BandedVariants, 'energyOf'>, {p5Joules, p95Joules}: Band<'Joules'>): string {
  return formatBand(p5Joules, p95Joules, energyOf === 'token' ? 'J/token' : 'J')
}

function variantColumns(result: BandedVariants): TableColumn<VariantOutcome>[] {
  const {variants, variantBands} = result
  const bands = (place: 0 | -1): TableColumn<VariantOutcome>[] => {
    if (variantBands === null) return []
    const cell = (each: VariantOutcome) => bandText(result, variantBands[variants.indexOf(each)]!.at(place)!.energyBand)
    return [{header: 'nine in ten', cell, dropOrder: 3}]
  }
  const fastest = ({frontier}: VariantOutcome): VariantPoint => frontier[0]!
  const cheapest = ({frontier}: VariantOutcome): VariantPoint => frontier.at(-1)!
  return [
    {header: 'variant', cell: ({knobs}) => knobsText(knobs), align: 'left'},
    {header: 'fastest', cell: (each) => formatQuantity(fastest(each).latencySeconds, 's')},
    {header: 'energy', cell: (each) => energyText(result, fastest(each).energyJoules)},
    ...bands(0),
    {header: 'at', cell: (each) => clockInMegahertz(fastest(each).clockHertz), dropOrder: 2},
    {header: 'least energy', cell: (each) => energyText(result, cheapest(each).energyJoules)},
    ...bands(-1),
    {header: 'time', cell: (each) => formatQuantity(cheapest(each).latencySeconds, 's')},
    {header: 'at', cell: (each) => clockInMegahertz(cheapest(each).clockHertz), dropOrder: 1},
  ]
}

function pointColumns(result: BandedVariants): TableColumn<VariantPoint>[] {
  const {frontier, energyBands} = result
  const fastest = frontier[0]!
  return [
    {header: 'best of all', cell: ({variant}) => knobsText(variant), align: 'left'},
    {header: 'clock', cell: ({clockHertz}) => clockInMegahertz(clockHertz)},
    {header: 'time', cell: ({latencySeconds}) => formatQuantity(latencySeconds, 's')},
    {header: 'slower', cell: ({latencySeconds}) => formatPercent(latencySeconds / fastest.latencySeconds - 1), dropOrder: 1},
    {header: 'energy', cell: ({energyJoules}) => energyText(result, energyJoules)},
    ...(energyBands === null
      ? []
      : [{header: 'nine in ten', cell: (point: VariantPoint) => bandText(result, energyBands[frontier.indexOf(point)]!), dropOrder: 2}]),
    {header: 'saved', cell: ({energyJoules}) => formatPercent(1 - energyJoules / fastest.energyJoules)},
    {header: '', cell: (point) => marksOf(result, point), align: 'left'},
  ]
}

function marksOf({cheapestInTime, leastEnergy, leastEnergyDelay}: BandedVariants, point: VariantPoint): string {
  const isSame = (other: VariantPoint | null): boolean => other?.latencySeconds === point.latencySeconds
  return [
    ...(isSame(leastEnergy) ? ['least energy'] : []),
    ...(isSame(leastEnergyDelay) ? ['least energy · time'] : []),
    ...(isSame(cheapestInTime) ? ['cheapest in time'] : []),
  ].join(', ')
}

/** An even choice of points, with the marked ones and the fastest of each variant. */
function shownPoints(result: BandedVariants): VariantPoint[] {
  const {frontier} = result
  const stride = Math.max(1, Math.ceil(frontier.length / shownPointCount))
  const isNew = (index: number): boolean => index === 0 || knobsText(frontier[index]!.variant) !== knobsText(frontier[index - 1]!.variant)
  return frontier.filter((point, index) => index % stride === 0 || isNew(index) || marksOf(result, point) !== '')
}
