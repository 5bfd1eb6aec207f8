import type {TopLevelSpec} from 'vega-lite'
import {textWidth, wrappedLines} from '../font.js'
import {type Theme, themes} from '../theme.js'
import {axisTitle, axisUnit, quantityExpression, quantityText, units} from '../unit.js'
import {type ChartKind, type DataRow, type FigureStyle, figureFrame, figurePixels, type Layer, legendColumns} from './chart.js'

export interface WaterfallStep {
  readonly name: string
  /** What a reader is told that the step is. */
  readonly label: string
  /** Below zero where time is saved; the first step is the ideal time. */
  readonly seconds: number
}

/** One kernel's way from its ideal time to its predicted one, which its steps add up to. */
export interface Waterfall {
  readonly name: string
  readonly steps: readonly WaterfallStep[]
  readonly measuredSeconds?: number
}

export interface WaterfallInput {
  readonly kernels: readonly Waterfall[]
}

const kinds = {total: 'ideal and predicted', loss: 'time lost', gain: 'time saved'} as const
type BarKind = keyof typeof kinds

/** One bar, from where the bar before it ended. */
export interface WaterfallBar {
  readonly label: string
  readonly kind: BarKind
  readonly fromSeconds: number
  readonly toSeconds: number
}

/** Steps below this share of the predicted time stand together in one bar. */
const leastShownRatio = 0.005

/** The bars of a kernel from ideal to predicted: small steps are one bar, and the last is the sum of all. */
export function waterfallBars({steps}: Waterfall): WaterfallBar[] {
  const predictedSeconds = steps.reduce((sum, {seconds}) => sum + seconds, 0)
  const [ideal, ...rest] = steps
  if (ideal === undefined) return []
  const isSmall = ({seconds}: WaterfallStep): boolean => Math.abs(seconds) < leastShownRatio * predictedSeconds
  const small = rest.filter(isSmall)
  const together = {name: 'small', label: `${small.length} smaller steps`, seconds: small.reduce((sum, {seconds}) => sum + seconds, 0)}
  const shown = small.length < 2 ? rest : [...rest.filter((step) => !isSmall(step)), together]
  const bars: WaterfallBar[] = [{label: `ideal: ${ideal.label}`, kind: 'total', fromSeconds: 0, toSeconds: ideal.seconds}]
  let reached = ideal.seconds
  for (const {label, seconds} of shown) {
    bars.push({label, kind: seconds < 0 ? 'gain' : 'loss', fromSeconds: reached, toSeconds: reached + seconds})
    reached += seconds
  }
  return [...bars, {label: 'predicted', kind: 'total', fromSeconds: 0, toSeconds: predictedSeconds}]
}

function barText({kind, fromSeconds, toSeconds}: WaterfallBar): string {
  const seconds = toSeconds - fromSeconds
  return `${kind === 'loss' ? '+' : ''}${quantityText(seconds, units.seconds)}`
}

interface PanelLayout {
  readonly labelPixels: number
  readonly widthPixels: number
}

/** A drawn bar: its place from above, and where the thin line to the next one stands. */
function drawnBars(bars: readonly WaterfallBar[]) {
  const predictedSeconds = bars.at(-1)!.toSeconds
  return bars.map((bar, index) => ({
    place: index,
    nextPlace: Math.min(index + 1, bars.length - 1),
    step: bar.label,
    kind: kinds[bar.kind],
    from: bar.fromSeconds,
    to: bar.toSeconds,
    end: Math.max(bar.fromSeconds, bar.toSeconds),
    text: barText(bar),
    shareText: quantityText((bar.toSeconds - bar.fromSeconds) / predictedSeconds, units.ratio),
  }))
}

