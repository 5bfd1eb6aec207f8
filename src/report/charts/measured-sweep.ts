import type {TopLevelSpec} from 'vega-lite'
import {type Theme, themes} from '../theme.js'
import {axisTitle, axisUnit, quantityExpression, quantityText, units} from '../unit.js'
import {type AxisRange, axisRange} from './axis-range.js'
import {type ChartKind, type DataRow, distinct, type FigureStyle, figureFrame, type Layer, legendColumns, plotPixels} from './chart.js'
import type {ClockPoint} from './dvfs-panel.js'

export interface PredictedSweep {
  /** What it is predicted from. */
  readonly name: string
  readonly points: readonly ClockPoint[]
}

export interface MeasuredSweep {
  readonly name: string
  readonly measured: readonly ClockPoint[]
  readonly predicted: readonly PredictedSweep[]
}

export interface MeasuredSweepInput {
  readonly quantity: 'latency' | 'energy' | 'power'
  readonly sweeps: readonly MeasuredSweep[]
}

const quantities = {
  latency: {title: 'Time', unit: 'seconds', field: 'latencySeconds', band: undefined},
  energy: {title: 'Energy', unit: 'joules', field: 'energyJoules', band: ['p5Joules', 'p95Joules']},
  power: {title: 'Power', unit: 'watts', field: 'averageWatts', band: ['p5Watts', 'p95Watts']},
} as const

type Quantity = (typeof quantities)[keyof typeof quantities]

/** A point in its panel: its quantity over the measured one at the highest clock. */
interface Drawn {
  readonly name: string
  readonly clockHertz: number
  readonly shareRatio: number
  /** The quantity itself. */
  readonly amount: number
  readonly throttled: boolean
  /** Ends of its band over the same measured one; the point itself where there is no band. */
  readonly lowRatio: number
  readonly highRatio: number
}

interface Layout {
  readonly columnCount: number
  readonly widthPixels: number
  readonly clocks: AxisRange
  readonly shares: AxisRange
  readonly names: readonly string[]
}

function drawnPoints(name: string, points: readonly ClockPoint[], top: ClockPoint, {field, band}: Quantity): Drawn[] {
  const end = (point: ClockPoint, place: 0 | 1): number => (band === undefined ? undefined : point[band[place]]) ?? point[field]
  return points.map((point) => ({
    name,
    clockHertz: point.clockHertz,
    shareRatio: point[field] / top[field],
    amount: point[field],
    throttled: point.throttled,
    lowRatio: end(point, 0) / top[field],
    highRatio: end(point, 1) / top[field],
  }))
}

function layoutOf({sweeps}: MeasuredSweepInput, all: readonly Drawn[], style: FigureStyle): Layout {
  const theme: Theme = themes[style.theme]
  // Rows as even as they can be: five panels stand as three and two.
  const rowCount = Math.ceil(sweeps.length / (style.span === 'page' ? 4 : 2))
  const columnCount = Math.ceil(sweeps.length / rowCount)
  const gapPixels = theme.labelPixels * 1.5
  // The last tick's label reaches past its panel.
  const widthPixels = Math.floor((plotPixels(style) - gapPixels * (columnCount - 1)) / columnCount)
  const range = (values: readonly number[], scaleRatio: number, mostTicks: number): AxisRange =>
    axisRange(Math.min(...values), Math.max(...values), scaleRatio, mostTicks)
  return {
    columnCount,
    widthPixels,
    clocks: range(
      all.map(({clockHertz}) => clockHertz),
      1e-6,
      Math.max(2, Math.floor(widthPixels / (theme.labelPixels * 5))),
    ),
    shares: range(
      all.flatMap(({lowRatio, highRatio}) => [lowRatio, highRatio]),
      1,
      5,
    ),
    names: distinct(sweeps.flatMap(({predicted}) => predicted.map(({name}) => name))),
  }
}

function position<Field extends string>(field: Field, {domain, tickValues}: AxisRange, axis: object) {
  return {
    field,
    type: 'quantitative' as const,
    scale: {domain: [...domain], nice: false, zero: false},
    axis: {values: [...tickValues], ...axis},
  }
}

interface PanelPlace {
  readonly isFirst: boolean
  readonly isLowest: boolean
}

function panelSpec(sweep: MeasuredSweep, input: MeasuredSweepInput, layout: Layout, {isFirst, isLowest}: PanelPlace, style: FigureStyle) {
  const theme: Theme = themes[style.theme]
  const quantity = quantities[input.quantity]
  const top = sweep.measured.at(-1)!
  const clockUnit = axisUnit(layout.clocks.domain[1] / 10, 'hertz')
  const x = position('clockHertz', layout.clocks, {
    title: isLowest ? axisTitle('Core clock', clockUnit.symbol) : null,
    labels: isLowest,
    labelExpr: `format(datum.value * ${clockUnit.scaleRatio}, 'd')`,
    grid: false,
  })
  const bare = isFirst ? {labelBound: true} : {labels: false, minExtent: 0, maxExtent: 0}
  const y = position('shareRatio', layout.shares, {
    title: isFirst ? quantity.title : null,
    labelExpr: "format(datum.value, '~r')",
    ...bare,
  })
  const measured = drawnPoints('measured', sweep.measured, top, quantity)
  const predicted = sweep.predicted.flatMap(({name, points}) => drawnPoints(name, points, top, quantity))
  return {
    title: {
      text: panelTitle(sweep, quantity),
      fontSize: theme.labelPixels,
      fontWeight: 'normal' as const,
      anchor: 'start' as const,
      frame: 'group' as const,
      offset: theme.labelPixels / 3,
    },
    width: layout.widthPixels,
    height: Math.round(layout.widthPixels * (layout.columnCount === 1 ? 0.5 : 0.72)),
    layer: [
      ...onsetLayers(sweep, x, layout, theme),
      ...bandLayers(predicted, {x, y}, layout, style),
      lineLayer(predicted, {x, y}, layout, style),
      measuredLayer(measured, {x, y}, quantity, theme),
    ],
  }
}

