import {baseValueOf, ExpressionError, parseExpression} from '../foundation/expression.js'
import {dimensionNoun, sameDimension} from '../foundation/quantity.js'

/** Between which ends a constant lies, in its unit: evenly over the logarithm for a factor, evenly over the value for the rest. */
export interface Range {
  readonly text: string
  readonly ends: readonly [number, number]
  readonly isFactor: boolean
  /** What was guessed at once: constants of one dimension under one note move together. */
  readonly guess: string
}

/** What a range is stated of, in base units. */
export interface Ranged {
  readonly vector: readonly number[]
  readonly baseValue: number
}

/** The ways to state a range. */
export const rangeHints: readonly string[] = [
  'write it as in `x2`, `±10 %`, `±0.1 V` or `[0.42 pJ/op, 0.54 pJ/op]`, or `exact` where nothing is uncertain',
]

/** The ends of a range in base units: `x2`, `±10 %`, `±0.1 V`, `[0.42 pJ/op, 0.54 pJ/op]` or `exact`. */
export function rangeEnds(text: string, of: Ranged): {readonly ends: [number, number]; readonly isFactor: boolean} {
  const {baseValue} = of
  const stated = text.trim()
  if (stated === 'exact') return {ends: [baseValue, baseValue], isFactor: false}
  const factor = /^[x×]\s*(\d+(?:\.\d+)?)$/.exec(stated)?.[1]
  if (factor !== undefined) return {ends: factorEnds(text, baseValue, Number(factor)), isFactor: true}
  const percent = /^(?:±|\+\/-)\s*(\d+(?:\.\d+)?)\s*%$/.exec(stated)?.[1]
  const distance = /^(?:±|\+\/-)(.+)$/.exec(stated)?.[1]
  const [low, high] = /^\[([^,]+),([^,]+)\]$/.exec(stated)?.slice(1) ?? []
  if (percent !== undefined) return {ends: around(text, baseValue, (Number(percent) / 100) * baseValue), isFactor: false}
  if (distance !== undefined) return {ends: around(text, baseValue, amount(distance, of)), isFactor: false}
  if (low === undefined || high === undefined) throw new ExpressionError(`"${text}" is not a range`, rangeHints)
  const ends: [number, number] = [amount(low, of), amount(high, of)]
  const slack = 1e-9 * Math.abs(baseValue)
  if (ends[0] < 0) throw new ExpressionError(`the range ${text} reaches below zero`, ['choose ends of zero or more'])
  if (!(ends[0] <= baseValue + slack && baseValue <= ends[1] + slack))
    throw new ExpressionError(`the value lies outside of its range ${text}`, ['give the lower end first, and ends around the value'])
  return {ends, isFactor: false}
}

function factorEnds(text: string, baseValue: number, factor: number): [number, number] {
  if (factor < 1) throw new ExpressionError(`the range ${text} is a factor below 1`, [`write it as x${1 / factor}`])
  if (baseValue === 0) throw new ExpressionError(`the range ${text} of a zero is a zero`, ['give two ends, as in `[0 W, 10 W]`'])
  return [baseValue / factor, baseValue * factor]
}

function around(text: string, baseValue: number, distance: number): [number, number] {
  if (baseValue === 0) throw new ExpressionError(`the range ${text} around zero reaches below it`, ['give two ends, as in `[0 W, 10 W]`'])
  if (distance > baseValue) throw new ExpressionError(`the range ${text} reaches below zero`, ['narrow it, or give two ends'])
  return [baseValue - distance, baseValue + distance]
}

function amount(text: string, {vector}: Ranged): number {
  const expression = parseExpression(text.trim(), new Map())
  if (sameDimension(expression.vector, vector)) return baseValueOf(expression)
  throw new ExpressionError(
    `"${text.trim()}" is ${dimensionNoun(expression.vector)}, but the value is ${dimensionNoun(vector)}`,
    rangeHints,
  )
}
