import type {TopLevelSpec} from 'vega-lite'
import {textWidth} from '../font.js'
import {type Theme, themes} from '../theme.js'
import {quantityExpression} from '../unit.js'
import {type ChartKind, type DataRow, distinct, type FigureStyle, figureFrame, figurePixels, type Layer, legendColumns} from './chart.js'

export interface ClassError {
  readonly device: string
  readonly operatorClass: string
  /** Of these sizes alone: each class of each device is then a panel, and each regime a bar. */
  readonly regime?: string
  readonly rowCount: number
  /** Mean of |predicted − measured| / measured. */
  readonly mapeRatio: number
  /** Nine rows in ten err by no more than this. */
  readonly p90Ratio: number
  /** Mean of (predicted − measured) / measured. */
  readonly biasRatio: number
}

export interface ErrorByClassInput {
  /** What was predicted, e.g. "Latency". */
  readonly quantity: string
  readonly groups: readonly ClassError[]
}

const reading =
  'bar: mean of |predicted − measured| / measured; tick: its 90th percentile; diamond: bias, above zero where predictions are too long'

/** The texts of tooltips. */
const errorTexts = [
  {calculate: quantityExpression('datum.mapeRatio', 'ratio'), as: 'mapeText'},
  {calculate: quantityExpression('datum.p90Ratio', 'ratio'), as: 'p90Text'},
  {calculate: `format(datum.biasRatio, '+.1%')`, as: 'biasText'},
]

const errorTooltip = [
  {field: 'mapeText', title: 'MAPE'},
  {field: 'p90Text', title: '90th percentile'},
  {field: 'biasText', title: 'Bias'},
  {field: 'rowCount', title: 'Rows'},
]

function errorAxis(style: FigureStyle, mostTicks: number) {
  return {labelExpr: `format(datum.value * 100, '~r')`, tickCount: style.span === 'page' ? mostTicks : 5}
}

/** The 90th percentile and the bias over a bar of the mean. */
function tailLayers(x: object, barPixels: number, theme: Theme): Layer[] {
  const tail: Layer = {mark: {type: 'tick', style: 'tail', orient: 'vertical', size: barPixels}, encoding: {x: {...x, field: 'p90Ratio'}}}
  const bias: Layer = {
    mark: {
      type: 'point',
      style: 'identity',
      shape: 'diamond',
      filled: false,
      fill: theme.ink.background,
      opacity: 1,
      size: barPixels ** 2 * 0.55,
    },
    encoding: {x: {...x, field: 'biasRatio'}},
  }
  return [tail, bias]
}

function classSpec(input: ErrorByClassInput, style: FigureStyle): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const devices = distinct(input.groups.map((group) => group.device))
  const classes = distinct(input.groups.map((group) => group.operatorClass))
  const namePixels = nameExtent(classes, theme)
  const width = Math.floor(figurePixels(style) - namePixels - theme.labelPixels * 2)
  const barPixels = theme.labelPixels * (devices.length > 1 ? 0.75 : 1.2)
  const {placed, names} = placedRows(input.groups, classes)
  const y = {
    field: 'place',
    type: 'ordinal',
    title: null,
    scale: {domain: names.map((_, place) => place), paddingInner: 0.13, paddingOuter: 0.5},
    axis: {...nameAxis(namePixels), labelExpr: `${JSON.stringify(names)}[datum.value]`, labelOverlap: false},
  } as const
  const x = {
    type: 'quantitative',
    title: `${input.quantity} error (%)`,
    axis: errorAxis(style, 8),
    scale: {zero: true, nice: true},
  } as const
  return {
    ...figureFrame(style, [reading]),
    data: {values: placed},
    transform: errorTexts,
    width,
    height: {step: barPixels * 1.15},
    encoding: {
      y,
      tooltip: [{field: 'device', title: 'Device'}, {field: 'operatorClass', title: 'Class'}, ...errorTooltip],
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
      ...tailLayers(x, barPixels, theme),
    ],
  }
}

/** The bars of each class under one another, its name beside their middle, and an empty place before the next class. */
function placedRows(groups: readonly ClassError[], classes: readonly string[]) {
  const placed: (ClassError & {place: number})[] = []
  const names: string[] = []
  for (const operatorClass of classes) {
    const own = groups.filter((group) => group.operatorClass === operatorClass)
    if (names.length > 0) names.push('')
    const first = names.length
    for (const [index, group] of own.entries()) placed.push({...group, place: first + index})
    names.push(...own.map((_, index) => (index === Math.floor((own.length - 1) / 2) ? operatorClass : '')))
  }
  return {placed, names}
}

