import {columnsOf, type Expression, parseExpression, type SymbolTable} from '../foundation/expression.js'
import {located} from '../spec/located.js'
import type {SpecSource} from '../spec/yaml-source.js'

/** A claim that a design must meet. */
export interface Constraint {
  readonly text: string
  readonly expression: Expression
}

const comparison = /[<>=]/

/** Reads a constraint over results and axes. */
export function parseConstraint(source: SpecSource, pointer: string, text: string, symbols: SymbolTable): Constraint {
  if (!comparison.test(text))
    throw source.error(pointer, `"${text}" claims nothing: a constraint compares two values`, ['write it as in `averageWatts <= 500 W`'])
  return {text, expression: located(source, pointer, () => parseExpression(text, symbols))}
}

/** A function that says, row by row, whether designs meet a constraint (1 or 0), from columns by name. */
export function constraintColumn(
  constraint: Constraint,
  columnOf: (name: string) => Float64Array,
  rowCapacity: number,
): (rowCount: number) => Float64Array {
  return columnsOf(constraint.expression, columnOf, rowCapacity)
}
