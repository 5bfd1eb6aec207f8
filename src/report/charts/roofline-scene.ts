import {textWidth} from '../font.js'
import type {Theme} from '../theme.js'
import {quantityText, units} from '../unit.js'
import {type FigureStyle, plotPixels} from './chart.js'
import {boxAround, boxesAlong, placeLabels} from './place-labels.js'

export interface ComputeRoof {
  readonly name: string
  readonly flopsPerSecond: number
}

export interface MemoryRoof {
  readonly name: string
  readonly bytesPerSecond: number
}

/** An operator as measured against one memory level; one that moves bytes on several levels has a record for each. */
export interface RooflineOperator {
  readonly name: string
  readonly memory: string
  readonly flopsPerByte: number
  readonly flopsPerSecond: number
  readonly latencySeconds: number
  /** The resource that sets its pace. */
  readonly boundBy: string
}

export interface RooflineInput {
  readonly computeRoofs: readonly ComputeRoof[]
  readonly memoryRoofs: readonly MemoryRoof[]
  readonly operators: readonly RooflineOperator[]
}

export interface Point {
  readonly flopsPerByte: number
  readonly flopsPerSecond: number
}

export interface Ridge extends Point {
  readonly memory: string
  readonly compute: string
}

/** Where each memory level's roof meets each compute roof: the intensity above which arithmetic is the bound. */
export function ridgePoints(input: Pick<RooflineInput, 'computeRoofs' | 'memoryRoofs'>): Ridge[] {
  return input.memoryRoofs.flatMap((memory) =>
    input.computeRoofs.map((compute) => ({
      memory: memory.name,
      compute: compute.name,
      flopsPerByte: compute.flopsPerSecond / memory.bytesPerSecond,
      flopsPerSecond: compute.flopsPerSecond,
    })),
  )
}

export interface RooflineScene {
  readonly intensityRange: readonly [number, number]
  readonly rateRange: readonly [number, number]
  readonly lines: readonly RoofLine[]
}

export interface RoofLine {
  readonly roof: string
  readonly start: Point
  readonly end: Point
}

/**
 * The roofs as line segments, and the ranges that show them with every operator.
 * `labelRatio` says what share of the plot's width a roof's name takes, so that compute roofs reach far enough to bear theirs.
 */
export function rooflineScene(input: RooflineInput, labelRatio: (text: string) => number = () => 0): RooflineScene {
  const top = Math.max(...input.computeRoofs.map((roof) => roof.flopsPerSecond))
  const slowest = Math.min(...input.memoryRoofs.map((roof) => roof.bytesPerSecond))
  const fastest = Math.max(...input.memoryRoofs.map((roof) => roof.bytesPerSecond))
  const drawn = drawnOperators(input)
  const intensities = [...ridgePoints(input), ...drawn].map((point) => point.flopsPerByte)
  const rates = drawn.map((operator) => operator.flopsPerSecond)
  const low = Math.min(...intensities) / 2
  const computeRoofs = mergedRoofs(input.computeRoofs)
  const highs = computeRoofs.map((roof) => {
    const share = Math.min(0.5, labelRatio(computeRoofText(roof)))
    const clear = Math.log10((roof.flopsPerSecond * 1.6) / slowest)
    return 10 ** ((clear - share * Math.log10(low)) / (1 - share))
  })
  const intensityRange = [low, Math.max(...intensities.map((intensity) => intensity * 4), ...highs)] as const
  const rateRange = [Math.min(...rates, slowest * low * 4) / 2, top * 2.2] as const
  const memoryLines = input.memoryRoofs.map((roof) => {
    const start = Math.max(intensityRange[0], rateRange[0] / roof.bytesPerSecond)
    return {
      roof: `${roof.name} ${quantityText(roof.bytesPerSecond, units.bytesPerSecond)}`,
      start: {flopsPerByte: start, flopsPerSecond: start * roof.bytesPerSecond},
      end: {flopsPerByte: top / roof.bytesPerSecond, flopsPerSecond: top},
    }
  })
  const computeLines = computeRoofs.map((roof) => ({
    roof: computeRoofText(roof),
    start: {flopsPerByte: roof.flopsPerSecond / fastest, flopsPerSecond: roof.flopsPerSecond},
    end: {flopsPerByte: intensityRange[1], flopsPerSecond: roof.flopsPerSecond},
  }))
  return {intensityRange, rateRange, lines: [...memoryLines, ...computeLines]}
}

function computeRoofText(roof: ComputeRoof): string {
  return `${roof.name} ${quantityText(roof.flopsPerSecond, units.flopsPerSecond)}`
}

/** Roofs of equal height are one line that bears all their names. */
function mergedRoofs(roofs: readonly ComputeRoof[]): ComputeRoof[] {
  const names = new Map<number, string[]>()
  for (const roof of roofs) names.set(roof.flopsPerSecond, [...(names.get(roof.flopsPerSecond) ?? []), roof.name])
  return [...names].map(([flopsPerSecond, named]) => ({name: named.join(', '), flopsPerSecond}))
}

/** Operators with a place on a roofline (those without arithmetic have none), longest first so that short ones lie on top. */
export function drawnOperators(input: RooflineInput): RooflineOperator[] {
  return input.operators
    .filter((operator) => operator.flopsPerByte > 0 && operator.flopsPerSecond > 0 && operator.latencySeconds > 0)
    .sort((a, b) => b.latencySeconds - a.latencySeconds)
}

