import type {TopLevelSpec} from 'vega-lite'
import {textWidth} from '../font.js'
import {type Theme, themes} from '../theme.js'
import {axisTitle, axisUnit, quantityExpression} from '../unit.js'
import {type AxisRange, axisRange, axisShare, axisValue} from './axis-range.js'
import {type ChartKind, type DataRow, type FigureStyle, figureFrame, type Layer, legendColumns, plotPixels} from './chart.js'
import {type IsoPowerLine, isoPowerLines} from './iso-power.js'
import {type Box, boxAround, boxesAlong, type LabelWish, type PlacedLabel, placeAllLabels, placeLabels} from './place-labels.js'

export interface FrontierPoint {
  readonly latencySeconds: number
  readonly energyJoules: number
  /** What to do to get there, in short: "1.41 GHz, batch 4". */
  readonly knobs: string
  /** Nine in ten samples over the ranges of the constants lie between these; at some of the points where bands are drawn. */
  readonly p5Joules?: number
  readonly p95Joules?: number
}

/** Points fastest first, of less energy each. */
export interface LabelledFrontier {
  readonly name: string
  readonly points: readonly FrontierPoint[]
}

export interface FrontiersInput {
  readonly frontiers: readonly LabelledFrontier[]
  /** The best of all of them, shaded. */
  readonly joined?: readonly FrontierPoint[]
  /** What the time is of: "a pass", or an operator by name. */
  readonly timeOf: string
  /** What the energy is of: where the same, the two make a power. */
  readonly energyOf: string
}

interface Scene {
  readonly x: AxisRange
  readonly y: AxisRange
  readonly widthPixels: number
  readonly heightPixels: number
}

function sceneOf({frontiers, joined = []}: FrontiersInput, style: FigureStyle): Scene {
  const points = [...frontiers.flatMap((frontier) => frontier.points), ...joined]
  const widthPixels = plotPixels(style)
  const heightPixels = Math.round(widthPixels * (style.span === 'page' ? 0.5 : 0.72))
  const range = (values: readonly number[], unit: 'seconds' | 'joules', mostTicks: number): AxisRange => {
    const [low, high] = [Math.min(...values), Math.max(...values)]
    const isLog = low > 0 && high / low > 30
    const [roomBelow, roomAbove] = isLog ? [low * 0.15, high * 0.2] : [(high - low) * 0.06, (high - low) * 0.1]
    return axisRange(Math.max(low - roomBelow, low / 2), high + roomAbove, axisUnit(high, unit).scaleRatio, mostTicks)
  }
  return {
    x: range(
      points.map(({latencySeconds}) => latencySeconds),
      'seconds',
      style.span === 'page' ? 10 : 6,
    ),
    y: range(
      points.flatMap(({energyJoules, p5Joules = energyJoules, p95Joules = energyJoules}) => [p5Joules, energyJoules, p95Joules]),
      'joules',
      7,
    ),
    widthPixels,
    heightPixels,
  }
}

function position<Field extends string>(field: Field, title: string, unit: 'seconds' | 'joules', {domain, tickValues, isLog}: AxisRange) {
  const {scaleRatio, symbol} = axisUnit(domain[1], unit)
  return {
    field,
    type: 'quantitative' as const,
    scale: {type: isLog ? ('log' as const) : ('linear' as const), domain: [...domain], nice: false, ...(isLog ? {} : {zero: false})},
    axis: {
      title: axisTitle(`${title}${isLog ? ', log scale' : ''}`, symbol),
      labelExpr: `format(datum.value * ${scaleRatio}, ',~r')`,
      values: [...tickValues],
    },
  }
}

interface Axes {
  readonly x: ReturnType<typeof position<'latencySeconds'>>
  readonly y: ReturnType<typeof position<'energyJoules'>>
}

type Colour = NonNullable<Extract<Layer, {mark: unknown}>['encoding']>['color'] & object

/** Above this many points a frontier shows no marks, which would hide its dashes. */
const denseCount = 15

