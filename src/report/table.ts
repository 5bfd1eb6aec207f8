import {quantityText, type ShownUnit, unitShown} from './unit.js'

export interface Column {
  readonly field: string
  readonly title: string
  /** Numbers without a unit are written as they are. */
  readonly unit?: ShownUnit
}

export type Cell = string | number | boolean | null

/** A table of plain records; numbers are SI and are given their prefix when shown. */
export interface Table {
  readonly caption?: string
  readonly columns: readonly Column[]
  readonly rows: readonly Readonly<Record<string, Cell>>[]
}

/** A cell as text: a quantity with its unit, nothing where there is none. */
export function cellText(cell: Cell | undefined, column: Column): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  if (typeof cell === 'string') return cell
  return quantityText(cell, unitShown(column.unit))
}

/** A column whose every filled cell is a number is aligned to the right. */
export function isNumericColumn(table: Table, column: Column): boolean {
  const cells = table.rows.map((row) => row[column.field]).filter((cell) => cell !== null && cell !== undefined)
  return cells.length > 0 && cells.every((cell) => typeof cell === 'number')
}

/** Rows as CSV (RFC 4180), headers in snake case, numbers in full. */
export function csvText(rows: readonly Readonly<Record<string, Cell>>[]): string {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const header = fields.map((field) => csvCell(field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)))
  const lines = rows.map((row) => fields.map((field) => csvCell(row[field])).join(','))
  return `${[header.join(','), ...lines].join('\r\n')}\r\n`
}

function csvCell(cell: Cell | undefined): string {
  const text = cell === null || cell === undefined || Number.isNaN(cell) ? '' : String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
