import type {TopLevelSpec} from 'vega-lite'
import type {Column} from '../table.js'
import {type Theme, themes} from '../theme.js'
import {axisTitle, axisUnit} from '../unit.js'
import type {AxisRange} from './axis-range.js'
import {type ChartKind, type DataRow, type FigureStyle, figureFrame, type Layer} from './chart.js'
import {type Colouring, colouring, hasColour} from './pareto-colour.js'
import {frontOf, type Objective} from './pareto-front.js'
import {cornerLabels, type ParetoInput, type ParetoScene, paretoScene, placedPoints, ringSquarePixels} from './pareto-scene.js'

/** What the page's table shows: the objectives, then the columns. */
export function paretoColumns(input: ParetoInput): Column[] {
  const objectives: readonly Column[] = [input.x, input.y, ...(input.colour === undefined ? [] : [input.colour])]
  const named = new Set(objectives.map((objective) => objective.field))
  const others = (input.columns ?? []).filter((column) => !named.has(column.field))
  return [...objectives.map(({field, title, unit}) => ({field, title, ...(unit === undefined ? {} : {unit})})), ...others]
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

/** All marks, those without a colour first and hollow. */
function pointLayers(input: ParetoInput, scene: ParetoScene, axes: Axes, style: FigureStyle): Layer[] {
  const {colour} = input
  const theme: Theme = themes[style.theme]
  const isCrowded = scene.drawnRows.length > 1000
  const params = [{name: 'brush', select: {type: 'interval' as const, encodings: ['x' as const, 'y' as const]}}]
  const layer = (
    type: 'circle' | 'point',
    opacity: number,
    isFirst: boolean,
    own: Partial<Pick<Colouring, 'transform' | 'color'>>,
  ): Layer => ({
    ...(style.interactive && isFirst ? {params} : {}),
    ...(own.transform === undefined ? {} : {transform: own.transform}),
    data: {name: 'points'},
    mark: {
      type,
      style: type === 'point' ? 'hollow' : 'cloud',
      aria: false,
      size: theme.markSquarePixels * (isCrowded ? 0.16 : 0.35),
      ...(style.interactive ? {tooltip: {content: 'data' as const}} : {}),
    },
    encoding: {
      ...axes,
      ...(own.color === undefined ? {} : {color: own.color}),
      opacity: style.interactive ? {condition: {param: 'brush', empty: true, value: opacity}, value: 0.06} : {value: opacity},
    },
  })
  if (colour === undefined) return [layer('circle', 0.35, true, {})]
  const {isTold, transform, color} = colouring(scene.points, colour, style)
  const isAnyBare = scene.drawnRows.some((row) => !hasColour(scene.points[row]!, colour))
  const bare = isAnyBare ? [layer('point', 0.9, true, {transform: [{filter: `!${isTold}`}]})] : []
  return [...bare, layer('circle', 0.85, !isAnyBare, {transform, color})]
}

/** The staircase of the front, and its points in their colours. */
function frontLayers(input: ParetoInput, scene: ParetoScene, axes: Axes, style: FigureStyle): Layer[] {
  const {x, colour} = input
  const rowsOf = (rows: readonly DataRow[]) => ({values: rows.map((row) => ({...row}))})
  const mark = {type: 'circle', opacity: 1, aria: false, ...(style.interactive ? {tooltip: {content: 'data' as const}} : {})} as const
  const line: Layer = {
    data: rowsOf(scene.front),
    mark: {type: 'line', style: 'front', interpolate: x.better === 'less' ? 'step-after' : 'step-before', aria: false},
    encoding: axes,
  }
  if (colour === undefined) return [line, {data: rowsOf(scene.front), mark: {...mark, style: 'frontPoint'}, encoding: axes}]
  const [told, bare] = [true, false].map((isTold) => scene.front.filter((row) => hasColour(row, colour) === isTold)) as [
    DataRow[],
    DataRow[],
  ]
  const {transform, color} = colouring(scene.points, colour, style)
  return [
    line,
    ...(bare.length === 0 ? [] : [{data: rowsOf(bare), mark: {...mark, type: 'point' as const, style: 'frontHollow'}, encoding: axes}]),
    {data: rowsOf(told), transform, mark: {...mark, style: ['frontPoint', 'frontOutline']}, encoding: {...axes, color}},
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
function notesOf({sample, colour}: ParetoInput, {points, drawnRows}: ParetoScene, {interactive}: FigureStyle): string[] {
  const count = (n: number): string => n.toLocaleString('en-US')
  const designCount = sample?.designCount ?? points.length
  const isAnyBare = colour !== undefined && points.some((row) => !hasColour(row, colour))
  const bare = isAnyBare ? [`hollow: designs without ${colour.title}`] : []
  if (drawnRows.length === designCount) return bare
  const front = sample?.holdsFront === false ? 'the front of a sample' : 'the whole front'
  const listed = interactive && points.length < designCount ? `; the table lists ${count(points.length)}, the front and an even sample` : ''
  return [
    `${count(drawnRows.length)} of ${count(designCount)} designs drawn: ${front}, and one of those whose marks would coincide${listed}`,
    ...bare,
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
      ...pointLayers(input, scene, axes, style),
      ...frontLayers(input, scene, axes, style),
      ...cornerLayers(input, scene, axes, style),
    ],
  }
}

/** Scatter of design points with their Pareto front as a staircase, its corners named, and a result or an axis as colour. */
export const pareto: ChartKind<ParetoInput> = {
  summary: 'design points and their Pareto front',
  spec,
  rows: (input) => {
    const onFront = new Set(frontOf(placedPoints(input), input.x, input.y))
    return input.points.map((row) => ({...row, onFront: onFront.has(row)}))
  },
}
