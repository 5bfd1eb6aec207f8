import {textWidth} from '../font.js'
import {axisTitle, axisUnit, quantityText, type ShownUnit, unitShown} from '../unit.js'
import {axisRange, axisShare} from './axis-range.js'
import type {DataRow} from './chart.js'

/** One thing that tells designs apart: an axis of a study, or a result. */
export interface ParallelAxis {
  readonly field: string
  readonly title: string
  readonly unit?: ShownUnit
  /** The values that it takes, where they are few; words where any of them is one. */
  readonly levels?: readonly (number | string)[]
  /** Which way is better; only results have one. */
  readonly better?: 'less' | 'more'
}

/** Where an axis's values lie, from 0 at its left end to 1 at its right, and what is written there. */
export interface AxisPlaces {
  readonly title: string
  readonly ticks: readonly {readonly share: number; readonly text: string}[]
  /** Undefined where a design has no value. */
  readonly shareOf: (row: DataRow) => number | undefined
}

/** Places of an axis: its levels, even steps of words, or round numbers around what the designs have. */
export function axisPlaces(axis: ParallelAxis, rows: readonly DataRow[], widthPixels: number, fontPixels: number): AxisPlaces {
  const {field, levels = []} = axis
  if (levels.some((level) => typeof level === 'string')) return wordPlaces(axis, levels.map(String), widthPixels, fontPixels)
  const numberOf = (row: DataRow): number => Number(row[field] ?? Number.NaN)
  if (levels.length > 0)
    return levelPlaces(
      axis,
      (levels as readonly number[]).toSorted((a, b) => a - b),
      numberOf,
      widthPixels,
      fontPixels,
    )
  const values = rows.map(numberOf).filter(Number.isFinite)
  const [low, high] = values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity])
  if (values.length === 0) return {title: axis.title, ticks: [], shareOf: () => undefined}
  const unit = axisUnit(high, axis.unit ?? 'count')
  const range = axisRange(low, high, unit.scaleRatio, Math.max(3, Math.floor(widthPixels / (fontPixels * 5))))
  const ticks = apart(
    range.tickValues.map((value) => ({
      share: axisShare(range, value),
      text: (value * unit.scaleRatio).toLocaleString('en-US', {maximumSignificantDigits: 6}),
    })),
    widthPixels,
    fontPixels,
  )
  const words = [axis.title, ...(range.isLog ? ['log scale'] : []), ...(axis.better === undefined ? [] : [`${axis.better} is better`])]
  return {title: axisTitle(words.join(', '), unit.symbol), ticks, shareOf: (row) => finite(axisShare(range, numberOf(row)))}
}

/** Levels whose neighbours are all as many times one another stand on a log scale. */
function levelPlaces(
  axis: ParallelAxis,
  levels: readonly number[],
  numberOf: (row: DataRow) => number,
  widthPixels: number,
  fontPixels: number,
): AxisPlaces {
  const [low, high] = [levels[0]!, levels.at(-1)!]
  const isLog = isGeometric(levels)
  const range = {domain: [low, high] as const, tickValues: levels, isLog}
  const share = (value: number): number => (low === high ? 0.5 : axisShare(range, value))
  const ticks = apart(
    levels.map((value) => ({share: share(value), text: quantityText(value, unitShown(axis.unit))})),
    widthPixels,
    fontPixels,
  )
  return {title: isLog ? `${axis.title}, log scale` : axis.title, ticks, shareOf: (row) => finite(share(numberOf(row)))}
}

function wordPlaces({field, title}: ParallelAxis, words: readonly string[], widthPixels: number, fontPixels: number): AxisPlaces {
  const share = (index: number): number => (words.length === 1 ? 0.5 : index / (words.length - 1))
  const ticks = apart(
    words.map((text, index) => ({share: share(index), text})),
    widthPixels,
    fontPixels,
  )
  const shareOf = (row: DataRow): number | undefined => {
    const index = words.indexOf(String(row[field]))
    return index < 0 ? undefined : share(index)
  }
  return {title, ticks, shareOf}
}

function isGeometric(levels: readonly number[]): boolean {
  if (levels.length < 3 || !(levels[0]! > 0)) return false
  const ratio = levels[1]! / levels[0]!
  return levels.slice(1).every((level, index) => Math.abs(level / levels[index]! / ratio - 1) < 1e-6)
}

function finite(share: number): number | undefined {
  return Number.isFinite(share) ? share : undefined
}

export const tickAlignments = ['left', 'center', 'right'] as const

/** How a tick's text lies about its place: within the axis at both ends. */
export function tickAlignment(share: number): (typeof tickAlignments)[number] {
  return share < 0.01 ? 'left' : share > 0.99 ? 'right' : 'center'
}

/** Ticks whose texts keep clear of one another: the ends first, then those between from the left. */
function apart(ticks: AxisPlaces['ticks'], widthPixels: number, fontPixels: number): AxisPlaces['ticks'] {
  const extent = ({share, text}: AxisPlaces['ticks'][number]): [number, number] => {
    const [at, width] = [share * widthPixels, textWidth(text, fontPixels)]
    const start = at - {left: 0, center: width / 2, right: width}[tickAlignment(share)]
    return [start - fontPixels / 2, start + width + fontPixels / 2]
  }
  const kept: AxisPlaces['ticks'][number][] = []
  for (const tick of [ticks[0], ticks.at(-1), ...ticks.slice(1, -1)]) {
    if (tick === undefined || kept.includes(tick)) continue
    const [start, end] = extent(tick)
    if (kept.map(extent).every(([otherStart, otherEnd]) => end <= otherStart || start >= otherEnd)) kept.push(tick)
  }
  return kept.toSorted((a, b) => a.share - b.share)
}
