import type {TopLevelSpec} from 'vega-lite'
import {textWidth} from '../font.js'
import {type Theme, themes} from '../theme.js'
import {quantityExpression, quantityText, units} from '../unit.js'
import {type AxisRange, axisShare, axisValue} from './axis-range.js'
import {type ChartKind, type FigureStyle, figureFrame, type Layer, legendColumns, plotPixels} from './chart.js'
import {limitPanel} from './dvfs-limits.js'
import {
  type Axes,
  bandLayers,
  type ClockPoint,
  clockPosition,
  type LimitPoint,
  type Panel,
  panels,
  valued,
  valuePosition,
  type X,
  type Y,
} from './dvfs-panel.js'
import {boxesAlong, placeAllLabels} from './place-labels.js'

export interface ClockCurve {
  readonly name: string
  readonly points: readonly ClockPoint[]
  /** Below this clock the pass takes longer than at the highest by more than is measured apart. */
  readonly feltBelowHertz?: number
  /** The clock that is to be used. */
  readonly chosen?: ClockPoint
  /** The same pass over power limits, drawn beside. */
  readonly limits?: readonly LimitPoint[]
}

export interface DvfsInput {
  readonly curves: readonly ClockCurve[]
  readonly powerLimitWatts?: number
}

export interface ClockMarks {
  readonly name: string
  readonly sweetSpot: ClockPoint
  /** The lowest clock that the power limit does not let stand. */
  readonly throttleOnset?: ClockPoint
}

/** For each curve the clock of least energy, and where throttling sets in. */
export function clockMarks(input: DvfsInput): ClockMarks[] {
  return input.curves.flatMap(({name, points}) => {
    const first = points[0]
    if (first === undefined) return []
    const sweetSpot = points.reduce((least, point) => (point.energyJoules < least.energyJoules ? point : least), first)
    const throttled = points.filter((point) => point.throttled).sort((a, b) => a.clockHertz - b.clockHertz)
    return [{name, sweetSpot, ...(throttled[0] === undefined ? {} : {throttleOnset: throttled[0]})}]
  })
}

/** Above this many clocks a curve shows no marks, which would hide its dashes. */
const denseCount = 30
const crossShape = 'M-0.7,-0.7L0.7,0.7M-0.7,0.7L0.7,-0.7'

function panelSpec(panel: Panel, input: DvfsInput, axes: Axes, style: FigureStyle) {
  const theme: Theme = themes[style.theme]
  const isLast = panel === panels.at(-1)
  const names = input.curves.map((curve) => curve.name)
  const values = input.curves.flatMap(({name, points}) => points.map((point) => ({name, ...valued(point)})))
  const limits = input.curves.flatMap(({name, limits: own = []}) => own.map((point) => ({name, ...valued(point)})))
  const isDense = input.curves.some(({points}) => points.length > denseCount)
  const x = clockPosition(axes, isLast)
  const y = valuePosition(panel, [...values, ...limits], input.powerLimitWatts)
  const colour = {field: 'name', type: 'nominal', title: null, scale: {domain: names}} as const
  const legend = names.length > 1 ? ({columns: legendColumns(style, names), symbolType: 'stroke', symbolOpacity: 1} as const) : null
  const overClocks = {
    width: axes.widthPixels,
    height: axes.heightPixels,
    layer: [
      ...throttleLayers(panel, input, x, axes, theme),
      ...bandLayers(panel, values, {...colour, legend}, (field) => ({x, y: {...y, field}})),
      ...limitLayers(panel, input, theme),
      ...feltLayers(panel, input, x, axes, theme),
      {
        data: {values},
        transform: [
          {calculate: quantityExpression('datum.clockHertz', 'hertz'), as: 'clockText'},
          {calculate: quantityExpression(`datum.${panel.field}`, panel.unit), as: 'valueText'},
        ],
        mark: {type: 'line', style: 'curve', point: isDense ? 'transparent' : {size: theme.markSquarePixels * 0.4}},
        encoding: {
          x,
          y,
          color: {...colour, legend},
          strokeDash: {...colour, legend},
          tooltip: [
            ...(names.length > 1 ? [{field: 'name', type: 'nominal' as const, title: 'Curve'}] : []),
            {field: 'clockText', type: 'nominal' as const, title: 'Clock'},
            {field: 'valueText', type: 'nominal' as const, title: panel.title},
          ],
        },
      } satisfies Layer,
      ...onsetLayers(input, x, y, theme),
      ...sweetSpotLayers(panel, input, axes, x, y, theme),
      ...chosenLayers(input, x, y, theme),
    ],
  }
  if (limits.length === 0) return overClocks
  return {hconcat: [overClocks, limitPanel(panel, limits, axes, {colour, y}, theme)], spacing: theme.labelPixels, bounds: 'flush' as const}
}