function nameExtent(names: readonly string[], theme: Theme): number {
  return Math.ceil(Math.max(...names.map((name) => textWidth(name, theme.labelPixels)), 0) + theme.labelPixels)
}

function nameAxis(namePixels: number) {
  return {minExtent: namePixels, maxExtent: namePixels, ticks: false, domain: false}
}

interface RegimeLayout {
  readonly namePixels: number
  readonly widthPixels: number
  readonly domain: readonly [number, number]
}

/** One class of one device: a bar a regime, with the number of its rows beside it. */
function regimePanel(title: string, groups: readonly ClassError[], layout: RegimeLayout, input: ErrorByClassInput, style: FigureStyle) {
  const theme: Theme = themes[style.theme]
  const barPixels = theme.labelPixels * 0.9
  const x = {
    type: 'quantitative' as const,
    title: `${input.quantity} error (%)`,
    axis: errorAxis(style, 5),
    scale: {domain: [...layout.domain], nice: false},
  }
  return {
    title: {text: title, fontSize: theme.labelPixels, anchor: 'start' as const, frame: 'bounds' as const, offset: theme.labelPixels / 2},
    data: {values: groups.map((group) => ({...group, countText: `n = ${group.rowCount}`}))},
    transform: errorTexts,
    width: layout.widthPixels,
    height: {step: theme.labelPixels * 1.5},
    encoding: {
      y: {
        field: 'regime',
        type: 'nominal' as const,
        sort: groups.map(({regime}) => regime ?? ''),
        title: null,
        axis: nameAxis(layout.namePixels),
      },
      tooltip: [{field: 'regime', title: 'Regime'}, ...errorTooltip],
    },
    layer: [
      {mark: {type: 'bar', style: 'segment', size: barPixels}, encoding: {x: {...x, field: 'mapeRatio'}}},
      ...tailLayers(x, barPixels, theme),
      {
        mark: {type: 'text', style: 'noteMuted', align: 'right', baseline: 'middle', aria: false},
        encoding: {x: {value: layout.widthPixels}, text: {field: 'countText', type: 'nominal'}},
      },
    ] satisfies Layer[],
  }
}

function regimeSpec(input: ErrorByClassInput, style: FigureStyle): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const isOneDevice = new Set(input.groups.map(({device}) => device)).size === 1
  const panelOf = ({device, operatorClass}: ClassError): string => (isOneDevice ? operatorClass : `${device} ${operatorClass}`)
  const panels = distinct(input.groups.map(panelOf))
  const columnCount = style.span === 'page' ? Math.min(2, panels.length) : 1
  const namePixels = nameExtent(
    input.groups.map(({regime}) => regime ?? ''),
    theme,
  )
  const room = Math.floor((figurePixels(style) - theme.labelPixels * 1.5) / columnCount)
  const widthPixels = room - namePixels - theme.labelPixels * (columnCount > 1 ? 1 : 0.5)
  const countPixels = Math.max(...input.groups.map(({rowCount}) => textWidth(`n = ${rowCount}`, theme.labelPixels))) + theme.labelPixels
  const high = Math.max(...input.groups.flatMap(({p90Ratio, biasRatio}) => [p90Ratio, biasRatio]))
  const low = Math.min(0, ...input.groups.map(({biasRatio}) => biasRatio))
  const margin = (high - low) * 0.03
  const domain = [low < 0 ? low - margin : 0, low + (high - low + margin) / (1 - countPixels / widthPixels)] as const
  const layout = {namePixels, widthPixels, domain}
  return {
    ...figureFrame(style, [reading]),
    concat: panels.map((panel) =>
      regimePanel(
        panel,
        input.groups.filter((group) => panelOf(group) === panel),
        layout,
        input,
        style,
      ),
    ),
    columns: columnCount,
    spacing: theme.labelPixels * 1.5,
  }
}

function spec(input: ErrorByClassInput, style: FigureStyle): TopLevelSpec {
  return input.groups.some(({regime}) => regime !== undefined) ? regimeSpec(input, style) : classSpec(input, style)
}

function rows(input: ErrorByClassInput): DataRow[] {
  return input.groups.map((group) => ({...group}))
}

/** Mean error by operator class and device, or by regime, with the 90th percentile as a tick and the bias as a diamond. */
export const errorByClass: ChartKind<ErrorByClassInput> = {summary: 'error by operator class and device, or by regime', spec, rows}
