import type {TopLevelSpec} from 'vega-lite'
import {textWidth, wrappedLines} from '../font.js'
import {cellText} from '../table.js'
import {type Theme, themes} from '../theme.js'
import {type ChartKind, type DataRow, type FigureStyle, figureFrame, figurePixels, type Layer, legendColumns} from './chart.js'
import {labelLayers} from './label-layers.js'
import {type AxisPlaces, axisPlaces, type ParallelAxis, tickAlignment, tickAlignments} from './parallel-axis.js'

export interface ParallelInput {
  /** From above. */
  readonly axes: readonly ParallelAxis[]
  /** Designs, or an even sample of them; their fields are those of the axes. */
  readonly designs: readonly DataRow[]
  /** Of how many. */
  readonly designCount: number
  /** These are a sample too, so that designs of the front may be missing. */
  readonly isSampled: boolean
  readonly front: readonly DataRow[]
  /** Designs that have a name, such as the best in one result. */
  readonly named: readonly {readonly name: string; readonly row: DataRow}[]
}

/** Most lines that a figure draws of each kind. */
const drawnDesignCount = 300
const drawnFrontCount = 150

/** Rows spread evenly over all of them. */
function evenSample(rows: readonly DataRow[], mostCount: number): DataRow[] {
  const count = Math.min(mostCount, rows.length)
  return Array.from({length: count}, (_, index) => rows[Math.floor((index * rows.length) / count)]!)
}

interface LineKind {
  readonly name: string
  readonly colour: string
  readonly dash: readonly number[]
  readonly opacity: number
  readonly widthPixels: number
  readonly rows: readonly DataRow[]
}

/** Dashes tell named designs apart where colours can't. */
const dashes = [
  [1, 0],
  [6, 2],
  [2, 1.5],
  [7, 1.5, 1.5, 1.5],
  [4, 4],
  [1, 3],
] as const
const colourPlaces = [4, 0, 2, 6, 5, 1] as const

function lineKinds({designs, front, named}: ParallelInput, theme: Theme): LineKind[] {
  const {ink, linePixels} = theme
  const hair = linePixels / 2.4
  const drawnFront = evenSample(front, drawnFrontCount)
  const crowd = (count: number): number => Math.min(0.5, Math.max(0.1, 20 / count))
  return [
    {
      name: 'meets every constraint',
      colour: ink.muted,
      dash: [1, 0],
      opacity: crowd(designs.length),
      widthPixels: hair,
      rows: evenSample(designs, drawnDesignCount),
    },
    {
      name: 'on the front',
      colour: ink.categories[3]!,
      dash: [1, 0],
      opacity: Math.max(0.35, crowd(drawnFront.length)),
      widthPixels: hair * 1.4,
      rows: drawnFront,
    },
    ...named.map(
      ({name, row}, index): LineKind => ({
        name,
        colour: ink.categories[colourPlaces[index % colourPlaces.length]!]!,
        dash: dashes[index % dashes.length]!,
        opacity: 1,
        widthPixels: linePixels * 1.1,
        rows: [row],
      }),
    ),
  ].filter(({rows}) => rows.length > 0)
}

/** Shares of the width, and places from above. */
function position(lastPlace: number) {
  const scaleOf = (domain: number[]) => ({domain, nice: false as const, zero: false})
  return {
    x: {field: 'share', type: 'quantitative' as const, axis: null, scale: scaleOf([0, 1])},
    y: {field: 'place', type: 'quantitative' as const, axis: null, scale: scaleOf([lastPlace, 0])},
  }
}

type Position = ReturnType<typeof position>

function lineLayers(
  input: ParallelInput,
  kinds: readonly LineKind[],
  places: readonly AxisPlaces[],
  at: Position,
  legendPixels: number,
  style: FigureStyle,
): Layer[] {
  const scale = {domain: kinds.map(({name}) => name), range: kinds.map(({colour}) => colour)}
  const dash = {domain: scale.domain, range: kinds.map((kind) => [...kind.dash])}
  const columns = legendColumns(style, scale.domain, legendPixels)
  const legend = {
    title: null,
    columns,
    symbolType: 'stroke',
    offset: themes[style.theme].labelPixels * 2,
    symbolOpacity: 1,
    symbolStrokeWidth: themes[style.theme].linePixels * 1.3,
  } as const
  return kinds.map(({rows, name, opacity, widthPixels}): Layer => {
    const isTold = style.interactive && name !== kinds[0]!.name
    const values = rows.flatMap((row, design) =>
      places.flatMap(({shareOf}, place) => {
        const share = shareOf(row)
        return share === undefined ? [] : [{kind: name, design, place, share, ...(isTold ? {text: designText(input, row)} : {})}]
      }),
    )
    return {
      data: {values},
      mark: {type: 'line', opacity, strokeWidth: widthPixels, strokeJoin: 'round', aria: false, ...(isTold ? {} : {tooltip: null})},
      encoding: {
        ...at,
        detail: {field: 'design'},
        order: {field: 'place', type: 'quantitative'},
        color: {field: 'kind', type: 'nominal', scale, legend},
        strokeDash: {field: 'kind', type: 'nominal', scale: dash, legend},
        ...(isTold
          ? {
              tooltip: [
                {field: 'kind', title: 'Design', type: 'nominal' as const},
                {field: 'text', title: 'With', type: 'nominal' as const},
              ],
            }
          : {}),
      },
    }
  })
}

