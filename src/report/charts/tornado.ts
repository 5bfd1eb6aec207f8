import type {TopLevelSpec} from 'vega-lite'
import {textWidth, wrappedLines} from '../font.js'
import {type Theme, themes} from '../theme.js'
import {axisTitle, axisUnit, quantityExpression, quantityText, units} from '../unit.js'
import {type ChartKind, type DataRow, type FigureStyle, figureFrame, figurePixels, type Layer, legendColumns} from './chart.js'
import {labelLayers} from './label-layers.js'
import {labelledPlaces} from './labelled-places.js'

/** One constant, and the energy at both ends of its range. */
export interface TornadoBar {
  readonly name: string
  /** As the accelerator's file states it. */
  readonly rangeText: string
  readonly lowEndJoules: number
  readonly highEndJoules: number
  readonly varianceRatio: number
}

/** What the energy of one pass depends on, widest swing first. */
export interface TornadoPass {
  readonly name: string
  readonly energyJoules: number
  /** Nine in ten samples lie between these, all constants moved at once. */
  readonly p5Joules: number
  readonly p95Joules: number
  readonly bars: readonly TornadoBar[]
}

export interface TornadoInput {
  readonly passes: readonly TornadoPass[]
}

/** More bars, or bars below this share of the widest, would show what hardly matters. */
const mostShownCount = 10
const leastShownRatio = 0.005

/** The bars that are drawn. */
export function shownBars({bars}: TornadoPass): readonly TornadoBar[] {
  const swing = ({lowEndJoules, highEndJoules}: TornadoBar): number => Math.abs(highEndJoules - lowEndJoules)
  const widest = Math.max(...bars.map(swing))
  return bars.filter((bar) => swing(bar) >= leastShownRatio * widest).slice(0, mostShownCount)
}

/** In the order of the theme's colours for less, whole and more. */
const ends = {low: 'at the low end of its range', high: 'at the high end'} as const

/** "x2" reads "×/÷ 2", and two ends "0.42 to 0.54 pJ/op". */
export function rangeWords(rangeText: string): string {
  const factor = /^[x×]\s*(.+)$/.exec(rangeText)?.[1]
  if (factor !== undefined) return `×/÷ ${factor}`
  const [, low, high] = /^\[\s*(.+?)\s*,\s*(.+?)\s*\]$/.exec(rangeText) ?? []
  if (low === undefined || high === undefined) return rangeText
  const [number, unit] = [low.split(' ')[0]!, low.split(' ').slice(1).join(' ')]
  return unit !== '' && high.endsWith(` ${unit}`) ? `${number} to ${high}` : `${low} to ${high}`
}

interface PanelLayout {
  readonly labelPixels: number
  readonly widthPixels: number
  /** Of the column of shares to the right of the bars. */
  readonly textPixels: number
}

const barLabel = ({name, rangeText}: TornadoBar): string => `${name} (${rangeWords(rangeText)})`
const barText = ({varianceRatio}: TornadoBar): string => quantityText(varianceRatio, units.ratio)
const shareTitle = 'of variance'

function panelSpec(pass: TornadoPass, layout: PanelLayout, style: FigureStyle, isTitled: boolean) {
  const theme: Theme = themes[style.theme]
  const bars = shownBars(pass).map((bar, placeIndex) => {
    const lines = wrappedLines(barLabel(bar), layout.labelPixels, theme.labelPixels)
    return {placeIndex, lines, lineCount: lines.length, text: barText(bar), constant: bar.name, range: rangeWords(bar.rangeText), bar}
  })
  const reached = [pass.p5Joules, pass.p95Joules, pass.energyJoules, ...pass.bars.flatMap((bar) => [bar.lowEndJoules, bar.highEndJoules])]
  const [least, most] = [Math.min(...reached), Math.max(...reached)]
  const room = (most - least || most) * 0.04
  const {scaleRatio, symbol} = axisUnit(most, 'joules')
  const y = labelledPlaces(layout.labelPixels + theme.labelPixels)
  const x = {
    type: 'quantitative',
    title: axisTitle('Energy of a pass', symbol),
    scale: {domain: [least - room, most + room], nice: false, zero: false},
    axis: {labelExpr: `format(datum.value * ${scaleRatio}, ',~r')`, tickCount: style.span === 'page' ? 6 : 4},
  } as const
  const title = {
    text: pass.name,
    fontSize: theme.labelPixels,
    anchor: 'start' as const,
    frame: 'bounds' as const,
    offset: theme.labelPixels * 1.8,
  }
  const shares = bars.map(({placeIndex, text}) => ({placeIndex, text}))
  return {
    ...(isTitled ? {title} : {}),
    width: layout.widthPixels,
    height: {step: theme.labelPixels * (Math.max(...bars.map(({lineCount}) => lineCount), 1) * 1.2 + 0.7)},
    layer: [
      bandLayer(pass, x),
      barLayer(pass, bars, x, y, layout, style),
      ...statedLayers(pass, x, theme),
      ...labelLayers(bars, y, theme),
      {
        data: {values: shares},
        mark: {type: 'text', style: 'note', align: 'right', baseline: 'middle'},
        encoding: {x: {value: layout.widthPixels + layout.textPixels}, y, text: {field: 'text', type: 'nominal'}},
      } satisfies Layer,
      {
        data: {values: [{text: shareTitle}]},
        mark: {type: 'text', style: 'noteMuted', align: 'right', baseline: 'bottom', dy: -theme.labelPixels / 4},
        encoding: {x: {value: layout.widthPixels + layout.textPixels}, y: {value: 0}, text: {field: 'text', type: 'nominal'}},
      } satisfies Layer,
    ],
  }
}

