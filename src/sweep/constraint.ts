import {type Metric, metricNames, type StaticMetric, staticMetrics} from '../cost/metrics.js'
import {columnsOf, type Expression} from '../foundation/expression.js'
import type {SpecSource} from '../spec/yaml-source.js'
import {namedExpression, type ResultNames} from './result-names.js'

/** When a constraint can be known: from the design alone, from what needs no timing, or from all results. */
export type ConstraintStage = 'design' | 'static' | 'timed'

/** A claim that a design must meet. */
export interface Constraint {
  readonly text: string
  readonly pointer: string
  readonly expression: Expression
  /** The column of results, the axis or the parameter behind each name that the expression uses. */
  readonly columnNames: ReadonlyMap<string, string>
  readonly stage: ConstraintStage
}

const comparison = /[<>=]/

/** Reads a constraint over results, axes and parameters; short names of metrics are those of their columns. */
export function parseConstraint(source: SpecSource, pointer: string, text: string, names: ResultNames): Constraint {
  if (!comparison.test(text))
    throw source.error(pointer, `"${text}" claims nothing: a constraint compares two values`, ['write it as in `averageWatts <= 500 W`'])
  const expression = namedExpression(source, pointer, text, names)
  const columnNames = new Map(expression.dependsOn.map((written) => [written, names.columnNamed(written)]))
  return {text, pointer, expression, columnNames, stage: stageOf([...columnNames.values()])}
}

/** When what some columns decide can be known. */
export function stageOf(columnNames: readonly string[]): ConstraintStage {
  const results = columnNames.filter(isResult)
  if (results.length === 0) return 'design'
  return results.every(isStatic) ? 'static' : 'timed'
}

/** Whether a column is a result, and no axis or parameter. */
export function isResult(name: string): name is Metric {
  return (metricNames as readonly string[]).includes(name)
}

/** Whether a column is a result that needs no timing. */
export function isStatic(name: string): name is StaticMetric {
  return (staticMetrics as readonly string[]).includes(name)
}

/** A function that says, row by row, whether designs meet a constraint (1 or 0), from columns by name. */
export function constraintColumn(
  constraint: Constraint,
  columnOf: (name: string) => Float64Array,
  rowCapacity: number,
): (rowCount: number) => Float64Array {
  return columnsOf(constraint.expression, (written) => columnOf(constraint.columnNames.get(written)!), rowCapacity)
}