function frontierLayers({frontiers, joined}: FrontiersInput, axes: Axes, style: FigureStyle): Layer[] {
  const theme: Theme = themes[style.theme]
  const names = frontiers.map(({name}) => name)
  const values = frontiers.flatMap(({name, points}) => points.map((point) => ({name, ...point})))
  const isDense = frontiers.some(({points}) => points.length > denseCount)
  const colour = {field: 'name', type: 'nominal', title: null, scale: {domain: names}} as const
  const legend = names.length > 1 ? ({columns: legendColumns(style, names), symbolType: 'stroke', symbolOpacity: 1} as const) : null
  const curves: Layer = {
    data: {values},
    transform: [
      {calculate: quantityExpression('datum.latencySeconds', 'seconds'), as: 'timeText'},
      {calculate: quantityExpression('datum.energyJoules', 'joules'), as: 'energyText'},
    ],
    mark: {
      type: 'line',
      style: 'curve',
      point: isDense ? 'transparent' : {size: theme.markSquarePixels * 0.3},
    },
    encoding: {
      ...axes,
      color: {...colour, legend},
      strokeDash: {...colour, legend},
      tooltip: [
        ...(names.length > 1 ? [{field: 'name', type: 'nominal' as const, title: 'Frontier'}] : []),
        {field: 'knobs', type: 'nominal' as const, title: 'Set to'},
        {field: 'timeText', type: 'nominal' as const, title: 'Time'},
        {field: 'energyText', type: 'nominal' as const, title: 'Energy'},
      ],
    },
  }
  return [...joinedLayers(joined, axes, theme), ...bandLayers(frontiers, {...colour, legend}, axes), curves]
}

/** Around each frontier where nine in ten samples lie. */
function bandLayers(frontiers: FrontiersInput['frontiers'], color: Colour, {x, y}: Axes): Layer[] {
  const values = frontiers.flatMap(({name, points}) => points.filter(isBanded).map((point) => ({name, ...point})))
  if (values.length === 0) return []
  const encoding = {x, y: {...y, field: 'p5Joules' as const}, y2: {field: 'p95Joules' as const}, color}
  return [{data: {values}, mark: {type: 'area', opacity: 0.18, line: false, aria: false}, encoding}]
}

function isBanded({p5Joules}: FrontierPoint): boolean {
  return p5Joules !== undefined
}

/** A shade under what is the best of all. */
function joinedLayers(joined: FrontiersInput['joined'], axes: Axes, theme: Theme): Layer[] {
  if (joined === undefined) return []
  const data = {values: joined.map((point) => ({...point}))}
  return [
    {
      data,
      mark: {type: 'circle', style: 'band', color: theme.ink.grid, size: theme.markSquarePixels * 4, opacity: 1, aria: false},
      encoding: {...axes},
    },
  ]
}

interface End extends FrontierPoint {
  /** Of its frontier. */
  readonly name: string
}

/** The ends that are named. */
function namedEnds({frontiers}: FrontiersInput): End[] {
  return frontiers.flatMap(({name, points}) => {
    const [first, last] = [points[0], points.at(-1)]
    if (first === undefined || last === undefined) return []
    return (first === last ? [first] : [first, last]).map((point) => ({...point, name}))
  })
}

const endSquareRatio = 1.3

type Place = Pick<FrontierPoint, 'latencySeconds' | 'energyJoules'>
type Label = Place & {readonly text: string}

/**
 * The settings at the ends, beside them, clear of the other ends and where possible of all lines; ends that coincide share a name.
 * Then the powers, each beside its line as far to the right as there is room.
 */
function labelsOf(input: FrontiersInput, isoLines: readonly IsoPowerLine[], scene: Scene, theme: Theme): {ends: Label[]; powers: Label[]} {
  const plot = {widthPixels: scene.widthPixels, heightPixels: scene.heightPixels, fontPixels: theme.labelPixels}
  const at = ({latencySeconds, energyJoules}: Place) => ({
    xPixels: axisShare(scene.x, latencySeconds) * plot.widthPixels,
    yPixels: (1 - axisShare(scene.y, energyJoules)) * plot.heightPixels,
  })
  const boxes = (points: readonly Place[]) =>
    points.slice(1).flatMap((point, index) => {
      const [from, to] = [at(points[index]!), at(point)]
      return boxesAlong(from.xPixels, from.yPixels, to.xPixels, to.yPixels)
    })
  const labelOf = ({text, xPixels, yPixels}: PlacedLabel): Label => ({
    text,
    latencySeconds: axisValue(scene.x, xPixels / plot.widthPixels),
    energyJoules: axisValue(scene.y, 1 - yPixels / plot.heightPixels),
  })
  const wish = (text: string, point: Place, radiusPixels: number): LabelWish => ({
    ...at(point),
    text,
    radiusPixels,
    widthPixels: textWidth(text, theme.labelPixels),
  })
  const wishes = distinctWishes(namedEnds(input).map((end) => wish(end.knobs, end, endRadius(theme))))
  const curves = input.frontiers.flatMap(({points}) => boxes(points))
  const lines = isoLines.flatMap(({points}) => boxes(points))
  const ends = placeAllLabels(wishes, [[...curves, ...lines], curves, []], plot)
  const taken: Box[] = [...curves, ...lines, ...wishes.map((end) => boxAround(end.xPixels, end.yPixels, end.radiusPixels))]
  taken.push(...ends.map((label) => labelBox(label, theme)))
  const powers = isoLines.flatMap(({text, points}) => {
    for (const point of points.toReversed()) {
      const [label] = placeLabels([wish(text, point, theme.linePixels * 1.5)], taken, plot)
      if (label === undefined) continue
      taken.push(labelBox(label, theme))
      return [labelOf(label)]
    }
    return []
  })
  return {ends: ends.map(labelOf), powers}
}

