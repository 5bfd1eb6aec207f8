import {textWidth} from '../font.js'
import {type Theme, themes} from '../theme.js'
import {axisTitle, axisUnit, quantityText, type ShownUnit, unitShown} from '../unit.js'
import {type AxisRange, axisRange} from './axis-range.js'
import {type DataRow, type FigureStyle, legendColumns, plotPixels} from './chart.js'

/** What colours points: a quantity, a few levels of one, or words. */
export interface ParetoColour {
  readonly field: string
  readonly title: string
  readonly unit?: ShownUnit
  /** The values that it takes, in order, where they are few or words; without them colours run on evenly. */
  readonly levels?: readonly (number | string)[]
}

/** Most levels of a quantity that are told apart by a colour each. */
export const mostColourLevels = 8

/** Whether a point has a value that a colour stands for; one without keeps its place, and is drawn hollow. */
export function hasColour(row: DataRow, {field, levels}: ParetoColour): boolean {
  const value = row[field]
  return levels === undefined ? Number.isFinite(value) : levels.some((level) => level === value)
}

/** Range of colours without levels, exactly that of their values, with few enough ticks for a short legend. */
export function colourRange(points: readonly DataRow[], colour: ParetoColour): AxisRange {
  let [low, high] = [Infinity, -Infinity]
  for (const point of points) {
    if (!hasColour(point, colour)) continue
    const value = Number(point[colour.field])
    ;[low, high] = [Math.min(low, value), Math.max(high, value)]
  }
  if (low > high) return {domain: [0, 1], tickValues: [], isLog: false}
  const {tickValues, isLog} = axisRange(low, high, axisUnit(high, unitShown(colour.unit)).scaleRatio, 4)
  return {domain: [low, high], tickValues: tickValues.filter((tick) => tick >= low && tick <= high), isLog}
}

const placeField = 'colourPlace'

/** What a layer of coloured marks needs. */
export interface Colouring {
  /** A Vega expression: whether a row has a colour. */
  readonly isTold: string
  /** Keeps rows that have one, with what it stands for. */
  readonly transform: ({filter: string} | {calculate: string; as: string})[]
  readonly color: ReturnType<typeof evenColour> | ReturnType<typeof stepColour> | ReturnType<typeof wordColour>
}

/** How points are coloured: evenly, by steps of the theme's ramp, or by words. */
export function colouring(points: readonly DataRow[], colour: ParetoColour, style: FigureStyle): Colouring {
  const {field, levels} = colour
  const theme: Theme = themes[style.theme]
  const value = `datum[${JSON.stringify(field)}]`
  const isTold = `isValid(${value})`
  const transform = [{filter: isTold}]
  if (levels === undefined) return {isTold, transform, color: evenColour(colour, colourRange(points, colour), theme)}
  const isWords = levels.some((level) => typeof level === 'string')
  if (isWords && levels.length <= theme.ink.categories.length) return {isTold, transform, color: wordColour(colour, levels, style)}
  const place = {calculate: `indexof(${JSON.stringify(levels)}, ${value})`, as: placeField}
  return {isTold, transform: [...transform, place], color: stepColour(colour, levels, style)}
}

const beside = {titleOrient: 'left', direction: 'horizontal'} as const

function evenColour({field, title, unit}: ParetoColour, {domain, tickValues, isLog}: AxisRange, theme: Theme) {
  const {scaleRatio, symbol} = axisUnit(domain[1], unitShown(unit))
  const legend = {
    ...beside,
    title: axisTitle(isLog ? `${title}, log scale` : title, symbol),
    labelExpr: `format(datum.value * ${scaleRatio}, ',~r')`,
    values: [...tickValues],
    gradientLength: theme.labelPixels * 18,
  }
  const scale = {type: isLog ? ('log' as const) : ('linear' as const), domain: [...domain], nice: false}
  return {field, type: 'quantitative' as const, scale, legend}
}

/** Even steps of the theme's ramp, from one end to the other. */
function stepColour(colour: ParetoColour, levels: readonly (number | string)[], style: FigureStyle) {
  const texts = levelTexts(levels, colour.unit)
  return {
    field: placeField,
    type: 'quantitative' as const,
    scale: {domain: [0, Math.max(1, levels.length - 1)], nice: false},
    legend: {
      ...levelLegend(colour, texts, style),
      type: 'symbol' as const,
      values: levels.map((_, place) => place),
      labelExpr: `${JSON.stringify(texts)}[datum.value]`,
    },
  }
}

function wordColour(colour: ParetoColour, levels: readonly (number | string)[], style: FigureStyle) {
  return {
    field: colour.field,
    type: 'nominal' as const,
    scale: {domain: [...levels]},
    legend: levelLegend(colour, levels.map(String), style),
  }
}

function levelLegend({title}: ParetoColour, texts: readonly string[], style: FigureStyle) {
  const {labelPixels} = themes[style.theme]
  const titlePixels = textWidth(title, labelPixels, 'bold') + labelPixels
  const columns = legendColumns(style, texts, plotPixels(style) - titlePixels)
  return {...beside, title, symbolType: 'circle' as const, symbolOpacity: 1, symbolStrokeWidth: 0, columns}
}

/** Levels as people write them; with more digits where three would write two of them alike. */
function levelTexts(levels: readonly (number | string)[], unit: ShownUnit | undefined): string[] {
  const textOf = (level: number | string): string => (typeof level === 'string' ? level : quantityText(level, unitShown(unit)))
  const texts = levels.map(textOf)
  if (new Set(texts).size === texts.length) return texts
  const {scaleRatio, symbol} = axisUnit(Math.max(...levels.map(Number)), unitShown(unit))
  return levels.map((level) => `${Number((Number(level) * scaleRatio).toPrecision(9))} ${symbol}`.trim())
}
