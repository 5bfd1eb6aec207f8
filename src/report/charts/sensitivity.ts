import type {TopLevelSpec} from 'vega-lite'
import {textWidth, wrappedLines} from '../font.js'
import {type Theme, themes} from '../theme.js'
import {axisTitle, axisUnit, quantityText, type UnitName, units} from '../unit.js'
import {axisRange} from './axis-range.js'
import {type ChartKind, type DataRow, type FigureStyle, figureFrame, figurePixels, type Layer, legendColumns} from './chart.js'
import {labelLayers} from './label-layers.js'

/** What one axis does to a result; each part where it is known. */
export interface SensitivityBar {
  readonly axis: string
  /** The ends of the axis as they are written. */
  readonly lowText: string
  readonly highText: string
  /** At the ends, and the extremes over all of the axis, all else at the base design. */
  readonly lowResult?: number
  readonly highResult?: number
  readonly leastResult?: number
  readonly mostResult?: number
  /** By how many percent the result changes where the axis grows by one. */
  readonly elasticityRatio?: number
  /** Shares of the variance over the whole space, with 95 % intervals: by itself, and in concert with others. */
  readonly firstOrderRatio?: number
  readonly firstOrderLow?: number
  readonly firstOrderHigh?: number
  readonly totalRatio?: number
  readonly totalLow?: number
  readonly totalHigh?: number
}

/** One result of one workload. */
export interface SensitivityPanel {
  readonly name: string
  readonly title: string
  readonly unit: UnitName
  readonly baseResult: number
  readonly bars: readonly SensitivityBar[]
}

export interface SensitivityInput {
  readonly panels: readonly SensitivityPanel[]
  /** The design from which one axis is moved at a time, in words. */
  readonly base: string
}

const parts = {
  low: 'axis at its low end',
  high: 'axis at its high end',
  first: 'share of variance by itself',
  total: 'and in concert with others',
} as const

/** The widest swing first; axes of which only indices are known after them, by these. */
export function orderedBars({bars}: Pick<SensitivityPanel, 'bars'>): SensitivityBar[] {
  const swing = (bar: SensitivityBar): number => {
    const results = [bar.lowResult, bar.highResult, bar.leastResult, bar.mostResult].filter((each) => each !== undefined)
    return results.length === 0 ? -1 : Math.max(...results) - Math.min(...results)
  }
  return bars.toSorted((a, b) => swing(b) - swing(a) || (b.totalRatio ?? 0) - (a.totalRatio ?? 0))
}

interface Layout {
  readonly labelPixels: number
  readonly swingPixels: number
  readonly sharePixels: number
  readonly rowPixels: number
  readonly hasShares: boolean
  readonly hasElasticities: boolean
}

const barLabel = ({axis, lowText, highText}: SensitivityBar): string => `${axis} (${lowText} to ${highText})`
const elasticityTitle = 'elasticity'

/** Two digits, with a sign that can be read. */
function elasticityText({elasticityRatio}: SensitivityBar): string {
  if (elasticityRatio === undefined || !Number.isFinite(elasticityRatio)) return ''
  const rounded = Math.abs(elasticityRatio).toFixed(2)
  if (Number(rounded) === 0) return '0'
  return `${elasticityRatio < 0 ? '−' : '+'}${rounded}`
}

function colourScale(theme: Theme, {hasShares}: Pick<Layout, 'hasShares'>) {
  const {categories, text} = theme.ink
  const all = [
    [parts.low, categories[3]],
    [parts.high, categories[0]],
    ...(hasShares ? [[parts.first, categories[4]] as const, [parts.total, text] as const] : []),
  ] as const
  return {domain: all.map(([name]) => name), range: all.map(([, colour]) => colour ?? text)}
}

function rowScale(barCount: number) {
  return {field: 'placeIndex', type: 'quantitative' as const, axis: null, scale: {domain: [barCount, 0], nice: false as const, zero: false}}
}

