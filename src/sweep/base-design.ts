import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import {operatingPoint} from '../cost/operating-point.js'
import {baseValueOf, ExpressionError, parseExpression} from '../foundation/expression.js'
import {unknownName} from '../foundation/nearest-name.js'
import {dimensionExample, dimensionNoun, quantityText, sameDimension, unitSize} from '../foundation/quantity.js'
import {UserError} from '../foundation/user-error.js'
import type {Axis, AxisValue} from './axis.js'
import type {DesignSpace} from './design-space.js'
import {isOperatingAxis, operatingAxes} from './operating-axes.js'
import {axesOf} from './space-identity.js'
import {spaceProgram} from './space-program.js'
import {unitScale} from './unit-scale.js'

/** A value for each axis of a space. */
export type Design = Readonly<Record<string, AxisValue>>

/**
 * A design of a space: as asked by name and text, else as its accelerator is described, else the first value of an axis, or the middle of
 * its distribution. Axes that follow others are left out.
 */
export function baseDesign(space: DesignSpace, asked: Readonly<Record<string, string>>): Design {
  const axes = freeAxes(space)
  return Object.fromEntries(
    axes.map((axis) => {
      const text = asked[axis.name]
      if (text !== undefined) return [axis.name, possibleValue(space, axis, askedValue(axis, text))]
      return [axis.name, describedValue(space.accelerator, axis) ?? firstValue(axis)]
    }),
  )
}

/** The axes of a space that follow no other. */
export function freeAxes(space: DesignSpace): readonly Axis[] {
  return axesOf(space).filter(({rule}) => rule.kind === 'free' || rule.kind === 'drawn')
}

function firstValue({rule, values}: Axis): AxisValue {
  return rule.kind === 'drawn' ? rule.distribution.quantile(0.5) : values[0]!
}

/** Refuses names that are no axis of any of some spaces. */
export function refuseUnknownAxes(spaces: readonly DesignSpace[], asked: Readonly<Record<string, string>>): void {
  const known = [...new Set(spaces.flatMap((space) => axesOf(space).map(({name}) => name)))]
  for (const name of Object.keys(asked)) if (!known.includes(name)) throw unknownName('axis of this study', name, known, 'UNKNOWN_NAME')
}

/** Refuses a number that lies within the axis of none of some spaces. */
export function refuseOutside(spaces: readonly DesignSpace[], asked: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(asked)) {
    const axes = spaces.flatMap((space) => freeAxes(space).filter((axis) => axis.name === name))
    const ranges = axes.map((axis) => ({axis, value: askedValue(axis, text), ...rangeOf(axis)}))
    if (ranges.some(({value, low, high}) => typeof value !== 'number' || (value >= low && value <= high))) continue
    const texts = [...new Set(ranges.map(({axis: {unit}, low, high}) => `${quantityText(low, unit)} to ${quantityText(high, unit)}`))]
    if (texts.length === 0) continue
    throw new UserError(`${name} ${text} lies outside of its axis, ${texts.join(' or ')}`, {
      code: 'BAD_VALUE',
      suggestions: ['take a value within it, or widen the axis: in the study, or around a pass with --range'],
    })
  }
}

/** The least and the greatest number of an axis, and whatever rounding leaves of them. */
function rangeOf({rule, values}: Axis): {readonly low: number; readonly high: number} {
  const ends = rule.kind === 'drawn' ? [rule.distribution.quantile(0), rule.distribution.quantile(1 - 2 ** -32)] : values.map(Number)
  const [low, high] = [Math.min(...ends), Math.max(...ends)]
  return {low: low - Math.abs(low) * 1e-9, high: high + Math.abs(high) * 1e-9}
}

/** A value of an axis as people write it, in the unit of the axis. */
function askedValue({name, unit, kind, values}: Axis, text: string): AxisValue {
  if (kind === 'level' && typeof values[0] !== 'number') {
    const value = values.find((each) => String(each) === text)
    if (value === undefined) throw unknownName(`value of ${name}`, text, values.map(String), 'UNKNOWN_NAME')
    return value
  }
  try {
    const expression = parseExpression(text, new Map())
    const {vector, baseValue} = unitSize(unit === 'base units' ? '' : unit)
    if (unit === 'base units' || sameDimension(expression.vector, vector)) return baseValueOf(expression) / baseValue
    const example = dimensionExample(vector)
    throw new ExpressionError(
      `"${text}" is ${dimensionNoun(expression.vector)}, but ${name} is ${dimensionNoun(vector)}`,
      example === undefined ? undefined : [`write it as in \`${example}\``],
    )
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    throw new UserError(error.message, {code: 'QUANTITY_INVALID', suggestions: error.suggestions, cause: error})
  }
}

function possibleValue(space: DesignSpace, axis: Axis, value: AxisValue): AxisValue {
  tryValue(space, axis, value)
  return value
}

/** What an accelerator has where nothing is set; undefined for a setting of the pass. */
function describedValue(accelerator: Accelerator, {name, unit}: Axis): number | undefined {
  const {parameters, machine} = accelerator
  if (name === 'clock') return machine.clocks[0]!.maximumHertz
  if (name === 'powerLimit') return machine.power.limitWatts
  if (name === 'memoryClock') return operatingPoint(accelerator, {}).memoryClockHertz
  const parameter = parameters.ordered.find((each) => each.name === name)
  return parameter === undefined ? undefined : parameter.baseValue / unitScale(unit)
}

/** Whether an axis can have a value, all else as described. */
export function isPossible(space: DesignSpace, axis: Pick<Axis, 'name' | 'unit'>, value: AxisValue): boolean {
  try {
    tryValue(space, axis, value)
    return true
  } catch (error) {
    if (error instanceof UserError) return false
    throw error
  }
}

/** Throws where an axis can't have a value, all else as described. */
function tryValue(space: DesignSpace, {name, unit}: Pick<Axis, 'name' | 'unit'>, value: AxisValue): void {
  const {accelerator, passAxes} = space
  if (isOperatingAxis(name)) {
    operatingPoint(accelerator, {[operatingAxes[name].field]: value})
  } else if (accelerator.parameters.symbols.has(name)) {
    const {parameterColumns, refill} = designBatch(accelerator, [name], 1)
    parameterColumns.get(name)![0] = Number(value) * unitScale(unit)
    refill(1)
  } else {
    spaceProgram(space, {...Object.fromEntries(passAxes.map((axis) => [axis.name, axis.values[0]!])), [name]: value})
  }
}
