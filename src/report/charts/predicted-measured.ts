import type {TopLevelSpec} from 'vega-lite'
import {wrappedLines} from '../font.js'
import {type Theme, themes} from '../theme.js'
import {quantityExpression, quantityText, units} from '../unit.js'
import {
  type ChartKind,
  type DataRow,
  decadeTicks,
  distinct,
  type FigureStyle,
  figureFrame,
  type Layer,
  legendColumns,
  logPosition,
  plotPixels,
} from './chart.js'
import {
  byCount,
  type Compared,
  comparedPoints,
  evenDomain,
  type PredictedMeasuredInput,
  quantities,
  sharedDomain,
} from './predicted-measured-points.js'

export type {PredictedMeasuredInput} from './predicted-measured-points.js'

/** Relative errors that the bands show, widest first. */
export const bandRatios = [0.2, 0.1] as const

/** Most points that a still figure draws. */
const drawnLimitCount = 4000

function bandLayers(domain: readonly [number, number], x: ReturnType<typeof logPosition>): Layer[] {
  const [low, high] = domain
  const ends = [low, high]
  const bands = bandRatios.map(
    (ratio): Layer => ({
      data: {values: ends.map((measured) => ({measured, low: measured * (1 - ratio), high: measured * (1 + ratio)}))},
      mark: {type: 'area', style: 'band', opacity: 0.3, clip: true},
      encoding: {x, y: {...logPosition('low', domain)}, y2: {field: 'high'}},
    }),
  )
  const identity: Layer = {
    data: {values: ends.map((measured) => ({measured, predicted: measured}))},
    mark: {type: 'line', style: 'identity', clip: true},
    encoding: {x, y: logPosition('predicted', domain)},
  }
  return [...bands, identity]
}

interface Layout {
  readonly columnCount: number
  readonly sidePixels: number
  /** Height of the ratios over the width of a panel. */
  readonly ratioShare: number
}

function layoutOf(panelCount: number, mostColumns: number, style: FigureStyle): Layout {
  const theme: Theme = themes[style.theme]
  const columnCount = Math.min(panelCount, style.span === 'page' ? mostColumns : 2)
  const ratioShare = columnCount > 3 ? 0.5 : 0.4
  const gap = theme.labelPixels * 1.5
  // The last tick's label reaches past its panel.
  const room = plotPixels(style) - (gap + theme.labelPixels * 1.6) * (columnCount - 1) - theme.labelPixels
  const share = columnCount === 1 && style.span === 'page' ? 0.6 : 1
  const sidePixels = (titleLines: number): number => Math.floor(((room - (titleLines - 1) * theme.titlePixels * 1.2) / columnCount) * share)
  const lineCount = titleLines(ratioTitle, sidePixels(1) * ratioShare, style).length
  return {columnCount, sidePixels: sidePixels(lineCount), ratioShare}
}

const ratioTitle = 'Predicted / measured'

/** A title that is longer than its axis breaks in lines, since it would push its panel out of the row. */
function titleLines(title: string, heightPixels: number, style: FigureStyle): string[] {
  const {titlePixels}: Theme = themes[style.theme]
  return wrappedLines(title, heightPixels, titlePixels)
}

/** What the panel is of and how well it is predicted, in two lines. */
function panelTitle(panel: string, own: readonly Compared[]): string[] {
  const mape = own.reduce((sum, {measured, predicted}) => sum + Math.abs(predicted - measured) / measured, 0) / own.length
  return [panel, `MAPE ${quantityText(mape, units.ratio)}, n = ${own.length}`]
}

interface PanelPlace {
  readonly domain: readonly [number, number]
  /** Of predicted over measured, even around 1. */
  readonly ratioDomain: readonly [number, number]
  readonly marks: readonly string[]
  readonly layout: Layout
  /** The first of its row, which alone bears the vertical axis. */
  readonly isFirst: boolean
}

