import {closeSync, existsSync, openSync, renameSync, rmSync, writeSync} from 'node:fs'
import {dirname, extname, resolve} from 'node:path'
import {exitCodes, UserError} from '../foundation/user-error.js'
import {identity} from '../frontier/order-of-floats.js'
import type {PointColumn} from './point-columns.js'
import type {CellBlock, PointResult} from './query.js'
import type {Cell, CellReader, PointRow} from './space-reader.js'

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

/** Rows read together where they come one by one. */
const blockRowCount = 4096

/** The rows of a result in blocks: those of chunks as they are, others gathered. */
function* blocksOf({columns, rows, blocks}: PointResult): Generator<CellBlock> {
  if (blocks !== undefined) return yield* blocks
  let gathered: PointRow[] = []
  const readers = columns.map(
    ({name}) =>
      (row: number) =>
        gathered[row]![name] ?? null,
  )
  for (const row of rows) {
    gathered.push(row)
    if (gathered.length < blockRowCount) continue
    yield {rows: identity(gathered.length), readers}
    gathered = []
  }
  if (gathered.length > 0) yield {rows: identity(gathered.length), readers}
}

function* textChunks(result: PointResult, format: Exclude<ExportFormat, 'parquet'>): Generator<TextChunk> {
  const {columns} = result
  const {start, row: rowText, between, end} = textForms[format](columns)
  let text = start
  let rowCount = 0
  let separator = ''
  for (const {rows, readers} of blocksOf(result)) {
    for (const row of rows) {
      text += separator + rowText(readers, row)
      separator = between
      rowCount += 1
      if (text.length < textChunkLength) continue
      yield {text, rowCount}
      text = ''
      rowCount = 0
    }
  }
  yield {text: text + end, rowCount}
}

interface TextForm {
  readonly start: string
  readonly row: (readers: readonly CellReader[], row: number) => string
  readonly between: string
  readonly end: string
}

const textForms: Readonly<Record<Exclude<ExportFormat, 'parquet'>, (columns: readonly PointColumn[]) => TextForm>> = {
  csv: (columns) => ({
    start: `${columns.map(({sqlName}) => csvCell(sqlName)).join(',')}\r\n`,
    row: csvRow,
    between: '',
    end: '',
  }),
  json: (columns) => {
    const rowText = jsonRow(columns)
    return {start: '[', row: (readers, row) => `\n${rowText(readers, row)}`, between: ',', end: '\n]\n'}
  },
  ndjson: (columns) => {
    const rowText = jsonRow(columns)
    return {start: '', row: (readers, row) => `${rowText(readers, row)}\n`, between: '', end: ''}
  },
}

function csvRow(readers: readonly CellReader[], row: number): string {
  let text = ''
  for (let i = 0; i < readers.length; i++) text += (i === 0 ? '' : ',') + csvCell(readers[i]!(row))
  return `${text}\r\n`
}

function jsonRow(columns: readonly PointColumn[]): TextForm['row'] {
  const keys = columns.map(({name}, i) => `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`)
  return (readers, row) => {
    let text = readers.length === 0 ? '{' : ''
    for (let i = 0; i < readers.length; i++) text += keys[i]! + JSON.stringify(readers[i]!(row))
    return `${text}}`
  }
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
async function writeParquet(result: PointResult, file: string): Promise<number> {
  const {ParquetWriter, schemaFromColumnData, fileWriter} = await import('hyparquet-writer')
  const {columns} = result
  const gathered: Cell[][] = columns.map(() => [])
  const columnData = () =>
    columns.map(({sqlName, type}, i) => ({name: sqlName, type: parquetTypes[type], nullable: true, data: gathered[i]!}))
  const units = Object.fromEntries(columns.map(({sqlName, unit}) => [sqlName, unit]))
  const writer = new ParquetWriter({
    writer: fileWriter(file),
    schema: schemaFromColumnData({columnData: columnData()}),
    kvMetadata: [{key: 'units', value: JSON.stringify(units)}],
    createdBy: 'ridgepoint',
  })
  let rowCount = 0
  let groupCount = 0
  const writeGroup = async (): Promise<void> => {
    await writer.write({columnData: columnData(), rowGroupSize: groupCount})
    for (const cells of gathered) cells.length = 0
    rowCount += groupCount
    groupCount = 0
  }
  for (const {rows, readers} of blocksOf(result)) {
    for (let first = 0; first < rows.length; ) {
      const some = rows.subarray(first, first + rowGroupRowCount - groupCount)
      for (const [i, {type}] of columns.entries()) gather(some, readers[i]!, type, gathered[i]!)
      first += some.length
      groupCount += some.length
      if (groupCount === rowGroupRowCount) await writeGroup()
    }
  }
  if (groupCount > 0) await writeGroup()
  await writer.finish()
  return rowCount
}

const parquetTypes = {text: 'STRING', number: 'DOUBLE'} as const

/** An axis with texts among its values is a column of texts. */
function gather(rows: Int32Array, read: CellReader, type: PointColumn['type'], to: Cell[]): void {
  for (let i = 0; i < rows.length; i++) {
    const cell = read(rows[i]!)
    to.push(type === 'text' && typeof cell === 'number' ? String(cell) : cell)
  }
}
