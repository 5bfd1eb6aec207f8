import type {Accelerator} from '../accelerator/accelerator.js'
import type {Palette} from '../cli/colour.js'
import {formatBand, formatPercent, nothing} from '../cli/text.js'
import type {PassBands, Uncertainty} from '../uncertainty/monte-carlo.js'
import {unrangedConstants} from '../uncertainty/moving-constants.js'

type Bands = PassBands | null

/** "2.32 to 3.79 J"; a dash where no band is drawn. */
export function energyBandText(bands: Bands): string {
  return bands === null ? nothing : formatBand(bands.energyBand.p5Joules, bands.energyBand.p95Joules, 'J')
}

/** "299 to 489 W"; a dash where no band is drawn. */
export function powerBandText(bands: Bands): string {
  return bands === null ? nothing : formatBand(bands.powerBand.p5Watts, bands.powerBand.p95Watts, 'W')
}

/** "781 to 981 ms"; a dash where no band is drawn. */
export function latencyBandText(bands: Bands): string {
  return bands === null ? nothing : formatBand(bands.latencyBand.p5Seconds, bands.latencyBand.p95Seconds, 's')
}

/** A band in brackets behind its value; nothing where it reads as one value, or there is none. */
export function beside(band: string): string {
  return band.includes(' to ') ? ` (${band})` : ''
}

/** What the bands are of, or why there are none. */
export function uncertaintyText(
  uncertainty: Uncertainty | null,
  accelerator: Accelerator,
  {dim, yellow}: Pick<Palette, 'dim' | 'yellow'>,
): string {
  if (uncertainty === null) return missingText(accelerator, {dim, yellow})
  const {sampleCount, constantCount, withTimeError, timeErrorRatio} = uncertainty
  const of = `in brackets: nine in ten of ${sampleCount} samples over the ranges of ${constantCount} constants`
  if (withTimeError === null) return dim(of)
  const wider = `${energyBandText(withTimeError)} and ${powerBandText(withTimeError)}`
  return dim(`${of}; with the time ${formatPercent(timeErrorRatio)} off on average as well, ${wider}`)
}

function missingText(accelerator: Accelerator, {dim, yellow}: Pick<Palette, 'dim' | 'yellow'>): string {
  const [first, ...others] = unrangedConstants(accelerator)
  if (first === undefined) return dim('no bands: --uncertainty off')
  const {file, line, column} = accelerator.source.problem(first.pointer, '')
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return yellow(`no bands: the estimate at ${file}:${line}:${column} ${first.pointer}${more} states no range`)
}