function designText({axes}: ParallelInput, row: DataRow): string {
  return axes.flatMap((axis) => (row[axis.field] === undefined ? [] : [`${axis.title} ${cellText(row[axis.field], axis)}`])).join(', ')
}

function axisLayers(places: readonly AxisPlaces[], at: Position, labelPixels: number, theme: Theme): Layer[] {
  const ticks = places.flatMap((axis, place) => axis.ticks.map(({share, text}) => ({place, share, text})))
  const titles = places.map(({title}, placeIndex) => {
    const lines = wrappedLines(title, labelPixels, theme.labelPixels)
    return {placeIndex, lines, lineCount: lines.length}
  })
  // Texts at the ends of an axis stay within it.
  const texts = (['noteHalo', 'note'] as const).flatMap((style) =>
    tickAlignments.map(
      (align): Layer => ({
        data: {values: ticks.filter(({share}) => tickAlignment(share) === align)},
        mark: {type: 'text', style, align, baseline: 'top', dy: theme.labelPixels / 2.5, aria: false},
        encoding: {...at, text: {field: 'text', type: 'nominal'}},
      }),
    ),
  )
  const tickMark: Layer = {
    data: {values: ticks},
    mark: {
      type: 'tick',
      orient: 'vertical',
      size: theme.labelPixels / 1.5,
      thickness: theme.linePixels / 2,
      color: theme.ink.text,
      aria: false,
    },
    encoding: at,
  }
  const rules: Layer = {
    data: {values: places.map((_, place) => ({place, share: 0, end: 1}))},
    mark: {type: 'rule', style: 'identity', aria: false},
    encoding: {...at, x2: {field: 'end'}},
  }
  const labelAt = {...at.y, field: 'placeIndex'}
  return [rules, tickMark, ...texts, ...labelLayers(titles, labelAt, theme)]
}

function spec(input: ParallelInput, style: FigureStyle): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const total = figurePixels(style)
  const kinds = lineKinds(input, theme)
  const drawn = kinds.flatMap(({rows}) => rows)
  const titles = input.axes.map((axis) => axisPlaces(axis, drawn, total, theme.labelPixels).title)
  const lines = titles.flatMap((title) => wrappedLines(title, total * 0.3, theme.labelPixels))
  const labelPixels = Math.ceil(Math.max(0, ...lines.map((line) => textWidth(line, theme.labelPixels))))
  const widthPixels = Math.floor(total - labelPixels - theme.labelPixels * 2)
  const places = input.axes.map((axis) => axisPlaces(axis, drawn, widthPixels, theme.labelPixels))
  const at = position(places.length - 1)
  return {
    ...figureFrame(style, notesOf(input)),
    width: widthPixels,
    height: Math.round(theme.labelPixels * 3.6 * (places.length - 1)),
    layer: [...lineLayers(input, kinds, places, at, widthPixels - theme.labelPixels, style), ...axisLayers(places, at, labelPixels, theme)],
  }
}

/** Says what is left out, and by which rule. */
function notesOf({designs, designCount, isSampled, front}: ParallelInput): string[] {
  const count = (n: number): string => n.toLocaleString('en-US')
  const drawn = Math.min(designs.length, drawnDesignCount)
  const ofDesigns = drawn < designCount ? `${count(drawn)} of ${count(designCount)} designs` : 'all designs'
  const ofFront = front.length > drawnFrontCount ? ` and ${count(drawnFrontCount)} of the ${count(front.length)} on the front` : ''
  const known = isSampled ? ['known: even samples of the points of each workload, so that designs of the front may be missing'] : []
  return [...(drawn < designCount || ofFront !== '' ? [`drawn: ${ofDesigns}${ofFront}, even samples`] : []), ...known]
}

/** Designs as lines through all their axes and results, with those on the front and those that have a name. */
export const parallel: ChartKind<ParallelInput> = {
  summary: 'designs as lines through axes and results, the front among them',
  spec,
  rows: ({axes, designs, front, named}) => {
    const fields = axes.map(({field}) => field)
    const plain = (kind: string, row: DataRow): DataRow =>
      Object.fromEntries([['kind', kind], ...fields.filter((field) => row[field] !== undefined).map((field) => [field, row[field]!])])
    return [
      ...named.map(({name, row}) => plain(name, row)),
      ...front.map((row) => plain('on the front', row)),
      ...designs.map((row) => plain('meets every constraint', row)),
    ]
  },
}
