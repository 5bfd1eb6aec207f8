import {math} from '../foundation/quantity.js'
import {UserError} from '../foundation/user-error.js'
import {columnNamed, type PointColumn} from './point-columns.js'
import type {AxisValue} from './space-definition.js'

export const comparisons = ['<', '<=', '>', '>=', '=', '!='] as const
export type Comparison = (typeof comparisons)[number]

/** One comparison of a column with a value, in the column's own unit. */
export interface Filter {
  readonly column: PointColumn
  readonly comparison: Comparison
  readonly value: AxisValue
}

const term = /\s*([^\s<>=!'"]+)\s*(<=|>=|!=|==?|<|>)\s*(?:"([^"]*)"|'([^']*)'|([^\s<>=!'"](?:(?!\s+and\s)[^<>=!'"])*))\s*(?:and\s+|$)/iy

/** Reads `latencySeconds < 10 ms and batch = 8`: names, comparisons and values, joined by `and`; `==` as in a study is `=`. */
export function parseFilters(text: string, columns: readonly PointColumn[]): readonly Filter[] {
  const filters: Filter[] = []
  term.lastIndex = 0
  while (term.lastIndex < text.length) {
    const start = term.lastIndex
    const match = term.exec(text)
    if (match === null) throw malformed(text, start)
    const [, name, comparison, double, single, bare] = match
    const column = columnNamed(name!, columns)
    const quoted = double ?? single
    const value = quoted ?? comparedValue(bare!.trim(), column)
    filters.push({column, comparison: (comparison === '==' ? '=' : comparison) as Comparison, value})
  }
  if (filters.length === 0) throw malformed(text, 0)
  return filters
}

function malformed(text: string, start: number): UserError {
  const rest = text.slice(start).trim()
  return new UserError(
    `"${rest === '' ? text : rest}" is no comparison: a column, one of ${comparisons.join(' ')}, and a value were expected`,
    {
      code: 'FILTER_FORM',
      suggestions: ['write it as in `latencySeconds < 10 ms and batch = 8`; put texts with signs in quotes'],
    },
  )
}

function comparedValue(written: string, column: PointColumn): AxisValue {
  const isText = column.kind === 'space' || column.kind === 'bound'
  const number = Number(written)
  if (Number.isFinite(number) && !isText) return number
  return column.type === 'text' ? written : quantityIn(written, column)
}

function quantityIn(written: string, column: PointColumn): number {
  const expected = column.unit === '' ? 'a plain number' : `a number of ${column.unit}, or one with its own unit`
  try {
    return math().unit(written).toNumber(column.unit)
  } catch (cause) {
    throw new UserError(`"${written}" cannot be compared with ${column.name}: ${expected} was expected`, {
      code: 'FILTER_VALUE',
      suggestions: [`write it as in \`${column.name} < ${column.unit === '' ? '8' : `2 ${column.unit}`}\``],
      cause,
    })
  }
}

/** Converted values carry rounding: equal means equal to twelve digits. */
const equalRatio = 1e-12

/** The numbers that count as equal to a value. */
export function filterBounds(value: number): {lowest: number; highest: number} {
  const slack = Math.abs(value) * equalRatio
  return {lowest: value - slack, highest: value + slack}
}

/** Whether a value passes; a number and a text are never equal, and neither comes before the other. */
export function passes(value: AxisValue, {comparison, value: bound}: Filter): boolean {
  if (typeof value !== typeof bound) return comparison === '!='
  const {lowest, highest} = typeof bound === 'number' ? filterBounds(bound) : {lowest: bound, highest: bound}
  switch (comparison) {
    case '=':
      return value >= lowest && value <= highest
    case '!=':
      return value < lowest || value > highest
    case '<':
      return value < lowest
    case '<=':
      return value <= highest
    case '>':
      return value > highest
    case '>=':
      return value >= lowest
  }
}