function endRadius({markSquarePixels}: Theme): number {
  return Math.sqrt((markSquarePixels * endSquareRatio) / Math.PI)
}

function distinctWishes(wishes: readonly LabelWish[]): LabelWish[] {
  const isSame = (a: LabelWish, b: LabelWish): boolean =>
    a.text === b.text && Math.hypot(a.xPixels - b.xPixels, a.yPixels - b.yPixels) < a.radiusPixels
  return wishes.filter((wish, index) => !wishes.slice(0, index).some((other) => isSame(wish, other)))
}

function labelBox({text, xPixels, yPixels}: PlacedLabel, {labelPixels}: Theme): Box {
  const half = labelPixels * 0.6
  return {leftPixels: xPixels, rightPixels: xPixels + textWidth(text, labelPixels), topPixels: yPixels - half, bottomPixels: yPixels + half}
}

function endLayers(input: FrontiersInput, labels: readonly Label[], axes: Axes, theme: Theme): Layer[] {
  const domain = input.frontiers.map(({name}) => name)
  const marks: Layer = {
    data: {values: namedEnds(input).map((end) => ({...end}))},
    mark: {type: 'circle', size: theme.markSquarePixels * endSquareRatio, opacity: 1, aria: false},
    encoding: {...axes, color: {field: 'name', type: 'nominal', scale: {domain}}},
  }
  const data = {values: labels.map((label) => ({...label}))}
  const encoding = {...axes, text: {field: 'text', type: 'nominal'}} as const
  const texts = (['noteHalo', 'note'] as const).map(
    (name): Layer => ({data, mark: {type: 'text', style: name, align: 'left', baseline: 'middle', aria: false}, encoding}),
  )
  return [marks, ...texts]
}

function isoLayers(lines: readonly IsoPowerLine[], powers: readonly Label[], axes: Axes): Layer[] {
  const names: Layer = {
    data: {values: powers.map((label) => ({...label}))},
    mark: {type: 'text', style: 'noteMuted', align: 'left', baseline: 'middle', aria: false},
    encoding: {...axes, text: {field: 'text', type: 'nominal'}},
  }
  const drawn = lines.map(({points}): Layer => {
    const data = {values: points.map((point) => ({...point}))}
    return {data, mark: {type: 'line', style: 'marker', opacity: 0.45, aria: false}, encoding: {...axes}}
  })
  return [...drawn, names]
}

function spec(input: FrontiersInput, style: FigureStyle): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const scene = sceneOf(input, style)
  const axes = {
    x: position('latencySeconds', `Time of ${input.timeOf}`, 'seconds', scene.x),
    y: position('energyJoules', `Energy of ${input.energyOf}`, 'joules', scene.y),
  }
  const isPower = input.energyOf === input.timeOf
  const points = input.frontiers.flatMap((frontier) => frontier.points)
  const isoLines = isPower ? isoPowerLines(points, scene.x, scene.y) : []
  const labels = labelsOf(input, isoLines, scene, theme)
  const notes = [...(input.joined === undefined ? [] : ['grey: the best of all']), ...(isoLines.length > 0 ? ['dashed: equal power'] : [])]
  const bandNote = points.some(isBanded) ? ['shaded: nine in ten samples over the ranges of the constants'] : []
  return {
    ...figureFrame(style, [...(notes.length === 0 ? [] : [notes.join('; ')]), ...bandNote]),
    width: scene.widthPixels,
    height: scene.heightPixels,
    layer: [
      ...isoLayers(isoLines, labels.powers, axes),
      ...frontierLayers(input, axes, style),
      ...endLayers(input, labels.ends, axes, theme),
    ],
  }
}

/** Time–energy frontiers over each other, the settings at their ends named. */
export const frontiers: ChartKind<FrontiersInput> = {
  summary: 'time–energy frontiers of several designs or variants',
  spec,
  rows: ({frontiers: each, joined = []}) => {
    const rows = each.flatMap(({name, points}): DataRow[] => points.map((point) => ({frontier: name, ...point})))
    return [...rows, ...joined.map((point) => ({frontier: 'joined', ...point}))]
  },
}
