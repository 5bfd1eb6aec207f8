import type {TopLevelSpec} from 'vega-lite'
import {textWidth, wrappedLines} from '../font.js'
import {type Theme, themes} from '../theme.js'
import {axisTitle, axisUnit, quantityExpression, quantityText, units} from '../unit.js'
import {type ChartKind, type DataRow, type FigureStyle, figureFrame, figurePixels, type Layer, legendColumns} from './chart.js'
import {labelLayers} from './label-layers.js'
import {labelledPlaces} from './labelled-places.js'

export interface WaterfallStep {
  readonly name: string
  /** What a reader is told that the step is. */
  readonly label: string
  /** The same at length, in the data. */
  readonly meaning: string
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

/** In the order of the theme's colours for less, whole and more. */
const kinds = {gain: 'time saved', total: 'ideal and predicted', loss: 'time lost'} as const
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
  const together = {label: `${small.length} smaller steps`, seconds: small.reduce((sum, {seconds}) => sum + seconds, 0)}
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
  /** Of the column of numbers to the right of the bars. */
  readonly textPixels: number
  /** Kinds of bars that there are in any panel, for the legend that all share. */
  readonly told: readonly string[]
  /** What the axis reaches to hold a kernel. */
  readonly reachSeconds: (kernel: Waterfall) => number
}

/** A drawn bar: its place from above, and its label in lines. */
function drawnBars(bars: readonly WaterfallBar[], layout: PanelLayout, theme: Theme) {
  const predictedSeconds = bars.at(-1)!.toSeconds
  return bars.map((bar, index) => {
    const lines = wrappedLines(bar.label, layout.labelPixels, theme.labelPixels)
    return {
      placeIndex: index,
      nextIndex: Math.min(index + 1, bars.length - 1),
      step: bar.label,
      lines,
      lineCount: lines.length,
      kind: kinds[bar.kind],
      from: bar.fromSeconds,
      to: bar.toSeconds,
      text: barText(bar),
      shareText: quantityText((bar.toSeconds - bar.fromSeconds) / predictedSeconds, units.ratio),
    }
  })
}

type DrawnBar = ReturnType<typeof drawnBars>[number]

/** Kernels of about one length share an axis, so that they compare; others have each their own. */
function sharedReach(kernels: readonly Waterfall[]): (kernel: Waterfall) => number {
  const reach = (kernel: Waterfall): number =>
    Math.max(...waterfallBars(kernel).flatMap(({fromSeconds, toSeconds}) => [fromSeconds, toSeconds]), kernel.measuredSeconds ?? 0)
  const all = kernels.map(reach)
  const [least, most] = [Math.min(...all), Math.max(...all)]
  return most <= 4 * least ? () => most : reach
}

function panelSpec(kernel: Waterfall, layout: PanelLayout, style: FigureStyle, isTitled: boolean) {
  const theme: Theme = themes[style.theme]
  const bars = drawnBars(waterfallBars(kernel), layout, theme)
  const largest = layout.reachSeconds(kernel)
  const {scaleRatio, symbol} = axisUnit(largest, 'seconds')
  const mostLines = Math.max(...bars.map(({lineCount}) => lineCount))
  const y = labelledPlaces(layout.labelPixels + theme.labelPixels)
  const x = {
    type: 'quantitative',
    title: axisTitle('Time of one run', symbol),
    scale: {domain: [0, largest * 1.02], nice: false},
    axis: {labelExpr: `format(datum.value * ${scaleRatio}, ',~r')`, tickCount: style.span === 'page' ? 6 : 4},
  } as const
  const title = {
    text: kernel.name,
    fontSize: theme.labelPixels,
    anchor: 'start' as const,
    frame: 'bounds' as const,
    offset: theme.labelPixels,
  }
  return {
    ...(isTitled ? {title} : {}),
    width: layout.widthPixels,
    height: {step: theme.labelPixels * (mostLines * 1.2 + 0.8)},
    layer: [
      ...barLayers(bars, x, y, layout, style),
      ...labelLayers(bars, y, theme),
      ...measuredLayers(kernel, largest, theme),
      {
        data: {values: bars},
        mark: {type: 'text', style: 'note', align: 'right', baseline: 'middle'},
        encoding: {x: {value: layout.widthPixels + layout.textPixels}, y, text: {field: 'text', type: 'nominal'}},
      } satisfies Layer,
    ],
  }
}

