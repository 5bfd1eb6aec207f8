import {columnsOf, type Expression, parseExpression, parseQuantity} from '../foundation/expression.js'
import {canonicalUnit, type Dimension, dimensions, sameDimension} from '../foundation/quantity.js'
import {UserError} from '../foundation/user-error.js'
import {located} from '../spec/located.js'
import type {SpecSource} from '../spec/yaml-source.js'
import type {Bound, Leaves, RawQuantity} from './field.js'
import type {Column} from './machine.js'
import {affectedNames, type Parameters, scalarOf} from './parameters.js'

/** A numeric field once it is read: its expression, and the dimension it turned out to have. */
export interface Leaf {
  readonly pointer: string
  readonly expression: Expression
  readonly dimension: Dimension
  /** In the unit of its dimension, at the file's parameters. */
  readonly value: number
}

/** Leaves of one machine as numbers; `seen` is told of every field. */
export function numberLeaves(source: SpecSource, parameters: Parameters, seen: (leaf: Leaf) => void = () => {}): Leaves<number> {
  const values = new Map(parameters.ordered.map((parameter) => [parameter.name, parameter.baseValue]))
  const value = (raw: RawQuantity, dimension: Dimension | readonly Dimension[], pointer: string, bound: Bound): number => {
    const leaf = bounded(readLeaf(source, parameters, values, raw, dimension, pointer), bound)
    checkBound(source, leaf, bound)
    seen(leaf)
    return leaf.value
  }
  return {value, fixed: value, dimensionOf: dimensionReader(source, parameters)}
}

/** A batch of machines that differ in some parameters: fill the parameters' columns, refill, and the machine's columns follow. */
export interface ColumnLeaves {
  readonly leaves: Leaves<Column>
  /** In base units, to be filled by the caller for each varied parameter. */
  readonly parameterColumns: ReadonlyMap<string, Column>
  readonly refill: (rowCount: number) => void
}

/** Leaves of a batch as columns; only those that a varied parameter moves, and that are wanted, are computed again. */
export function columnLeaves(
  source: SpecSource,
  parameters: Parameters,
  varied: readonly string[],
  rowCapacity: number,
  isWanted: (pointer: string) => boolean = () => true,
): ColumnLeaves {
  const values = new Map(parameters.ordered.map((parameter) => [parameter.name, parameter.baseValue]))
  const affected = affectedNames(parameters, new Set(varied))
  const columns = new Map<string, Column>()
  const steps: ((rowCount: number) => void)[] = []
  const columnOf = (name: string): Column => columns.get(name)!

  for (const {name, expression, baseValue} of parameters.ordered) {
    const column = new Float64Array(rowCapacity).fill(baseValue)
    columns.set(name, column)
    if (varied.includes(name) || !affected.has(name)) continue
    const fill = columnsOf(expression, columnOf, rowCapacity)
    steps.push((rowCount) => column.set(fill(rowCount).subarray(0, rowCount)))
  }

  const value = (raw: RawQuantity, dimension: Dimension | readonly Dimension[], pointer: string, bound: Bound): Column => {
    const leaf = bounded(readLeaf(source, parameters, values, raw, dimension, pointer), bound)
    const column = new Float64Array(rowCapacity).fill(leaf.value)
    if (!isWanted(pointer) || !leaf.expression.dependsOn.some((name) => affected.has(name))) return column
    steps.push(leafStep(leaf, bound, columnsOf(leaf.expression, columnOf, rowCapacity), column))
    return column
  }

  const fixed: Leaves<Column>['fixed'] = (raw, dimension, pointer) => {
    const leaf = readLeaf(source, parameters, values, raw, dimension, pointer)
    if (leaf.expression.dependsOn.some((name) => affected.has(name))) {
      throw source.error(pointer, 'a point of a curve depends on a parameter that this study varies', [
        'scale the whole curve instead, as `idleScale` does',
      ])
    }
    return leaf.value
  }

  const refill = (rowCount: number): void => {
    for (const step of steps) step(rowCount)
  }
  const parameterColumns = new Map(varied.map((name) => [name, columns.get(name)!]))
  return {leaves: {value, fixed, dimensionOf: dimensionReader(source, parameters)}, parameterColumns, refill}
}

/** Reads a field's column off that of its expression: in its own unit, and within its bound. */
function leafStep(leaf: Leaf, bound: Bound, fill: (rowCount: number) => Column, column: Column): (rowCount: number) => void {
  const {baseValue} = canonicalUnit(leaf.dimension)
  const [isWhole, least, most] = [isCount(bound), leastOf(bound), mostOf(bound)]
  return (rowCount) => {
    const broken = divideWithin(fill(rowCount), baseValue, least, most, column, rowCount)
    if (isWhole)
      for (let row = 0; row < rowCount; row++)
        if (column[row] !== Math.floor(column[row]!)) column[row] = wholeOf(leaf, column[row]!, bound)
    if (broken >= 0) throw outOfBound(leaf, column[broken]!, bound)
  }
}

