import type {Dtype} from '../foundation/dtype.js'
import {dtypes} from '../foundation/dtype.js'
import {nameHints} from '../foundation/nearest-name.js'
import type {SpecProblem} from '../spec/spec-error.js'
import type {CsvHeading, CsvRecord} from './csv-file.js'
import {cellColumn} from './csv-file.js'

/** What a column's numbers must be, and how they become SI. */
export interface NumberColumn {
  readonly expected: string
  readonly isWhole: boolean
  /** A whole number may be this; any other has to be above it. */
  readonly minimum: number
  readonly toSi: (written: number) => number
}

const same = (written: number): number => written

/** The kinds of number that measured files hold, in the units of their columns. */
export const numberColumns = {
  count: {expected: 'a whole number from 1', isWhole: true, minimum: 1, toSi: same},
  countOrZero: {expected: 'a whole number from 0', isWhole: true, minimum: 0, toSi: same},
  microseconds: {expected: 'a time in microseconds above zero', isWhole: false, minimum: 0, toSi: (w) => w / 1e6},
  watts: {expected: 'a power in watts above zero', isWhole: false, minimum: 0, toSi: same},
  joules: {expected: 'an energy in joules above zero', isWhole: false, minimum: 0, toSi: same},
  megahertz: {expected: 'a clock in megahertz above zero', isWhole: false, minimum: 0, toSi: (w) => w * 1e6},
} satisfies Record<string, NumberColumn>

function accepts({isWhole, minimum}: NumberColumn, written: number): boolean {
  return isWhole ? Number.isSafeInteger(written) && written >= minimum : written > minimum
}

const plainNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** Reads the cells of one file's records by column name, and gathers what is wrong with them. */
export class CellReader {
  readonly problems: SpecProblem[] = []
  readonly #heading: CsvHeading
  readonly #positions: ReadonlyMap<string, number>
  #record: CsvRecord = {line: 0, text: '', cells: []}

  constructor(heading: CsvHeading) {
    this.#heading = heading
    this.#positions = new Map(heading.columns.map((name, index) => [name, index]))
  }

  /** Turns to the next record; false when it has more or fewer cells than the header. */
  open(record: CsvRecord): boolean {
    this.#record = record
    const {columns, line} = this.#heading
    if (record.cells.length === columns.length) return true
    const message = `this row has ${record.cells.length} cells, but the header on line ${line} has ${columns.length}`
    this.#report('row', 1, message, ['quote a cell that holds a comma, and keep one cell a column, empty where nothing applies'])
    return false
  }

  text(column: string): string {
    const position = this.#positions.get(column)
    return position === undefined ? '' : (this.#record.cells[position] ?? '').trim()
  }

  requiredText(column: string): string {
    const text = this.text(column)
    if (text === '')
      this.#reportCell(column, `this cell is empty, but every row needs ${column}`, [`fill ${column} in, or leave the row out`])
    return text
  }

  number(column: string, kind: NumberColumn): number | undefined {
    const text = this.text(column)
    if (text === '') return undefined
    const written = plainNumber.test(text) ? Number(text) : Number.NaN
    if (Number.isFinite(written) && accepts(kind, written)) return kind.toSi(written)
    const fault = Number.isFinite(written) ? `is not ${kind.expected}` : `is not a number, but ${column} holds ${kind.expected}`
    this.#reportCell(column, `"${text}" ${fault}`, [`write ${column} as ${kind.expected}, without unit or digit grouping`])
    return undefined
  }

  requiredNumber(column: string, kind: NumberColumn): number {
    this.requiredText(column)
    return this.number(column, kind) ?? Number.NaN
  }

  dtype(column: string): Dtype | undefined {
    const text = this.text(column).toLowerCase()
    if (text === '') return undefined
    const known = dtypes.find((name) => name === text)
    if (known === undefined) this.#reportCell(column, `"${text}" is not a known dtype`, nameHints(text, dtypes))
    return known
  }

  #reportCell(column: string, message: string, suggestions: readonly string[]): void {
    this.#report(column, cellColumn(this.#record.text, this.#positions.get(column) ?? 0), message, suggestions)
  }

  #report(pointer: string, column: number, message: string, suggestions: readonly string[]): void {
    this.problems.push({file: this.#heading.file, line: this.#record.line, column, pointer, message, suggestions})
  }
}
