import type {Theme} from '../theme.js'
import type {Layer} from './chart.js'

/** A bar's place from above, and its label in lines. */
export interface LabelledBar {
  readonly placeIndex: number
  readonly lines: readonly string[]
  readonly lineCount: number
}

/** The labels left of the bars; Vega hangs lines from the first one, so that a label of several is lifted by half of the others. */
export function labelLayers(bars: readonly LabelledBar[], y: object, theme: Theme): Layer[] {
  const lineHeight = theme.labelPixels * 1.15
  return [...new Set(bars.map(({lineCount}) => lineCount))].map((lineCount) => ({
    data: {values: bars.filter((bar) => bar.lineCount === lineCount).map(({placeIndex, lines}) => ({placeIndex, lines: [...lines]}))},
    mark: {
      type: 'text',
      style: 'note',
      align: 'right',
      baseline: 'middle',
      lineHeight,
      dx: -theme.labelPixels / 2,
      dy: -((lineCount - 1) * lineHeight) / 2,
    },
    encoding: {x: {value: 0}, y, text: {field: 'lines', type: 'nominal'}},
  }))
}