/** Divides a column; the first row whose result lies outside of a range, −1 where all lie within. */
function divideWithin(from: Column, by: number, least: number, most: number, out: Column, rowCount: number): number {
  let broken = -1
  for (let row = 0; row < rowCount; row++) {
    const each = from[row]! / by
    out[row] = each
    if (!(each >= least && each <= most) && broken < 0) broken = row
  }
  return broken
}

function wholeOf(leaf: Leaf, amount: number, bound: Bound): number {
  const whole = wholeNear(amount)
  if (!isWithin(whole, bound)) throw outOfBound(leaf, amount, bound)
  return whole
}

function readLeaf(
  source: SpecSource,
  parameters: Parameters,
  values: ReadonlyMap<string, number>,
  raw: RawQuantity,
  dimension: Dimension | readonly Dimension[],
  pointer: string,
): Leaf {
  const text = typeof raw === 'object' ? raw.value : raw
  const wanted = typeof dimension === 'string' ? [dimension] : dimension
  const expression = located(source, pointer, () => {
    const parsed = parsedOnce(String(text), parameters)
    return dimensionAmong(wanted, parsed) === undefined ? parseQuantity(text, wanted[0]!, parameters.symbols) : parsed
  })
  const actual = dimensionAmong(wanted, expression)!
  return {pointer, expression, dimension: actual, value: scalarOf(expression, values) / canonicalUnit(actual).baseValue}
}

/** A file is read once as one machine and again for each batch of designs. */
const parsedTexts = new WeakMap<Parameters, Map<string, Expression>>()

function parsedOnce(text: string, parameters: Parameters): Expression {
  const texts = parsedTexts.get(parameters) ?? new Map<string, Expression>()
  parsedTexts.set(parameters, texts)
  const expression = texts.get(text) ?? parseExpression(text, parameters.symbols)
  texts.set(text, expression)
  return expression
}

function dimensionAmong(wanted: readonly Dimension[], {vector}: Expression): Dimension | undefined {
  return wanted.find((each) => sameDimension(canonicalUnit(each).vector, vector))
}

function dimensionReader(source: SpecSource, parameters: Parameters): Leaves<unknown>['dimensionOf'] {
  const values = new Map(parameters.ordered.map((parameter) => [parameter.name, parameter.baseValue]))
  return (raw, among, pointer) => readLeaf(source, parameters, values, raw, among, pointer).dimension
}

function checkBound(source: SpecSource, leaf: Leaf, bound: Bound): void {
  const {value, dimension, pointer, expression} = leaf
  if (isWithin(value, bound)) return
  const [first] = expression.dependsOn
  const hint =
    first !== undefined && isCount(bound) && value > 0
      ? `choose ${expression.dependsOn.join(', ')} so that it is whole`
      : `write it as in \`${dimensions[dimension].example}\``
  throw source.error(pointer, boundText(leaf, value, bound), [hint], 'VALUE_OUT_OF_RANGE')
}

function isCount(bound: Bound): boolean {
  return bound === 'whole' || bound === 'wholeOrNone'
}

function leastOf(bound: Bound): number {
  if (bound === 'positive' || bound === 'whole' || bound === 'share') return Number.MIN_VALUE
  return bound === 'any' ? Number.NEGATIVE_INFINITY : 0
}

function mostOf(bound: Bound): number {
  return bound === 'share' ? 1 : Number.MAX_VALUE
}

function isWithin(value: number, bound: Bound): boolean {
  return value >= leastOf(bound) && value <= mostOf(bound) && (!isCount(bound) || Number.isInteger(value))
}

/** Rounding errors of an expression that is whole by arithmetic, such as 0.1 * 30. */
const wholeTolerance = 1e-9

function wholeNear(value: number): number {
  const whole = Math.round(value)
  return Math.abs(value - whole) <= wholeTolerance * Math.abs(whole) ? whole : value
}

function bounded(leaf: Leaf, bound: Bound): Leaf {
  return isCount(bound) ? {...leaf, value: wholeNear(leaf.value)} : leaf
}

function outOfBound(leaf: Leaf, value: number, bound: Bound): UserError {
  return new UserError(`${leaf.pointer}: ${boundText(leaf, value, bound)} at a point of this study`, {
    code: 'VALUE_OUT_OF_RANGE',
    suggestions: [
      `${isCount(bound) && value > 0 ? 'keep to whole values on' : 'narrow'} the axes of ${leaf.expression.dependsOn.join(', ')}`,
    ],
  })
}

function boundText({expression, dimension}: Leaf, value: number, bound: Bound): string {
  const least = bound === 'share' ? 'more than zero and at most one' : leastOf(bound) > 0 ? 'more than zero' : 'zero or more'
  const expected = isCount(bound) && value > 0 ? 'a whole number' : least
  const stated = `${expression.text} is ${value} ${dimensions[dimension].unit}`.trim()
  return `${stated}, but ${expected} is expected`
}
