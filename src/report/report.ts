import {UserError} from '../foundation/user-error.js'
import type {ChartKind, FigureStyle, Span} from './charts/chart.js'
import {type ChartInput, type ChartKindName, chartKinds} from './charts/table.js'
import type {Table} from './table.js'

interface FigureOf<Kind extends ChartKindName> {
  /** Names its files: lower-case letters, digits and hyphens. */
  readonly name: string
  readonly title: string
  readonly caption: string
  readonly kind: Kind
  readonly input: ChartInput<Kind>
  /** Width on paper and screen; a page wide unless said otherwise. */
  readonly span?: Span
}

/** A chart with its words; which input it takes follows from its kind. */
export type Figure = {[Kind in ChartKindName]: FigureOf<Kind>}[ChartKindName]

export interface Section {
  readonly title: string
  readonly text?: readonly string[]
  readonly tables?: readonly Table[]
  readonly figures?: readonly Figure[]
}

/** What a study found, as plain records and words; every output file is made from it. */
export interface Report {
  readonly title: string
  readonly summary: readonly string[]
  readonly sections: readonly Section[]
}

/** The chart that draws a figure, with the figure's own input. */
export function chartOf(figure: Figure): ChartKind<Figure['input']> {
  return chartKinds[figure.kind] as ChartKind<Figure['input']>
}

/** A figure's Vega-Lite spec in a style. */
export function figureSpec(figure: Figure, style: Omit<FigureStyle, 'span'>) {
  return chartOf(figure).spec(figure.input, {...style, span: figure.span ?? 'page'})
}

/** All figures of a report in order; refuses names that could not be file names, or that would overwrite one another. */
export function figuresOf(report: Report): Figure[] {
  const figures = report.sections.flatMap((section) => section.figures ?? [])
  const seen = new Set<string>()
  for (const {name} of figures) {
    if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) {
      throw new UserError(`"${name}" cannot name a figure's files`, {
        code: 'FIGURE_NAME',
        suggestions: ['use lower-case letters, digits and hyphens, as in `decode-roofline`'],
      })
    }
    if (seen.has(name)) {
      throw new UserError(`two figures are named "${name}"`, {code: 'FIGURE_NAME', suggestions: ['give each figure its own name']})
    }
    seen.add(name)
  }
  return figures
}
