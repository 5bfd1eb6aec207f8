import {baseValueOf, parseExpression} from '../foundation/expression.js'
import {type DimensionVector, dimensionNoun, ownUnit, sameDimension} from '../foundation/quantity.js'
import {located} from '../spec/located.js'
import type {SpecSource} from '../spec/yaml-source.js'

export type AxisValue = number | string | boolean

/** One thing that varies: its values in the unit that its column has. */
export interface Axis {
  readonly name: string
  readonly unit: string
  readonly values: readonly AxisValue[]
}

export type RawAxis =
  | readonly AxisValue[]
  | {
      readonly from: string | number
      readonly to: string | number
      readonly step?: string | number
      readonly count?: number
      readonly scale?: 'linear' | 'log'
    }

const mostValues = 10_000_000

/** An axis of a physical quantity; every value must have the dimension of `like`. */
export function quantityAxis(source: SpecSource, pointer: string, name: string, raw: RawAxis, like: DimensionVector): Axis {
  const {unit, baseValue} = ownUnit(like)
  const value = (text: AxisValue, at: string): number => {
    const expression = located(source, at, () => parseExpression(String(text), new Map()))
    if (sameDimension(expression.vector, like)) return baseValueOf(expression) / baseValue
    const hint = unit === '' ? 'write a plain number' : `write it with a unit such as ${unit}`
    throw source.error(
      at,
      `"${String(text)}" is ${dimensionNoun(expression.vector)}, but ${name} is ${dimensionNoun(like)}`,
      [hint],
      'QUANTITY_INVALID',
    )
  }
  if (isList(raw))
    return {
      name,
      unit,
      values: distinct(
        source,
        pointer,
        raw.map((each, index) => value(each, `${pointer}/${index}`)),
      ),
    }
  const from = value(raw.from, `${pointer}/from`)
  const to = value(raw.to, `${pointer}/to`)
  if (!(to > from))
    throw source.error(`${pointer}/to`, 'the end of a range must lie above its start', ['write {from, to} with from below to'])
  const step = raw.step === undefined ? undefined : value(raw.step, `${pointer}/step`)
  return {name, unit, values: rangeValues(source, pointer, from, to, step, raw.count, raw.scale ?? 'linear')}
}

/** An axis of plain values, such as a number format, as they stand. */
export function plainAxis(source: SpecSource, pointer: string, name: string, raw: RawAxis): Axis {
  if (!isList(raw)) return quantityAxis(source, pointer, name, raw, [])
  return {name, unit: '', values: distinct(source, pointer, raw)}
}

function rangeValues(
  source: SpecSource,
  pointer: string,
  from: number,
  to: number,
  step: number | undefined,
  count: number | undefined,
  scale: 'linear' | 'log',
): number[] {
  if ((step === undefined) === (count === undefined))
    throw source.error(pointer, 'a range has either a step or a count', ['write {from, to, step} or {from, to, count}'])
  if (step !== undefined) {
    if (!(step > 0)) throw source.error(`${pointer}/step`, 'a step must be more than zero', ['count upward, from the least value'])
    if (scale === 'log')
      throw source.error(`${pointer}/scale`, 'a range on a log scale has a count', ['write {from, to, count, scale: log}'])
    const steps = Math.floor((to - from) / step + 1e-9)
    if (steps >= mostValues)
      throw source.error(pointer, `this range has ${steps + 1} values, more than ${mostValues}`, ['take a larger step'])
    return Array.from({length: steps + 1}, (_, index) => tidy(from + index * step))
  }
  if (count! > mostValues) throw source.error(pointer, `this range has ${count} values, more than ${mostValues}`, ['take fewer'])
  if (scale === 'log' && !(from > 0))
    throw source.error(`${pointer}/from`, 'a log range starts above zero', ['raise from, or leave scale out'])
  return Array.from({length: count!}, (_, index) => {
    const share = index / (count! - 1)
    return tidy(scale === 'log' ? from * (to / from) ** share : from + share * (to - from))
  })
}

/** Twelve digits, so that the same range always gives the same keys. */
function tidy(value: number): number {
  return Number(value.toPrecision(12))
}

function distinct<T extends AxisValue>(source: SpecSource, pointer: string, values: readonly T[]): readonly T[] {
  const seen = new Map<T, number>()
  for (const [index, value] of values.entries()) {
    if (seen.has(value))
      throw source.error(`${pointer}/${index}`, `this axis has the value ${String(value)} twice`, ['remove one of the two'])
    seen.set(value, index)
  }
  return values
}

function isList(raw: RawAxis): raw is readonly AxisValue[] {
  return Array.isArray(raw)
}
