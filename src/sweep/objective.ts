import type {Column} from '../accelerator/machine.js'
import {type Metric, metricNamed, metrics, metricWords, usualGoal} from '../cost/metrics.js'
import {baseValueOf, columnsOf, type Expression, parseExpression} from '../foundation/expression.js'
import {nameHints} from '../foundation/nearest-name.js'
import {dimensionNoun, sameDimension, writtenUnit} from '../foundation/quantity.js'
import type {Goal} from '../frontier/pareto-front.js'
import {located} from '../spec/located.js'
import type {SpecSource} from '../spec/yaml-source.js'
import {namedExpression, type ResultNames} from './result-names.js'
import {unitScale} from './unit-scale.js'

/** A quantity of designs to be made small or large; of a target, the distance to it. */
export interface Objective {
  /** What columns, fronts and figures call it: a metric, or the name that the study gives it. */
  readonly name: string
  readonly unit: string
  readonly goal: Goal
  /** The metric that it is as it stands; undefined for an expression or a target. */
  readonly metric?: Metric
  /** What it is made of, where that is more than a metric. */
  readonly text?: string
  readonly targetValue?: number
  /** Metrics, axes and parameters behind it. */
  readonly columnNames: readonly string[]
  /** A function that gives its value row by row, from columns by name. */
  readonly column: (columnOf: (name: string) => Column, rowCapacity: number) => (rowCount: number) => Column
}

/** What a record says of an objective. */
export type ObjectiveRecord = Pick<Objective, 'name' | 'unit' | 'goal'>

/** An objective without how it is computed. */
export function objectiveRecord({name, unit, goal}: Objective): ObjectiveRecord {
  return {name, unit, goal}
}

/** An objective as a study writes it. */
export type RawObjective =
  | string
  | {
      readonly metric?: string
      readonly expression?: string
      readonly name?: string
      readonly goal?: Goal
      readonly target?: string | number
    }

/** Reads the objectives of a study; no two may share a name. */
export function readObjectives(source: SpecSource, raw: readonly RawObjective[], names: ResultNames): readonly Objective[] {
  const objectives = raw.map((each, index) => readObjective(source, `/objectives/${index}`, each, names))
  for (const [index, {name}] of objectives.entries()) {
    if (objectives.findIndex((each) => each.name === name) < index)
      throw source.error(`/objectives/${index}`, `two objectives are called ${name}`, ['leave one out, or give it a name of its own'])
  }
  return objectives
}

function readObjective(source: SpecSource, pointer: string, raw: RawObjective, names: ResultNames): Objective {
  const {metric: written, expression: text, name, goal, target} = typeof raw === 'string' ? shortObjective(raw) : raw
  if ((written === undefined) === (text === undefined))
    throw source.error(pointer, 'an objective is either a metric or an expression', [
      'write {metric: latencySeconds, goal: min} or {expression: "energyJoules * latencySeconds", name: edp}',
    ])
  if (goal !== undefined && target !== undefined)
    throw source.error(`${pointer}/goal`, 'an objective has either a goal or a target', ['leave one of the two out'])
  const metric = written === undefined ? undefined : knownMetric(source, pointer, written)
  if (metric !== undefined && target === undefined) {
    if (name !== undefined && name !== metric)
      throw source.error(`${pointer}/name`, `a metric keeps its own name, ${metric}`, ['leave name out'])
    return metricObjective(metric, goal ?? usualGoal(metric))
  }
  const expression = namedExpression(source, pointer, text ?? metric!, names)
  const own = name ?? (metric === undefined ? undefined : `${metric}Distance`)
  if (own === undefined)
    throw source.error(`${pointer}/name`, 'an objective that is an expression needs a name', ['add a name, as in `name: edp`'])
  checkName(source, `${pointer}/name`, own, names)
  const unit = writtenUnit(expression.vector)
  const targetValue = target === undefined ? undefined : targetOf(source, `${pointer}/target`, target, expression)
  return {
    name: own,
    unit,
    goal: goal ?? 'min',
    text: expression.text,
    ...(targetValue === undefined ? {} : {targetValue}),
    columnNames: expression.dependsOn.map(names.columnNamed),
    column: expressionColumn(expression, unitScale(unit), targetValue, names),
  }
}

/** A minus before a metric, as on the command line, says that it is to be large. */
function shortObjective(written: string): Exclude<RawObjective, string> {
  return written.startsWith('-') ? {metric: written.slice(1), goal: 'max'} : {metric: written}
}

/** A metric as an objective. */
export function metricObjective(metric: Metric, goal: Goal): Objective {
  const {unit} = metrics[metric]
  return {
    name: metric,
    unit,
    goal,
    metric,
    columnNames: [metric],
    column: (columnOf) => {
      const column = columnOf(metric)
      return () => column
    },
  }
}

function expressionColumn(expression: Expression, scale: number, target: number | undefined, names: ResultNames): Objective['column'] {
  return (columnOf, rowCapacity) => {
    const fill = columnsOf(expression, (written) => columnOf(names.columnNamed(written)), rowCapacity)
    const out = new Float64Array(rowCapacity)
    return (rowCount) => {
      const from = fill(rowCount)
      for (let row = 0; row < rowCount; row++) out[row] = target === undefined ? from[row]! / scale : Math.abs(from[row]! / scale - target)
      return out
    }
  }
}

function targetOf(source: SpecSource, pointer: string, written: string | number, {vector}: Expression): number {
  const target = located(source, pointer, () => parseExpression(String(written), new Map()))
  const unit = writtenUnit(vector)
  if (sameDimension(target.vector, vector)) return baseValueOf(target) / unitScale(unit)
  throw source.error(
    pointer,
    `"${written}" is ${dimensionNoun(target.vector)}, but this objective is ${dimensionNoun(vector)}`,
    [unit === '' ? 'write a plain number' : `write it with a unit such as ${unit}`],
    'QUANTITY_INVALID',
  )
}

function knownMetric(source: SpecSource, pointer: string, written: string): Metric {
  const metric = metricNamed(written)
  if (metric !== undefined) return metric
  throw source.error(pointer, `"${written}" is not a metric`, nameHints(written, metricWords), 'UNKNOWN_NAME')
}

const nameForm = /^[A-Za-z]\w*$/

function checkName(source: SpecSource, pointer: string, name: string, {symbols}: ResultNames): void {
  if (!nameForm.test(name))
    throw source.error(pointer, `"${name}" can't name an objective`, ['take letters and digits, a letter first, as in `edp`'])
  if (symbols.has(name)) throw source.error(pointer, `"${name}" names something else already`, ['choose another name'])
}
