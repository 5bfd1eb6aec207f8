import type {MathNode} from 'mathjs'
import {readArithmetic, type SyntaxNode} from './arithmetic.js'
import {kelvinsOf, shiftedUnits, temperatureHint} from './celsius.js'
import {chainedComparison, ExpressionError, functionArity} from './expression-error.js'
import {fieldUnits} from './field-units.js'
import {nameHints, nearestName} from './nearest-name.js'
import {
  canonicalUnit,
  combined,
  type Dimension,
  type DimensionVector,
  dimensionNoun,
  dimensions,
  math,
  sameDimension,
  unitOf,
} from './quantity.js'

export {ExpressionError}

/** A name that an expression may use: its dimension, and its own unit in base units. */
export interface ExpressionSymbol {
  readonly vector: DimensionVector
  readonly baseValue: number
}

export type SymbolTable = ReadonlyMap<string, ExpressionSymbol>

type Node =
  | {readonly kind: 'constant'; readonly value: number}
  | {readonly kind: 'symbol'; readonly name: string; readonly scale: number}
  | {readonly kind: 'call'; readonly operation: OperationName; readonly args: readonly Node[]}

/** A checked expression over named columns; values inside are in mathjs's base units. */
export interface Expression {
  readonly text: string
  readonly dependsOn: readonly string[]
  readonly vector: DimensionVector
  readonly root: Node
}

type Column = Float64Array
type Loop = (args: readonly Column[], out: Column, rowCount: number) => void

const unary =
  (f: (a: number) => number): Loop =>
  ([a], out, rowCount) => {
    for (let row = 0; row < rowCount; row++) out[row] = f(a![row]!)
  }
const binary =
  (f: (a: number, b: number) => number): Loop =>
  ([a, b], out, rowCount) => {
    for (let row = 0; row < rowCount; row++) out[row] = f(a![row]!, b![row]!)
  }
const truth = (claim: boolean): number => (claim ? 1 : 0)

/** Every operation that expressions may hold; nothing else is reachable from a file. The four commonest have loops of their own. */
const operations = {
  add: ([a, b], out, rowCount) => {
    for (let row = 0; row < rowCount; row++) out[row] = a![row]! + b![row]!
  },
  subtract: ([a, b], out, rowCount) => {
    for (let row = 0; row < rowCount; row++) out[row] = a![row]! - b![row]!
  },
  multiply: ([a, b], out, rowCount) => {
    for (let row = 0; row < rowCount; row++) out[row] = a![row]! * b![row]!
  },
  divide: ([a, b], out, rowCount) => {
    for (let row = 0; row < rowCount; row++) out[row] = a![row]! / b![row]!
  },
  unaryMinus: unary((a) => -a),
  unaryPlus: unary((a) => a),
  pow: binary((a, b) => a ** b),
  smaller: binary((a, b) => truth(a < b)),
  smallerEq: binary((a, b) => truth(a <= b)),
  larger: binary((a, b) => truth(a > b)),
  largerEq: binary((a, b) => truth(a >= b)),
  equal: binary((a, b) => truth(a === b)),
  unequal: binary((a, b) => truth(a !== b)),
  and: binary((a, b) => truth(a !== 0 && b !== 0)),
  or: binary((a, b) => truth(a !== 0 || b !== 0)),
  not: unary((a) => truth(a === 0)),
  min: binary((a, b) => (a < b ? a : b)),
  max: binary((a, b) => (a > b ? a : b)),
  sqrt: unary(Math.sqrt),
  abs: unary(Math.abs),
  ceil: unary(Math.ceil),
  floor: unary(Math.floor),
  round: unary(Math.round),
  log2: unary(Math.log2),
  exp: unary(Math.exp),
} satisfies Record<string, Loop>

type OperationName = keyof typeof operations

interface Checked {
  readonly node: Node
  readonly vector: DimensionVector
}

/** Parses and checks an expression such as `4 * sms * 1.2 pJ/op` over the given names. */
export function parseExpression(text: string, symbols: SymbolTable): Expression {
  if (text.length > 500) throw new ExpressionError('an expression has at most 500 characters')
  const dependsOn = new Set<string>()
  const syntax = readArithmetic(text) ?? readByMathjs(text)
  const {node, vector} = temperatureIn(syntax) ?? check(syntax, text, symbols, dependsOn)
  return {text, dependsOn: [...dependsOn], vector, root: node}
}