/** What was swept, and how well each prediction hits it. */
function panelTitle({name, measured, predicted}: MeasuredSweep, {field}: Quantity): string[] {
  const errors = predicted.map(({points}) => {
    const sum = points.reduce((total, point, index) => total + Math.abs(point[field] / measured[index]![field] - 1), 0)
    return quantityText(sum / points.length, units.ratio)
  })
  return [name, `MAPE ${errors.join(', ')}`]
}

interface Axes {
  readonly x: ReturnType<typeof position<'clockHertz'>>
  readonly y: ReturnType<typeof position<'shareRatio'>>
}

function colourOf({names}: Layout, style: FigureStyle) {
  const legend = names.length < 2 ? null : ({columns: legendColumns(style, names), symbolType: 'stroke', symbolOpacity: 1} as const)
  return {field: 'name', type: 'nominal', title: null, scale: {domain: [...names]}, legend} as const
}

/** Around each prediction where nine in ten samples lie. */
function bandLayers(points: readonly Drawn[], {x, y}: Axes, layout: Layout, style: FigureStyle): Layer[] {
  const values = points.filter(({lowRatio, highRatio}) => lowRatio < highRatio)
  if (values.length === 0) return []
  const encoding = {x, y: {...y, field: 'lowRatio' as const}, y2: {field: 'highRatio' as const}, color: colourOf(layout, style)}
  return [{data: {values}, mark: {type: 'area', opacity: 0.18, line: false, aria: false}, encoding}]
}

function lineLayer(points: readonly Drawn[], axes: Axes, layout: Layout, style: FigureStyle): Layer {
  const colour = colourOf(layout, style)
  return {
    data: {values: points.map((point) => ({...point}))},
    mark: {type: 'line', style: 'curve'},
    encoding: {...axes, color: colour, strokeDash: colour},
  }
}

/** Clocks that the power limit did not let stand are hollow. */
function measuredLayer(points: readonly Drawn[], axes: Axes, {title, unit}: Quantity, theme: Theme): Layer {
  return {
    data: {values: points.map((point) => ({...point}))},
    transform: [
      {calculate: quantityExpression('datum.clockHertz', 'hertz'), as: 'clockText'},
      {calculate: quantityExpression('datum.amount', unit), as: 'amountText'},
    ],
    mark: {
      type: 'point',
      filled: true,
      size: theme.markSquarePixels * 0.55,
      opacity: 1,
      stroke: theme.ink.text,
      strokeWidth: theme.linePixels * 0.5,
    },
    encoding: {
      ...axes,
      fill: {condition: {test: 'datum.throttled', value: theme.ink.background}, value: theme.ink.text},
      tooltip: [
        {field: 'clockText', type: 'nominal', title: 'Clock'},
        {field: 'amountText', type: 'nominal', title: `Measured ${title.toLowerCase()}`},
      ],
    },
  }
}

/** Where each prediction is first throttled, in the colour of its line. */
function onsetLayers({predicted}: MeasuredSweep, x: Axes['x'], {names}: Layout, theme: Theme): Layer[] {
  return predicted.flatMap(({name, points}) => {
    const onset = points.find(({throttled}) => throttled)
    if (onset === undefined) return []
    const color = theme.ink.categories[names.indexOf(name) % theme.ink.categories.length]!
    const mark = {type: 'rule' as const, color, strokeWidth: theme.linePixels * 0.6, strokeDash: [theme.linePixels, theme.linePixels * 1.5]}
    return [{data: {values: [{clockHertz: onset.clockHertz}]}, mark, encoding: {x}}]
  })
}

function spec(input: MeasuredSweepInput, style: FigureStyle): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const quantity = quantities[input.quantity]
  const all = input.sweeps.flatMap(({name, measured, predicted}) =>
    [measured, ...predicted.map(({points}) => points)].flatMap((points) => drawnPoints(name, points, measured.at(-1)!, quantity)),
  )
  const layout = layoutOf(input, all, style)
  const isBanded = all.some(({lowRatio, highRatio}) => lowRatio < highRatio)
  const count = input.sweeps.length
  const notes = [
    `${quantity.title.toLowerCase()} over that measured at the highest clock; dots: measured, hollow where the power limit throttles`,
    'lines: predicted, with their mean absolute errors in this order; dotted: the first clock that a prediction has throttled',
    ...(isBanded ? ['shaded: nine in ten samples over the ranges of the constants'] : []),
  ]
  return {
    ...figureFrame(style, notes),
    concat: input.sweeps.map((sweep, index) =>
      panelSpec(sweep, input, layout, {isFirst: index % layout.columnCount === 0, isLowest: index >= count - layout.columnCount}, style),
    ),
    columns: layout.columnCount,
    spacing: theme.labelPixels * 1.5,
    resolve: {scale: {color: 'shared', strokeDash: 'shared'}},
  }
}

function rows({sweeps}: MeasuredSweepInput): DataRow[] {
  return sweeps.flatMap(({name, measured, predicted}) =>
    [{name: 'measured', points: measured}, ...predicted].flatMap(({name: from, points}) =>
      points.map((point) => ({sweep: name, from, ...point})),
    ),
  )
}

/** Sweeps of the core clock as they were measured, with the lines of their predictions; a panel a sweep. */
export const measuredSweep: ChartKind<MeasuredSweepInput> = {summary: 'measured sweeps of the core clock and their predictions', spec, rows}
