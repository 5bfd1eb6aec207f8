import {nothing} from './text.js'

export interface TableColumn<Row> {
  readonly header: string
  readonly cell: (row: Row) => string
  /** Without it, a column is right-aligned where all its cells begin with a number. */
  readonly align?: 'left' | 'right'
  /** On a narrow terminal, columns with the highest number go first, all of one number together; a column without one stays. */
  readonly dropOrder?: number
}

export interface TableOptions {
  /** Columns of text that there are; by default the terminal's, and no limit in a file or pipe. */
  readonly width?: number
}

interface LaidOutColumn {
  readonly header: string
  readonly cells: readonly string[]
  readonly isRight: boolean
  readonly dropOrder: number
  readonly width: number
}

const gap = '  '
const narrowestWidth = 8

/** Rows as aligned text; where the width does not hold it, the least important columns go or are cut, and a last line says so. */
export function formatTable<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  {width = terminalWidth()}: TableOptions = {},
): string {
  const all = columns.map((column) => laidOut(column, rows))
  const kept = withoutLeastImportant(all, width)
  const fitted = withCutText(kept, width)
  const lines = [fitted.map(({header}) => header), ...rows.map((_, index) => fitted.map(({cells}) => cells[index] ?? ''))].map((cells) =>
    lineOf(cells, fitted),
  )
  const dropped = all.filter((column) => !kept.includes(column)).map(({header}) => header)
  const hidden = [...new Set(dropped)].filter((header) => header !== '')
  return [...lines, ...(hidden.length === 0 ? [] : [wrapped(`(not shown at this width: ${hidden.join(', ')})`, width)])].join('\n')
}

/** Rows as aligned text; columns that the width does not hold go on in a further table, under the first column again. */
export function formatFolded<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  {width = terminalWidth()}: TableOptions = {},
): string {
  const [key, ...others] = columns
  if (key === undefined) return ''
  const keyWidth = laidOut(key, rows).width
  const tables: TableColumn<Row>[][] = []
  let leftWidth = 0
  for (const column of others) {
    const needed = gap.length + laidOut(column, rows).width
    if (tables.length === 0 || needed > leftWidth) {
      tables.push([key])
      leftWidth = width - keyWidth
    }
    tables.at(-1)!.push(column)
    leftWidth -= needed
  }
  return (tables.length === 0 ? [[key]] : tables).map((table) => formatTable(table, rows, {width})).join('\n\n')
}

/** Columns of text on the terminal; without end where output goes to a file or a pipe. */
export function terminalWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY
}

/** Columns of text for sentences: the terminal's, or in a file or pipe what COLUMNS says; tables stay whole there. */
export function proseWidth(): number {
  return process.stdout.isTTY ? terminalWidth() : Number(process.env['COLUMNS']) || Number.POSITIVE_INFINITY
}

function laidOut<Row>({header, cell, align, dropOrder = 0}: TableColumn<Row>, rows: readonly Row[]): LaidOutColumn {
  const cells = rows.map((row) => cell(row).replaceAll(/\s*\n\s*/g, ' '))
  const isNumber = (text: string): boolean => text === '' || text === nothing || /^[-+−]?[\d∞]/.test(text)
  const isRight = align === undefined ? cells.length > 0 && cells.every(isNumber) : align === 'right'
  return {header, cells, isRight, dropOrder, width: Math.max(...[header, ...cells].map(displayWidth))}
}

function totalWidth(columns: readonly LaidOutColumn[]): number {
  return columns.reduce((sum, {width}) => sum + width, gap.length * Math.max(columns.length - 1, 0))
}

function withoutLeastImportant(columns: readonly LaidOutColumn[], width: number): readonly LaidOutColumn[] {
  if (totalWidth(columns) <= width) return columns
  const leastImportant = Math.max(...columns.map(({dropOrder}) => dropOrder))
  if (leastImportant === 0) return columns
  return withoutLeastImportant(
    columns.filter(({dropOrder}) => dropOrder !== leastImportant),
    width,
  )
}

/** The widest text column gives up what is too much, down to a readable rest. */
function withCutText(columns: readonly LaidOutColumn[], width: number): readonly LaidOutColumn[] {
  const excess = totalWidth(columns) - width
  const cuttable = columns.filter((column) => !column.isRight && column.width > narrowestWidth)
  if (excess <= 0 || cuttable.length === 0) return columns
  const widest = cuttable.reduce((a, b) => (b.width > a.width ? b : a))
  const cutWidth = Math.max(widest.width - excess, narrowestWidth)
  const cut: LaidOutColumn = {
    ...widest,
    width: cutWidth,
    header: cutText(widest.header, cutWidth),
    cells: widest.cells.map((text) => cutText(text, cutWidth)),
  }
  return withCutText(
    columns.map((column) => (column === widest ? cut : column)),
    width,
  )
}

function lineOf(cells: readonly string[], columns: readonly LaidOutColumn[]): string {
  return cells
    .map((text, index) => {
      const {width, isRight} = columns[index]!
      const padding = ' '.repeat(Math.max(width - displayWidth(text), 0))
      return isRight ? padding + text : text + padding
    })
    .join(gap)
    .trimEnd()
}

/** A text over several lines where the width does not hold it. */
export function wrapped(text: string, width = proseWidth()): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && displayWidth(line) + 1 + displayWidth(word) <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines.join('\n')
}

const segmenter = new Intl.Segmenter()
/** Colour codes take no room. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with the control character ESC
const escapeSequence = /\u001B\[[\d;]*m/g
/** East Asian wide and full-width forms, and what is drawn as an emoji, take two columns. */
const wide =
  /^[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6]|^[\u{20000}-\u{3FFFD}]|^\p{Emoji_Presentation}|\uFE0F/u

/** Columns that a text takes on a terminal. */
export function displayWidth(text: string): number {
  if (/^[\u0020-\u007E]*$/.test(text)) return text.length
  let width = 0
  for (const {segment} of segmenter.segment(text.replaceAll(escapeSequence, '')))
    width += /^\p{Mark}|^\p{Cc}|^\u200B/u.test(segment) ? 0 : wide.test(segment) ? 2 : 1
  return width
}

/** A text cut to `width` columns, with "…" where something is missing. */
export function cutText(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let kept = ''
  for (const {segment} of segmenter.segment(text.replaceAll(escapeSequence, ''))) {
    if (displayWidth(kept + segment) > width - 1) break
    kept += segment
  }
  return `${kept}…`
}