/** Parses an expression that must be of a dimension; a bare number where a unit belongs is an error with a hint. */
export function parseQuantity(value: string | number, dimension: Dimension, symbols: SymbolTable = new Map()): Expression {
  const text = String(value)
  const expression = parseExpression(text, symbols)
  const wanted = canonicalUnit(dimension).vector
  if (!sameDimension(expression.vector, wanted)) {
    const {noun, example} = dimensions[dimension]
    const isBare = sameDimension(expression.vector, [])
    throw new ExpressionError(
      isBare ? `${text} has no unit, but ${noun} is expected` : `"${text}" is ${dimensionNoun(expression.vector)}, but ${noun} is expected`,
      [`write it as in \`${example}\``],
    )
  }
  return expression
}

/** Parses a quantity without names into the unit that the code uses for its dimension. */
export function quantityValue(value: string | number, dimension: Dimension): number {
  return baseValueOf(parseQuantity(value, dimension)) / canonicalUnit(dimension).baseValue
}

/** Turns an expression into a function that fills and returns a column, row by row, from the columns of its names (in their own units). */
export function columnsOf(expression: Expression, columnOf: (name: string) => Column, rowCapacity: number): (rowCount: number) => Column {
  const steps: ((rowCount: number) => void)[] = []
  const build = (node: Node): Column => {
    if (node.kind === 'symbol' && node.scale === 1) return columnOf(node.name)
    const out = new Float64Array(rowCapacity)
    if (node.kind === 'constant') out.fill(node.value)
    else if (node.kind === 'symbol') {
      const {scale, name} = node
      const from = columnOf(name)
      steps.push((rowCount) => {
        for (let row = 0; row < rowCount; row++) out[row] = from[row]! * scale
      })
    } else {
      const args = node.args.map(build)
      const loop: Loop = operations[node.operation]
      // What no name takes part in, such as a unit of some power, is computed here and now.
      if (node.args.every(isConstant)) loop(args, out, rowCapacity)
      else steps.push((rowCount) => loop(args, out, rowCount))
    }
    return out
  }
  const result = build(expression.root)
  return (rowCount) => {
    for (const step of steps) step(rowCount)
    return result
  }
}

function isConstant(node: Node): boolean {
  return node.kind === 'constant' || (node.kind === 'call' && node.args.every(isConstant))
}

function readByMathjs(text: string): SyntaxNode {
  let parsed: MathNode
  try {
    parsed = math().parse(text)
  } catch (cause) {
    const reason = cause instanceof RangeError ? 'it is nested too deeply' : (cause as Error).message
    throw new ExpressionError(`"${text}" can't be read as a quantity or expression: ${reason}`)
  }
  return syntaxOf(parsed, text)
}

function syntaxOf(parsed: MathNode, text: string): SyntaxNode {
  const node = parsed as MathNode & {type: string}
  switch (node.type) {
    case 'ParenthesisNode':
      return syntaxOf((node as unknown as {content: MathNode}).content, text)
    case 'ConstantNode': {
      const {value} = node as unknown as {value: unknown}
      if (value === undefined) throw new ExpressionError('there is no quantity here, only an empty text')
      if (typeof value !== 'number') throw new ExpressionError(`"${text}" holds more than arithmetic (${typeof value})`)
      return {kind: 'number', value}
    }
    case 'SymbolNode':
      return {kind: 'name', name: (node as unknown as {name: string}).name}
    case 'OperatorNode': {
      const {fn, args} = node as unknown as {fn: string; args: MathNode[]}
      return {kind: 'operator', name: fn, args: args.map((arg) => syntaxOf(arg, text))}
    }
    case 'FunctionNode': {
      const {fn, args} = node as unknown as {fn: {name: string}; args: MathNode[]}
      return {kind: 'function', name: fn.name, args: args.map((arg) => syntaxOf(arg, text))}
    }
    case 'RelationalNode':
      throw chainedComparison(node as unknown as {conditionals: string[]; params: MathNode[]}, text)
    default:
      throw new ExpressionError(`"${text}" holds more than arithmetic (${node.type.replace('Node', '').toLowerCase()})`)
  }
}

/** A text that is nothing but a temperature in degrees Celsius. */
function temperatureIn(syntax: SyntaxNode): Checked | undefined {
  const value = kelvinsOf(syntax)
  return value === undefined ? undefined : {node: {kind: 'constant', value}, vector: canonicalUnit('kelvins').vector}
}

function check(syntax: SyntaxNode, text: string, symbols: SymbolTable, dependsOn: Set<string>): Checked {
  switch (syntax.kind) {
    case 'number':
      if (!Number.isFinite(syntax.value)) throw new ExpressionError(`${syntax.value} in "${text}" is not a finite number`)
      return {node: {kind: 'constant', value: syntax.value}, vector: []}
    case 'name':
      return checkSymbol(syntax.name, text, symbols, dependsOn)
    case 'function':
      checkFunction(syntax.name, syntax.args.length, text)
      break
    case 'operator':
  }
  const args = syntax.args.map((arg) => check(arg, text, symbols, dependsOn))
  return checkCall(syntax.name, args, text)
}

