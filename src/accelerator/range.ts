import {baseValueOf, ExpressionError, parseExpression} from '../foundation/expression.js'
import {dimensionNoun, sameDimension} from '../foundation/quantity.js'

/** How a range is stated: a factor is spread evenly over the logarithm, a share of the value and an amount evenly over the value. */
export type RangeKind = 'factor' | 'share' | 'amount'

/** Between which ends a constant lies, in its unit. */
export interface Range {
  readonly text: string
  readonly kind: RangeKind
  readonly ends: readonly [number, number]
  /** Where the note stands. */
  readonly note: string
  /** One guess: constants of one dimension under one note move together. */
  readonly guess: string
}

/** What a range is stated of, in base units. */
export interface Ranged {
  readonly vector: readonly number[]
  readonly baseValue: number
}

type Ends = Pick<Range, 'kind' | 'ends'>

/** The ways to state a range. */
const rangeHints: readonly string[] = [
  'write it as in `x2`, `±10 %`, `±0.1 V` or `[0.42 pJ/op, 0.54 pJ/op]`, or `exact` where no error can move it',
]

/** The ends of a range in base units: `x2`, `±10 %`, `±0.1 V`, `[0.42 pJ/op, 0.54 pJ/op]` or `exact`. */
export function rangeEnds(text: string, of: Ranged): Ends {
  const {baseValue} = of
  if (text === 'exact') return {kind: 'share', ends: [baseValue, baseValue]}
  const factor = /^[x×]\s*(\d+(?:\.\d+)?)$/.exec(text)?.[1]
  if (factor !== undefined) return {kind: 'factor', ends: factorEnds(text, baseValue, Number(factor))}
  const percent = /^(?:±|\+\/-)\s*(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1]
  if (percent !== undefined) return {kind: 'share', ends: around(text, baseValue, (Number(percent) / 100) * baseValue)}
  const distance = /^(?:±|\+\/-)(.+)$/.exec(text)?.[1]
  if (distance !== undefined) return {kind: 'amount', ends: around(text, baseValue, amount(distance, of))}
  const [low, high] = /^\[([^,]+),([^,]+)\]$/.exec(text)?.slice(1) ?? []
  if (low === undefined || high === undefined) throw new ExpressionError(`"${text}" is not a range`, rangeHints)
  return {kind: 'amount', ends: between(text, baseValue, amount(low, of), amount(high, of))}
}

function factorEnds(text: string, baseValue: number, factor: number): [number, number] {
  if (factor < 1) throw new ExpressionError(`the range ${text} is a factor below 1`, rangeHints)
  if (baseValue === 0) throw new ExpressionError(`the range ${text} of a zero is a zero`, ['give two ends, as in `[0 W, 10 W]`'])
  return [baseValue / factor, baseValue * factor]
}

function around(text: string, baseValue: number, distance: number): [number, number] {
  if (distance > baseValue) throw new ExpressionError(`the range ${text} reaches below zero`, ['narrow it, or give two ends'])
  return [baseValue - distance, baseValue + distance]
}

function between(text: string, baseValue: number, low: number, high: number): [number, number] {
  if (low < 0) throw new ExpressionError(`the range ${text} reaches below zero`, ['give ends of zero or more'])
  const slack = 1e-9 * baseValue
  if (low > baseValue + slack || high < baseValue - slack)
    throw new ExpressionError(`the value lies outside of its range ${text}`, ['give the lower end first, and ends around the value'])
  return [low, high]
}

function amount(text: string, {vector}: Ranged): number {
  const expression = parseExpression(text.trim(), new Map())
  if (sameDimension(expression.vector, vector)) return baseValueOf(expression)
  const found = dimensionNoun(expression.vector)
  throw new ExpressionError(`"${text.trim()}" is ${found}, but the range of ${dimensionNoun(vector)} is expected`, rangeHints)
}
