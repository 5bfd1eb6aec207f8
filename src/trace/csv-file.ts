import {closeSync, createReadStream, openSync, readSync} from 'node:fs'
import {UserError} from '../foundation/user-error.js'
import {SpecError} from '../spec/spec-error.js'

/** Longest record that is still taken for text: an unclosed quote must not swallow a whole file into memory. */
const longestRecordCharacterCount = 1 << 20
const headingByteCount = 1 << 16

/** The top of a CSV file: its comment lines, its column names, and where its records begin. */
export interface CsvHeading {
  readonly file: string
  readonly columns: readonly string[]
  /** Line of the column names, from 1. */
  readonly line: number
  /** Lines that begin with `#` above the column names, without that sign: source and licence of the data. */
  readonly comments: readonly string[]
  readonly bodyOffsetBytes: number
}

export interface CsvRecord {
  readonly line: number
  /** The record as it stands in the file, without its line end. */
  readonly text: string
  readonly cells: readonly string[]
}

/** Reads the top of a CSV file, and refuses what is missing, empty or not text. */
export function readCsvHeading(file: string): CsvHeading {
  const top = fileTop(file)
  if (top.length === 0) throw emptyFile(file, `${file}: the file is empty`)
  if (top.includes(0)) {
    throw new UserError(`${file}: this is binary data, but a trace is CSV text`, {
      code: 'TRACE_NOT_TEXT',
      suggestions: ['unpack it, or export it as CSV in UTF-8'],
    })
  }
  const comments: string[] = []
  let start = 0
  for (let line = 1; start < top.length; line++) {
    const newline = top.indexOf('\n', start)
    const end = newline === -1 ? top.length : newline
    const text = top
      .toString('utf8', start, end)
      .replace(/^\uFEFF/, '')
      .trim()
    start = end + 1
    if (text.startsWith('#')) comments.push(text.slice(1).trim())
    else if (text !== '')
      return {file, columns: cellsOf(file, line, text).map((name) => name.trim()), line, comments, bodyOffsetBytes: start}
  }
  throw emptyFile(file, `${file}: there is no header line, only blank lines and comments`)
}

/** Streams the records under the header in constant memory; blank lines are passed over. */
export async function* csvRecords({file, line: headerLine, bodyOffsetBytes}: CsvHeading): AsyncGenerator<CsvRecord> {
  const record = {line: headerLine + 1, text: '', isOpen: false}
  let line = headerLine
  for await (const texts of lineBatches(file, bodyOffsetBytes)) {
    for (const text of texts) {
      line++
      if (!record.isOpen) record.line = line
      record.text = record.isOpen ? `${record.text}\n${text}` : text
      if (record.text.length > longestRecordCharacterCount) throw unreadableRecord(file, record.line, 1, 'this record is longer than 1 MiB')
      if (hasOddQuotes(text)) record.isOpen = !record.isOpen
      if (record.isOpen) continue
      const whole = record.text.endsWith('\r') ? record.text.slice(0, -1) : record.text
      if (whole.trim() !== '') yield {line: record.line, text: whole, cells: cellsOf(file, record.line, whole)}
    }
  }
  if (record.isOpen) throw unreadableRecord(file, record.line, 1, 'a quote that opens in this record is never closed')
}

/** Character column, from 1, at which a record's cell begins. */
export function cellColumn(text: string, cellIndex: number): number {
  let isQuoted = false
  let commaCount = 0
  for (let position = 0; position < text.length && commaCount <= cellIndex; position++) {
    if (commaCount === cellIndex) return position + 1
    if (text[position] === '"') isQuoted = !isQuoted
    else if (text[position] === ',' && !isQuoted) commaCount++
  }
  return text.length + 1
}

/** The error for a trace that holds nothing to read. */
export function emptyFile(file: string, message: string): UserError {
  return new UserError(message, {code: 'TRACE_EMPTY', suggestions: [`check that ${file} was written to its end`]})
}

function fileTop(file: string): Buffer {
  try {
    const descriptor = openSync(file, 'r')
    try {
      const top = Buffer.alloc(headingByteCount)
      return top.subarray(0, readSync(descriptor, top, 0, headingByteCount, 0))
    } finally {
      closeSync(descriptor)
    }
  } catch (cause) {
    throw unreadableFile(file, cause)
  }
}

/** Lines of the file from a byte on, by the chunk; what follows the last line end comes as the last batch. */
async function* lineBatches(file: string, start: number): AsyncGenerator<readonly string[]> {
  let rest = ''
  try {
    for await (const chunk of createReadStream(file, {encoding: 'utf8', start, highWaterMark: 1 << 18})) {
      const texts = (rest + String(chunk)).split('\n')
      // A line that is already too long is handed on, so that its reader refuses it before it fills the memory.
      rest = texts.at(-1)!.length > longestRecordCharacterCount ? '' : texts.pop()!
      yield texts
    }
  } catch (cause) {
    throw unreadableFile(file, cause)
  }
  yield [rest]
}

function cellsOf(file: string, line: number, text: string): readonly string[] {
  if (!text.includes('"')) return text.split(',')
  const cells: string[] = []
  for (let start = 0; start <= text.length; ) {
    const end = text[start] === '"' ? closingQuote(text, start) + 1 : text.indexOf(',', start)
    const stop = end === -1 ? text.length : end
    const cell = text.slice(start, stop)
    const isQuoted = text[start] === '"'
    if (isQuoted ? stop < text.length && text[stop] !== ',' : cell.includes('"')) {
      throw unreadableRecord(file, line, start + 1, 'a quote stands inside this cell, but not around the whole of it')
    }
    cells.push(isQuoted ? cell.slice(1, -1).replaceAll('""', '"') : cell)
    start = stop + 1
  }
  return cells
}

/** Position of the quote that ends the cell that begins at `start`; a doubled quote is part of the cell. */
function closingQuote(text: string, start: number): number {
  let at = text.indexOf('"', start + 1)
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2)
  return at === -1 ? text.length - 1 : at
}

function hasOddQuotes(text: string): boolean {
  let isOdd = false
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) isOdd = !isOdd
  return isOdd
}

function unreadableRecord(file: string, line: number, column: number, message: string): SpecError {
  const suggestions = ['write a cell that holds commas as "a, b", and a quote inside it as ""']
  return new SpecError([{file, line, column, pointer: 'row', message, suggestions}], 'TRACE_INVALID')
}

function unreadableFile(file: string, cause: unknown): UserError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  const reason =
    code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'this is a folder, not a file' : `it cannot be read (${code})`
  return new UserError(`${file}: ${reason}`, {code: 'FILE_UNREADABLE', suggestions: ['check the path'], cause})
}
