import {axisTitle, axisUnit, type UnitName} from '../unit.js'
import {axisRange} from './axis-range.js'
import type {Layer} from './chart.js'

export interface ClockPoint {
  readonly clockHertz: number
  readonly latencySeconds: number
  readonly energyJoules: number
  readonly averageWatts: number
  /** The power limit would not let this clock stand. */
  readonly throttled: boolean
  /** Nine in ten samples over the ranges of the constants lie between these; where bands are drawn. */
  readonly p5Joules?: number
  readonly p95Joules?: number
  readonly p5Watts?: number
  readonly p95Watts?: number
}

/** The highest clock under a power limit. */
export interface LimitPoint extends Omit<ClockPoint, 'clockHertz'> {
  readonly powerLimitWatts: number
}

export interface Panel {
  readonly field: 'latencySeconds' | 'energyJoules' | 'averageWatts' | 'energyDelayJouleSeconds'
  readonly title: string
  readonly unit: UnitName
  /** The ends of its band. */
  readonly band?: readonly ['p5Joules', 'p95Joules'] | readonly ['p5Watts', 'p95Watts']
}

/** What is drawn over the clock, one under the other. */
export const panels: readonly Panel[] = [
  {field: 'latencySeconds', title: 'Time', unit: 'seconds'},
  {field: 'energyJoules', title: 'Energy', unit: 'joules', band: ['p5Joules', 'p95Joules']},
  {field: 'averageWatts', title: 'Power', unit: 'watts', band: ['p5Watts', 'p95Watts']},
  {field: 'energyDelayJouleSeconds', title: 'Energy · time', unit: 'jouleSeconds'},
]

export type Valued<Point> = Point & {readonly energyDelayJouleSeconds: number}

/** A point with its energy times its time. */
export function valued<Point extends Pick<ClockPoint, 'latencySeconds' | 'energyJoules'>>(point: Point): Valued<Point> {
  return {...point, energyDelayJouleSeconds: point.energyJoules * point.latencySeconds}
}

export interface Axes {
  readonly widthPixels: number
  /** Of the panels over power limits; 0 where there are none. */
  readonly limitWidthPixels: number
  readonly heightPixels: number
  readonly clockRangeHertz: [number, number]
}

/** The clock across a panel. */
export function clockPosition(axes: Axes, isLast: boolean) {
  const {scaleRatio, symbol} = axisUnit(axes.clockRangeHertz[1], 'hertz')
  const labelExpr = `format(datum.value * ${scaleRatio}, ',~r')`
  return {
    field: 'clockHertz' as const,
    type: 'quantitative' as const,
    scale: {domain: axes.clockRangeHertz, nice: false},
    axis: {title: isLast ? axisTitle('Core clock', symbol) : null, labels: isLast, labelExpr},
  }
}

/** The range of the values with room above and below for what is written there. */
export function valuePosition(panel: Panel, points: readonly Valued<Omit<ClockPoint, 'clockHertz'>>[], limitWatts: number | undefined) {
  const values = points.flatMap((point) => [point[panel.field], ...(panel.band ?? []).flatMap((end) => point[end] ?? [])])
  if (panel.field === 'averageWatts' && limitWatts !== undefined) values.push(limitWatts)
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const room = (high - low || high) * (panel.field === 'energyJoules' ? 0.45 : 0.25)
  const {scaleRatio, symbol} = axisUnit(high, panel.unit)
  const labelExpr = `format(datum.value * ${scaleRatio}, ',~r')`
  const shared = {field: panel.field, type: 'quantitative' as const}
  const {isLog, tickValues} = axisRange(low, high, scaleRatio, 4)
  if (isLog) {
    const axis = {title: axisTitle(`${panel.title}, log scale`, symbol), labelExpr, values: [...tickValues]}
    const roomBelow = panel.field === 'energyJoules' ? 3 : 1.3
    return {...shared, scale: {type: 'log' as const, domain: [low / roomBelow, high * 1.3], nice: false}, axis}
  }
  return {
    ...shared,
    scale: {domain: [Math.max(0, low - room), high + (high - low || high) * 0.18], nice: false, zero: false},
    axis: {title: axisTitle(panel.title, symbol), labelExpr, tickCount: 4},
  }
}

export type X = ReturnType<typeof clockPosition>
export type Y = ReturnType<typeof valuePosition>

type Encoding = NonNullable<Extract<Layer, {mark: unknown}>['encoding']>

/** Around each curve where nine in ten samples lie. */
export function bandLayers(
  {band}: Panel,
  values: readonly Omit<ClockPoint, 'clockHertz'>[],
  color: NonNullable<Encoding['color']>,
  positionOf: (field: string) => Pick<Encoding, 'x' | 'y'>,
): Layer[] {
  if (band === undefined || values.some((point) => point[band[0]] === undefined)) return []
  return [
    {
      data: {values: [...values]},
      mark: {type: 'area', opacity: 0.2, line: false, aria: false},
      encoding: {...positionOf(band[0]), y2: {field: band[1]}, color},
    },
  ]
}
