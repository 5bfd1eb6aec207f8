import {textWidth} from '../font.js'
import type {Column} from '../table.js'
import {type Theme, themes} from '../theme.js'
import {axisUnit} from '../unit.js'
import {type AxisRange, axisRange, axisShare, axisValue} from './axis-range.js'
import {type DataRow, type FigureStyle, plotPixels} from './chart.js'
import type {ParetoColour} from './pareto-colour.js'
import {cornersOf, drawnIndices, frontOf, type Objective} from './pareto-front.js'
import {type Box, boxAround, boxesAlong, placeAllLabels} from './place-labels.js'

export interface ParetoInput {
  /** Design points; objectives and columns name their fields. */
  readonly points: readonly DataRow[]
  readonly x: Objective
  readonly y: Objective
  /** What colours the points; the front is that of `x` and `y`. */
  readonly colour?: ParetoColour
  /** What tooltips and the page's table show of a point besides the objectives. */
  readonly columns?: readonly Column[]
  /** Where `points` are a sample: of how many designs, and whether it holds all that could be on the front. */
  readonly sample?: {readonly designCount: number; readonly holdsFront: boolean}
}

/** Most marks that a figure draws of its points. */
export const drawnLimitCount = 3000

/** What one figure draws of its points, and where. */
export interface ParetoScene {
  readonly points: readonly DataRow[]
  readonly front: readonly DataRow[]
  /** Indices into `points`. */
  readonly drawnRows: readonly number[]
  readonly x: AxisRange
  readonly y: AxisRange
  readonly widthPixels: number
  readonly heightPixels: number
}

function valuesOf(points: readonly DataRow[], {field}: Objective): Float64Array {
  return Float64Array.from(points, (point) => Number(point[field]))
}

function extent(values: Float64Array): [number, number] {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)]
  return [low, high]
}

function rangeOf(values: Float64Array, {unit}: Objective, mostTicks: number): AxisRange {
  const [low, high] = extent(values)
  if (values.length === 0) return {domain: [0, 1], tickValues: [], isLog: false}
  return axisRange(low, high, axisUnit(high, unit).scaleRatio, mostTicks)
}

/** Points that have a place: both objectives are numbers. */
export function placedPoints({points, x, y}: ParetoInput): DataRow[] {
  return points.filter((point) => [x, y].every(({field}) => Number.isFinite(point[field])))
}

/** Lays out a figure of design points: which have a place, which are on the front, which are drawn, and the ranges around them. */
export function paretoScene(input: ParetoInput, style: FigureStyle): ParetoScene {
  const points = placedPoints(input)
  const front = frontOf(points, input.x, input.y)
  const widthPixels = plotPixels(style)
  const heightPixels = Math.round(widthPixels * (style.span === 'page' ? 0.5 : 0.72))
  const [xValues, yValues] = [valuesOf(points, input.x), valuesOf(points, input.y)]
  const x = rangeOf(xValues, input.x, style.span === 'page' ? 10 : 6)
  const y = rangeOf(yValues, input.y, 7)
  const places = {
    xPixels: xValues.map((value) => axisShare(x, value) * widthPixels),
    yPixels: yValues.map((value) => (1 - axisShare(y, value)) * heightPixels),
    widthPixels,
  }
  return {points, front, drawnRows: drawnIndices(points, front, places, drawnLimitCount), x, y, widthPixels, heightPixels}
}

export interface CornerLabel {
  readonly text: string
  /** Left end of the text on its middle line, as values of the objectives. */
  readonly xValue: number
  readonly yValue: number
}

/** The corners of the front, and their names where least is in the way; corners whose rings touch share one name. */
export function cornerLabels(
  input: ParetoInput,
  scene: ParetoScene,
  style: FigureStyle,
): {readonly rows: readonly DataRow[]; readonly labels: readonly CornerLabel[]} {
  const theme: Theme = themes[style.theme]
  const corners = cornersOf(scene.front, input.x, input.y)
  const radiusPixels = Math.sqrt(ringSquarePixels(theme) / Math.PI) + theme.linePixels / 2
  const at = (row: DataRow) => ({
    xPixels: axisShare(scene.x, Number(row[input.x.field])) * scene.widthPixels,
    yPixels: (1 - axisShare(scene.y, Number(row[input.y.field]))) * scene.heightPixels,
  })
  const named: {xPixels: number; yPixels: number; text: string}[] = []
  for (const {label, row} of corners) {
    const place = at(row)
    const near = named.find((other) => Math.hypot(other.xPixels - place.xPixels, other.yPixels - place.yPixels) < radiusPixels * 2)
    if (near === undefined) named.push({...place, text: label})
    else near.text = `${near.text} and ${label}`
  }
  const wishes = named.map((each) => ({...each, radiusPixels, widthPixels: textWidth(each.text, theme.labelPixels)}))
  const plot = {widthPixels: scene.widthPixels, heightPixels: scene.heightPixels, fontPixels: theme.labelPixels}
  const rings = corners.map(({row}) => at(row)).map((ring) => boxAround(ring.xPixels, ring.yPixels, radiusPixels))
  const line = staircase(scene.front.map(at), input.x.better === 'less')
  const marks = scene.drawnRows.map((index) => at(scene.points[index]!)).map((mark) => boxAround(mark.xPixels, mark.yPixels, 1))
  const labels = placeAllLabels(wishes, [[...rings, ...marks, ...line], [...rings, ...line], []], plot).map(({text, xPixels, yPixels}) => ({
    text,
    xValue: axisValue(scene.x, xPixels / scene.widthPixels),
    yValue: axisValue(scene.y, 1 - yPixels / scene.heightPixels),
  }))
  return {rows: corners.map(({row}) => row), labels}
}

/** Area of the ring around a corner. */
export function ringSquarePixels(theme: Theme): number {
  return theme.markSquarePixels * 2.2
}

function staircase(places: readonly {xPixels: number; yPixels: number}[], isStepAfter: boolean): Box[] {
  return places.slice(1).flatMap((to, index) => {
    const from = places[index]!
    const knee = isStepAfter ? {xPixels: to.xPixels, yPixels: from.yPixels} : {xPixels: from.xPixels, yPixels: to.yPixels}
    return [
      ...boxesAlong(from.xPixels, from.yPixels, knee.xPixels, knee.yPixels),
      ...boxesAlong(knee.xPixels, knee.yPixels, to.xPixels, to.yPixels),
    ]
  })
}
