import type {TopLevelSpec} from 'vega-lite'
import {textWidth} from '../font.js'
import {type Theme, themes} from '../theme.js'
import {axisTitle, axisUnit, quantityExpression, quantityText, type UnitName, units} from '../unit.js'
import {distinct, type FigureStyle, figureFrame, figurePixels, type Layer, legendColumns} from './chart.js'

/** A part of a bar. */
interface Segment {
  readonly configuration: string
  readonly part: string
  readonly partIndex: number
  readonly value: number
}

/** Bars of one quantity, one under the other, each of its parts. */
export interface StackedPanel {
  readonly title: string
  readonly unit: UnitName
  readonly legendTitle: string
  readonly partNames: readonly string[]
  readonly segments: readonly Segment[]
  readonly bands: readonly Band[]
  /** Where the panel below has the same parts, one legend serves both. */
  readonly hasLegend: boolean
}

/** Where nine in ten samples of a bar lie. */
interface Band {
  readonly configuration: string
  readonly from: number
  readonly to: number
}

const shownPartCount = 8

interface PanelOptions {
  readonly bands?: readonly Band[]
  /** Those left out come after these, by their size. */
  readonly partOrder?: readonly string[]
  /** All parts that have a colour, whether this panel has them or not. */
  readonly partNames?: readonly string[]
  readonly hasLegend?: boolean
}

/** Parts in the given order, else in that of their sum over all configurations; those past the eighth are one part, "other". */
export function stackedPanel(
  title: string,
  unit: UnitName,
  legendTitle: string,
  parts: readonly Omit<Segment, 'partIndex'>[],
  {bands = [], partOrder = [], partNames, hasLegend = true}: PanelOptions = {},
): StackedPanel {
  const {names, nameOf} = partNames === undefined ? rankedParts(parts, partOrder) : {names: partNames, nameOf: (part: string) => part}
  const sums = new Map<string, Segment>()
  for (const {configuration, part, value} of parts) {
    if (!(value > 0)) continue
    const name = nameOf(part)
    const key = `${configuration}\n${name}`
    sums.set(key, {configuration, part: name, partIndex: names.indexOf(name), value: (sums.get(key)?.value ?? 0) + value})
  }
  return {title, unit, legendTitle, partNames: names, segments: [...sums.values()], bands, hasLegend}
}

/** The parts that have a colour, and which of them each part counts to. */
function rankedParts(parts: readonly Omit<Segment, 'partIndex'>[], partOrder: readonly string[]) {
  const placeOf = (part: string): number => (partOrder.includes(part) ? partOrder.indexOf(part) : partOrder.length)
  const totals = new Map<string, number>()
  for (const {part, value} of parts) totals.set(part, (totals.get(part) ?? 0) + value)
  const ranked = [...totals].filter(([, total]) => total > 0).sort((a, b) => placeOf(a[0]) - placeOf(b[0]) || b[1] - a[1])
  const isFolded = ranked.length > shownPartCount
  const kept = ranked.slice(0, isFolded ? shownPartCount - 1 : shownPartCount).map(([name]) => name)
  const other = `other (${ranked.length - kept.length})`
  return {names: isFolded ? [...kept, other] : kept, nameOf: (part: string) => (kept.includes(part) ? part : other)}
}

/** The sum of each bar, and how far it or its band reaches. */
function totalsOf(panel: StackedPanel): {configuration: string; total: number; reach: number; text: string}[] {
  return distinct(panel.segments.map((segment) => segment.configuration)).map((configuration) => {
    const total = panel.segments.filter((segment) => segment.configuration === configuration).reduce((sum, {value}) => sum + value, 0)
    const band = panel.bands.find((each) => each.configuration === configuration)
    return {configuration, total, reach: Math.max(total, band?.to ?? 0), text: quantityText(total, units[panel.unit])}
  })
}

interface PanelLayout {
  readonly widthPixels: number
  readonly namePixels: number
  readonly namesShown: boolean
}