/** A square where the clock is that is to be used. */
function chosenLayers(input: DvfsInput, x: X, y: Y, theme: Theme): Layer[] {
  const values = input.curves.flatMap(({chosen}) => (chosen === undefined ? [] : [{...valued(chosen)}]))
  if (values.length === 0) return []
  const mark = {type: 'point', style: 'corner', shape: 'square', size: theme.markSquarePixels * 2.6, aria: false} as const
  return [{data: {values}, mark, encoding: {x, y}}]
}

/** Clocks beyond the power limit, shaded where there is one curve. */
function throttleLayers(panel: Panel, input: DvfsInput, x: X, axes: Axes, theme: Theme): Layer[] {
  const [onset] = onsetsOf(input)
  if (onset === undefined || input.curves.length > 1) return []
  const data = {values: [{clockHertz: onset.clockHertz, endHertz: axes.clockRangeHertz[1], text: 'throttled'}]}
  const area: Layer = {data, mark: {type: 'rect', style: 'band', opacity: 0.18}, encoding: {x, x2: {field: 'endHertz'}}}
  if (panel !== panels[0]) return [area]
  const offset = theme.labelPixels / 3
  const name: Layer = {
    data,
    mark: {type: 'text', style: 'noteMuted', align: 'left', baseline: 'top', dx: offset, dy: offset},
    encoding: {x, y: {value: 0}, text: {field: 'text', type: 'nominal'}},
  }
  return [area, name]
}

/** Where a lone curve begins to feel its clock, unless it always does or the limit holds it. */
function feltLayers(panel: Panel, input: DvfsInput, x: X, axes: Axes, theme: Theme): Layer[] {
  const [curve] = input.curves
  const clockHertz = curve?.feltBelowHertz
  const [lowest, highest] = [curve?.points[0]?.clockHertz, curve?.points.at(-1)?.clockHertz]
  if (clockHertz === undefined || input.curves.length > 1 || onsetsOf(input).length > 0) return []
  if (panel !== panels[0] || clockHertz === lowest || clockHertz === highest) return []
  const text = `the clock is felt below ${quantityText(clockHertz, units.hertz)}`
  const data = {values: [{clockHertz, text}]}
  const isRight = clockHertz > (axes.clockRangeHertz[0] + axes.clockRangeHertz[1]) / 2
  const offset = theme.labelPixels / 3
  return [
    {data, mark: {type: 'rule', style: 'marker'}, encoding: {x}},
    {
      data,
      mark: {
        type: 'text',
        style: 'noteMuted',
        align: isRight ? 'right' : 'left',
        baseline: 'top',
        dx: isRight ? -offset : offset,
        dy: offset,
      },
      encoding: {x, y: {value: 0}, text: {field: 'text', type: 'nominal'}},
    },
  ]
}

/** Of several curves each has its own limit: a cross where it is reached. */
function onsetLayers(input: DvfsInput, x: X, y: Y, theme: Theme): Layer[] {
  const onsets = onsetsOf(input)
  if (onsets.length === 0 || input.curves.length < 2) return []
  const mark = {type: 'point', style: 'identity', shape: crossShape, size: theme.markSquarePixels, opacity: 1, aria: false} as const
  return [
    {data: {values: onsets.map((onset) => ({...valued(onset)}))}, mark: {...mark, strokeWidth: theme.linePixels * 0.8}, encoding: {x, y}},
  ]
}

function onsetsOf(input: DvfsInput): ClockPoint[] {
  return clockMarks(input).flatMap(({throttleOnset}) => throttleOnset ?? [])
}

function limitLayers(panel: Panel, input: DvfsInput, theme: Theme): Layer[] {
  if (panel.field !== 'averageWatts' || input.powerLimitWatts === undefined) return []
  const data = {values: [{averageWatts: input.powerLimitWatts, text: `limit ${quantityText(input.powerLimitWatts, units.watts)}`}]}
  const y = {field: 'averageWatts', type: 'quantitative'} as const
  return [
    {data, mark: {type: 'rule', style: 'marker'}, encoding: {y}},
    {
      data,
      mark: {type: 'text', style: 'noteMuted', align: 'left', baseline: 'bottom', dx: theme.labelPixels / 3, dy: -theme.labelPixels / 5},
      encoding: {x: {value: 0}, y, text: {field: 'text', type: 'nominal'}},
    },
  ]
}

