import {takesPrefix} from '../foundation/unit-symbol.js'

/** What is shown for a number that is not there. */
export const nothing = '–'

/** Energy per action is written in pJ, so that 0.9 pJ/b and 31 pJ/b can be compared at a glance. */
const perAction = new Set(['J/b', 'J/B', 'J/op', 'J/flop'])

const prefixes = ['a', 'f', 'p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const unitIndex = prefixes.indexOf('')
const picoIndex = prefixes.indexOf('p')
const binaryPrefixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

/** A number in SI units as people write it, with three significant digits: "3.2 µs", "3.35 TB/s", "1.41 GHz"; "–" for none. */
export function formatQuantity(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined || Number.isNaN(value)) return nothing
  if (!Number.isFinite(value)) return joined(value < 0 ? '-∞' : '∞', unit)
  if (unit === 's' && Math.abs(value) >= 120) return formatDuration(value)
  if (!takesPrefix(unit)) return joined(threeDigits(value), unit)
  if (unit === '' && Math.abs(value) < 1e6) return threeDigits(value)
  const index = prefixIndex(value, perAction.has(unit) ? picoIndex : unit === '' || unit === 'B' ? unitIndex : 0)
  const number = threeDigits(value / 1000 ** (index - unitIndex))
  return joined(number, `${prefixes[index]}${unit}`)
}

/** The prefix under which the number, rounded to three digits, has one to three digits before its point. */
function prefixIndex(value: number, lowest: number): number {
  const rounded = Math.abs(Number(value.toPrecision(3)))
  if (rounded === 0) return unitIndex
  const thousands = Math.floor(Math.log10(rounded) / 3 + 1e-12)
  return Math.min(Math.max(thousands + unitIndex, lowest), prefixes.length - 1)
}

function threeDigits(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value === 0 ? 0 : value)
  const rounded = Number(value.toPrecision(3))
  return Math.abs(rounded) >= 1e6 || (rounded !== 0 && Math.abs(rounded) < 1e-3) ? rounded.toExponential() : String(rounded)
}

function joined(number: string, unit: string): string {
  return unit === '' ? number : unit.startsWith('/') ? `${number}${unit}` : `${number} ${unit}`
}

/** Two values of one unit, which is written once where both have one prefix: "2.32 to 3.79 J", "980 mJ to 1.2 J"; one where they read alike. */
export function formatBand(low: number, high: number, unit: string): string {
  const [from, to] = [formatQuantity(low, unit), formatQuantity(high, unit)]
  const [number, prefixed] = from.split(' ')
  if (from === to) return from
  return prefixed !== undefined && to.endsWith(` ${prefixed}`) ? `${number} to ${to}` : `${from} to ${to}`
}

/**
 * A capacity under the prefix, binary or decimal, that states it shortest: 25165824 bytes are "24 MiB", 80e9 are "80 GB". Where neither
 * is short, less than a GiB is binary, as caches are.
 */
export function formatCapacity(bytes: number | null | undefined): string {
  const decimal = formatQuantity(bytes, 'B')
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes) || bytes < 1024) return decimal
  const number = String(bytes / 1024 ** binaryPlace(bytes))
  const isExactInDecimal = Number(bytes.toPrecision(3)) === bytes
  if (isExactInDecimal && (number.length > 5 || decimal.split(' ')[0]!.length < number.length)) return decimal
  if (number.length > 5) return bytes < 1024 ** 3 ? inBinary(bytes) : decimal
  return `${number} ${binaryPrefixes[binaryPlace(bytes)]}B`
}

/** Bytes in the family of prefixes, binary or decimal, that states a capacity: 146e9 bytes beside "80 GiB" are "136 GiB". */
export function formatBeside(bytes: number, capacityBytes: number): string {
  if (!formatCapacity(capacityBytes).endsWith('iB') || Math.abs(bytes) < 1024) return formatQuantity(bytes, 'B')
  return inBinary(bytes)
}

function inBinary(bytes: number): string {
  const scaled = bytes / 1024 ** binaryPlace(bytes)
  return `${Math.abs(scaled) >= 1000 ? Math.round(scaled) : threeDigits(scaled)} ${binaryPrefixes[binaryPlace(bytes)]}B`
}

function binaryPlace(bytes: number): number {
  return Math.min(Math.floor(Math.log2(Math.abs(bytes)) / 10), binaryPrefixes.length - 1)
}

/** A span of time for people: "850 ms", "12 s", "3.4 min", "2.5 h", "3.1 d". */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return nothing
  const size = Math.abs(seconds)
  if (size < 1) return formatQuantity(seconds, 's')
  if (size < 120) return `${twoDigits(seconds)} s`
  if (size < 7200) return `${twoDigits(seconds / 60)} min`
  if (size < 172_800) return `${twoDigits(seconds / 3600)} h`
  return `${twoDigits(seconds / 86_400)} d`
}

/** How fast work goes: "25 k/s"; of slow work how long one takes, "53 s a point", because "19 m/s" reads as metres. */
export function formatRate(perSecond: number, noun: string): string {
  return perSecond > 0 && perSecond < 1 ? `${formatDuration(1 / perSecond)} a ${noun.replace(/s\b/, '')}` : formatQuantity(perSecond, '/s')
}

function twoDigits(value: number): string {
  return Math.abs(value) >= 10 ? String(Math.round(value)) : String(Number(value.toPrecision(2)))
}

/** "1 mapping", "12 mappings". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** "1 is", "12 are". */
export function beingCount(count: number): string {
  return `${count} ${count === 1 ? 'is' : 'are'}`
}

/** A ratio as percent: 0.1234 is "12.3 %", 0.0012 is "0.12 %". */
export function formatPercent(ratio: number | null | undefined): string {
  if (ratio === null || ratio === undefined || !Number.isFinite(ratio)) return nothing
  const percent = ratio * 100
  return `${Number(percent.toFixed(Math.abs(percent) < 1 ? 2 : 1))} %`
}

/** A relative change with its sign: "−0.7 %", "+0.12 %", "0 %". */
export function formatChange(ratio: number | null | undefined): string {
  if (ratio === null || ratio === undefined || !Number.isFinite(ratio)) return nothing
  const text = formatPercent(Math.abs(ratio))
  return text === '0 %' ? text : `${ratio < 0 ? '−' : '+'}${text}`
}

/** Two shares, the sign written once: "1.1 to 1.4 %"; one where they read alike. */
export function formatPercentBand(low: number, high: number): string {
  const [from, to] = [formatPercent(low), formatPercent(high)]
  return from === to ? to : `${from.replace(' %', '')} to ${to}`
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar that fills `ratio` of `width` columns, to an eighth of a column; always `width` wide. */
export function bar(ratio: number, width = 20): string {
  const share = Number.isFinite(ratio) ? Math.min(Math.max(ratio, 0), 1) : 0
  const steps = Math.round(share * width * 8)
  const drawn = '█'.repeat(Math.floor(steps / 8)) + eighths[steps % 8]
  return drawn.padEnd(width)
}
