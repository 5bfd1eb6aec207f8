import type {TopLevelSpec} from 'vega-lite'
import {textWidth} from '../font.js'
import {type Theme, themes} from '../theme.js'
import {quantityText, units} from '../unit.js'
import {type ChartKind, type DataRow, type FigureStyle, figureFrame, figurePixels, type Layer, legendColumns} from './chart.js'

/** An axis of cells, its levels as they are written. */
export interface CellAxis {
  readonly title: string
  readonly levels: readonly string[]
}

/** Designs at one level of each axis: how many of them each limit holds. */
export interface LimitsCell {
  readonly xIndex: number
  readonly yIndex: number
  readonly counts: readonly {readonly name: string; readonly designCount: number}[]
}

/** What bounds a design, or why it is removed: by one constraint, by several, or for want of a mapping. */
export type LimitKind = 'bound' | 'constraint' | 'several' | 'unmapped'

export interface LimitsInput {
  readonly x: CellAxis
  readonly y: CellAxis
  /** What can limit a design, in the order in which cells and legend have it. */
  readonly limits: readonly {readonly name: string; readonly kind: LimitKind}[]
  readonly panels: readonly {readonly name: string; readonly cells: readonly LimitsCell[]}[]
}

interface Key {
  readonly name: string
  readonly letter: string
  /** Its place among the theme's colours of limits. */
  readonly slotIndex: number
}

/** A letter and a colour for each limit: colours for what bounds designs, muted tints for what removes them. */
function keysOf({limits, panels}: LimitsInput, theme: Theme): Key[] {
  const met = new Set(panels.flatMap(({cells}) => cells.flatMap(({counts}) => counts.map(({name}) => name))))
  const seen = limits.filter(({name}) => met.has(name))
  const taken = new Set<string>()
  const letterOf = (name: string): string => {
    const letters = [...`${name.replaceAll(/[^a-z]/gi, '')}abcdefghijklmnopqrstuvwxyz`.toUpperCase()]
    const letter = letters.find((each) => !taken.has(each)) ?? ''
    taken.add(letter)
    return letter
  }
  const slots = slotsOf(theme)
  const places = {bound: 0, several: 0, unmapped: 0, constraint: 0}
  return seen.map(({name, kind}) => ({name, letter: letterOf(name), slotIndex: slots[kind](places[kind]++)}))
}

/** Which of the theme's colours the limits of each kind have, in turn; where they are too many, the same ones again. */
function slotsOf({ink: {categories, shades}}: Theme): Readonly<Record<LimitKind, (place: number) => number>> {
  const all = categories.length + shades.length
  const among = (first: number, count: number) => (place: number) => first + (place % count) + Math.floor(place / count) * all
  return {
    bound: among(0, categories.length),
    several: among(categories.length, 1),
    unmapped: among(categories.length + 1, 1),
    constraint: among(categories.length + 2, shades.length - 2),
  }
}

/** Keys at the places of their colours, and blanks between, so that a page gives them the colours of its own theme. */
function colourScale(keys: readonly Key[]) {
  const length = Math.max(...keys.map(({slotIndex}) => slotIndex), 0) + 1
  const named = new Map(keys.map((key) => [key.slotIndex, keyText(key)]))
  return {domain: Array.from({length}, (_, slot) => named.get(slot) ?? ' '.repeat(slot + 1)), range: 'limits' as 'category'}
}

/** A stretch of a cell that belongs to one limit, in cells from the corner of the plot. */
interface Stretch {
  readonly from: number
  readonly to: number
  readonly low: number
  readonly high: number
  readonly key: string
  readonly letter: string
  readonly text: string
}

const gap = 0.04

function stretchesOf(cells: readonly LimitsCell[], {x, y}: LimitsInput, keys: readonly Key[]): Stretch[] {
  return cells.flatMap(({xIndex, yIndex, counts}) => {
    const total = counts.reduce((sum, {designCount}) => sum + designCount, 0)
    let reached = xIndex + gap
    return keys.flatMap(({name, letter}) => {
      const count = counts.find((each) => each.name === name)?.designCount ?? 0
      if (count === 0) return []
      const from = reached
      reached += ((1 - 2 * gap) * count) / total
      const text = `${x.title} ${x.levels[xIndex]}, ${y.title} ${y.levels[yIndex]}: ${quantityText(count / total, units.ratio)}`
      return [{from, to: reached, low: yIndex + gap, high: yIndex + 1 - gap, key: keyText({name, letter}), letter, text}]
    })
  })
}

const keyText = ({letter, name}: Pick<Key, 'letter' | 'name'>): string => `${letter}  ${name}`

interface PanelLayout {
  readonly widthPixels: number
  readonly heightPixels: number
  readonly yPixels: number
  readonly isTitled: boolean
}

function cellAxis({title, levels}: CellAxis, shown: readonly number[]) {
  return {
    title,
    values: shown.map((index) => index + 0.5),
    labelExpr: `${JSON.stringify(levels)}[floor(datum.value)]`,
    grid: false,
    ticks: false,
    domain: false,
  }
}

