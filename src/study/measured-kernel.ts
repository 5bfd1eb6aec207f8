import type {OperatorRequest} from '../trace/trace-request.js'
import type {TraceRow} from '../trace/trace-row.js'

/** A measured row of one kernel, with the operator and the run that it measures. */
export interface MeasuredKernel {
  readonly row: TraceRow
  readonly request: OperatorRequest
}

/** Cells that tell a row apart, by the columns of a trace. */
export type RowColumns = Readonly<Record<string, string | number>>

/** Whether a row has these cells. */
export function rowMatches(row: TraceRow, columns: RowColumns): boolean {
  const cells = row as unknown as Readonly<Record<string, unknown>>
  return Object.entries(columns).every(([column, cell]) => cells[fieldOf(column)] === cell)
}

/** Cells in words: "gemm bf16, m 4096, n 4096, k 4096". */
export function rowText({op, dtype, ...sizes}: RowColumns): string {
  const kind = [op, dtype].filter((word) => word !== undefined).join(' ')
  return [kind, ...Object.entries(sizes).map(([column, cell]) => `${column.replaceAll('_', ' ')} ${cell}`)].filter(Boolean).join(', ')
}

/** `head_dim` of a file is `headDim` of a row. */
function fieldOf(column: string): string {
  return column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
