import type {TopLevelSpec} from 'vega-lite'
import {textWidth, wrappedLines} from '../font.js'
import {type Theme, themes} from '../theme.js'
import {type ChartKind, type DataRow, type FigureStyle, figureFrame, figurePixels, legendColumns} from './chart.js'
import {orderedBars, type SensitivityInput} from './sensitivity-bars.js'
import {barLabel, colourScale, elasticityPixels, elasticityText, type SensitivityLayout, shareView, swingView} from './sensitivity-views.js'

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
    const title = {text: panel.name, fontSize: theme.labelPixels, anchor: 'start' as const, offset: theme.labelPixels * 0.7}
    const views = [
      swingView(panel, ordered, layout, style, legend),
      ...(hasShares || hasElasticities ? [shareView(ordered, layout, style, legend)] : []),
    ]
    return {...(input.panels.length > 1 ? {title} : {}), hconcat: views, spacing: gap}
  })
  return {...figureFrame(style, notesOf(input, layout)), vconcat: panels, spacing: theme.labelPixels * 1.5}
}

function notesOf({base, absentAxes = []}: SensitivityInput, {hasShares, hasElasticities}: SensitivityLayout): string[] {
  const shares = hasShares ? '; shares: over all designs, whether they meet the constraints or not, with 95 % intervals' : ''
  const elasticity = hasElasticities ? '; elasticity: percent for one percent more' : ''
  const absent = absentAxes.map(({accelerator, axes}) => `${axes.join(', ')} of ${accelerator}`)
  return [
    `base: ${base}`,
    ...(absent.length === 0 ? [] : [`not here, being axes of others alone: ${absent.join('; ')}`]),
    `bars: one axis moved at a time; thin line: what it reaches between its ends${elasticity}${shares}`,
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
      baseValue: panel.baseValue,
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