function panelSpec(kernel: Waterfall, layout: PanelLayout, style: FigureStyle, isTitled: boolean) {
  const theme: Theme = themes[style.theme]
  const bars = drawnBars(waterfallBars(kernel))
  const largest = Math.max(...bars.map(({end}) => end), kernel.measuredSeconds ?? 0)
  const textPixels = Math.max(...bars.map(({text, end}) => textWidth(text, theme.labelPixels) - (1 - end / largest) * layout.widthPixels))
  const domain = [0, largest * (1 + (Math.max(0, textPixels) + theme.labelPixels) / layout.widthPixels)]
  const lines = bars.map(({step}) => wrappedLines(step, layout.labelPixels, theme.labelPixels))
  const mostLines = Math.max(...lines.map(({length}) => length))
  const {scaleRatio, symbol} = axisUnit(largest, 'seconds')
  const y = {
    field: 'place',
    type: 'ordinal',
    title: null,
    scale: {paddingInner: 0.3, paddingOuter: 0.2},
    axis: {
      labelExpr: `${JSON.stringify(lines)}[datum.value]`,
      labelLineHeight: theme.labelPixels * 1.15,
      minExtent: layout.labelPixels + theme.labelPixels,
      maxExtent: layout.labelPixels + theme.labelPixels,
      ticks: false,
      domain: false,
    },
  } as const
  const x = {
    type: 'quantitative',
    title: axisTitle('Time of one run', symbol),
    scale: {domain, nice: false},
    axis: {labelExpr: `format(datum.value * ${scaleRatio}, ',~r')`, tickCount: style.span === 'page' ? 8 : 5},
  } as const
  const used = (Object.keys(kinds) as BarKind[]).filter((kind) => bars.some((bar) => bar.kind === kinds[kind]))
  const layer: Layer[] = [
    {
      data: {values: bars.slice(0, -1)},
      mark: {type: 'rule', style: 'identity', opacity: 0.5, aria: false},
      encoding: {x: {...x, field: 'to'}, y, y2: {field: 'nextPlace'}},
    },
    {
      data: {values: bars},
      transform: [{calculate: quantityExpression('datum.to', 'seconds'), as: 'toText'}],
      mark: {type: 'bar', style: 'segment'},
      encoding: {
        x: {...x, field: 'from'},
        x2: {field: 'to'},
        y,
        color: {
          field: 'kind',
          type: 'nominal',
          title: null,
          scale: {domain: used.map((kind) => kinds[kind]), range: used.map((kind) => barColour(kind, theme))},
          legend: {columns: legendColumns(style, Object.values(kinds), layout.widthPixels), symbolType: 'square'},
        },
        tooltip: [
          {field: 'step', type: 'nominal', title: 'Step'},
          {field: 'text', type: 'nominal', title: 'Time'},
          {field: 'shareText', type: 'nominal', title: 'Of the predicted'},
          {field: 'toText', type: 'nominal', title: 'Reached'},
        ],
      },
    },
    ...measuredLayers(kernel, theme),
    ...(['noteHalo', 'note'] as const).map(
      (name): Layer => ({
        data: {values: bars},
        mark: {type: 'text', style: name, align: 'left', baseline: 'middle', dx: theme.labelPixels / 3, aria: name === 'note'},
        encoding: {x: {...x, field: 'end'}, y, text: {field: 'text', type: 'nominal'}},
      }),
    ),
  ]
  const title = {
    text: kernel.name,
    fontSize: theme.labelPixels,
    anchor: 'start' as const,
    frame: 'bounds' as const,
    offset: theme.labelPixels * 1.6,
  }
  return {
    ...(isTitled ? {title} : {}),
    width: layout.widthPixels,
    height: {step: theme.labelPixels * (mostLines * 1.2 + 0.8)},
    layer,
  }
}

function barColour(kind: BarKind, {ink}: Theme): string {
  return {total: ink.categories[0], loss: ink.categories[4], gain: ink.categories[2]}[kind] ?? ink.text
}

/** What was measured, as a line through all bars with its name above them. */
function measuredLayers({measuredSeconds}: Waterfall, theme: Theme): Layer[] {
  if (measuredSeconds === undefined) return []
  const data = {values: [{measured: measuredSeconds, text: `measured ${quantityText(measuredSeconds, units.seconds)}`}]}
  const x = {field: 'measured', type: 'quantitative'} as const
  return [
    {data, mark: {type: 'rule', style: 'marker'}, encoding: {x}},
    {
      data,
      mark: {type: 'text', style: 'note', align: 'right', baseline: 'bottom', dx: theme.labelPixels / 2, dy: -theme.labelPixels / 4},
      encoding: {x, y: {value: 0}, text: {field: 'text', type: 'nominal'}},
    },
  ]
}

function spec(input: WaterfallInput, style: FigureStyle): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const total = figurePixels(style)
  const longest = Math.max(
    ...input.kernels.flatMap((kernel) => waterfallBars(kernel).map(({label}) => textWidth(label, theme.labelPixels))),
    0,
  )
  const labelPixels = Math.ceil(Math.min(longest, total * (style.span === 'page' ? 0.34 : 0.4)))
  const widthPixels = Math.floor(total - labelPixels - theme.labelPixels * 2.6)
  const isTitled = input.kernels.length > 1
  const panels = input.kernels.map((kernel) => panelSpec(kernel, {labelPixels, widthPixels}, style, isTitled))
  return {...figureFrame(style), vconcat: panels, spacing: theme.labelPixels * 2}
}

function rows(input: WaterfallInput): DataRow[] {
  return input.kernels.flatMap(({name, steps, measuredSeconds}) => [
    ...steps.map((step) => ({kernel: name, step: step.name, meaning: step.label, seconds: step.seconds})),
    {kernel: name, step: 'predicted', meaning: 'the sum of all steps', seconds: steps.reduce((sum, {seconds}) => sum + seconds, 0)},
    ...(measuredSeconds === undefined ? [] : [{kernel: name, step: 'measured', meaning: 'the measured time', seconds: measuredSeconds}]),
  ])
}

/** The way from the ideal time of a kernel to its predicted one, step by step, and what was measured. */
export const waterfall: ChartKind<WaterfallInput> = {summary: 'time of a kernel from ideal to predicted, step by step', spec, rows}
