/** How a quantity is shown: its symbol, whether SI prefixes suit it, and how much one is worth on screen. */
export interface Unit {
  readonly symbol: string
  readonly style: 'prefixed' | 'capacity' | 'plain' | 'percent' | 'money'
}

/** Units that figures and tables show; numbers arrive in SI and are scaled only here. */
export const units = {
  seconds: {symbol: 's', style: 'prefixed'},
  joules: {symbol: 'J', style: 'prefixed'},
  jouleSeconds: {symbol: 'J·s', style: 'prefixed'},
  watts: {symbol: 'W', style: 'prefixed'},
  hertz: {symbol: 'Hz', style: 'prefixed'},
  bytes: {symbol: 'B', style: 'capacity'},
  bytesPerSecond: {symbol: 'B/s', style: 'prefixed'},
  flops: {symbol: 'FLOP', style: 'prefixed'},
  flopsPerSecond: {symbol: 'FLOP/s', style: 'prefixed'},
  flopsPerByte: {symbol: 'FLOP/B', style: 'plain'},
  joulesPerFlop: {symbol: 'J/FLOP', style: 'prefixed'},
  tokensPerSecond: {symbol: 'token/s', style: 'plain'},
  squareMillimetres: {symbol: 'mm²', style: 'plain'},
  dollars: {symbol: 'USD', style: 'money'},
  volts: {symbol: 'V', style: 'prefixed'},
  ratio: {symbol: '%', style: 'percent'},
  count: {symbol: '', style: 'plain'},
} as const satisfies Record<string, Unit>

export type UnitName = keyof typeof units

/** A unit by its name, or one that has none, such as a product of several. */
export type ShownUnit = UnitName | Unit

/** How a unit is shown; a plain number's where there is none. */
export function unitShown(unit: ShownUnit = 'count'): Unit {
  return typeof unit === 'string' ? units[unit] : unit
}

/** A number with its unit as a person writes it: three digits, an SI prefix, a space. Stands alone, because pages run its source too. */
export function quantityText(value: number, unit: {readonly symbol: string; readonly style: string}): string {
  if (!Number.isFinite(value)) return '–'
  const minus = value < 0 ? '−' : ''
  const magnitude = Math.abs(value)
  const digits = (x: number): string =>
    x >= 999.5 || Number.isInteger(x) ? Math.round(x).toLocaleString('en-US') : String(Number(x.toPrecision(3)))
  if (unit.style === 'money') return `${minus}$${digits(magnitude)}`
  if (unit.style === 'percent') return `${minus}${digits(Math.round(magnitude * 1e4) / 100)} %`
  if (unit.style === 'capacity' && magnitude >= 1024) {
    const step = Math.min(5, Math.floor(Math.log2(magnitude) / 10))
    const inBinary = String(magnitude / 1024 ** step)
    const isRoundInDecimal = Number(magnitude.toPrecision(3)) === magnitude
    if (inBinary.length <= 5 && !isRoundInDecimal) return `${minus}${inBinary} ${'_KMGTP'[step]}i${unit.symbol}`
  }
  let shown = digits(magnitude)
  let prefix = ''
  if (magnitude !== 0 && (unit.style === 'prefixed' || unit.style === 'capacity' || magnitude < 1e-3)) {
    const exponent = Math.floor(Math.log10(Number(magnitude.toPrecision(3))) / 3)
    const step = Math.min(5, Math.max(-6, exponent))
    prefix = 'a f p n µ m  k M G T P'.split(' ')[step + 6] ?? ''
    shown = digits(magnitude / 1000 ** step)
  }
  const symbol = prefix + unit.symbol
  return symbol === '' ? minus + shown : `${minus}${shown} ${symbol}`
}

export interface AxisUnit {
  /** Multiplies an SI value into the axis's unit. */
  readonly scaleRatio: number
  /** With its prefix, e.g. "ms". */
  readonly symbol: string
}

const prefixes = ['a', 'f', 'p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T', 'P']

/** The one prefixed unit that keeps an axis's largest value between 1 and 1000; a power of ten where no prefix suits a small one. */
export function axisUnit(largest: number, named: ShownUnit): AxisUnit {
  const unit = unitShown(named)
  if (unit.style === 'percent') return {scaleRatio: 100, symbol: '%'}
  if (unit.style === 'plain' && largest > 0 && largest < 1e-3) {
    const thousandths = Math.ceil(-Math.log10(largest) / 3)
    return {scaleRatio: 1000 ** thousandths, symbol: `10^−${thousandths * 3} ${unit.symbol}`.trim()}
  }
  if ((unit.style !== 'prefixed' && unit.style !== 'capacity') || !(largest > 0)) return {scaleRatio: 1, symbol: unit.symbol}
  const step = Math.min(5, Math.max(-6, Math.floor(Math.log10(largest) / 3)))
  return {scaleRatio: 1000 ** -step, symbol: prefixes[step + 6] + unit.symbol}
}

/** "Latency (ms)"; a bare title where the quantity has no unit. */
export function axisTitle(title: string, symbol: string): string {
  return symbol === '' ? title : `${title} (${symbol})`
}

/** A Vega expression that writes `value` as `quantityText` does: three digits, SI prefix, space, symbol. */
export function quantityExpression(value: string, name: UnitName): string {
  const unit: Unit = units[name]
  if (unit.style === 'percent') return `format(round(${value} * 1e4) / 100, '.3~r') + ' %'`
  if (unit.style === 'money') return `format(${value}, '$,.0f')`
  if (unit.style === 'plain') return `format(${value}, ',.3~r')${unit.symbol === '' ? '' : ` + ' ${unit.symbol}'`}`
  return `replace(format(${value}, '.3~s'), regexp('([^0-9]*)$'), ' $1${unit.symbol}')`
}
