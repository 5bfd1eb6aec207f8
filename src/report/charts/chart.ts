import type {TopLevelSpec} from 'vega-lite'
import {textWidth, wrappedLines} from '../font.js'
import {type Theme, type ThemeName, themeConfig, themes} from '../theme.js'

/** A flat row of a figure's data: what is written beside it, and what its table shows. */
export type DataRow = Readonly<Record<string, string | number | boolean>>

export type Span = 'column' | 'page'

/** One layer of a layered figure. */
export type Layer = Extract<TopLevelSpec, {layer: unknown}>['layer'][number]

/** How a figure is to be drawn; what it shows is its input. */
export interface FigureStyle {
  readonly theme: ThemeName
  readonly span: Span
  /** Drawn inside the figure; pages leave it out and set it as a heading. */
  readonly title?: string
  readonly interactive: boolean
}

/** A kind of chart: plain records in, a Vega-Lite figure out. */
export interface ChartKind<Input> {
  readonly summary: string
  spec(input: Input, style: FigureStyle): TopLevelSpec
  /** The figure's data, flat, as it is written beside it. */
  rows(input: Input): readonly DataRow[]
}

/** The parts of a spec that every chart shares: its theme, and its title with what the reader must know, which a page without titles finds in `usermeta`. */
export function figureFrame(style: FigureStyle, notes: readonly string[] = []) {
  const theme: Theme = themes[style.theme]
  const width = figurePixels(style) - theme.labelPixels
  const subtitle = notes.flatMap((note) => wrappedLines(note, width, theme.labelPixels))
  const title =
    style.title === undefined
      ? {}
      : {
          title: {
            text: wrappedLines(style.title, width, theme.headingPixels, 'bold'),
            ...(subtitle.length > 0 ? {subtitle} : {}),
          },
        }
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    usermeta: {theme: style.theme, notes: [...notes]},
    config: themeConfig(style.theme),
    ...title,
  } as const
}

/** Total width of the figure in chart pixels. */
export function figurePixels(style: FigureStyle): number {
  const theme: Theme = themes[style.theme]
  return Math.floor((style.span === 'page' ? theme.pageInches : theme.columnInches) * theme.pixelsPerInch)
}

/** Width left for plots side by side, once the y axis, its title and the padding have taken theirs. */
export function plotPixels(style: FigureStyle, axisPixels?: number): number {
  const theme: Theme = themes[style.theme]
  const padding = Math.round(theme.labelPixels / 2)
  const axis = axisPixels ?? theme.axisPixels + theme.labelPixels * 0.6 + theme.titlePixels * 1.3
  return Math.floor(figurePixels(style) - 2 * padding - axis - theme.labelPixels)
}

/** Columns of a legend that fit side by side under a figure. */
export function legendColumns(style: FigureStyle, labels: readonly string[], availablePixels = plotPixels(style)): number {
  const theme: Theme = themes[style.theme]
  const longest = Math.max(...labels.map((label) => textWidth(label, theme.labelPixels)))
  const entryPixels = longest + theme.labelPixels * 2.9
  return Math.max(1, Math.min(labels.length, Math.floor((availablePixels + theme.labelPixels) / entryPixels)))
}

/** Names in order of first appearance. */
export function distinct(names: Iterable<string>): string[] {
  return [...new Set(names)]
}

/** A logarithmic position with its exact range. */
export function logPosition<Field extends string>(field: Field, domain: readonly [number, number]) {
  return {field, type: 'quantitative' as const, scale: {type: 'log' as const, domain: [...domain], nice: false}}
}

/** A label expression that writes only the powers of ten, since a log axis's other ticks would crowd. */
export function decadeLabel(value: string, text = `format(${value}, ',~r')`): string {
  return `abs(log(${value}) / LN10 - round(log(${value}) / LN10)) < 1e-6 ? ${text} : ''`
}

/** Powers of ten within a range, every n-th of them where there would be more than `most`; in a narrow range also twice and five times them. */
export function decadeTicks([low, high]: readonly [number, number], most: number): number[] {
  const rounding = 1e-9
  const first = Math.floor(Math.log10(low))
  const exponents = Array.from({length: Math.floor(Math.log10(high) + rounding) - first + 1}, (_, index) => first + index)
  const inside = (factors: readonly number[]): number[] =>
    exponents
      .flatMap((exponent) => factors.map((factor) => Number(`${factor}e${exponent}`)))
      .filter((tick) => tick >= low * (1 - rounding) && tick <= high * (1 + rounding))
  const [powers, finer] = [inside([1]), inside([1, 2, 5])]
  if (powers.length < 3 && finer.length <= most) return finer
  const stride = Math.max(1, Math.ceil(powers.length / most))
  return powers.filter((_, index) => index % stride === 0)
}