function checkFunction(name: string, argumentCount: number, text: string): void {
  const arity = Object.hasOwn(functionArity, name) ? functionArity[name]! : undefined
  if (arity === undefined)
    throw new ExpressionError(`"${name}" in "${text}" is not a function that files may call`, nameHints(name, Object.keys(functionArity)))
  if (argumentCount !== arity)
    throw new ExpressionError(`${name} in "${text}" takes ${arity} argument${arity === 1 ? '' : 's'}, not ${argumentCount}`)
}

function checkSymbol(name: string, text: string, symbols: SymbolTable, dependsOn: Set<string>): Checked {
  const symbol = symbols.get(name)
  if (symbol !== undefined) {
    dependsOn.add(name)
    return {node: {kind: 'symbol', name, scale: symbol.baseValue}, vector: symbol.vector}
  }
  if (shiftedUnits.has(name))
    throw new ExpressionError(`"${text}" reckons with ${name}, whose zero is not that of nature`, [temperatureHint])
  const unit = unitOf(name)
  if (unit !== undefined) return {node: {kind: 'constant', value: unit.baseValue}, vector: unit.vector}
  throw new ExpressionError(
    `"${name}" in "${text}" is neither a unit nor a name that is known here`,
    symbolHints(name, [...symbols.keys()]),
    name,
  )
}

/** The nearest of the names and units that may stand here; units are too many to be listed, so some show how they are written. */
function symbolHints(name: string, names: readonly string[]): string[] {
  const nearest = nearestName(name, [...names, ...fieldUnits.keys()])
  return [
    ...(nearest === undefined ? [] : [`did you mean ${nearest}`]),
    ...(names.length === 0 ? [] : [`names here: ${names.join(', ')}`]),
    'units are written as in 24 MiB, 3.35 TB/s, 1410 MHz, 2.5 us, 700 W, 0.9 pJ/b',
  ]
}

const comparisons = new Set(['smaller', 'smallerEq', 'larger', 'largerEq', 'equal', 'unequal'])
const alike = new Set(['add', 'subtract', 'min', 'max', ...comparisons])

function checkCall(fn: string, args: readonly Checked[], text: string): Checked {
  if (!Object.hasOwn(operations, fn)) throw new ExpressionError(`"${fn}" in "${text}" is not arithmetic that files may use`)
  const operation = fn as OperationName
  const node: Node = {kind: 'call', operation, args: args.map((arg) => arg.node)}
  const [a, b] = args.map((arg) => arg.vector)
  if (alike.has(fn)) {
    if (!sameDimension(a!, b!))
      throw new ExpressionError(`"${text}" puts ${dimensionNoun(a!)} beside ${dimensionNoun(b!)}`, [
        'give both sides the same kind of unit',
      ])
    return {node, vector: comparisons.has(fn) ? [] : a!}
  }
  if (fn === 'multiply' || fn === 'divide') return {node, vector: combined(a!, b!, fn === 'multiply' ? 1 : -1)}
  if (fn === 'pow') {
    const exponent = args[1]!.node
    if (exponent.kind === 'constant') return {node, vector: a!.map((power) => power * exponent.value)}
    if (!sameDimension(a!, [])) throw new ExpressionError(`"${text}" raises a quantity with a unit to a power that is not a number`)
    return {node, vector: []}
  }
  if (fn === 'sqrt') return {node, vector: a!.map((power) => power / 2)}
  if (['unaryMinus', 'unaryPlus', 'abs'].includes(fn)) return {node, vector: a!}
  if (args.some((arg) => !sameDimension(arg.vector, [])))
    throw new ExpressionError(`${fn} in "${text}" takes plain numbers`, ['divide by a unit first, as in `l2 / (1 MiB)`'])
  return {node, vector: []}
}

/** The two sides of an expression that is one comparison; undefined for any other. */
export function sidesOf({text, root, vector, dependsOn}: Expression): readonly [Expression, Expression] | undefined {
  if (root.kind !== 'call' || !comparisons.has(root.operation)) return undefined
  const side = (of: Node | undefined): Expression => ({text, dependsOn, vector, root: of!})
  return [side(root.args[0]), side(root.args[1])]
}

/** The value of an expression without names, in base units. */
export function baseValueOf(expression: Expression): number {
  return columnsOf(expression, () => new Float64Array(1), 1)(1)[0]!
}