/** Bars from the result at the base design to those at both ends of each axis. */
function swingView(panel: SensitivityPanel, bars: readonly SensitivityBar[], layout: Layout, style: FigureStyle, legend: object) {
  const theme: Theme = themes[style.theme]
  const results = bars.flatMap(({lowResult, highResult, leastResult, mostResult}) => [lowResult, highResult, leastResult, mostResult])
  const reached = [panel.baseResult, ...results.filter((each) => each !== undefined)].filter(Number.isFinite)
  const unit = axisUnit(Math.max(...reached.map(Math.abs)), panel.unit)
  const range = axisRange(
    Math.min(...reached),
    Math.max(...reached),
    unit.scaleRatio,
    Math.max(3, Math.floor(layout.swingPixels / (theme.labelPixels * 5))),
  )
  const x = {
    type: 'quantitative',
    title: axisTitle(range.isLog ? `${panel.title}, log scale` : panel.title, unit.symbol),
    scale: {type: range.isLog ? 'log' : 'linear', domain: [...range.domain], nice: false, zero: false},
    axis: {values: [...range.tickValues], labelExpr: `format(datum.value * ${unit.scaleRatio}, ',~r')`},
  } as const
  const y = rowScale(bars.length)
  const halves = bars.flatMap((bar, index) =>
    (
      [
        ['low', bar.lowResult],
        ['high', bar.highResult],
      ] as const
    ).flatMap(([end, to]) =>
      to === undefined || !Number.isFinite(to)
        ? []
        : [
            {
              placeIndex: index + (end === 'low' ? 0.16 : 0.5),
              until: index + (end === 'low' ? 0.5 : 0.84),
              from: panel.baseResult,
              to,
              part: parts[end],
              text: `${bar.axis} ${end === 'low' ? bar.lowText : bar.highText}: ${quantityText(to, units[panel.unit])}`,
            },
          ],
    ),
  )
  const turns = bars.flatMap(({leastResult, mostResult}, index) =>
    leastResult === undefined || mostResult === undefined ? [] : [{placeIndex: index + 0.5, from: leastResult, to: mostResult}],
  )
  const labels = bars.map((bar, index) => {
    const lines = wrappedLines(barLabel(bar), layout.labelPixels, theme.labelPixels)
    return {placeIndex: index + 0.5, lines, lineCount: lines.length}
  })
  const base = {data: {values: [{from: panel.baseResult, text: `base ${quantityText(panel.baseResult, units[panel.unit])}`}]}}
  const atBase = {...x, field: 'from'}
  return {
    width: layout.swingPixels,
    height: layout.rowPixels * bars.length,
    layer: [
      {
        data: {values: halves},
        mark: {type: 'rect'},
        encoding: {
          x: {...x, field: 'from'},
          x2: {field: 'to'},
          y,
          y2: {field: 'until'},
          color: {field: 'part', type: 'nominal', title: null, scale: colourScale(theme, layout), legend},
          tooltip: [{field: 'text', type: 'nominal', title: 'Result'}],
        },
      },
      {
        data: {values: turns},
        mark: {type: 'rule', strokeWidth: theme.linePixels / 2, color: theme.ink.text, aria: false},
        encoding: {x: {...x, field: 'from'}, x2: {field: 'to'}, y},
      },
      {...base, mark: {type: 'rule', style: 'identity', aria: false}, encoding: {x: atBase}},
      {
        ...base,
        mark: {type: 'text', style: 'note', align: 'center', baseline: 'bottom', dy: -theme.labelPixels / 4},
        encoding: {x: atBase, y: {value: 0}, text: {field: 'text', type: 'nominal'}},
      },
      ...labelLayers(labels, y, theme),
    ] as Layer[],
  }
}

/** Shares of the variance as points with their intervals, and elasticities as numbers beside them. */
function shareView(bars: readonly SensitivityBar[], layout: Layout, style: FigureStyle, legend: object) {
  const theme: Theme = themes[style.theme]
  const y = rowScale(bars.length)
  const points = bars.flatMap((bar, index) => [
    ...pointOf(index + 0.34, parts.first, bar.firstOrderRatio, bar.firstOrderLow, bar.firstOrderHigh, bar),
    ...pointOf(index + 0.66, parts.total, bar.totalRatio, bar.totalLow, bar.totalHigh, bar),
  ])
  const reached = points.flatMap(({low, high}) => [low, high])
  const domain = [Math.min(0, ...reached), Math.max(1, ...reached)]
  const x = {
    type: 'quantitative',
    title: 'Share of variance (%)',
    scale: {domain, nice: false, zero: false},
    axis: {values: [0, 0.5, 1], labelExpr: "format(datum.value * 100, ',~r')"},
  } as const
  const color = {field: 'part', type: 'nominal', title: null, scale: colourScale(theme, layout), legend} as const
  const elasticities = bars.map((bar, index) => ({placeIndex: index + 0.5, text: elasticityText(bar)}))
  const textAt = layout.sharePixels + elasticityPixels(theme)
  const numbers: Layer[] = [
    {
      data: {values: elasticities},
      mark: {type: 'text', style: 'note', align: 'right', baseline: 'middle'},
      encoding: {x: {value: textAt}, y, text: {field: 'text', type: 'nominal'}},
    },
    {
      data: {values: [{text: elasticityTitle}]},
      mark: {type: 'text', style: 'noteMuted', align: 'right', baseline: 'bottom', dy: -theme.labelPixels / 4},
      encoding: {x: {value: textAt}, y: {value: 0}, text: {field: 'text', type: 'nominal'}},
    },
  ]
  const tooltip = [{field: 'text', type: 'nominal', title: 'Share'}] as const
  return {
    width: layout.sharePixels,
    height: layout.rowPixels * bars.length,
    layer: [
      {
        data: {values: points},
        mark: {type: 'rule', strokeWidth: theme.linePixels * 0.7, aria: false},
        encoding: {x: {...x, field: 'low'}, x2: {field: 'high'}, y, color},
      },
      {
        data: {values: points},
        mark: {type: 'point', filled: true, opacity: 1, size: theme.markSquarePixels * 0.6},
        encoding: {x: {...x, field: 'share'}, y, color, tooltip},
      },
      ...(layout.hasElasticities ? numbers : []),
    ] as Layer[],
  }
}

