import {SpecError} from '../spec/spec-error.js'
import {CellReader} from './cell-reader.js'
import type {CsvHeading} from './csv-file.js'
import {csvRecords, emptyFile, readCsvHeading} from './csv-file.js'
import {kernelTraceColumns, kernelTraceRow, notesReader} from './importers/kernel-trace.js'
import {requireFormat} from './importers/table.js'
import type {TraceRow} from './trace-row.js'

/** Problems that are worth listing at once; reading stops at the row that reaches this. */
const listedProblemCount = 8

/** A measured trace whose header has been read; iterating streams its rows. */
export interface Trace extends AsyncIterable<TraceRow> {
  readonly file: string
  /** Comment lines above the header: source and licence of the data. */
  readonly comments: readonly string[]
  /** Columns of the file that mean nothing here and are ignored. */
  readonly unknownColumns: readonly string[]
}

/** Opens a kernel trace: header problems are thrown here, a row's when iteration reaches it. */
export function readTrace(file: string): Trace {
  const heading = readCsvHeading(file)
  requireFormat(heading, 'kernel-trace')
  const notesOf = notesReader()
  return {
    file,
    comments: heading.comments,
    unknownColumns: heading.columns.filter((name) => !Object.hasOwn(kernelTraceColumns, name)),
    [Symbol.asyncIterator]: () => typedRows(heading, (cells, line) => kernelTraceRow(cells, file, line, notesOf(cells.text('notes')))),
  }
}

/** Rows in the file's order up to the first bad one; then only problems are gathered, and thrown together. */
async function* typedRows<Row>(heading: CsvHeading, rowOf: (cells: CellReader, line: number) => Row): AsyncGenerator<Row> {
  const cells = new CellReader(heading)
  let rowCount = 0
  for await (const record of csvRecords(heading)) {
    rowCount++
    const row = cells.open(record) ? rowOf(cells, record.line) : undefined
    if (cells.problems.length >= listedProblemCount) break
    if (row !== undefined && cells.problems.length === 0) yield row
  }
  if (cells.problems.length > 0) throw new SpecError(cells.problems, 'TRACE_INVALID')
  if (rowCount === 0) throw emptyFile(heading.file, `${heading.file}:${heading.line}\n  there is a header, but no row under it`)
}
