import {createRequire} from 'node:module'
import type * as Mathjs from 'mathjs'
import {fieldUnits, type UnitSize} from './field-units.js'

/** Kinds of quantity that files may hold: the unit that numbers carry inside the code, and how to write one. */
export const dimensions = {
  count: {unit: '', example: '132', noun: 'a plain number'},
  ratio: {unit: '', example: '0.85', noun: 'a plain number'},
  bytes: {unit: 'B', example: '24 MiB', noun: 'an amount of data'},
  bytesPerSecond: {unit: 'B/s', example: '3.35 TB/s', noun: 'a rate of data'},
  bytesPerCycle: {unit: 'B/cycle', example: '64 B/cycle', noun: 'data per clock cycle'},
  operationsPerCycle: {unit: 'op/cycle', example: '1024 op/cycle', noun: 'operations per clock cycle'},
  joules: {unit: 'J', example: '1.6 pJ', noun: 'an energy'},
  joulesPerByte: {unit: 'J/B', example: '3.9 pJ/b', noun: 'energy per amount of data'},
  joulesPerOperation: {unit: 'J/op', example: '0.4 pJ/op', noun: 'energy per operation'},
  seconds: {unit: 's', example: '2.5 us', noun: 'a time'},
  watts: {unit: 'W', example: '700 W', noun: 'a power'},
  hertz: {unit: 'Hz', example: '1410 MHz', noun: 'a frequency'},
  volts: {unit: 'V', example: '0.75 V', noun: 'a voltage'},
  voltsPerHertz: {unit: 'V/Hz', example: '0.5 mV/MHz', noun: 'voltage per clock'},
  kelvins: {unit: 'K', example: '35 degC', noun: 'a temperature'},
  kelvinsPerWatt: {unit: 'K/W', example: '0.1 K/W', noun: 'a thermal resistance'},
  perKelvin: {unit: '1/K', example: '0.02 /K', noun: 'a growth per kelvin'},
  squareMillimetres: {unit: 'mm^2', example: '814 mm^2', noun: 'an area'},
  defectsPerSquareMillimetre: {unit: '1/mm^2', example: '0.1 /cm^2', noun: 'a defect density'},
  millimetres: {unit: 'mm', example: '300 mm', noun: 'a length'},
  dollars: {unit: 'USD', example: '9346 USD', noun: 'an amount of money'},
  dollarsPerByte: {unit: 'USD/B', example: '5 USD/GB', noun: 'a price of memory'},
  dollarsPerJoule: {unit: 'USD/J', example: '0.12 USD/kWh', noun: 'a price of energy'},
  dollarsPerSecond: {unit: 'USD/s', example: '2.50 USD/h', noun: 'a price of time'},
  gramsPerJoule: {unit: 'g/J', example: '350 g/kWh', noun: 'a mass per energy'},
  gramsPerByte: {unit: 'g/B', example: '65 g/GB', noun: 'a mass per amount of data'},
  gramsPerSquareMillimetre: {unit: 'g/mm^2', example: '1.9 kg/cm^2', noun: 'a mass per area'},
} as const

export type Dimension = keyof typeof dimensions

let loaded: typeof Mathjs | undefined

/** mathjs with the units of this field; loaded on first use, from its single-file bundle (ten times faster than its module graph). */
export function math(): typeof Mathjs {
  if (loaded === undefined) {
    const bundle = createRequire(import.meta.url)('mathjs/lib/browser/math.js') as typeof Mathjs
    bundle.createUnit('flop', {prefixes: 'short', aliases: ['op', 'ops']} as Mathjs.UnitDefinition)
    bundle.createUnit({cycle: {aliases: ['cycles']}} as unknown as Record<string, Mathjs.UnitDefinition>, {override: true})
    bundle.createUnit('USD')
    loaded = bundle
  }
  return loaded
}

/** Exponents of mathjs's base quantities (mass, length, time, …, bits, operations, cycles, money). */
export type DimensionVector = readonly number[]

interface UnitInternals {
  readonly value: number
  readonly dimensions: number[]
}

/** A unit's size in mathjs's base units, and its dimension; nothing when the symbol is no unit. */
export function unitOf(symbol: string): UnitSize | undefined {
  const known = fieldUnits.get(symbol)
  if (known !== undefined) return known
  if (!math().Unit.isValuelessUnit(symbol)) return undefined
  const unit = math().unit(1, symbol) as unknown as UnitInternals
  return {baseValue: unit.value, vector: unit.dimensions}
}

const canonicalUnits = new Map<Dimension, UnitSize>()

/** A dimension's own unit in mathjs's base units, and its exponents. */
export function canonicalUnit(dimension: Dimension): UnitSize {
  let known = canonicalUnits.get(dimension)
  if (known === undefined) {
    known = unitText(dimensions[dimension].unit)
    canonicalUnits.set(dimension, known)
  }
  return known
}

