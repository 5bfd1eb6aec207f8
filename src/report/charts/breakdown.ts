import {type ChartKind, type DataRow, distinct} from './chart.js'
import {type StackedPanel, stackedFigure, stackedPanel} from './stacked-bars.js'

export interface LatencyPart {
  readonly name: string
  readonly latencySeconds: number
}

export interface EnergyPart {
  readonly name: string
  readonly energyJoules: number
}

export interface TrafficPart {
  readonly name: string
  readonly trafficBytes: number
}

export interface Configuration {
  readonly name: string
  /** By operator class; empty where only energy is shown. */
  readonly latencyParts: readonly LatencyPart[]
  /** By source: units, memory levels, links, static, idle. */
  readonly energyParts: readonly EnergyPart[]
  /** By tensor; where bytes are shown. */
  readonly trafficParts?: readonly TrafficPart[]
  /** Nine in ten samples over the ranges of the constants lie between these; where bands are drawn. */
  readonly p5Joules?: number
  readonly p95Joules?: number
}

export interface BreakdownInput {
  /** What each bar is of, where it is not a configuration. */
  readonly barTitle?: string
  /** Parts in the order, and so in the colours, that they have in every panel; by their size where left out. */
  readonly partOrder?: readonly string[]
  readonly configurations: readonly Configuration[]
}

/** One panel for latency, one for traffic and one for energy, each where any configuration has parts of it. */
export function breakdownPanels(input: BreakdownInput): StackedPanel[] {
  const latency = input.configurations.flatMap(({name, latencyParts}) =>
    latencyParts.map((part) => ({configuration: name, part: part.name, value: part.latencySeconds})),
  )
  const energy = input.configurations.flatMap(({name, energyParts}) =>
    energyParts.map((part) => ({configuration: name, part: part.name, value: part.energyJoules})),
  )
  const traffic = input.configurations.flatMap(({name, trafficParts = []}) =>
    trafficParts.map((part) => ({configuration: name, part: part.name, value: part.trafficBytes})),
  )
  const bands = input.configurations.flatMap(({name, p5Joules, p95Joules}) =>
    p5Joules === undefined || p95Joules === undefined ? [] : [{configuration: name, from: p5Joules, to: p95Joules}],
  )
  const shared = input.partOrder === undefined ? {} : {partOrder: input.partOrder}
  return [
    stackedPanel('Latency', 'seconds', 'Time in', latency, shared),
    stackedPanel('Traffic', 'bytes', 'Traffic of', traffic, shared),
    stackedPanel('Energy', 'joules', 'Energy of', energy, {...shared, bands}),
  ].filter((panel) => panel.segments.length > 0)
}

function rows(input: BreakdownInput): DataRow[] {
  return input.configurations.flatMap(({name, latencyParts, energyParts, trafficParts = [], p5Joules, p95Joules}) => [
    ...latencyParts.map((part) => ({configuration: name, part: part.name, quantity: 'latency', latencySeconds: part.latencySeconds})),
    ...trafficParts.map((part) => ({configuration: name, part: part.name, quantity: 'traffic', trafficBytes: part.trafficBytes})),
    ...energyParts.map((part) => ({configuration: name, part: part.name, quantity: 'energy', energyJoules: part.energyJoules})),
    ...(p5Joules === undefined ? [] : [{configuration: name, part: 'all, 5th percentile', quantity: 'energy', energyJoules: p5Joules}]),
    ...(p95Joules === undefined ? [] : [{configuration: name, part: 'all, 95th percentile', quantity: 'energy', energyJoules: p95Joules}]),
  ])
}

/** Where time and energy go: stacked bars of several configurations, one above the other. */
export const breakdown: ChartKind<BreakdownInput> = {
  summary: 'latency, traffic and energy by part, for several configurations',
  spec: (input, style) => {
    const names = distinct(input.configurations.map(({name}) => name))
    return stackedFigure(breakdownPanels(input), names, style, input.barTitle ?? 'Configuration')
  },
  rows,
}
