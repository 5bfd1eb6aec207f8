import type {TopLevelSpec} from 'vega-lite'
import {wrappedLines} from '../font.js'
import {type Theme, themes} from '../theme.js'
import {axisTitle, axisUnit, quantityExpression, type UnitName} from '../unit.js'
import {type ChartKind, type DataRow, type FigureStyle, figureFrame, type Layer, plotPixels} from './chart.js'

/** A pass at one clock, as it was measured and as it is predicted. */
export interface ComparedClock {
  readonly clockHertz: number
  readonly measuredSeconds: number
  readonly predictedSeconds: number
  readonly measuredJoules: number
  readonly predictedJoules: number
}

export interface ComparedSweep {
  readonly name: string
  /** Lowest clock first. */
  readonly points: readonly ComparedClock[]
}

export interface SweepsInput {
  readonly sweeps: readonly ComparedSweep[]
}

interface Panel {
  readonly title: string
  readonly unit: UnitName
  readonly of: (point: ComparedClock, top: ComparedClock) => readonly [measured: number, predicted: number]
}

/** Time and energy of a sweep over what was measured at its highest clock, so that sweeps of any size share an axis. */
const panels: readonly Panel[] = [
  {title: 'Time', unit: 'ratio', of: (point, {measuredSeconds: top}) => [point.measuredSeconds / top, point.predictedSeconds / top]},
  {title: 'Energy', unit: 'ratio', of: (point, {measuredJoules: top}) => [point.measuredJoules / top, point.predictedJoules / top]},
  {
    title: 'Power',
    unit: 'watts',
    of: (point) => [point.measuredJoules / point.measuredSeconds, point.predictedJoules / point.predictedSeconds],
  },
]

interface Value {
  readonly clockHertz: number
  readonly measured: number
  readonly predicted: number
}

function valuesOf({points}: ComparedSweep, {of}: Panel): Value[] {
  return points.map((point) => {
    const [measured, predicted] = of(point, points.at(-1)!)
    return {clockHertz: point.clockHertz, measured, predicted}
  })
}

interface Axes {
  readonly widthPixels: number
  readonly heightPixels: number
  readonly clockRangeHertz: readonly [number, number]
  readonly range: readonly [number, number]
}

function plot(panel: Panel, sweep: ComparedSweep, isFirst: boolean, axes: Axes, style: FigureStyle) {
  const theme: Theme = themes[style.theme]
  const clock = axisUnit(axes.clockRangeHertz[1], 'hertz')
  const value = axisUnit(axes.range[1], panel.unit)
  const isLast = panel === panels.at(-1)
  const x = {
    field: 'clockHertz' as const,
    type: 'quantitative' as const,
    scale: {domain: [...axes.clockRangeHertz], nice: false},
    axis: {
      title: isLast ? axisTitle('Core clock', clock.symbol) : null,
      labels: isLast,
      labelExpr: `format(datum.value * ${clock.scaleRatio}, ',~r')`,
      tickCount: 5,
    },
  }
  const y = <Field extends 'measured' | 'predicted'>(field: Field) => ({
    field,
    type: 'quantitative' as const,
    scale: {domain: [...axes.range], nice: false, zero: false},
    axis: {
      title: isFirst ? axisTitle(panel.title, value.symbol) : null,
      labels: isFirst,
      labelExpr: `format(datum.value * ${value.scaleRatio}, ',~r')`,
      tickCount: 4,
      ...(isFirst ? {labelBound: true} : {minExtent: 0, maxExtent: 0}),
    },
  })
  const layer: Layer[] = [
    {mark: {type: 'line', style: 'curve', aria: false}, encoding: {x, y: y('predicted')}},
    {
      transform: [
        {calculate: quantityExpression('datum.clockHertz', 'hertz'), as: 'clockText'},
        {calculate: quantityExpression('datum.measured', panel.unit), as: 'measuredText'},
        {calculate: quantityExpression('datum.predicted', panel.unit), as: 'predictedText'},
      ],
      mark: {type: 'circle', style: 'frontPoint', size: theme.markSquarePixels * 0.7, opacity: 1},
      encoding: {
        x,
        y: y('measured'),
        tooltip: [
          {field: 'clockText', type: 'nominal', title: 'Clock'},
          {field: 'measuredText', type: 'nominal', title: `${panel.title}, measured`},
          {field: 'predictedText', type: 'nominal', title: `${panel.title}, predicted`},
        ],
      },
    },
  ]
  const name = {
    text: wrappedLines(sweep.name, axes.widthPixels, theme.labelPixels, 'bold'),
    anchor: 'start' as const,
    frame: 'group' as const,
    fontSize: theme.labelPixels,
    offset: theme.labelPixels / 3,
  }
  return {
    width: axes.widthPixels,
    height: axes.heightPixels,
    data: {values: valuesOf(sweep, panel).map((each) => ({...each}))},
    ...(panel === panels[0] ? {title: name} : {}),
    layer,
  }
}

function spec({sweeps}: SweepsInput, style: FigureStyle): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const columnCount = Math.min(sweeps.length, style.span === 'page' ? 4 : 2)
  const gap = theme.labelPixels
  const widthPixels = Math.floor((plotPixels(style) - gap * columnCount) / columnCount)
  const heightPixels = Math.round(Math.min(widthPixels * 0.75, plotPixels(style) * 0.3))
  const clocks = sweeps.flatMap(({points}) => points.map(({clockHertz}) => clockHertz))
  const [lowest, highest] = [Math.min(...clocks), Math.max(...clocks)]
  const clockRangeHertz = [lowest - (highest - lowest) * 0.06, highest + (highest - lowest) * 0.06] as const
  const rowsOf = (some: readonly ComparedSweep[]) =>
    panels.map((panel) => {
      const range = rangeOf(panel, sweeps)
      const axes = {widthPixels, heightPixels, clockRangeHertz, range}
      return {spacing: gap, bounds: 'flush' as const, hconcat: some.map((sweep, index) => plot(panel, sweep, index === 0, axes, style))}
    })
  const blocks = Array.from({length: Math.ceil(sweeps.length / columnCount)}, (_, block) =>
    sweeps.slice(block * columnCount, (block + 1) * columnCount),
  )
  const notes = ['line: predicted; dots: measured; time and energy as a share of those measured at the highest clock']
  return {...figureFrame(style, notes), spacing: gap, vconcat: blocks.flatMap(rowsOf)}
}

function rangeOf(panel: Panel, sweeps: readonly ComparedSweep[]): [number, number] {
  const values = sweeps.flatMap((sweep) => valuesOf(sweep, panel).flatMap(({measured, predicted}) => [measured, predicted]))
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const room = (high - low || high) * 0.1
  return [Math.max(0, low - room), high + room]
}

/** Sweeps of the core clock as predicted and as measured: time, energy and power, a column a sweep. */
export const sweeps: ChartKind<SweepsInput> = {
  summary: 'predicted and measured time, energy and power over the core clock',
  spec,
  rows: ({sweeps: each}) => each.flatMap(({name, points}) => points.map((point): DataRow => ({sweep: name, ...point}))),
}