/** A unit as the table above writes it: one over another, with whole exponents. */
function unitText(unit: string): UnitSize {
  const [over = '', under = ''] = unit.split('/')
  const [a, b] = [unitPower(over), unitPower(under)]
  return {baseValue: a.baseValue / b.baseValue, vector: combined(a.vector, b.vector, -1)}
}

function unitPower(text: string): UnitSize {
  if (text === '' || text === '1') return {baseValue: 1, vector: []}
  const [symbol = '', exponent = '1'] = text.split('^')
  const {baseValue, vector} = unitOf(symbol)!
  return {baseValue: baseValue ** Number(exponent), vector: vector.map((power) => power * Number(exponent))}
}

/** Exponents of a product, or with −1 of a quotient. */
export function combined(a: DimensionVector, b: DimensionVector, sign: 1 | -1): number[] {
  return Array.from({length: Math.max(a.length, b.length)}, (_, i) => (a[i] ?? 0) + sign * (b[i] ?? 0))
}

/** Two exponent vectors name the same dimension. */
export function sameDimension(a: DimensionVector, b: DimensionVector): boolean {
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (Math.abs((a[i] ?? 0) - (b[i] ?? 0)) > 1e-9) return false
  return true
}

/** What a person would call this dimension: "a rate of data", or its base units. */
export function dimensionNoun(vector: DimensionVector): string {
  for (const dimension of Object.keys(dimensions) as Dimension[]) {
    if (sameDimension(canonicalUnit(dimension).vector, vector)) return dimensions[dimension].noun
  }
  return 'another dimension'
}

/** How a quantity of this dimension is written: "24 MiB"; nothing for a product of several. */
export function dimensionExample(vector: DimensionVector): string | undefined {
  const found = (Object.keys(dimensions) as Dimension[]).find((dimension) => sameDimension(canonicalUnit(dimension).vector, vector))
  return found === undefined ? undefined : dimensions[found].example
}

/** The unit that the code uses for quantities of a dimension, and its size in base units. */
export function ownUnit(vector: DimensionVector): {unit: string; baseValue: number} {
  for (const dimension of Object.keys(dimensions) as Dimension[]) {
    const canonical = canonicalUnit(dimension)
    if (sameDimension(canonical.vector, vector)) return {unit: dimensions[dimension].unit, baseValue: canonical.baseValue}
  }
  return {unit: 'base units', baseValue: 1}
}

/** What products are made of, in the order in which they are written. */
const factors = ['J', 's', 'B', 'op', 'mm^2', 'USD', 'g', 'W', 'Hz', 'V', 'K']
const powers = [1, -1, 2, -2, 3, -3]

/** The unit of a dimension as people write it: the code's own, or of a product of several the shortest such as `J s` and `J s^2/B`. */
export function writtenUnit(vector: DimensionVector): string {
  const {unit} = ownUnit(vector)
  if (unit !== 'base units') return unit
  const found = [1, 2, 3].map((count) => productOf(vector, count, 0)).find((product) => product !== undefined)
  return found === undefined ? unit : productText(found)
}

type Product = readonly (readonly [symbol: string, power: number])[]

/** So many of the factors whose powers make a dimension; none where there are none. */
function productOf(vector: DimensionVector, count: number, first: number): Product | undefined {
  if (count === 0) return sameDimension(vector, []) ? [] : undefined
  for (let index = first; index < factors.length; index++) {
    const symbol = factors[index]!
    const own = unitText(symbol).vector
    for (const power of powers) {
      const rest = combined(
        vector,
        own.map((exponent) => exponent * power),
        -1,
      )
      const others = productOf(rest, count - 1, index + 1)
      if (others !== undefined) return [[symbol, power], ...others]
    }
  }
  return undefined
}

function productText(product: Product): string {
  const text = ([symbol, power]: Product[number]): string => {
    const [base, exponent = '1'] = symbol.split('^')
    const raised = Math.abs(power) * Number(exponent)
    return raised === 1 ? base! : `${base}^${raised}`
  }
  const over = product.filter(([, power]) => power > 0).map(text)
  const under = product.filter(([, power]) => power < 0).map(text)
  return [over.join(' ') || '1', ...under].join('/')
}

/** A quantity under the prefix that suits it, as an error tells it: "16.78 MB", "930 MHz", "84". */
export function quantityText(value: number, unit: string): string {
  const [, symbol, rest] = /^([A-Za-z]+)([ /].*)?$/.exec(unit === 'base units' ? '' : unit) ?? []
  if (symbol !== undefined) return `${math().unit(value, symbol).format({precision: 4})}${rest ?? ''}`
  return [Number(value.toPrecision(4)), unit === 'base units' ? '' : unit].join(' ').trim()
}

/** Dimension and size of any unit text, such as `mm^2`; a plain number for the empty text. */
export function unitSize(unit: string): {baseValue: number; vector: DimensionVector} {
  if (unit === '') return {baseValue: 1, vector: []}
  const parsed = math().unit(unit.startsWith('1/') ? `1 ${unit.slice(1)}` : `1 ${unit}`) as unknown as UnitInternals
  return {baseValue: parsed.value, vector: parsed.dimensions}
}
