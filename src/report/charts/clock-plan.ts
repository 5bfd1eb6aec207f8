import type {TopLevelSpec} from 'vega-lite'
import {type Theme, themes} from '../theme.js'
import {axisTitle, axisUnit, quantityExpression} from '../unit.js'
import {type ChartKind, distinct, type FigureStyle, figureFrame, type Layer, legendColumns, plotPixels} from './chart.js'

/** A stretch of a pass at one clock. */
export interface ClockSegment {
  readonly operator: string
  readonly boundBy: string
  readonly clockHertz: number
  readonly startSeconds: number
  readonly endSeconds: number
}

export interface ClockPanel {
  readonly name: string
  /** What else there is to say of it, under its name. */
  readonly note?: string
  readonly segments: readonly ClockSegment[]
  /** The part of the pass to show; all of it unless told. */
  readonly windowSeconds?: readonly [number, number]
}

/** Plans of the core clock over the time of a pass, one under the other. */
export interface ClockPlanInput {
  readonly panels: readonly ClockPanel[]
  /** Up to this clock the voltage is at its lowest. */
  readonly voltageFloorHertz?: number
}

/** Segments of a panel that lie in its window, cut at its ends. */
function shownSegments({segments, windowSeconds}: ClockPanel): ClockSegment[] {
  if (windowSeconds === undefined) return [...segments]
  const [from, to] = windowSeconds
  return segments
    .filter(({startSeconds, endSeconds}) => endSeconds > from && startSeconds < to)
    .map((segment) => ({...segment, startSeconds: Math.max(segment.startSeconds, from), endSeconds: Math.min(segment.endSeconds, to)}))
}

function timePosition(panel: ClockPanel, isLast: boolean) {
  const shown = shownSegments(panel)
  const domain = [shown[0]!.startSeconds, shown.at(-1)!.endSeconds]
  const {scaleRatio, symbol} = axisUnit(domain[1]!, 'seconds')
  return {
    field: 'startSeconds' as const,
    type: 'quantitative' as const,
    scale: {domain, nice: false},
    axis: {
      title: isLast ? axisTitle('Time in the pass', symbol) : null,
      labelExpr: `format(datum.value * ${scaleRatio}, ',~r')`,
      grid: false,
    },
  }
}

function panelSpec(panel: ClockPanel, input: ClockPlanInput, clockRangeHertz: [number, number], style: FigureStyle) {
  const theme: Theme = themes[style.theme]
  const widthPixels = plotPixels(style)
  const bounds = distinct(input.panels.flatMap(({segments}) => segments.map(({boundBy}) => boundBy)))
  const values = shownSegments(panel)
  const x = timePosition(panel, panel === input.panels.at(-1))
  const {scaleRatio, symbol} = axisUnit(clockRangeHertz[1], 'hertz')
  const y = {
    field: 'clockHertz' as const,
    type: 'quantitative' as const,
    scale: {domain: clockRangeHertz, nice: false, zero: false},
    axis: {title: axisTitle('Clock', symbol), labelExpr: `format(datum.value * ${scaleRatio}, ',~r')`, tickCount: 4},
  }
  const last = values.at(-1)!
  return {
    title: {
      text: panel.note === undefined ? panel.name : [panel.name, panel.note],
      fontSize: theme.labelPixels,
      fontWeight: 'normal' as const,
      offset: theme.labelPixels / 3,
    },
    width: widthPixels,
    height: Math.round(widthPixels * (style.span === 'page' ? 0.14 : 0.24)),
    layer: [
      ...floorLayers(panel, input, clockRangeHertz, theme),
      {
        data: {values: [...values, {...last, startSeconds: last.endSeconds}]},
        mark: {type: 'line', style: 'identity', interpolate: 'step-after', opacity: 0.5, aria: false},
        encoding: {x, y},
      } satisfies Layer,
      {
        data: {values},
        transform: [
          {calculate: quantityExpression('datum.clockHertz', 'hertz'), as: 'clockText'},
          {calculate: quantityExpression('datum.endSeconds - datum.startSeconds', 'seconds'), as: 'timeText'},
        ],
        mark: {type: 'rule', strokeWidth: theme.linePixels * 2.2},
        encoding: {
          x,
          x2: {field: 'endSeconds'},
          y,
          color: {
            field: 'boundBy',
            type: 'nominal',
            scale: {domain: bounds},
            legend: {
              title: 'bound by',
              titleOrient: 'left',
              columns: legendColumns(style, bounds, widthPixels * 0.85),
              symbolType: 'stroke',
            },
          },
          tooltip: [
            {field: 'operator', type: 'nominal' as const, title: 'Operator'},
            {field: 'clockText', type: 'nominal' as const, title: 'Clock'},
            {field: 'timeText', type: 'nominal' as const, title: 'Time'},
          ],
        },
      } satisfies Layer,
    ],
  }
}

/** Where the voltage begins to rise: below it a lower clock saves little. */
function floorLayers(
  panel: ClockPanel,
  {voltageFloorHertz, panels}: ClockPlanInput,
  [lowest, highest]: readonly [number, number],
  theme: Theme,
): Layer[] {
  if (voltageFloorHertz === undefined || voltageFloorHertz < lowest || voltageFloorHertz > highest) return []
  const data = {values: [{clockHertz: voltageFloorHertz, text: 'voltage floor ends'}]}
  const y = {field: 'clockHertz', type: 'quantitative', scale: {zero: false}} as const
  const rule: Layer = {data, mark: {type: 'rule', style: 'marker'}, encoding: {y}}
  if (panel !== panels[0]) return [rule]
  const mark = {
    type: 'text',
    style: 'noteMuted',
    align: 'left',
    baseline: 'top',
    dx: theme.labelPixels / 3,
    dy: theme.labelPixels / 4,
  } as const
  return [rule, {data, mark, encoding: {x: {value: 0}, y, text: {field: 'text', type: 'nominal'}}}]
}

function spec(input: ClockPlanInput, style: FigureStyle): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const clocks = input.panels.flatMap(({segments}) => segments.map(({clockHertz}) => clockHertz))
  const [low, high] = [Math.min(...clocks), Math.max(...clocks)]
  const margin = (high - low || high) * 0.08
  const range: [number, number] = [Math.max(0, low - margin), high + margin]
  return {
    ...figureFrame(style),
    vconcat: input.panels.map((panel) => panelSpec(panel, input, range, style)),
    spacing: theme.labelPixels,
  }
}

/** The core clock over the time of a pass, coloured by what bounds each kernel. */
export const clockPlan: ChartKind<ClockPlanInput> = {
  summary: 'planned clocks over the time of a pass',
  spec,
  rows: ({panels}) =>
    panels
      .filter(({windowSeconds}) => windowSeconds === undefined)
      .flatMap(({name, segments}) => segments.map((segment) => ({plan: name, ...segment}))),
}