/** Where nine in ten samples of all constants together lie. */
function bandLayer({p5Joules, p95Joules}: TornadoPass, x: object): Layer {
  return {
    data: {values: [{from: p5Joules, to: p95Joules}]},
    mark: {type: 'rect', style: 'band', opacity: 0.18, aria: false},
    encoding: {x: {...x, type: 'quantitative', field: 'from'}, x2: {field: 'to'}},
  }
}

interface DrawnBar {
  readonly placeIndex: number
  readonly constant: string
  readonly range: string
  readonly text: string
  readonly bar: TornadoBar
}

function barLayer(pass: TornadoPass, bars: readonly DrawnBar[], x: object, y: object, layout: PanelLayout, style: FigureStyle): Layer {
  const values = bars.flatMap(({placeIndex, constant, range, text, bar}) =>
    [
      {end: ends.low, to: bar.lowEndJoules},
      {end: ends.high, to: bar.highEndJoules},
    ].map((half) => ({placeIndex, constant, range, text, from: pass.energyJoules, ...half})),
  )
  const names = Object.values(ends)
  return {
    data: {values},
    transform: [{calculate: quantityExpression('datum.to', 'joules'), as: 'toText'}],
    mark: {type: 'bar'},
    encoding: {
      x: {...x, type: 'quantitative', field: 'from'},
      x2: {field: 'to'},
      y,
      color: {
        field: 'end',
        type: 'nominal',
        title: null,
        scale: {domain: names},
        legend: {columns: legendColumns(style, names, layout.widthPixels), symbolType: 'square'},
      },
      tooltip: [
        {field: 'constant', type: 'nominal', title: 'Constant'},
        {field: 'range', type: 'nominal', title: 'Range'},
        {field: 'end', type: 'nominal', title: 'Moved'},
        {field: 'toText', type: 'nominal', title: 'Energy'},
        {field: 'text', type: 'nominal', title: 'Of the variance'},
      ],
    },
  }
}

/** The energy with every constant as stated, as a line through all bars. */
function statedLayers({energyJoules}: TornadoPass, x: object, theme: Theme): Layer[] {
  const data = {values: [{stated: energyJoules, text: `as stated ${quantityText(energyJoules, units.joules)}`}]}
  const at = {...x, field: 'stated', type: 'quantitative'} as const
  return [
    {data, mark: {type: 'rule', style: 'identity'}, encoding: {x: at}},
    {
      data,
      mark: {type: 'text', style: 'note', align: 'center', baseline: 'bottom', dy: -theme.labelPixels / 4},
      encoding: {x: at, y: {value: 0}, text: {field: 'text', type: 'nominal'}},
    },
  ]
}

function spec(input: TornadoInput, style: FigureStyle): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const total = figurePixels(style)
  const bars = input.passes.flatMap(shownBars)
  const longest = Math.max(...bars.map((bar) => textWidth(barLabel(bar), theme.labelPixels)), 0)
  const labelPixels = Math.ceil(Math.min(longest, total * (style.span === 'page' ? 0.38 : 0.4)))
  const texts = [shareTitle, ...bars.map(barText)]
  const textPixels = Math.ceil(Math.max(...texts.map((text) => textWidth(text, theme.labelPixels))) + theme.labelPixels / 2)
  const widthPixels = Math.floor(total - labelPixels - textPixels - theme.labelPixels * 2.2)
  const isTitled = input.passes.length > 1
  const panels = input.passes.map((pass) => panelSpec(pass, {labelPixels, widthPixels, textPixels}, style, isTitled))
  return {...figureFrame(style, notesOf(input)), vconcat: panels, spacing: theme.labelPixels * 2}
}

function notesOf({passes}: TornadoInput): string[] {
  const isCut = passes.some((pass) => shownBars(pass).length < pass.bars.length)
  const cut = isCut ? '; constants that move it less are not drawn' : ''
  return [`each constant alone over its range; shaded: nine in ten samples of all at once${cut}`]
}

function rows(input: TornadoInput): DataRow[] {
  return input.passes.flatMap(({name, energyJoules, p5Joules, p95Joules, bars}) => [
    {pass: name, constant: 'all', range: '', lowEndJoules: p5Joules, highEndJoules: p95Joules, energyJoules, varianceRatio: 1},
    ...bars.map(({name: constant, rangeText, lowEndJoules, highEndJoules, varianceRatio}) => ({
      pass: name,
      constant,
      range: rangeText,
      lowEndJoules,
      highEndJoules,
      energyJoules,
      varianceRatio,
    })),
  ])
}

/** What the energy of a pass depends on: its swing over the range of each constant, the widest first. */
export const tornado: ChartKind<TornadoInput> = {summary: 'energy over the range of each constant, the widest swing first', spec, rows}
