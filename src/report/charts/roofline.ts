import type {TopLevelSpec} from 'vega-lite'
import {textWidth} from '../font.js'
import {type Theme, themes} from '../theme.js'
import {axisTitle, axisUnit, quantityExpression, units} from '../unit.js'
import {
  type ChartKind,
  decadeLabel,
  distinct,
  type FigureStyle,
  figureFrame,
  type Layer,
  legendColumns,
  logPosition,
  plotPixels,
} from './chart.js'
import {
  drawnOperators,
  type Geometry,
  geometry,
  markArea,
  operatorLabels,
  type RooflineInput,
  type RooflineScene,
  ridgePoints,
  roofLabels,
  rooflineScene,
  slopeDegrees,
} from './roofline-scene.js'

const tooltip = [
  {field: 'name', title: 'Operator'},
  {field: 'timeText', title: 'Time'},
  {field: 'rateText', title: 'Performance'},
  {field: 'intensityText', title: 'Intensity'},
  {field: 'memory', title: 'Traffic of'},
  {field: 'boundBy', title: 'Bound by'},
] as const

const texts = [
  {calculate: quantityExpression('datum.latencySeconds', 'seconds'), as: 'timeText'},
  {calculate: quantityExpression('datum.flopsPerSecond', 'flopsPerSecond'), as: 'rateText'},
  {calculate: quantityExpression('datum.flopsPerByte', 'flopsPerByte'), as: 'intensityText'},
]

type Position = ReturnType<typeof positions>

function positions(scene: RooflineScene) {
  return {x: logPosition('flopsPerByte', scene.intensityRange), y: logPosition('flopsPerSecond', scene.rateRange)}
}

function roofLayers(input: RooflineInput, scene: RooflineScene, {x, y}: Position): Layer[] {
  const rate = axisUnit(scene.rateRange[1] / 100, 'flopsPerSecond')
  const xAxis = {title: axisTitle('Operational intensity', units.flopsPerByte.symbol), labelExpr: decadeLabel('datum.value'), grid: false}
  const yAxis = {title: axisTitle('Performance', rate.symbol), labelExpr: decadeLabel(`datum.value * ${rate.scaleRatio}`), grid: false}
  return [
    {
      data: {values: scene.lines.flatMap(({roof, start, end}) => [start, end].map((point) => ({roof, ...point})))},
      mark: {type: 'line', style: 'roof'},
      encoding: {x: {...x, axis: xAxis}, y: {...y, axis: yAxis}, detail: {field: 'roof', type: 'nominal'}},
    },
    {
      data: {values: ridgePoints(input).map((ridge) => ({...ridge}))},
      transform: [{calculate: `datum.memory + ' × ' + datum.compute`, as: 'name'}, ...texts.filter((text) => text.as !== 'timeText')],
      mark: {type: 'point', style: 'ridge'},
      encoding: {
        x,
        y,
        tooltip: [
          {field: 'name', title: 'Ridge'},
          {field: 'intensityText', title: 'Intensity'},
          {field: 'rateText', title: 'Performance'},
        ],
      },
    },
  ]
}

function roofNameLayers(scene: RooflineScene, plot: Geometry, theme: Theme, {x, y}: Position): Layer[] {
  const labels = roofLabels(scene, plot, theme.labelPixels)
  const encoding = {x, y, text: {field: 'text', type: 'nominal'}} as const
  const gap = theme.labelPixels / 4
  const slope = {type: 'text', style: 'note', align: 'left', angle: slopeDegrees(scene, plot)} as const
  const level = (['noteHalo', 'note'] as const).map(
    (style): Layer => ({
      data: {values: labels.level.map((label) => ({...label}))},
      mark: {type: 'text', style, align: 'right', baseline: 'bottom', dy: -gap},
      encoding,
    }),
  )
  return [{data: {values: labels.leaning.map((label) => ({...label}))}, mark: {...slope, baseline: 'bottom', dy: -gap}, encoding}, ...level]
}

function operatorLayers(input: RooflineInput, scene: RooflineScene, plot: Geometry, style: FigureStyle, {x, y}: Position): Layer[] {
  const theme: Theme = themes[style.theme]
  const operators = drawnOperators(input)
  const bounds = distinct(operators.map((operator) => operator.boundBy))
  const longest = Math.max(...operators.map((operator) => operator.latencySeconds), 0)
  // One mapping at several levels takes one time: its marks are of one size.
  const isTold = operators.some((operator) => operator.latencySeconds < longest)
  const bound = {field: 'boundBy', type: 'nominal', title: 'Bound by', scale: {domain: bounds}} as const
  return [
    {
      data: {values: operators.map((operator) => ({...operator}))},
      transform: texts,
      mark: {type: 'point', filled: true, style: 'outline', opacity: 0.9},
      encoding: {
        x,
        y,
        color: {...bound, legend: {columns: legendColumns(style, bounds, plot.widthPixels * 0.6)}},
        shape: bound,
        size: {
          field: 'latencySeconds',
          type: 'quantitative',
          title: 'Time',
          scale: {domain: [0, longest], range: [markArea(theme, 0), markArea(theme, 1)]},
          legend: isTold ? {values: roundTimes(longest), labelExpr: quantityExpression('datum.value', 'seconds'), columns: 3} : null,
        },
        tooltip: [...tooltip],
      },
    },
    {
      data: {values: operatorLabels(input, scene, plot, theme).map((label) => ({...label}))},
      mark: {type: 'text', style: 'note', align: 'left', baseline: 'middle'},
      encoding: {x, y, text: {field: 'text', type: 'nominal'}},
    },
  ]
}

function spec(input: RooflineInput, style: FigureStyle): TopLevelSpec {
  const theme: Theme = themes[style.theme]
  const scene = rooflineScene(input, (text) => textWidth(text, theme.labelPixels) / plotPixels(style))
  const plot = geometry(scene, style)
  const position = positions(scene)
  const left = input.operators.length - drawnOperators(input).length
  const notes = left === 0 ? [] : [`${left} ${left === 1 ? 'operator' : 'operators'} without arithmetic not drawn`]
  return {
    ...figureFrame(style, notes),
    width: plot.widthPixels,
    height: plot.heightPixels,
    layer: [
      ...roofLayers(input, scene, position),
      ...roofNameLayers(scene, plot, theme, position),
      ...operatorLayers(input, scene, plot, style, position),
    ],
  }
}

/** Up to three round times for the legend of sizes, none above the longest. */
function roundTimes(longestSeconds: number): number[] {
  if (!(longestSeconds > 0)) return []
  const decade = 10 ** Math.floor(Math.log10(longestSeconds))
  const largest = [5, 2, 1].find((step) => step * decade <= longestSeconds) ?? 1
  return [0.1, 0.3, 1].map((share) => Number((share * largest * decade).toPrecision(1)))
}

/** Hierarchical roofline: a roof for each memory level and compute dtype, operators sized by time, coloured by what bounds them. */
export const roofline: ChartKind<RooflineInput> = {
  summary: 'performance over operational intensity under every roof',
  spec,
  rows: (input) => input.operators.map((operator) => ({...operator})),
}