/** Shapes of marks; with the colours they tell more than fifty classes apart. */
const shapes = ['circle', 'square', 'triangle-up', 'cross', 'diamond', 'triangle-right', 'triangle-down', 'triangle-left']

/** A shape for each class: moved on by one each time the theme's colours begin again, so that no pair of colour and shape repeats. */
export function classShapes(classCount: number, colourCount: number): string[] {
  return Array.from({length: classCount}, (_, index) => shapes[(index + Math.floor(index / colourCount)) % shapes.length]!)
}

/** The first panel of a row names the ticks and the axis; the others only mark them. */
function verticalAxis(isFirst: boolean, axis: object) {
  return isFirst ? {...axis, labelBound: true} : {...axis, title: null, labels: false, minExtent: 0, maxExtent: 0}
}

function pointLayer(points: readonly Compared[], place: PanelPlace, input: PredictedMeasuredInput, style: FigureStyle, y: object): Layer {
  const theme: Theme = themes[style.theme]
  const {domain, marks, layout} = place
  const {title, unit} = quantities[input.quantity]
  const isRatio = 'field' in y && y.field === 'ratio'
  const byMark = {field: 'mark', type: 'nominal', title: null} as const
  const isTold = input.panels !== 'class' || marks.length > 1
  const hasNames = points.some((point) => point.name !== undefined)
  const hasFormats = points.some((point) => point.dtype !== undefined)
  return {
    data: {values: points.map((point) => ({...point}))},
    transform: [
      {calculate: 'datum.predicted / datum.measured', as: 'ratio'},
      {calculate: quantityExpression('datum.measured', unit), as: 'measuredText'},
      {calculate: quantityExpression('datum.predicted', unit), as: 'predictedText'},
      {calculate: `format(datum.ratio - 1, '+.1%')`, as: 'errorText'},
    ],
    mark: {type: 'point', filled: true, style: 'compared', size: theme.markSquarePixels * 0.4, opacity: 0.8, clip: true},
    encoding: {
      x: {
        ...logPosition('measured', domain),
        axis: {
          values: decadeTicks(domain, layout.sidePixels / (theme.labelPixels * 5)),
          title: isRatio ? `Measured ${title}` : null,
          labels: isRatio,
          grid: false,
          labelExpr: quantityExpression('datum.value', unit),
        },
      },
      y: y as ReturnType<typeof logPosition>,
      color: {
        ...byMark,
        scale: {domain: [...marks]},
        legend: isTold ? {columns: legendColumns(style, marks)} : null,
      },
      shape: {
        ...byMark,
        scale: {domain: [...marks], range: classShapes(marks.length, theme.ink.categories.length)},
        ...(isTold ? {} : {legend: null}),
      },
      tooltip: [
        ...(hasNames ? [{field: 'name', type: 'nominal' as const, title: 'Name'}] : []),
        {field: 'operatorClass', type: 'nominal', title: 'Class'},
        {field: 'device', type: 'nominal', title: 'Device'},
        ...(hasFormats ? [{field: 'dtype', type: 'nominal' as const, title: 'Format'}] : []),
        {field: 'measuredText', type: 'nominal', title: 'Measured'},
        {field: 'predictedText', type: 'nominal', title: 'Predicted'},
        {field: 'errorText', type: 'nominal', title: 'Error'},
      ],
    },
  }
}

/** Predicted over measured on log axes: what five decades hide of an error shows in the panel below. */
function comparisonPanel(points: readonly Compared[], place: PanelPlace, input: PredictedMeasuredInput, style: FigureStyle) {
  const theme: Theme = themes[style.theme]
  const {domain, layout, isFirst} = place
  const {title, unit} = quantities[input.quantity]
  const axis = {
    values: decadeTicks(domain, layout.sidePixels / (theme.labelPixels * 5)),
    title: `Predicted ${title}`,
    grid: false,
    labelExpr: quantityExpression('datum.value', unit),
  }
  const y = {...logPosition('predicted', domain), axis: verticalAxis(isFirst, axis)}
  return {
    width: layout.sidePixels,
    height: Math.round(layout.sidePixels * 0.8),
    layer: [...bandLayers(domain, logPosition('measured', domain)), pointLayer(points, place, input, style, y)],
  }
}

