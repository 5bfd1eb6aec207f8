import type {TopLevelSpec} from 'vega-lite'
import type {Column} from '../table.js'
import {type Theme, themes} from '../theme.js'
import {axisTitle, axisUnit, quantityExpression} from '../unit.js'
import {type ChartKind, type DataRow, type FigureStyle, figureFrame, type Layer, plotPixels} from './chart.js'
import {type Corner, cornersOf, frontOf, type Objective, thinnedPoints} from './pareto-front.js'

export interface ParetoInput {
  /** Design points; objectives and columns name their fields. */
  readonly points: readonly DataRow[]
  readonly x: Objective
  readonly y: Objective
  /** A third objective, shown as colour; the front is that of `x` and `y`. */
  readonly colour?: Objective
  /** What tooltips and the page's table show of a point besides the objectives. */
  readonly columns?: readonly Column[]
}

/** Most points that a still figure draws, and that a page's figure draws. */
export const drawnLimitCounts = {still: 4000, interactive: 20_000} as const

/** What the page's table shows: the objectives, then the columns. */
export function paretoColumns(input: ParetoInput): Column[] {
  const objectives = [input.x, input.y, ...(input.colour === undefined ? [] : [input.colour])]
  const named = new Set(objectives.map((objective) => objective.field))
  const others = (input.columns ?? []).filter((column) => !named.has(column.field))
  return [...objectives.map(({field, title, unit}) => ({field, title, unit})), ...others]
}

interface Axes {
  readonly x: ReturnType<typeof position>
  readonly y: ReturnType<typeof position>
}

/** A range of more than thirty to one is shown on a log axis. */
function position(objective: Objective, points: readonly DataRow[], tickCount: number) {
  let [low, high] = [Infinity, -Infinity]
  for (const point of points) {
    const value = Number(point[objective.field])
    if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)]
  }
  const {scaleRatio, symbol} = axisUnit(high, objective.unit)
  const isLog = low > 0 && high / low > 30
  return {
    field: objective.field,
    type: 'quantitative' as const,
    scale: isLog ? {type: 'log' as const} : {zero: false},
    axis: {
      title: axisTitle(`${objective.title}${isLog ? ', log scale' : ''}`, symbol),
      labelExpr: `format(datum.value * ${scaleRatio}, ',~r')`,
      tickCount,
    },
  }
}

function finitePoints({points, x, y, colour}: ParetoInput): DataRow[] {
  const fields = [x, y, ...(colour === undefined ? [] : [colour])].map((objective) => objective.field)
  return points.filter((point) => fields.every((field) => Number.isFinite(Number(point[field]))))
}

function colourChannel(colour: Objective, points: readonly DataRow[]) {
  const unit = axisUnit(
    points.reduce((most, point) => Math.max(most, Number(point[colour.field])), 0),
    colour.unit,
  )
  const legend = {
    title: axisTitle(colour.title, unit.symbol),
    labelExpr: `format(datum.value * ${unit.scaleRatio}, ',~r')`,
    tickCount: 4,
    titleOrient: 'left' as const,
    direction: 'horizontal' as const,
  }
  return {field: colour.field, type: 'quantitative' as const, scale: {zero: false}, legend}
}

function pointLayer(input: ParetoInput, drawn: readonly DataRow[], axes: Axes, style: FigureStyle): Layer {
  const shown = paretoColumns(input)
  const texts = shown.map((column, index) => {
    const name = column.unit
    const value = `datum[${JSON.stringify(column.field)}]`
    return {calculate: name === undefined ? value : quantityExpression(value, name), as: `tip${index}`}
  })
  const brushed = {param: 'brush', empty: true}
  return {
    ...(style.interactive ? {params: [{name: 'brush', select: {type: 'interval' as const, encodings: ['x' as const, 'y' as const]}}]} : {}),
    data: {name: 'points'},
    ...(style.interactive ? {transform: texts} : {}),
    mark: {type: 'circle', style: 'cloud', aria: false},
    encoding: {
      x: axes.x,
      y: axes.y,
      ...(input.colour === undefined ? {} : {color: colourChannel(input.colour, drawn)}),
      ...(style.interactive
        ? {
            opacity: {condition: {...brushed, value: input.colour === undefined ? 0.35 : 0.7}, value: 0.06},
            tooltip: shown.map((column, index) => ({field: `tip${index}`, type: 'nominal' as const, title: column.title})),
          }
        : input.colour === undefined
          ? {}
          : {opacity: {value: 0.7}}),
    },
  }
}

