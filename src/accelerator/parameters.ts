import {columnsOf, type Expression, type ExpressionSymbol, parseExpression} from '../foundation/expression.js'
import {fieldUnits} from '../foundation/field-units.js'
import {located} from '../spec/located.js'
import type {SpecSource} from '../spec/yaml-source.js'
import type {Column} from './machine.js'

/** A named quantity of an accelerator file: free, or derived from others. Values are in base units. */
export interface Parameter {
  readonly name: string
  readonly expression: Expression
  readonly describes: string
  readonly baseValue: number
}

/** Parameters in an order in which each stands after those it depends on. */
export interface Parameters {
  readonly ordered: readonly Parameter[]
  readonly symbols: ReadonlyMap<string, ExpressionSymbol>
}

type Raw = string | number | {value: string | number; describes?: string}

/** Reads the `parameters` of an accelerator file; a cycle is reported with its path. */
export function buildParameters(source: SpecSource, raw: Readonly<Record<string, Raw>>): Parameters {
  const ordered: Parameter[] = []
  const symbols = new Map<string, ExpressionSymbol>()
  const path: string[] = []

  const visit = (name: string): void => {
    if (symbols.has(name)) return
    const pointer = `/parameters/${name}`
    if (path.includes(name)) {
      const cycle = [...path.slice(path.indexOf(name)), name].join(' → ')
      throw source.error(
        pointer,
        `parameters depend on each other in a circle: ${cycle}`,
        ['give one of them a value of its own'],
        'PARAMETER_CYCLE',
      )
    }
    if (fieldUnits.has(name))
      throw source.error(pointer, `"${name}" is a unit, so that it can't name a parameter`, ['choose a longer name'], 'NAME_IS_UNIT')
    path.push(name)
    const entry = raw[name]!
    const text = String(typeof entry === 'object' ? entry.value : entry)
    for (const other of Object.keys(raw)) if (mentions(text, other)) visit(other)
    path.pop()
    const expression = located(source, pointer, () => parseExpression(text, symbols))
    const baseValue = scalarOf(expression, new Map(ordered.map((p) => [p.name, p.baseValue])))
    if (!Number.isFinite(baseValue))
      throw source.error(pointer, `"${text}" is not a finite value`, [
        'check for a division by zero, a root of less than zero, or a number too large',
      ])
    ordered.push({name, expression, describes: typeof entry === 'object' ? (entry.describes ?? '') : '', baseValue})
    symbols.set(name, {vector: expression.vector, baseValue: 1})
  }
  for (const name of Object.keys(raw)) visit(name)
  return {ordered, symbols}
}

/** Names of the parameters that move when any of `varied` moves, these included. */
export function affectedNames(parameters: Parameters, varied: ReadonlySet<string>): Set<string> {
  const affected = new Set(varied)
  for (const {name, expression} of parameters.ordered) if (expression.dependsOn.some((other) => affected.has(other))) affected.add(name)
  return affected
}

/** The value of an expression at given values of its names. */
export function scalarOf(expression: Expression, values: ReadonlyMap<string, number>): number {
  const column = (name: string): Column => Float64Array.of(values.get(name)!)
  return columnsOf(expression, column, 1)(1)[0]!
}

function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w.])${name}(?![\\w])`).test(text)
}