function sweetSpotLayers(panel: Panel, input: DvfsInput, axes: Axes, x: X, y: Y, theme: Theme): Layer[] {
  const marks = clockMarks(input)
  const rings = marks.map(({name, sweetSpot}) => ({name, ...valued(sweetSpot)}))
  const ring: Layer = {data: {values: rings}, mark: {type: 'point', style: 'corner', aria: false}, encoding: {x, y}}
  if (panel.field !== 'energyJoules') return [ring]
  const data = {values: sweetSpotLabels(input, axes, y, theme)}
  const encoding = {x, y, text: {field: 'text', type: 'nominal'}} as const
  const names = (['noteHalo', 'note'] as const).map(
    (style): Layer => ({data, mark: {type: 'text', style, align: 'left', baseline: 'middle', aria: false}, encoding}),
  )
  return [ring, ...names]
}

/** The clock of least energy beside each ring, clear of the other rings and where possible of the curves. */
function sweetSpotLabels(input: DvfsInput, axes: Axes, y: Y, theme: Theme): {clockHertz: number; energyJoules: number; text: string}[] {
  const plot = {widthPixels: axes.widthPixels, heightPixels: axes.heightPixels, fontPixels: theme.labelPixels}
  const across: AxisRange = {domain: axes.clockRangeHertz, tickValues: [], isLog: false}
  const up: AxisRange = {domain: y.scale.domain as [number, number], tickValues: [], isLog: 'type' in y.scale}
  const at = ({clockHertz, energyJoules}: ClockPoint) => ({
    xPixels: axisShare(across, clockHertz) * plot.widthPixels,
    yPixels: (1 - axisShare(up, energyJoules)) * plot.heightPixels,
  })
  const marks = clockMarks(input)
  const radiusPixels = Math.sqrt((theme.markSquarePixels * 2.2) / Math.PI) + theme.linePixels / 2
  const wishes = marks.map(({sweetSpot}) => {
    const text = `${marks.length === 1 ? 'least energy, ' : ''}${quantityText(sweetSpot.clockHertz, units.hertz)}`
    return {...at(sweetSpot), text, radiusPixels, widthPixels: textWidth(text, theme.labelPixels)}
  })
  const curves = input.curves.flatMap(({points}) =>
    points.slice(1).flatMap((point, index) => {
      const [from, to] = [at(points[index]!), at(point)]
      return boxesAlong(from.xPixels, from.yPixels, to.xPixels, to.yPixels)
    }),
  )
  return placeAllLabels(wishes, [curves, []], plot).map(({text, xPixels, yPixels}) => ({
    text,
    clockHertz: axisValue(across, xPixels / plot.widthPixels),
    energyJoules: axisValue(up, 1 - yPixels / plot.heightPixels),
  }))
}

function spec(input: DvfsInput, style: FigureStyle): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const clocks = input.curves.flatMap((curve) => curve.points.map((point) => point.clockHertz))
  const [low, high] = [Math.min(...clocks), Math.max(...clocks)]
  const margin = (high - low) * 0.03
  const hasLimits = input.curves.some(({limits = []}) => limits.length > 0)
  const plotWidthPixels = plotPixels(style)
  const limitWidthPixels = hasLimits ? Math.round(plotWidthPixels * 0.3) : 0
  const widthPixels = plotWidthPixels - (hasLimits ? limitWidthPixels + theme.labelPixels : 0)
  const heightPixels = Math.round(plotWidthPixels * (style.span === 'page' ? 0.17 : 0.3))
  const axes: Axes = {widthPixels, limitWidthPixels, heightPixels, clockRangeHertz: [low - margin, high + margin]}
  return {
    ...figureFrame(style, notesOf(input)),
    vconcat: panels.map((panel) => panelSpec(panel, input, axes, style)),
    spacing: theme.labelPixels,
  }
}

/** What the marks mean that no label explains. */
function notesOf(input: DvfsInput): string[] {
  const marks = [
    ...(input.curves.length > 1 && onsetsOf(input).length > 0
      ? ['ring: least energy', 'cross: from here on the power limit is exceeded']
      : []),
    ...(input.curves.some(({chosen}) => chosen !== undefined) ? ['square: least energy in time'] : []),
  ]
  const hasBand = input.curves.some(({points}) => points.some(({p5Joules}) => p5Joules !== undefined))
  return [
    ...(marks.length === 0 ? [] : [marks.join('; ')]),
    ...(hasBand ? ['shaded: nine in ten samples over the ranges of the constants'] : []),
  ]
}

/** Time, energy, power and energy times time over the core clock and power limits, with the clock of least energy and the onset of throttling. */
export const dvfs: ChartKind<DvfsInput> = {
  summary: 'time, energy and power over clock and power limit',
  spec,
  rows: ({curves}) =>
    curves.flatMap(({name, points, limits = []}) => [
      ...points.map((point) => ({curve: name, ...point})),
      ...limits.map((point) => ({curve: name, ...point})),
    ]),
}
