import {textWidth, wrappedLines} from '../font.js'
import {type Theme, themes} from '../theme.js'
import {axisTitle, axisUnit, quantityText, unitShown, units} from '../unit.js'
import {axisRange} from './axis-range.js'
import type {FigureStyle, Layer} from './chart.js'
import {labelLayers} from './label-layers.js'
import {beyondEnds, type SensitivityBar, type SensitivityPanel} from './sensitivity-bars.js'

const parts = {
  low: 'axis at its low end',
  high: 'axis at its high end',
  first: 'share of variance, alone',
  total: 'share of variance, with interactions',
} as const

/** Room for the parts of a panel. */
export interface SensitivityLayout {
  readonly labelPixels: number
  readonly swingPixels: number
  readonly sharePixels: number
  readonly rowPixels: number
  readonly hasShares: boolean
  readonly hasElasticities: boolean
}

/** An axis with its ends. */
export const barLabel = ({axis, lowText, highText}: SensitivityBar): string => `${axis} (${lowText} to ${highText})`
const elasticityTitle = 'elasticity'

/** Two digits, with a sign that can be read. */
export function elasticityText({elasticityRatio}: SensitivityBar): string {
  if (elasticityRatio === undefined || !Number.isFinite(elasticityRatio)) return ''
  const rounded = Math.abs(elasticityRatio).toFixed(2)
  if (Number(rounded) === 0) return '0'
  return `${elasticityRatio < 0 ? '−' : '+'}${rounded}`
}

/** One scale for bars and points, so that one legend serves both. */
export function colourScale(theme: Theme, {hasShares}: Pick<SensitivityLayout, 'hasShares'>) {
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
export function swingView(
  panel: SensitivityPanel,
  bars: readonly SensitivityBar[],
  layout: SensitivityLayout,
  style: FigureStyle,
  legend: object,
) {
  const theme: Theme = themes[style.theme]
  const results = bars.flatMap(({lowResult, highResult, leastResult, mostResult}) => [lowResult, highResult, leastResult, mostResult])
  const reached = [panel.baseValue, ...results.filter((each) => each !== undefined)].filter(Number.isFinite)
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
              from: panel.baseValue,
              to,
              part: parts[end],
              text: `${bar.axis} ${end === 'low' ? bar.lowText : bar.highText}: ${quantityText(to, unitShown(panel.unit))}`,
            },
          ],
    ),
  )
  const turns = bars.flatMap((bar, index) => beyondEnds(bar, panel.baseValue).map((stretch) => ({placeIndex: index + 0.5, ...stretch})))
  const labels = bars.map((bar, index) => {
    const lines = wrappedLines(barLabel(bar), layout.labelPixels, theme.labelPixels)
    return {placeIndex: index + 0.5, lines, lineCount: lines.length}
  })
  const base = {data: {values: [{from: panel.baseValue, text: `base ${quantityText(panel.baseValue, unitShown(panel.unit))}`}]}}
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
export function shareView(bars: readonly SensitivityBar[], layout: SensitivityLayout, style: FigureStyle, legend: object) {
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
    title: fitting(['Share of variance (%)', 'Variance (%)', '%'], layout.sharePixels, theme),
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

/** The longest of some titles that its plot has room for. */
function fitting(titles: readonly string[], widthPixels: number, theme: Theme): string {
  return titles.find((title) => textWidth(title, theme.titlePixels) <= widthPixels) ?? titles.at(-1)!
}

/** Width of the column of elasticities. */
export function elasticityPixels(theme: Theme): number {
  return Math.ceil(textWidth(elasticityTitle, theme.labelPixels) + theme.labelPixels)
}