const labelledCount = 12

export interface Geometry {
  readonly widthPixels: number
  readonly heightPixels: number
  x(flopsPerByte: number): number
  y(flopsPerSecond: number): number
  point(xPixels: number, yPixels: number): Point
}

/** How large the plot is, and the ways between its pixels and its quantities. */
export function geometry(scene: RooflineScene, style: FigureStyle): Geometry {
  const widthPixels = plotPixels(style)
  const heightPixels = Math.round(widthPixels * (style.span === 'page' ? 0.56 : 0.95))
  const [x0, x1] = scene.intensityRange.map(Math.log10) as [number, number]
  const [y0, y1] = scene.rateRange.map(Math.log10) as [number, number]
  return {
    widthPixels,
    heightPixels,
    x: (value) => ((Math.log10(value) - x0) / (x1 - x0)) * widthPixels,
    y: (value) => (1 - (Math.log10(value) - y0) / (y1 - y0)) * heightPixels,
    point: (xPixels, yPixels) => ({
      flopsPerByte: 10 ** (x0 + (xPixels / widthPixels) * (x1 - x0)),
      flopsPerSecond: 10 ** (y0 + (1 - yPixels / heightPixels) * (y1 - y0)),
    }),
  }
}

export interface LabelledPoint extends Point {
  readonly text: string
}

export interface RoofLabels {
  readonly leaning: readonly LabelledPoint[]
  readonly level: readonly LabelledPoint[]
}

/** Memory roofs are named along their slope, compute roofs above their right end. */
export function roofLabels(scene: RooflineScene, plot: Geometry, fontPixels: number): RoofLabels {
  const label = ({roof, start, end}: RoofLine): LabelledPoint => {
    if (isLevel({start, end})) return {text: roof, ...end}
    const [x1, y1] = [plot.x(start.flopsPerByte), plot.y(start.flopsPerSecond)]
    const [x2, y2] = [plot.x(end.flopsPerByte), plot.y(end.flopsPerSecond)]
    const along = Math.min(0.5, (fontPixels * 1.9) / Math.hypot(x2 - x1, y2 - y1))
    return {text: roof, ...plot.point(x1 + (x2 - x1) * along, y1 + (y2 - y1) * along)}
  }
  return {leaning: scene.lines.filter((line) => !isLevel(line)).map(label), level: scene.lines.filter(isLevel).map(label)}
}

function isLevel({start, end}: Pick<RoofLine, 'start' | 'end'>): boolean {
  return start.flopsPerSecond === end.flopsPerSecond
}

/** Slope of the memory roofs on screen, as an angle of text. */
export function slopeDegrees(scene: RooflineScene, plot: Geometry): number {
  const rise = plot.y(scene.rateRange[0]) - plot.y(scene.rateRange[0] * 10)
  return (-Math.atan2(rise, plot.x(scene.intensityRange[0] * 10)) * 180) / Math.PI
}

/** Names of the operators that take longest, beside their marks where nothing is in the way. */
export function operatorLabels(input: RooflineInput, scene: RooflineScene, plot: Geometry, theme: Theme): LabelledPoint[] {
  const operators = drawnOperators(input)
  const longest = operators[0]?.latencySeconds ?? 1
  const at = (operator: RooflineOperator) => {
    const areaPixels = markArea(theme, operator.latencySeconds / longest)
    return {xPixels: plot.x(operator.flopsPerByte), yPixels: plot.y(operator.flopsPerSecond), radiusPixels: Math.sqrt(areaPixels / Math.PI)}
  }
  const named = new Set<string>()
  const wishes = operators
    .filter((operator) => !named.has(operator.name) && named.add(operator.name).size <= labelledCount)
    .map((operator) => ({...at(operator), text: operator.name, widthPixels: textWidth(operator.name, theme.labelPixels)}))
  const marks = operators.map(at).map((mark) => boxAround(mark.xPixels, mark.yPixels, mark.radiusPixels))
  const roofs = scene.lines.flatMap(({start, end}) =>
    boxesAlong(plot.x(start.flopsPerByte), plot.y(start.flopsPerSecond), plot.x(end.flopsPerByte), plot.y(end.flopsPerSecond)),
  )
  const roofNames = scene.lines.filter(isLevel).map(({roof, end}) => ({
    leftPixels: plot.widthPixels - textWidth(roof, theme.labelPixels) - 4,
    rightPixels: plot.widthPixels,
    topPixels: plot.y(end.flopsPerSecond) - theme.labelPixels * 1.4,
    bottomPixels: plot.y(end.flopsPerSecond),
  }))
  const labels = placeLabels(wishes, [...marks, ...roofs, ...roofNames], {...plot, fontPixels: theme.labelPixels})
  return labels.map((label) => ({text: label.text, ...plot.point(label.xPixels, label.yPixels)}))
}

/** Area of an operator's mark, in square pixels. */
export function markArea(theme: Theme, shareOfLongestRatio: number): number {
  const least = theme.markSquarePixels * 0.5
  return least + (theme.markSquarePixels * 7 - least) * shareOfLongestRatio
}