/** Round ratios within a range: fine ones where it is narrow, powers of ten where it is wide. */
export function ratioTicks(low: number, high: number): number[] {
  const steps = high < 2.2 ? [0.5, 0.7, 1, 1.4, 2] : [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]
  const inside = steps.filter((value) => value >= low && value <= high)
  return inside.length <= 7 ? inside : inside.filter((value) => Number.isInteger(Math.log10(value)))
}

function ratioPanel(points: readonly Compared[], place: PanelPlace, input: PredictedMeasuredInput, style: FigureStyle) {
  const {domain, ratioDomain, layout, isFirst} = place
  const height = Math.round(layout.sidePixels * layout.ratioShare)
  const [low, high] = ratioDomain
  const values = ratioTicks(low, high)
  const axis = {values, title: titleLines(ratioTitle, height, style), grid: false, labelExpr: "format(datum.value, '~r')"}
  const y = logPosition('ratio', ratioDomain)
  const x = logPosition('measured', domain)
  const bands = bandRatios.map(
    (ratio): Layer => ({
      data: {values: domain.map((measured) => ({measured, ratio: 1 - ratio, high: 1 + ratio}))},
      mark: {type: 'area', style: 'band', opacity: 0.3, clip: true},
      encoding: {x, y, y2: {field: 'high'}},
    }),
  )
  const identity: Layer = {
    data: {values: domain.map((measured) => ({measured, ratio: 1}))},
    mark: {type: 'line', style: 'identity', clip: true},
    encoding: {x, y},
  }
  const marks = pointLayer(points, place, input, style, {...y, axis: verticalAxis(isFirst, axis)})
  return {width: layout.sidePixels, height, layer: [...bands, identity, marks]}
}

function spec(input: PredictedMeasuredInput, style: FigureStyle): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const all = comparedPoints(input)
  const stride = Math.ceil(all.length / drawnLimitCount)
  const drawn = style.interactive ? all : all.filter((_, index) => index % stride === 0)
  const isByClass = input.panels === 'class'
  const names = isByClass ? byCount(all.map(({panel}) => panel)) : distinct(all.map(({panel}) => panel))
  const layout = layoutOf(Math.max(1, names.length), isByClass ? 4 : 3, style)
  const shared = {domain: sharedDomain(all), ratioDomain: evenDomain(all), marks: byCount(all.map(({mark}) => mark)), layout}
  const notes = [
    'line: predicted = measured; bands: ±10 % and ±20 %',
    ...(drawn.length < all.length ? [`${drawn.length} of ${all.length} points drawn: every ${stride}th`] : []),
  ]
  const panels = names.map((name, index) => {
    const own = drawn.filter(({panel}) => panel === name)
    const place = {...shared, isFirst: index % layout.columnCount === 0}
    return {
      title: {
        text: panelTitle(
          name,
          all.filter(({panel}) => panel === name),
        ),
        fontSize: theme.labelPixels,
        anchor: 'start' as const,
        frame: 'group' as const,
        offset: theme.labelPixels / 2,
      },
      spacing: theme.labelPixels,
      vconcat: [comparisonPanel(own, place, input, style), ratioPanel(own, place, input, style)],
    }
  })
  return {...figureFrame(style, notes), concat: panels, columns: layout.columnCount, spacing: theme.labelPixels * 1.5}
}

function rows(input: PredictedMeasuredInput): DataRow[] {
  return input.points.map((point) => ({...point}))
}

/** Predicted over measured on log axes with the identity and its ±10 % and ±20 % bands, and their ratio below, for each device or class. */
export const predictedMeasured: ChartKind<PredictedMeasuredInput> = {summary: 'predicted against measured, with error bands', spec, rows}
