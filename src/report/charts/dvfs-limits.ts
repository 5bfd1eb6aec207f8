import type {Theme} from '../theme.js'
import {axisTitle, axisUnit} from '../unit.js'
import {type Axes, bandLayers, type LimitPoint, type Panel, panels, type Valued, type Y} from './dvfs-panel.js'

/** The same quantity over power limits, on the axis of the panel to its left. */
export function limitPanel(
  panel: Panel,
  values: readonly Valued<LimitPoint & {name: string}>[],
  axes: Axes,
  {colour, y}: {readonly colour: {readonly field: 'name'; readonly type: 'nominal'; readonly scale: {domain: string[]}}; readonly y: Y},
  theme: Theme,
) {
  const isLast = panel === panels.at(-1)
  const watts = values.map(({powerLimitWatts}) => powerLimitWatts)
  const [low, high] = [Math.min(...watts), Math.max(...watts)]
  const margin = (high - low || high) * 0.04
  const {scaleRatio, symbol} = axisUnit(high, 'watts')
  const labelExpr = `format(datum.value * ${scaleRatio}, ',~r')`
  const title = isLast ? axisTitle('Power limit', symbol) : null
  const noAxis = {...y.axis, title: null, labels: false, ticks: false, domain: false, minExtent: 0, maxExtent: 0}
  const series = {...colour, title: null, legend: null}
  const x = {
    field: 'powerLimitWatts' as const,
    type: 'quantitative' as const,
    scale: {domain: [low - margin, high + margin], nice: false},
    axis: {title, labels: isLast, labelExpr, tickCount: 4},
  }
  const position = (field: string = panel.field) => ({x, y: {...y, field, axis: noAxis}})
  const curve = {
    data: {values: [...values]},
    mark: {type: 'line' as const, style: 'curve', point: {size: theme.markSquarePixels * 0.4}},
    encoding: {...position(), color: series, strokeDash: series},
  }
  return {width: axes.limitWidthPixels, height: axes.heightPixels, layer: [...bandLayers(panel, values, series, position), curve]}
}
