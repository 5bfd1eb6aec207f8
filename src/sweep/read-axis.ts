import {baseValueOf, type Expression, parseExpression, type SymbolTable} from '../foundation/expression.js'
import {nameHints} from '../foundation/nearest-name.js'
import {type DimensionVector, dimensionNoun, ownUnit, sameDimension} from '../foundation/quantity.js'
import {located} from '../spec/located.js'
import {pointerTo, type SpecSource} from '../spec/yaml-source.js'
import type {Axis, AxisRule, AxisValue, Condition} from './axis.js'
import {distinct, rangeLevels} from './axis-levels.js'
import {type DistributionName, distribution, distributions} from './distribution.js'
import {unitVector} from './unit-scale.js'

type Written = string | number

/** An axis as a study writes it. */
export interface RawAxisMap {
  readonly values?: readonly AxisValue[]
  readonly with?: string
  readonly from?: Written
  readonly to?: Written
  readonly step?: Written
  readonly count?: number
  readonly scale?: 'linear' | 'log'
  readonly distribution?: DistributionName
  readonly peak?: Written
  readonly mean?: Written
  readonly deviation?: Written
  readonly median?: Written
  readonly sigma?: Written
  readonly least?: Written
  readonly most?: Written
  readonly is?: string
  readonly when?: string | Readonly<Record<string, AxisValue | readonly AxisValue[]>>
  readonly otherwise?: AxisValue
}
export type RawAxis = readonly AxisValue[] | RawAxisMap

/** An axis and what is known of it before it is read. */
export interface AxisEntry {
  readonly name: string
  readonly raw: RawAxis
  readonly pointer: string
  /** The dimension of its values; undefined where they are taken as they stand. */
  readonly like: DimensionVector | undefined
  /** Each of its values is compiled, so that it must have a list of them. */
  readonly isCompiled: boolean
}

/** What an axis may refer to. */
export interface AxisSurroundings {
  readonly source: SpecSource
  /** Numbers that expressions may use: axes and parameters. */
  readonly symbols: SymbolTable
  /** Another axis of the space, read whole. */
  readonly axisNamed: (name: string) => Axis | undefined
  readonly axisNames: readonly string[]
  /** The levels that an expression over other axes comes to; undefined where there are too many, or no end of them. */
  readonly levelsOf: (expression: Expression, unit: string) => readonly number[] | undefined
}

type Shape = Pick<Axis, 'kind' | 'values' | 'rule'>

/** Reads an axis and all that it says of itself. */
export function readAxis(entry: AxisEntry, around: AxisSurroundings): Axis {
  const {name, pointer, like} = entry
  const raw = axisMap(entry.raw)
  const unit = like === undefined ? '' : ownUnit(like).unit
  const shape = shapeOf(entry, raw, unit, around)
  if (raw.when === undefined) {
    if (raw.otherwise === undefined) return {name, pointer, unit, ...shape}
    throw around.source.error(`${pointer}/otherwise`, 'otherwise says what holds where a condition does not, but there is none', [
      'add `when`, or leave otherwise out',
    ])
  }
  return {name, pointer, unit, ...conditional(entry, raw, shape, around)}
}

/** An axis with its levels named, where they are written as a bare list. */
export function axisMap(raw: RawAxis): RawAxisMap {
  return isList(raw) ? {values: raw} : raw
}

const forms = {
  is: ['is'],
  distribution: ['distribution', 'from', 'to', 'peak', 'mean', 'deviation', 'median', 'sigma', 'least', 'most', 'step'],
  with: ['with', 'values'],
  values: ['values'],
  from: ['from', 'to', 'step', 'count', 'scale'],
} as const satisfies Record<string, readonly (keyof RawAxisMap)[]>
type Form = keyof typeof forms

function formOf({pointer}: AxisEntry, raw: RawAxisMap, source: SpecSource): Form {
  const form = (Object.keys(forms) as Form[]).find((key) => raw[key] !== undefined)
  if (form === undefined)
    throw source.error(pointer, 'this axis says nothing of where it lies', [
      'write a list, {from, to, step}, {from, to, count, scale: log}, {from, to}, {distribution: …}, {with, values} or {is: …}',
    ])
  const allowed: readonly string[] = [...forms[form], 'when', 'otherwise']
  const other = Object.keys(raw).find((key) => !allowed.includes(key))
  if (other !== undefined)
    throw source.error(pointerTo(pointer, other), `${other} says nothing of an axis with ${form}`, [
      `keys beside ${form}: ${allowed.filter((key) => key !== form).join(', ')}`,
    ])
  return form
}