function frontLayers(front: readonly DataRow[], x: Objective, axes: Axes): Layer[] {
  const data = {values: front.map((row) => ({...row}))}
  return [
    {
      data,
      mark: {type: 'line', style: 'front', interpolate: x.better === 'less' ? 'step-after' : 'step-before', aria: false},
      encoding: axes,
    },
    {data, mark: {type: 'circle', style: 'frontPoint', opacity: 1, aria: false}, encoding: axes},
  ]
}

function cornerLayers(corners: readonly Corner[], input: ParetoInput, axes: Axes, theme: Theme): Layer[] {
  const values = finitePoints(input).map((row) => Number(row[input.x.field]))
  const middle = (extremeOf(values, Math.min) + extremeOf(values, Math.max)) / 2
  const ring: Layer = {
    data: {values: corners.map(({row}) => ({...row}))},
    mark: {type: 'point', style: 'corner', aria: false},
    encoding: axes,
  }
  const labels = (['left', 'right'] as const).flatMap((align): Layer[] => {
    const here = corners.filter(({row}) => Number(row[input.x.field]) <= middle === (align === 'left'))
    if (here.length === 0) return []
    const data = {values: here.map(({label, row}) => ({...row, label}))}
    const encoding = {...axes, text: {field: 'label', type: 'nominal'}} as const
    const place = {
      align,
      baseline: 'bottom',
      dx: (align === 'left' ? 1 : -1) * theme.labelPixels * 0.7,
      dy: -theme.labelPixels * 0.6,
    } as const
    return (['noteHalo', 'note'] as const).map((name) => ({data, mark: {type: 'text', style: name, ...place}, encoding}))
  })
  return [ring, ...labels]
}

function extremeOf(values: readonly number[], pick: (a: number, b: number) => number): number {
  return values.reduce((best, value) => pick(best, value), values[0] ?? 0)
}

function spec(input: ParetoInput, style: FigureStyle): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const points = finitePoints(input)
  const front = frontOf(points, input.x, input.y)
  const limitCount = style.interactive ? drawnLimitCounts.interactive : drawnLimitCounts.still
  const {drawn, isWhole} = thinnedPoints(points, front, input.x, limitCount)
  const width = plotPixels(style)
  const axes = {x: position(input.x, points, style.span === 'page' ? 8 : 5), y: position(input.y, points, 6)}
  const count = (n: number): string => n.toLocaleString('en-US')
  const notes = isWhole
    ? []
    : [
        `${count(drawn.length)} of ${count(points.length)} points drawn: the whole front, and every n-th of the rest by ${input.x.title.toLowerCase()}`,
      ]
  return {
    ...figureFrame(style, notes),
    datasets: {points: drawn.map((row) => ({...row}))},
    width,
    height: Math.round(width * (style.span === 'page' ? 0.5 : 0.72)),
    layer: [
      pointLayer(input, drawn, axes, style),
      ...frontLayers(front, input.x, axes),
      ...cornerLayers(cornersOf(front, input.x, input.y), input, axes, theme),
    ],
  }
}

/** Scatter of design points with their Pareto front as a staircase, its corners named, and a third objective as colour. */
export const pareto: ChartKind<ParetoInput> = {
  summary: 'design points and their Pareto front',
  spec,
  rows: (input) => {
    const front = new Set(frontOf(finitePoints(input), input.x, input.y))
    return input.points.map((row) => ({...row, onFront: front.has(row)}))
  },
}
