import {columnsOf, type Expression, parseExpression, type SymbolTable} from '../foundation/expression.js'
import {located} from '../spec/located.js'
import type {SpecSource} from '../spec/yaml-source.js'

/** A claim that a design must meet. */
export interface Constraint {
  readonly text: string
  readonly expression: Expression
  /** The column of results or the axis behind each name that the expression uses. */
  readonly columnNames: ReadonlyMap<string, string>
}

const comparison = /[<>=]/

/** Reads a constraint over results and axes; short names of metrics are those of their columns. */
export function parseConstraint(
  source: SpecSource,
  pointer: string,
  text: string,
  symbols: SymbolTable,
  columnNamed: (written: string) => string,
): Constraint {
  if (!comparison.test(text))
    throw source.error(pointer, `"${text}" claims nothing: a constraint compares two values`, ['write it as in `averageWatts <= 500 W`'])
  const expression = located(source, pointer, () => parseExpression(text, symbols))
  return {text, expression, columnNames: new Map(expression.dependsOn.map((written) => [written, columnNamed(written)]))}
}

/** A function that says, row by row, whether designs meet a constraint (1 or 0), from columns by name. */
export function constraintColumn(
  constraint: Constraint,
  columnOf: (name: string) => Float64Array,
  rowCapacity: number,
): (rowCount: number) => Float64Array {
  return columnsOf(constraint.expression, (written) => columnOf(constraint.columnNames.get(written)!), rowCapacity)
}
