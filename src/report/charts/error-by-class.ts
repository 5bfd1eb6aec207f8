import type {TopLevelSpec} from 'vega-lite'
import {textWidth} from '../font.js'
import {type Theme, themes} from '../theme.js'
import {quantityExpression} from '../unit.js'
import {type ChartKind, distinct, type FigureStyle, figureFrame, figurePixels, legendColumns} from './chart.js'

export interface ClassError {
  readonly device: string
  readonly operatorClass: string
  readonly rowCount: number
  /** Mean of |predicted − measured| / measured. */
  readonly mapeRatio: number
  /** Nine rows in ten err by no more than this. */
  readonly p90Ratio: number
}

export interface ErrorByClassInput {
  /** What was predicted, e.g. "Latency". */
  readonly quantity: string
  readonly groups: readonly ClassError[]
}

function spec(input: ErrorByClassInput, style: FigureStyle): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const devices = distinct(input.groups.map((group) => group.device))
  const classes = distinct(input.groups.map((group) => group.operatorClass))
  const longest = Math.max(...classes.map((name) => textWidth(name, theme.labelPixels)), 0)
  const namePixels = Math.ceil(longest + theme.labelPixels)
  const width = Math.floor(figurePixels(style) - namePixels - theme.labelPixels * 2)
  const barPixels = theme.labelPixels * (devices.length > 1 ? 0.75 : 1.2)
  const y = {
    field: 'operatorClass',
    type: 'nominal',
    sort: classes,
    title: null,
    scale: {paddingInner: 0.3, paddingOuter: 0.15},
    axis: {minExtent: namePixels, maxExtent: namePixels, ticks: false, domain: false},
  } as const
  const offset = {field: 'device', type: 'nominal', sort: devices} as const
  const x = {
    type: 'quantitative',
    title: `${input.quantity} error (%)`,
    axis: {labelExpr: `format(datum.value * 100, '~r')`, tickCount: style.span === 'page' ? 8 : 5},
    scale: {zero: true, nice: true},
  } as const
  return {
    ...figureFrame(style, ['bar: mean of |predicted − measured| / measured; tick: its 90th percentile']),
    data: {values: input.groups.map((group) => ({...group}))},
    transform: [
      {calculate: quantityExpression('datum.mapeRatio', 'ratio'), as: 'mapeText'},
      {calculate: quantityExpression('datum.p90Ratio', 'ratio'), as: 'p90Text'},
    ],
    width,
    height: {step: barPixels * 1.15, for: 'offset'},
    encoding: {
      y,
      yOffset: offset,
      tooltip: [
        {field: 'device', title: 'Device'},
        {field: 'operatorClass', title: 'Class'},
        {field: 'mapeText', title: 'MAPE'},
        {field: 'p90Text', title: '90th percentile'},
        {field: 'rowCount', title: 'Rows'},
      ],
    },
    layer: [
      {
        mark: {type: 'bar', style: 'segment'},
        encoding: {
          x: {...x, field: 'mapeRatio'},
          color: {
            field: 'device',
            type: 'nominal',
            title: null,
            scale: {domain: devices},
            legend: devices.length > 1 ? {columns: legendColumns(style, devices), symbolType: 'square'} : null,
          },
        },
      },
      {mark: {type: 'tick', style: 'tail', orient: 'vertical', size: barPixels}, encoding: {x: {...x, field: 'p90Ratio'}}},
    ],
  }
}

/** Mean error by operator class and device, with the 90th percentile as a tick. */
export const errorByClass: ChartKind<ErrorByClassInput> = {
  summary: 'error by operator class and device',
  spec,
  rows: (input) => input.groups.map((group) => ({...group})),
}
