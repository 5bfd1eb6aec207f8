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

/** The band of the time; a dash where no constant moves it. */
export function latencyBandText(bands: Bands): string {
  if (bands === null) return nothing
  const {p5Seconds, p95Seconds} = bands.latencyBand
  return p95Seconds > p5Seconds * (1 + 1e-9) ? formatBand(p5Seconds, p95Seconds, 's') : nothing
}

/** A band in brackets behind its value; nothing where there is none. */
export function beside(band: string): string {
  return band === nothing ? '' : ` (${band})`
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
  const {file, line} = accelerator.source.problem(first.pointer, '')
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return yellow(`no bands: the estimate at ${file}:${line} ${first.pointer}${more} states no range`)
}
