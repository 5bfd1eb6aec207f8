import type {TopLevelSpec} from 'vega-lite'
import type {Column} from '../table.js'
import {type Theme, themes} from '../theme.js'
import {axisTitle, axisUnit} from '../unit.js'
import type {AxisRange} from './axis-range.js'
import {type ChartKind, type DataRow, type FigureStyle, figureFrame, type Layer} from './chart.js'
import {frontOf, type Objective} from './pareto-front.js'
import {colourRange, cornerLabels, type ParetoInput, type ParetoScene, paretoScene, placedPoints, ringSquarePixels} from './pareto-scene.js'

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

function position(objective: Objective, {domain, tickValues, isLog}: AxisRange) {
  const {scaleRatio, symbol} = axisUnit(domain[1], objective.unit)
  return {
    field: objective.field,
    type: 'quantitative' as const,
    scale: {type: isLog ? ('log' as const) : ('linear' as const), domain: [...domain], nice: false},
    axis: {
      title: axisTitle(`${objective.title}${isLog ? ', log scale' : ''}`, symbol),
      labelExpr: `format(datum.value * ${scaleRatio}, ',~r')`,
      values: [...tickValues],
    },
  }
}

function colourChannel(colour: Objective, {domain, tickValues}: AxisRange, theme: Theme) {
  const unit = axisUnit(domain[1], colour.unit)
  const legend = {
    title: axisTitle(colour.title, unit.symbol),
    labelExpr: `format(datum.value * ${unit.scaleRatio}, ',~r')`,
    values: [...tickValues],
    gradientLength: theme.labelPixels * 18,
    titleOrient: 'left' as const,
    direction: 'horizontal' as const,
  }
  return {field: colour.field, type: 'quantitative' as const, scale: {domain: [...domain], nice: false}, legend}
}

function pointLayer(input: ParetoInput, scene: ParetoScene, axes: Axes, style: FigureStyle): Layer {
  const theme: Theme = themes[style.theme]
  const isCrowded = scene.drawnRows.length > 1000
  const opacity = input.colour === undefined ? 0.35 : 0.85
  const colours = input.colour === undefined ? undefined : colourRange(scene.points, input.colour)
  return {
    ...(style.interactive ? {params: [{name: 'brush', select: {type: 'interval' as const, encodings: ['x' as const, 'y' as const]}}]} : {}),
    data: {name: 'points'},
    mark: {
      type: 'circle',
      style: 'cloud',
      aria: false,
      size: theme.markSquarePixels * (isCrowded ? 0.16 : 0.35),
      ...(style.interactive ? {tooltip: {content: 'data' as const}} : {}),
    },
    encoding: {
      x: axes.x,
      y: axes.y,
      ...(colours === undefined ? {} : {color: colourChannel(input.colour!, colours, theme)}),
      opacity: style.interactive ? {condition: {param: 'brush', empty: true, value: opacity}, value: 0.06} : {value: opacity},
    },
  }
}

function frontLayers(front: readonly DataRow[], x: Objective, axes: Axes, style: FigureStyle): Layer[] {
  const data = {values: front.map((row) => ({...row}))}
  const tooltip = style.interactive ? {tooltip: {content: 'data' as const}} : {}
  return [
    {
      data,
      mark: {type: 'line', style: 'front', interpolate: x.better === 'less' ? 'step-after' : 'step-before', aria: false},
      encoding: axes,
    },
    {data, mark: {type: 'circle', style: 'frontPoint', opacity: 1, aria: false, ...tooltip}, encoding: axes},
  ]
}

function cornerLayers(input: ParetoInput, scene: ParetoScene, axes: Axes, style: FigureStyle): Layer[] {
  const {rows, labels} = cornerLabels(input, scene, style)
  const tooltip = style.interactive ? {tooltip: {content: 'data' as const}} : {}
  const ring: Layer = {
    data: {values: rows.map((row) => ({...row}))},
    mark: {type: 'point', style: 'corner', aria: false, size: ringSquarePixels(themes[style.theme]), ...tooltip},
    encoding: axes,
  }
  const data = {values: labels.map(({text, xValue, yValue}) => ({[input.x.field]: xValue, [input.y.field]: yValue, label: text}))}
  const encoding = {...axes, text: {field: 'label', type: 'nominal'}} as const
  const names = (['noteHalo', 'note'] as const).map(
    (name): Layer => ({data, mark: {type: 'text', style: name, align: 'left', baseline: 'middle', aria: false}, encoding}),
  )
  return [ring, ...names]
}

/** Says what is left out, and by which rule. */
function notesOf({sample}: ParetoInput, {points, drawnRows}: ParetoScene, {interactive}: FigureStyle): string[] {
  const count = (n: number): string => n.toLocaleString('en-US')
  const designCount = sample?.designCount ?? points.length
  if (drawnRows.length === designCount) return []
  const front = sample?.holdsFront === false ? 'the front of a sample' : 'the whole front'
  const listed = interactive && points.length < designCount ? `; the table lists ${count(points.length)}, the front and an even sample` : ''
  return [
    `${count(drawnRows.length)} of ${count(designCount)} designs drawn: ${front}, and one of those whose marks would coincide${listed}`,
  ]
}

function spec(input: ParetoInput, style: FigureStyle): TopLevelSpec {
  const scene = paretoScene(input, style)
  const axes = {x: position(input.x, scene.x), y: position(input.y, scene.y)}
  return {
    ...figureFrame(style, notesOf(input, scene, style)),
    datasets: {points: scene.drawnRows.map((index) => ({...scene.points[index]!}))},
    width: scene.widthPixels,
    height: scene.heightPixels,
    layer: [
      pointLayer(input, scene, axes, style),
      ...frontLayers(scene.front, input.x, axes, style),
      ...cornerLayers(input, scene, axes, style),
    ],
  }
}

/** Scatter of design points with their Pareto front as a staircase, its corners named, and a third objective as colour. */
export const pareto: ChartKind<ParetoInput> = {
  summary: 'design points and their Pareto front',
  spec,
  rows: (input) => {
    const onFront = new Set(frontOf(placedPoints(input), input.x, input.y))
    return input.points.map((row) => ({...row, onFront: onFront.has(row)}))
  },
}
