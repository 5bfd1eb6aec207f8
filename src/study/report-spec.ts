import path from 'node:path'
import type {ReportFormat} from '../report/write-report.js'
import type {RawWorkload} from '../sweep/design-space.js'
import type {Study} from '../sweep/study.js'
import type {RowColumns} from './measured-kernel.js'

/** A figure as a study asks for it; which fields it needs depends on its chart. */
export interface FigureSpec {
  readonly name: string
  readonly chart: string
  readonly title: string
  readonly caption?: string
  readonly span?: 'column' | 'page'
  readonly accelerators?: readonly string[]
  readonly workloads?: readonly RawWorkload[]
  readonly x?: string
  readonly y?: string
  readonly colour?: string
  readonly quantity?: 'latency' | 'energy' | 'power'
  /** What sets panels or bars apart. */
  readonly by?: string
  /** An operator of the workloads. */
  readonly operator?: string
  /** Changes of the hardware, by parameter or path. */
  readonly set?: Readonly<Record<string, string | number>>
  /** Settings of the pass that vary, each with its values. */
  readonly vary?: Readonly<Record<string, readonly (string | number | boolean)[]>>
  /** A measured row, by enough of its columns. */
  readonly measured?: RowColumns
}

export interface ReportSpec {
  readonly text: readonly string[]
  readonly theme: 'screen' | 'paper'
  readonly formats: readonly ReportFormat[] | undefined
  readonly figures: readonly FigureSpec[]
  /** Absolute paths; empty where the study validates nothing. */
  readonly traces: readonly string[]
  readonly validateFidelity: string | undefined
}

interface RawReport {
  readonly text?: readonly string[]
  readonly validate?: {readonly traces: readonly string[]; readonly fidelity?: string}
  readonly report?: {
    readonly theme?: 'screen' | 'paper'
    readonly formats?: readonly ReportFormat[]
    readonly figures?: readonly FigureSpec[]
  }
}

/** What a study says of its report and its measurements. */
export function reportSpec(study: Study): ReportSpec {
  const raw = study.source.data as RawReport
  const folder = path.dirname(study.file)
  return {
    text: raw.text ?? [],
    theme: raw.report?.theme ?? 'screen',
    formats: raw.report?.formats,
    figures: raw.report?.figures ?? [],
    traces: (raw.validate?.traces ?? []).map((trace) => path.resolve(folder, trace)),
    validateFidelity: raw.validate?.fidelity,
  }
}

/** Measured rows that figures name. */
export function namedRows({figures}: ReportSpec): RowColumns[] {
  return figures.flatMap(({measured}) => (measured === undefined ? [] : [measured]))
}