function barLayers(bars: readonly DrawnBar[], x: object, y: object, layout: PanelLayout, style: FigureStyle): Layer[] {
  const connector: Layer = {
    data: {values: bars.slice(0, -1)},
    mark: {type: 'rule', style: 'identity', opacity: 0.6, aria: false},
    encoding: {x: {...x, type: 'quantitative', field: 'to'}, y, y2: {field: 'nextIndex'}},
  }
  const bar: Layer = {
    data: {values: [...bars]},
    transform: [{calculate: quantityExpression('datum.to', 'seconds'), as: 'toText'}],
    mark: {type: 'bar'},
    encoding: {
      x: {...x, type: 'quantitative', field: 'from'},
      x2: {field: 'to'},
      y,
      color: {
        field: 'kind',
        type: 'nominal',
        title: null,
        scale: {domain: Object.values(kinds), range: 'diverging'},
        legend: {columns: legendColumns(style, Object.values(kinds), layout.widthPixels), symbolType: 'square', values: [...layout.told]},
      },
      tooltip: [
        {field: 'step', type: 'nominal', title: 'Step'},
        {field: 'text', type: 'nominal', title: 'Time'},
        {field: 'shareText', type: 'nominal', title: 'Of the predicted'},
        {field: 'toText', type: 'nominal', title: 'Reached'},
      ],
    },
  }
  return [connector, bar]
}

/** What was measured, as a line through all bars with its name above them. */
function measuredLayers({measuredSeconds}: Waterfall, largestSeconds: number, theme: Theme): Layer[] {
  if (measuredSeconds === undefined) return []
  const isLeft = measuredSeconds < largestSeconds / 3
  const data = {values: [{measured: measuredSeconds, text: `measured ${quantityText(measuredSeconds, units.seconds)}`}]}
  const x = {field: 'measured', type: 'quantitative'} as const
  return [
    {data, mark: {type: 'rule', style: 'marker'}, encoding: {x}},
    {
      data,
      mark: {type: 'text', style: 'note', align: isLeft ? 'left' : 'right', baseline: 'bottom', dy: -theme.labelPixels / 4},
      encoding: {x, y: {value: 0}, text: {field: 'text', type: 'nominal'}},
    },
  ]
}

function spec(input: WaterfallInput, style: FigureStyle): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const total = figurePixels(style)
  const bars = input.kernels.flatMap(waterfallBars)
  const longest = Math.max(...bars.map(({label}) => textWidth(label, theme.labelPixels)), 0)
  const labelPixels = Math.ceil(Math.min(longest, total * (style.span === 'page' ? 0.34 : 0.38)))
  const textPixels = Math.ceil(Math.max(...bars.map((bar) => textWidth(barText(bar), theme.labelPixels)), 0) + theme.labelPixels / 2)
  const widthPixels = Math.floor(total - labelPixels - textPixels - theme.labelPixels * 2.2)
  const isTitled = input.kernels.length > 1
  const told = (Object.keys(kinds) as BarKind[]).filter((kind) => bars.some((bar) => bar.kind === kind)).map((kind) => kinds[kind])
  const layout = {labelPixels, widthPixels, textPixels, told, reachSeconds: sharedReach(input.kernels)}
  const panels = input.kernels.map((kernel) => panelSpec(kernel, layout, style, isTitled))
  return {...figureFrame(style), vconcat: panels, spacing: theme.labelPixels * 2}
}

function rows(input: WaterfallInput): DataRow[] {
  return input.kernels.flatMap(({name, steps, measuredSeconds}) => [
    ...steps.map((step) => ({kernel: name, step: step.name, meaning: step.meaning, seconds: step.seconds})),
    {kernel: name, step: 'predicted', meaning: 'the sum of all steps', seconds: steps.reduce((sum, {seconds}) => sum + seconds, 0)},
    ...(measuredSeconds === undefined ? [] : [{kernel: name, step: 'measured', meaning: 'the measured time', seconds: measuredSeconds}]),
  ])
}

/** The way from the ideal time of a kernel to its predicted one, step by step, and what was measured. */
export const waterfall: ChartKind<WaterfallInput> = {summary: 'time of a kernel from ideal to predicted, step by step', spec, rows}
