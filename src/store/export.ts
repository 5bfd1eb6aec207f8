import {closeSync, existsSync, openSync, renameSync, rmSync, writeSync} from 'node:fs'
import {dirname, extname, resolve} from 'node:path'
import {exitCodes, UserError} from '../foundation/user-error.js'
import type {PointColumn} from './point-columns.js'
import type {PointResult} from './query.js'
import type {Cell, PointRow} from './space-reader.js'

export const exportFormats = ['csv', 'json', 'ndjson', 'parquet'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** The format that a person asked for, or that the ending of the file says; nothing for a table on the screen. */
export function exportFormatOf(format: ExportFormat | 'table' | undefined, file: string | undefined): ExportFormat | undefined {
  if (file === undefined || (format !== undefined && format !== 'table')) return format === 'table' ? undefined : format
  const ending = extname(file).slice(1).toLowerCase()
  const known = exportFormats.find((each) => each === ending)
  if (known !== undefined && format === undefined) return known
  throw new UserError(format === 'table' ? 'a table is shown, not written to a file' : `the ending of ${file} names no format`, {
    code: 'EXPORT_FORMAT',
    exitCode: exitCodes.usage,
    suggestions: [`add --format ${exportFormats.join(', --format ')}`],
  })
}

/** Where an export goes: a file, or a stream such as stdout for the text formats. */
export type ExportTarget = {readonly file: string} | {readonly stream: NodeJS.WritableStream}

export interface ExportSummary {
  readonly format: ExportFormat
  readonly rowCount: number
}

const textChunkLength = 1 << 16

/** Writes points row by row; a file appears under its name only when it is complete. */
export async function exportPoints(result: PointResult, format: ExportFormat, target: ExportTarget): Promise<ExportSummary> {
  if ('file' in target) return {format, rowCount: await writtenFile(result, format, target.file)}
  if (format === 'parquet') {
    throw new UserError('Parquet is written to a file only', {code: 'EXPORT_NEEDS_FILE', suggestions: ['name a file to write to']})
  }
  return {format, rowCount: await writeStream(textChunks(result, format), target.stream)}
}

async function writtenFile(result: PointResult, format: ExportFormat, file: string): Promise<number> {
  const folder = dirname(resolve(file))
  if (!existsSync(folder)) {
    throw new UserError(`the folder ${folder} of the export does not exist`, {
      code: 'EXPORT_FOLDER_MISSING',
      suggestions: ['make the folder, or name another file'],
    })
  }
  const unfinished = `${file}.${process.pid}.part`
  try {
    const rowCount = format === 'parquet' ? await writeParquet(result, unfinished) : writeText(textChunks(result, format), unfinished)
    renameSync(unfinished, file)
    return rowCount
  } catch (error) {
    rmSync(unfinished, {force: true})
    throw fileError(error, file)
  }
}

const fileReasons: Readonly<Record<string, {reason: string; hint: string}>> = {
  ENOSPC: {reason: 'the disk is full', hint: 'free some space, or export fewer columns'},
  EACCES: {reason: 'it may not be written', hint: 'name a file in a folder that you may write to'},
  EPERM: {reason: 'it may not be written', hint: 'close the program that has it open, or name another file'},
  EROFS: {reason: 'its disk is read-only', hint: 'name a file on another disk'},
  EISDIR: {reason: 'it is a folder', hint: 'name a file'},
  ENOTDIR: {reason: 'its folder is a file', hint: 'name a file in a folder'},
}

function fileError(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known = fileReasons[code]
  if (known === undefined) return error
  return new UserError(`${file} cannot be written: ${known.reason}`, {code: 'EXPORT_FAILED', suggestions: [known.hint], cause: error})
}

interface TextChunk {
  readonly text: string
  readonly rowCount: number
}

function* textChunks({columns, rows}: PointResult, format: Exclude<ExportFormat, 'parquet'>): Generator<TextChunk> {
  const {start, row: rowText, between, end} = textForms[format]
  let text = start(columns)
  let rowCount = 0
  let separator = ''
  for (const row of rows) {
    text += separator + rowText(row, columns)
    separator = between
    rowCount += 1
    if (text.length < textChunkLength) continue
    yield {text, rowCount}
    text = ''
    rowCount = 0
  }
  yield {text: text + end, rowCount}
}

interface TextForm {
  readonly start: (columns: readonly PointColumn[]) => string
  readonly row: (row: PointRow, columns: readonly PointColumn[]) => string
  readonly between: string
  readonly end: string
}

const textForms: Readonly<Record<Exclude<ExportFormat, 'parquet'>, TextForm>> = {
  csv: {
    start: (columns) => `${columns.map(({sqlName}) => csvCell(sqlName)).join(',')}\r\n`,
    row: (row, columns) => `${columns.map(({name}) => csvCell(row[name] ?? null)).join(',')}\r\n`,
    between: '',
    end: '',
  },
  json: {start: () => '[', row: (row) => `\n${JSON.stringify(row)}`, between: ',', end: '\n]\n'},
  ndjson: {start: () => '', row: (row) => `${JSON.stringify(row)}\n`, between: '', end: ''},
}

/** A cell as RFC 4180 has it; a text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvCell(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function writeText(chunks: Iterable<TextChunk>, file: string): number {
  const handle = openSync(file, 'w')
  try {
    let total = 0
    for (const {text, rowCount} of chunks) {
      const bytes = Buffer.from(text)
      for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written)
      total += rowCount
    }
    return total
  } finally {
    closeSync(handle)
  }
}

/** Waits for a slow reader instead of holding the rows; a reader that goes away (`| head`) ends the export. */
async function writeStream(chunks: Iterable<TextChunk>, stream: NodeJS.WritableStream): Promise<number> {
  let total = 0
  for (const {text, rowCount} of chunks) {
    await new Promise<void>((settle, fail) => stream.write(text, (error) => (error ? fail(error) : settle())))
    total += rowCount
  }
  return total
}

const rowGroupRowCount = 50_000

/** One row group is in memory at a time. */
async function writeParquet({columns, rows}: PointResult, file: string): Promise<number> {
  const {fileWriter, parquetWriteRows} = await import('hyparquet-writer')
  let rowCount = 0
  const records = function* () {
    for (const row of rows) {
      rowCount += 1
      yield parquetRecord(row, columns)
    }
  }
  const units = Object.fromEntries(columns.map(({sqlName, unit}) => [sqlName, unit]))
  await parquetWriteRows({
    writer: fileWriter(file),
    rows: records(),
    columns: columns.map(({sqlName, type}) => ({name: sqlName, type: type === 'text' ? 'STRING' : 'DOUBLE', nullable: true})),
    rowGroupSize: rowGroupRowCount,
    kvMetadata: [{key: 'units', value: JSON.stringify(units)}],
    createdBy: 'ridgepoint',
  })
  return rowCount
}

/** An axis with texts among its values is a column of texts. */
function parquetRecord(row: PointRow, columns: readonly PointColumn[]): Record<string, Cell> {
  const record: Record<string, Cell> = {}
  for (const {name, sqlName, type} of columns) {
    const cell = row[name] ?? null
    record[sqlName] = type === 'text' && typeof cell === 'number' ? String(cell) : cell
  }
  return record
}