/** Levels that can be named side by side: every one, or every so many. */
function namedLevels({levels}: CellAxis, cellPixels: number, theme: Theme): number[] {
  const widest = Math.max(...levels.map((level) => textWidth(level, theme.labelPixels))) + theme.labelPixels / 2
  const stride = Math.max(1, Math.ceil(widest / cellPixels))
  return levels.flatMap((_, index) => (index % stride === 0 ? [index] : []))
}

function panelSpec(
  {name, cells}: LimitsInput['panels'][number],
  input: LimitsInput,
  keys: readonly Key[],
  layout: PanelLayout,
  style: FigureStyle,
) {
  const theme: Theme = themes[style.theme]
  const {widthPixels, heightPixels, yPixels} = layout
  const cellPixels = widthPixels / input.x.levels.length
  const scaleOf = (levels: readonly string[]) => ({domain: [0, levels.length], nice: false as const, zero: false})
  const xAxis = cellAxis(input.x, namedLevels(input.x, cellPixels, theme))
  const yAxis = {
    ...cellAxis(
      input.y,
      input.y.levels.map((_, index) => index),
    ),
    minExtent: yPixels,
    maxExtent: yPixels,
  }
  const at = {
    x: {field: 'from', type: 'quantitative', axis: xAxis, scale: scaleOf(input.x.levels)},
    y: {field: 'low', type: 'quantitative', axis: yAxis, scale: scaleOf(input.y.levels)},
  } as const
  const stretches = stretchesOf(cells, input, keys)
  const names = keys.map(keyText)
  const legend = {
    title: null,
    values: names,
    symbolType: 'square' as const,
    symbolOpacity: 1,
    columns: legendColumns(style, names, figurePixels(style) - yPixels),
  }
  const fits = ({from, to, letter}: Stretch): boolean =>
    (to - from) * cellPixels > textWidth(letter, theme.labelPixels) + 2 && heightPixels / input.y.levels.length > theme.labelPixels
  const letters = stretches.filter(fits).map(({from, to, low, high, letter}) => ({from: (from + to) / 2, low: (low + high) / 2, letter}))
  const title = {text: name, fontSize: theme.labelPixels, anchor: 'start' as const, frame: 'group' as const, offset: theme.labelPixels / 2}
  return {
    ...(layout.isTitled ? {title} : {}),
    width: widthPixels,
    height: heightPixels,
    layer: [
      {
        data: {values: stretches.map((stretch) => ({...stretch}))},
        mark: {type: 'rect', aria: false},
        encoding: {
          ...at,
          x2: {field: 'to'},
          y2: {field: 'high'},
          color: {field: 'key', type: 'nominal', scale: colourScale(keys), legend},
          tooltip: [
            {field: 'key', type: 'nominal', title: 'Limit'},
            {field: 'text', type: 'nominal', title: 'Designs'},
          ],
        },
      } satisfies Layer,
      ...(['noteHalo', 'note'] as const).map(
        (mark): Layer => ({
          data: {values: letters},
          mark: {type: 'text', style: mark, baseline: 'middle', align: 'center', aria: false},
          encoding: {...at, text: {field: 'letter', type: 'nominal'}},
        }),
      ),
    ],
  }
}

function spec(input: LimitsInput, style: FigureStyle): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const keys = keysOf(input, theme)
  const total = figurePixels(style)
  const yPixels = Math.ceil(Math.max(...input.y.levels.map((level) => textWidth(level, theme.labelPixels))) + theme.labelPixels / 2)
  const isWide = style.span === 'page' && input.panels.length === 2
  const space = theme.labelPixels * 1.5
  const besidePixels = yPixels + theme.titlePixels * 2
  const widthPixels = Math.floor((total - theme.labelPixels * 1.5 - (isWide ? space : 0)) / (isWide ? 2 : 1) - besidePixels)
  const heightPixels = Math.round(Math.max(input.y.levels.length * 2, 9) * theme.labelPixels)
  const layout = {widthPixels, heightPixels, yPixels, isTitled: input.panels.length > 1}
  const panels = input.panels.map((panel) => panelSpec(panel, input, keys, layout, style))
  const frame = {...figureFrame(style, notesOf(input)), spacing: space}
  return isWide ? {...frame, hconcat: panels} : {...frame, vconcat: panels}
}

function notesOf({panels}: LimitsInput): string[] {
  const counts = panels.flatMap(({cells}) => cells.map((cell) => cell.counts.reduce((sum, {designCount}) => sum + designCount, 0)))
  const most = Math.max(...counts, 0).toLocaleString('en-US')
  return [
    `each cell: the shares of its designs that a limit holds, over all other axes (${most} designs of each looked at), in the order of the legend; muted: removed by constraints`,
  ]
}

function rows({x, y, panels}: LimitsInput): DataRow[] {
  return panels.flatMap(({name, cells}) =>
    cells.flatMap(({xIndex, yIndex, counts}) => {
      const total = counts.reduce((sum, {designCount}) => sum + designCount, 0)
      return counts.map(({name: limit, designCount}) => ({
        panel: name,
        [x.title]: x.levels[xIndex]!,
        [y.title]: y.levels[yIndex]!,
        limit,
        designCount,
        designsRatio: designCount / total,
      }))
    }),
  )
}

/** What limits designs over two axes: each cell divided among the resources that bound them and the constraints that remove them. */
export const limits: ChartKind<LimitsInput> = {summary: 'what bounds designs, and what removes them, over two axes', spec, rows}
