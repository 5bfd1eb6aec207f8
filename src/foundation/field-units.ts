/** A unit's size in mathjs's base units, and its exponents. */
export interface UnitSize {
  readonly baseValue: number
  readonly vector: readonly number[]
}

/** The base quantities in mathjs's order, its nine and then ours in the order in which quantity.ts makes their units. */
const baseQuantities = [
  'mass',
  'length',
  'time',
  'current',
  'temperature',
  'luminousIntensity',
  'substance',
  'angle',
  'bit',
  'operation',
  'cycle',
  'money',
] as const
type Exponents = Partial<Record<(typeof baseQuantities)[number], number>>

const decimal = {'': 1, f: 1e-15, p: 1e-12, n: 1e-9, u: 1e-6, m: 1e-3, c: 1e-2, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18}
const binary = {Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3, Ti: 1024 ** 4, Pi: 1024 ** 5, Ei: 1024 ** 6}
const energy = {mass: 1, length: 2, time: -2}

const kinds: readonly {names: readonly string[]; value: number; exponents: Exponents; prefixes: Readonly<Record<string, number>>}[] = [
  {names: ['b'], value: 1, exponents: {bit: 1}, prefixes: {...decimal, ...binary}},
  {names: ['B'], value: 8, exponents: {bit: 1}, prefixes: {...decimal, ...binary}},
  {names: ['s'], value: 1, exponents: {time: 1}, prefixes: decimal},
  {names: ['Hz'], value: 1, exponents: {time: -1}, prefixes: decimal},
  {names: ['m'], value: 1, exponents: {length: 1}, prefixes: decimal},
  {names: ['J'], value: 1, exponents: energy, prefixes: decimal},
  {names: ['W'], value: 1, exponents: {...energy, time: -3}, prefixes: decimal},
  {names: ['V'], value: 1, exponents: {...energy, time: -3, current: -1}, prefixes: decimal},
  {names: ['K'], value: 1, exponents: {temperature: 1}, prefixes: {'': 1}},
  {names: ['flop', 'op', 'ops'], value: 1, exponents: {operation: 1}, prefixes: decimal},
  {names: ['cycle', 'cycles'], value: 1, exponents: {cycle: 1}, prefixes: {'': 1}},
  {names: ['USD'], value: 1, exponents: {money: 1}, prefixes: {'': 1}},
  {names: ['g'], value: 1e-3, exponents: {mass: 1}, prefixes: decimal},
  {names: ['Wh'], value: 3600, exponents: energy, prefixes: decimal},
  {names: ['h'], value: 3600, exponents: {time: 1}, prefixes: {'': 1}},
  {names: ['day'], value: 86_400, exponents: {time: 1}, prefixes: {'': 1}},
  {names: ['year'], value: 31_557_600, exponents: {time: 1}, prefixes: {'': 1}},
]

/** Data comes in whole bits: mathjs knows no prefix below 1 for it. */
const belowOne = (kind: {exponents: Exponents}, scale: number): boolean => kind.exponents.bit !== undefined && scale < 1

/** The units of this field under every prefix, without mathjs; it knows the same, and many more. */
export const fieldUnits: ReadonlyMap<string, UnitSize> = new Map(
  kinds.flatMap((kind) => {
    const vector = baseQuantities.map((quantity) => kind.exponents[quantity] ?? 0)
    return kind.names.flatMap((name) =>
      Object.entries(kind.prefixes)
        .filter(([, scale]) => !belowOne(kind, scale))
        .map(([prefix, scale]) => [`${prefix}${name}`, {baseValue: kind.value * scale, vector}] as const),
    )
  }),
)