function shapeOf(entry: AxisEntry, raw: RawAxisMap, unit: string, around: AxisSurroundings): Shape {
  const form = formOf(entry, raw, around.source)
  if (form === 'is') return derived(entry, raw.is!, unit, around)
  if (form === 'distribution') return drawn(entry, raw, around)
  if (form === 'from') return ranged(entry, raw, around)
  const pointer = isList(entry.raw) ? entry.pointer : `${entry.pointer}/values`
  const values = listed(entry, raw.values ?? [], pointer, around.source, form === 'values')
  return form === 'with' ? linked(entry, raw.with!, values, around) : levels(values)
}

function levels(values: readonly AxisValue[]): Shape {
  return {kind: 'level', values, rule: {kind: 'free', levelCount: values.length}}
}

function listed({like, name}: AxisEntry, values: readonly AxisValue[], pointer: string, source: SpecSource, isDistinct: boolean) {
  if (values.length === 0) throw source.error(pointer, 'this axis has no values', ['list at least one'])
  const read = like === undefined ? values : values.map((value, index) => quantity(name, like, value, `${pointer}/${index}`, source))
  return isDistinct ? distinct<AxisValue>(source, pointer, read) : read
}

/** A value of an axis in its unit; a bare number where a unit belongs is an error with a hint. */
function quantity(name: string, like: DimensionVector, text: AxisValue, at: string, source: SpecSource): number {
  const {unit, baseValue} = ownUnit(like)
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

function ranged(entry: AxisEntry, raw: RawAxisMap, around: AxisSurroundings): Shape {
  const {name, pointer, like = []} = entry
  const {source} = around
  const value = (key: 'from' | 'to' | 'step'): number => quantity(name, like, needed(entry, raw, key, source), `${pointer}/${key}`, source)
  if (raw.step === undefined && raw.count === undefined)
    return drawn(
      entry,
      {distribution: raw.scale === 'log' ? 'loguniform' : 'uniform', from: raw.from!, to: needed(entry, raw, 'to', source) as Written},
      around,
    )
  const [from, to] = [value('from'), value('to')]
  if (!(to > from))
    throw source.error(`${pointer}/to`, 'the end of a range must lie above its start', ['write {from, to} with from below to'])
  const step = raw.step === undefined ? undefined : value('step')
  return levels(rangeLevels(source, pointer, {from, to, step, count: raw.count, scale: raw.scale ?? 'linear'}))
}

function drawn(entry: AxisEntry, raw: RawAxisMap, {source}: AxisSurroundings): Shape {
  const {name, pointer, like = []} = entry
  if (entry.isCompiled)
    throw source.error(pointer, `${name} takes a list of values, since each of them is another program`, [
      'give it a list, or a step or a count',
    ])
  const kind = raw.distribution!
  const {numbers, fault} = distributions[kind]
  const known: readonly string[] = [...numbers.map((each) => each.name), 'least', 'most', 'step', 'distribution', 'when', 'otherwise']
  const foreign = Object.keys(raw).find((key) => !known.includes(key))
  if (foreign !== undefined)
    throw source.error(pointerTo(pointer, foreign), `${foreign} says nothing of a ${kind} distribution`, [
      `it has ${numbers.map((each) => each.name).join(', ')}, least and most to cut it, and a step to round it`,
    ])
  const value = (key: string, isPlain = false): number =>
    quantity(name, isPlain ? [] : like, needed(entry, raw, key as keyof RawAxisMap, source), `${pointer}/${key}`, source)
  const read = numbers.map((number) => value(number.name, number.isPlain))
  const wrong = fault(...read)
  if (wrong !== undefined) throw source.error(`${pointer}/${wrong[0]}`, wrong[1], ['check the numbers of this distribution'])
  const said = (key: 'least' | 'most' | 'step'): number | undefined => (raw[key] === undefined ? undefined : value(key))
  const [leastValue, mostValue, stepValue] = [said('least'), said('most'), said('step')]
  if (leastValue !== undefined && mostValue !== undefined && !(mostValue > leastValue))
    throw source.error(`${pointer}/most`, 'most must lie above least', ['write least below most'])
  if (stepValue !== undefined && !(stepValue > 0))
    throw source.error(`${pointer}/step`, 'a step must be more than zero', ['write the distance between neighbouring values'])
  const drawnFrom = distribution(kind, read, {leastValue, mostValue, stepValue})
  if (!drawnFrom.isAnywhere)
    throw source.error(`${pointer}/step`, `no whole multiple of ${String(raw.step)} lies within this distribution`, [
      'take a smaller step, or a wider distribution',
    ])
  return {kind: 'value', values: [], rule: {kind: 'drawn', distribution: drawnFrom}}
}

function needed({pointer}: AxisEntry, raw: RawAxisMap, key: keyof RawAxisMap, source: SpecSource): AxisValue {
  const value = raw[key]
  if (value !== undefined) return value as AxisValue
  throw source.error(pointerTo(pointer, key), `"${key}" is missing`, [`add ${key}`])
}

function linked({name, pointer}: AxisEntry, other: string, values: readonly AxisValue[], around: AxisSurroundings): Shape {
  const at = `${pointer}/with`
  const partner = around.axisNamed(other)
  if (partner === undefined)
    throw around.source.error(at, `"${other}" is not an axis of this space`, nameHints(other, around.axisNames), 'UNKNOWN_NAME')
  if (partner.kind === 'value')
    throw around.source.error(at, `${other} has no list of values that ${name} could move along`, [
      `give ${other} a step or a count, or derive ${name} from it: {is: …}`,
    ])
  if (partner.values.length !== values.length)
    throw around.source.error(
      `${pointer}/values`,
      `${name} has ${values.length} values, but ${other}, which it moves with, has ${partner.values.length}`,
      ['give it a value for each of the other'],
    )
  return {kind: 'level', values, rule: {kind: 'linked', with: other}}
}

function derived({name, pointer, like = [], isCompiled}: AxisEntry, text: string, unit: string, around: AxisSurroundings): Shape {
  const at = `${pointer}/is`
  const expression = expressionOf(text, at, around)
  if (!sameDimension(expression.vector, like))
    throw around.source.error(
      at,
      `"${text}" is ${dimensionNoun(expression.vector)}, but ${name} is ${dimensionNoun(like)}`,
      ['check the units of what it is made of'],
      'QUANTITY_INVALID',
    )
  for (const other of expression.dependsOn) around.axisNamed(other)
  const rule: AxisRule = {kind: 'derived', expression}
  if (!isCompiled) return {kind: 'value', values: [], rule}
  const values = around.levelsOf(expression, unit)
  if (values !== undefined) return {kind: 'level', values, rule}
  throw around.source.error(at, `${name} takes a list of values, since each of them is another program, but "${text}" has no end of them`, [
    'derive it from axes with few levels',
  ])
}

function expressionOf(text: string, at: string, {source, symbols}: AxisSurroundings): Expression {
  return located(source, at, () => parseExpression(text, symbols))
}

/** The axis with its condition, and with the value that it has otherwise among its levels. */
function conditional(entry: AxisEntry, raw: RawAxisMap, shape: Shape, around: AxisSurroundings): Shape & Pick<Axis, 'when'> {
  const {name, pointer, like} = entry
  const {source} = around
  const condition = conditionOf(`${pointer}/when`, raw.when!, around)
  const written = needed(entry, raw, 'otherwise', source)
  const value = like === undefined ? written : quantity(name, like, written, `${pointer}/otherwise`, source)
  if (shape.kind === 'value') return {...shape, when: {condition, otherwise: Number(value)}}
  const values = shape.values.includes(value) ? shape.values : [...shape.values, value]
  return {...shape, values, when: {condition, otherwise: values.indexOf(value)}}
}

function conditionOf(at: string, raw: NonNullable<RawAxisMap['when']>, around: AxisSurroundings): Condition {
  const {source} = around
  if (typeof raw === 'string') {
    const expression = expressionOf(raw, at, around)
    if (!/[<>=]/.test(raw))
      throw source.error(at, `"${raw}" claims nothing: a condition compares two values`, ['write it as in `batch >= 64`'])
    for (const other of expression.dependsOn) around.axisNamed(other)
    return {kind: 'claim', expression}
  }
  const values = Object.entries(raw).map(([name, among]): [string, readonly AxisValue[]] => {
    const place = pointerTo(at, name)
    const other = around.axisNamed(name)
    if (other === undefined)
      throw source.error(place, `"${name}" is not an axis of this space`, nameHints(name, around.axisNames), 'UNKNOWN_NAME')
    const written = isList(among) ? among : [among as AxisValue]
    const isNumeric = typeof other.values[0] === 'number'
    const wanted = isNumeric ? written.map((value) => quantity(name, unitVector(other.unit), value, place, source)) : written
    const foreign = wanted.find((value) => !other.values.includes(value))
    if (foreign !== undefined || other.kind === 'value')
      throw source.error(place, `${name} never is ${String(foreign ?? wanted[0])}`, [
        other.kind === 'value' ? `compare it as in \`${name} >= …\`` : `its values: ${other.values.slice(0, 8).map(String).join(', ')}`,
      ])
    return [name, wanted]
  })
  return {kind: 'values', values: Object.fromEntries(values)}
}

function isList(raw: unknown): raw is readonly AxisValue[] {
  return Array.isArray(raw)
}
