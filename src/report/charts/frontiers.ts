import type {TopLevelSpec} from 'vega-lite'
import {textWidth} from '../font.js'
import {type Theme, themes} from '../theme.js'
import {axisTitle, axisUnit, quantityExpression} from '../unit.js'
import {type AxisRange, axisRange, axisShare, axisValue} from './axis-range.js'
import {type ChartKind, type DataRow, type FigureStyle, figureFrame, type Layer, legendColumns, plotPixels} from './chart.js'
import {type IsoPowerLine, isoPowerLines} from './iso-power.js'
import {type Box, boxesAlong, type LabelWish, placeAllLabels} from './place-labels.js'

export interface FrontierPoint {
  readonly latencySeconds: number
  readonly energyJoules: number
  /** What to do to get there, in short: "1.41 GHz, batch 4". */
  readonly knobs: string
}

/** Points fastest first, of less energy each. */
export interface LabelledFrontier {
  readonly name: string
  readonly points: readonly FrontierPoint[]
}

export interface FrontiersInput {
  readonly frontiers: readonly LabelledFrontier[]
  /** The best of all of them, drawn over them with the names of its ends. */
  readonly joined?: readonly FrontierPoint[]
  /** Whether a point's energy is that of the pass, beside whose time it makes a power, or of a token. */
  readonly energyOf: 'pass' | 'token'
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
      points.map(({energyJoules}) => energyJoules),
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

/** Above this many points a frontier shows no marks, which would hide its dashes. */
const denseCount = 15

function frontierLayers({frontiers, joined}: FrontiersInput, axes: Axes, style: FigureStyle): Layer[] {
  const theme: Theme = themes[style.theme]
  const names = frontiers.map(({name}) => name)
  const values = frontiers.flatMap(({name, points}) => points.map((point) => ({name, ...point})))
  const isDense = frontiers.some(({points}) => points.length > denseCount)
  const colour = {field: 'name', type: 'nominal', title: null, scale: {domain: names}} as const
  const legend = names.length > 1 ? ({columns: legendColumns(style, names), symbolType: 'stroke'} as const) : null
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
      opacity: joined === undefined ? 1 : 0.75,
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
  if (joined === undefined) return [curves]
  const data = {values: joined.map((point) => ({...point}))}
  return [curves, {data, mark: {type: 'circle', style: 'frontPoint', opacity: 1, aria: false}, encoding: {...axes}}]
}

interface End extends FrontierPoint {
  /** Of its frontier; empty for the best of all. */
  readonly name: string
}

/** The ends that are named: of the joined frontier where there is one, else of each. */
function namedEnds({frontiers, joined}: FrontiersInput): End[] {
  const drawn = joined === undefined ? frontiers : [{name: '', points: joined}]
  return drawn.flatMap(({name, points}) => {
    const [first, last] = [points[0], points.at(-1)]
    if (first === undefined || last === undefined) return []
    return (first === last ? [first] : [first, last]).map((point) => ({...point, name}))
  })
}

const endSquareRatio = 1.3

type Place = Pick<FrontierPoint, 'latencySeconds' | 'energyJoules'>

/** The settings at the ends, beside them, clear of the other ends and where possible of all lines; ends that coincide share a name. */
function endLabels(input: FrontiersInput, isoLines: readonly IsoPowerLine[], scene: Scene, theme: Theme): (Place & {text: string})[] {
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
  const radiusPixels = Math.sqrt((theme.markSquarePixels * endSquareRatio) / Math.PI)
  const wishes: LabelWish[] = []
  for (const end of namedEnds(input)) {
    const wish = {...at(end), text: end.knobs, radiusPixels, widthPixels: textWidth(end.knobs, theme.labelPixels)}
    const isNear = (other: LabelWish): boolean => Math.hypot(other.xPixels - wish.xPixels, other.yPixels - wish.yPixels) < radiusPixels
    if (!wishes.some((other) => other.text === wish.text && isNear(other))) wishes.push(wish)
  }
  const curves = input.frontiers.flatMap(({points}) => boxes(points))
  const names = isoLines.map(({text, nameEnd}) => boxBeside(at(nameEnd), textWidth(text, theme.labelPixels), theme))
  const lines = isoLines.flatMap(({points}) => boxes(points))
  return placeAllLabels(wishes, [[...curves, ...names, ...lines], [...curves, ...names], curves, []], plot).map(
    ({text, xPixels, yPixels}) => ({
      text,
      latencySeconds: axisValue(scene.x, xPixels / plot.widthPixels),
      energyJoules: axisValue(scene.y, 1 - yPixels / plot.heightPixels),
    }),
  )
}

/** Where the name of a line stands: left of its end, above it. */
function boxBeside({xPixels, yPixels}: {xPixels: number; yPixels: number}, widthPixels: number, {labelPixels}: Theme): Box {
  return {
    leftPixels: xPixels - widthPixels - labelPixels,
    rightPixels: xPixels,
    topPixels: yPixels - labelPixels * 1.2,
    bottomPixels: yPixels,
  }
}

function endLayers(input: FrontiersInput, labels: readonly (Place & {readonly text: string})[], axes: Axes, theme: Theme): Layer[] {
  const names = input.frontiers.map(({name}) => name)
  const colour = input.joined === undefined ? {color: {field: 'name', type: 'nominal', scale: {domain: names}} as const} : {}
  const marks: Layer = {
    data: {values: namedEnds(input).map((end) => ({...end}))},
    mark: {
      type: 'circle',
      ...(input.joined === undefined ? {} : {style: 'frontPoint'}),
      size: theme.markSquarePixels * endSquareRatio,
      opacity: 1,
      aria: false,
    },
    encoding: {...axes, ...colour},
  }
  const data = {values: labels.map((label) => ({...label}))}
  const encoding = {...axes, text: {field: 'text', type: 'nominal'}} as const
  const texts = (['noteHalo', 'note'] as const).map(
    (name): Layer => ({data, mark: {type: 'text', style: name, align: 'left', baseline: 'middle', aria: false}, encoding}),
  )
  return [marks, ...texts]
}

function isoLayers(lines: readonly IsoPowerLine[], axes: Axes, theme: Theme): Layer[] {
  return lines.flatMap(({points, text, nameEnd}): Layer[] => [
    {
      data: {values: points.map((point) => ({...point}))},
      mark: {type: 'line', style: 'marker', opacity: 0.45, aria: false},
      encoding: {...axes},
    },
    {
      data: {values: [{...nameEnd, text}]},
      mark: {
        type: 'text',
        style: 'noteMuted',
        align: 'right',
        baseline: 'bottom',
        dx: -theme.labelPixels / 3,
        aria: false,
      },
      encoding: {...axes, text: {field: 'text', type: 'nominal'}},
    },
  ])
}

function spec(input: FrontiersInput, style: FigureStyle): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const scene = sceneOf(input, style)
  const axes = {
    x: position('latencySeconds', 'Time of a pass', 'seconds', scene.x),
    y: position('energyJoules', input.energyOf === 'pass' ? 'Energy of a pass' : 'Energy of a token', 'joules', scene.y),
  }
  const isoLines =
    input.energyOf === 'pass'
      ? isoPowerLines(
          input.frontiers.flatMap(({points}) => points),
          scene.x,
          scene.y,
        )
      : []
  const notes = [...(input.joined === undefined ? [] : ['black: the best of all']), ...(isoLines.length > 0 ? ['dashed: equal power'] : [])]
  return {
    ...figureFrame(style, notes.length === 0 ? [] : [notes.join('; ')]),
    width: scene.widthPixels,
    height: scene.heightPixels,
    layer: [
      ...isoLayers(isoLines, axes, theme),
      ...frontierLayers(input, axes, style),
      ...endLayers(input, endLabels(input, isoLines, scene, theme), axes, theme),
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