function pointOf(
  placeIndex: number,
  part: string,
  share: number | undefined,
  low: number | undefined,
  high: number | undefined,
  {axis}: SensitivityBar,
) {
  if (share === undefined || low === undefined || high === undefined || !Number.isFinite(share)) return []
  return [
    {
      placeIndex,
      part,
      share,
      low,
      high,
      text: `${axis}: ${quantityText(share, units.ratio)}, 95 % interval ${quantityText(low, units.ratio)} to ${quantityText(high, units.ratio)}`,
    },
  ]
}

function elasticityPixels(theme: Theme): number {
  return Math.ceil(textWidth(elasticityTitle, theme.labelPixels) + theme.labelPixels)
}

function spec(input: SensitivityInput, style: FigureStyle): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const total = figurePixels(style)
  const bars = input.panels.flatMap((panel) => panel.bars)
  const hasShares = bars.some(({totalRatio}) => totalRatio !== undefined)
  const hasElasticities = bars.some((bar) => elasticityText(bar) !== '')
  const longest = Math.max(0, ...bars.map((bar) => textWidth(barLabel(bar), theme.labelPixels)))
  const labelPixels = Math.ceil(Math.min(longest, total * 0.27))
  const lineCount = Math.max(1, ...bars.map((bar) => wrappedLines(barLabel(bar), labelPixels, theme.labelPixels).length))
  const gap = theme.labelPixels * 1.5
  const room = total - labelPixels - theme.labelPixels * 2.5 - gap - (hasElasticities ? elasticityPixels(theme) : 0)
  const layout = {
    labelPixels,
    swingPixels: Math.floor(hasShares ? room * 0.62 : room),
    sharePixels: hasShares ? Math.floor(room * 0.38) : 0,
    rowPixels: theme.labelPixels * Math.max(2, lineCount * 1.2 + 0.6),
    hasShares,
    hasElasticities,
  }
  const legend = {columns: legendColumns(style, colourScale(theme, layout).domain, total - labelPixels), symbolType: 'square' as const}
  const panels = input.panels.map((panel) => {
    const ordered = orderedBars(panel)
    const title = {text: panel.name, fontSize: theme.labelPixels, anchor: 'start' as const, offset: theme.labelPixels * 0.4}
    const views = [
      swingView(panel, ordered, layout, style, legend),
      ...(hasShares || hasElasticities ? [shareView(ordered, layout, style, legend)] : []),
    ]
    return {...(input.panels.length > 1 ? {title} : {}), hconcat: views, spacing: gap}
  })
  return {...figureFrame(style, notesOf(input, hasElasticities)), vconcat: panels, spacing: theme.labelPixels * 1.5}
}

function notesOf({base}: SensitivityInput, hasElasticities: boolean): string[] {
  return [
    `bars: one axis moved at a time from ${base}; line: all that it reaches on its way${hasElasticities ? '; elasticity: percent for one percent more' : ''}`,
  ]
}

function rows({panels}: SensitivityInput): DataRow[] {
  return panels.flatMap((panel) =>
    orderedBars(panel).map(({axis, lowText, highText, ...numbers}) => ({
      panel: panel.name,
      result: panel.title,
      axis,
      low: lowText,
      high: highText,
      baseResult: panel.baseResult,
      ...numbers,
    })),
  )
}

/** What each axis does to a result: swings from one design, shares of the variance over all of them, and elasticities. */
export const sensitivity: ChartKind<SensitivityInput> = {
  summary: 'what each axis does to a result: swings, shares of variance, elasticities',
  spec,
  rows,
}