function panelSpec(panel: StackedPanel, names: readonly string[], layout: PanelLayout, style: FigureStyle, barTitle: string) {
  const theme: Theme = themes[style.theme]
  const totals = totalsOf(panel)
  const largest = Math.max(...totals.map(({reach}) => reach))
  const axis = axisUnit(largest, panel.unit)
  const scale = {domain: [...names], paddingInner: 0.35, paddingOuter: 0.2}
  const y = {
    field: 'configuration',
    type: 'nominal',
    sort: [...names],
    title: null,
    axis: {
      minExtent: layout.namesShown ? layout.namePixels : 0,
      maxExtent: layout.namesShown ? layout.namePixels : 0,
      labels: layout.namesShown,
      labelLimit: layout.namePixels - theme.labelPixels,
      ticks: false,
      domain: false,
    },
    scale,
  } as const
  const roomRatio = 1 + (Math.max(...totals.map(({text}) => textWidth(text, theme.labelPixels))) + theme.labelPixels) / layout.widthPixels
  const domain = [0, largest * roomRatio]
  const x = {
    type: 'quantitative',
    title: axisTitle(panel.title, axis.symbol),
    scale: {domain, nice: false},
    axis: {labelExpr: `format(datum.value * ${axis.scaleRatio}, ',~r')`, tickCount: style.span === 'page' ? 5 : 4},
  } as const
  const layer: Layer[] = [
    {
      data: {values: panel.segments.map((segment) => ({...segment}))},
      transform: [{calculate: quantityExpression('datum.value', panel.unit), as: 'valueText'}],
      mark: {type: 'bar', style: 'segment'},
      encoding: {
        x: {...x, field: 'value', stack: 'zero'},
        y,
        order: {field: 'partIndex', type: 'quantitative'},
        color: {
          field: 'part',
          type: 'nominal',
          title: panel.legendTitle,
          scale: {domain: [...panel.partNames]},
          legend: !panel.hasLegend
            ? null
            : {columns: legendColumns(style, panel.partNames, layout.widthPixels - theme.labelPixels), symbolType: 'square' as const},
        },
        tooltip: [
          {field: 'configuration', title: barTitle},
          {field: 'part', title: panel.legendTitle},
          {field: 'valueText', title: panel.title},
        ],
      },
    },
    ...bandLayers(panel, x, y, theme),
    {
      data: {values: totals},
      mark: {type: 'text', style: 'note', align: 'left', baseline: 'middle', dx: theme.labelPixels / 3},
      encoding: {x: {...x, field: 'reach'}, y, text: {field: 'text', type: 'nominal'}},
    },
  ]
  return {width: layout.widthPixels, height: {step: theme.labelPixels * 2.4}, layer}
}

/** A line through the end of each bar, where nine in ten samples lie. */
function bandLayers({bands}: StackedPanel, x: object, y: object, theme: Theme): Layer[] {
  if (bands.length === 0) return []
  const data = {values: bands.map((band) => ({...band}))}
  const encoding = {x: {...x, type: 'quantitative', field: 'from'}, x2: {field: 'to'}, y} as const
  const halo: Layer = {data, mark: {type: 'rule', strokeWidth: theme.linePixels * 2.4, color: theme.ink.background, aria: false}, encoding}
  return [halo, {data, mark: {type: 'rule', strokeWidth: theme.linePixels, color: theme.ink.text}, encoding}]
}

/** Panels of bars with the same names: two side by side on a page, else one above the other. */
export function stackedFigure(
  panels: readonly StackedPanel[],
  names: readonly string[],
  style: FigureStyle,
  barTitle: string,
): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const total = figurePixels(style)
  const longest = Math.max(...names.map((name) => textWidth(name, theme.labelPixels)), 0)
  const namePixels = Math.ceil(Math.min(longest + theme.labelPixels * 1.2, total * 0.48))
  const isWide = style.span === 'page' && panels.length === 2
  const gap = theme.labelPixels * 2
  const room = total - namePixels - theme.labelPixels * 1.8
  const widthPixels = Math.floor(isWide ? (room - gap) / 2 : room)
  const specs = panels.map((panel, index) =>
    panelSpec(panel, names, {widthPixels, namePixels, namesShown: !isWide || index === 0}, style, barTitle),
  )
  const notes = panels.some(({bands}) => bands.length > 0) ? ['line: nine in ten samples over the ranges of the constants'] : []
  const shared = {...figureFrame(style, notes), resolve: {scale: {color: 'independent' as const}}, spacing: gap}
  return isWide ? {...shared, hconcat: specs} : {...shared, vconcat: specs}
}
