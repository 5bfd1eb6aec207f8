import {type ObjectiveColumn, paretoFront} from './pareto-front.js'

/** The best and the worst value of each objective on a front: its ideal and its nadir. */
export interface FrontScale {
  readonly idealValues: readonly number[]
  readonly nadirValues: readonly number[]
}

/** Where a hypervolume ends in each objective, on the scale that puts a front's ideal at 0 and its nadir at 1. */
const referenceValue = 1.1

/** The scale of the front of some rows; undefined where no row has all its objectives. */
export function frontScale(objectives: readonly ObjectiveColumn[]): FrontScale | undefined {
  const rows = paretoFront(objectives)
  if (rows.length === 0) return undefined
  const extremes = objectives.map(({values}) => {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (const row of rows) {
      least = Math.min(least, values[row]!)
      most = Math.max(most, values[row]!)
    }
    return {least, most}
  })
  return {
    idealValues: extremes.map(({least, most}, index) => (objectives[index]!.goal === 'min' ? least : most)),
    nadirValues: extremes.map(({least, most}, index) => (objectives[index]!.goal === 'min' ? most : least)),
  }
}

/** Rows on a scale, 0 at its ideal and 1 at its nadir; an objective that does not vary over the front is ideal in each row. */
export function scaledColumns(objectives: readonly ObjectiveColumn[], {idealValues, nadirValues}: FrontScale): Float64Array[] {
  return objectives.map(({values}, index) => {
    const [ideal, width] = [idealValues[index]!, nadirValues[index]! - idealValues[index]!]
    return Float64Array.from(values, (value) => (width === 0 ? 0 * value : (value - ideal) / width))
  })
}

/** The exact hypervolume of rows on a scale, as a share of the box between its ideal and the reference point: 1 where one row is ideal. */
export function hypervolumeRatio(objectives: readonly ObjectiveColumn[], scale: FrontScale): number {
  const reference = objectives.map(() => referenceValue)
  return hypervolume(scaledColumns(objectives, scale), reference) / referenceValue ** objectives.length
}

/**
 * The exact volume that rows dominate up to a reference point, all objectives to be made small; rows not below it in every
 * objective, or with NaN, add nothing. Up to three objectives: one pass over the rows in the order of the last, with the
 * staircase of the first two. More: While, Bradstreet and Barone, "A fast way of calculating exact hypervolumes" (WFG),
 * IEEE Transactions on Evolutionary Computation 16(1), 2012, an objective less with each recursion.
 */
export function hypervolume(columns: readonly Float64Array[], reference: readonly number[]): number {
  const rows = paretoFront(columns.map((values) => ({values, goal: 'min'})))
  // How far below the reference point each row lies: boxes from 0, whose sizes are to be made large.
  const boxes = Array.from(rows, (row) => columns.map((values, index) => reference[index]! - values[row]!))
  return volume(
    boxes.filter((box) => box.every((size) => size > 0)),
    columns.length,
  )
}

type Box = readonly number[]

/** The volume of the union of boxes from 0, by their first sizes. */
function volume(boxes: readonly Box[], sizeCount: number): number {
  if (sizeCount === 1) return boxes.reduce((most, [size]) => Math.max(most, size!), 0)
  if (sizeCount === 2) {
    const stairs = new Staircase()
    return boxes.reduce((sum, [width, height]) => sum + stairs.add(width!, height!), 0)
  }
  const last = sizeCount - 1
  // The longest box first: what a later one shares with an earlier one is as long as the later.
  const sorted = boxes.toSorted((a, b) => b[last]! - a[last]!)
  if (sizeCount === 3) {
    const stairs = new Staircase()
    return sorted.reduce((sum, [width, height, length]) => sum + stairs.add(width!, height!) * length!, 0)
  }
  let sum = 0
  for (const [index, box] of sorted.entries()) {
    const face = box.slice(0, last)
    const inclusive = face.reduce((product, size) => product * size, 1)
    const shared = sorted.slice(0, index).map((other) => face.map((size, axis) => Math.min(size, other[axis]!)))
    sum += box[last]! * (inclusive - volume(withoutContained(shared, last), last))
  }
  return sum
}

/** Boxes that no other one contains; the staircase of three sizes leaves those out by itself. */
function withoutContained(boxes: readonly Box[], sizeCount: number): readonly Box[] {
  if (sizeCount === 3) return boxes
  const kept: Box[] = []
  for (const box of boxes) {
    if (kept.some((other) => contains(other, box))) continue
    let count = 0
    for (const other of kept) if (!contains(box, other)) kept[count++] = other
    kept.length = count
    kept.push(box)
  }
  return kept
}

function contains(outer: Box, inner: Box): boolean {
  for (let axis = 0; axis < inner.length; axis++) if (outer[axis]! < inner[axis]!) return false
  return true
}

/** The union of rectangles from 0: corners from the narrowest and highest to the widest and lowest. */
class Staircase {
  readonly #widths: number[] = []
  readonly #heights: number[] = []

  /** Adds a rectangle and says by how much the area grows. */
  add(width: number, height: number): number {
    const [widths, heights] = [this.#widths, this.#heights]
    const at = this.#firstAsWide(width)
    let floor = heights[at] ?? 0
    if (floor >= height) return 0
    const end = widths[at] === width ? at + 1 : at
    let [start, right, gained] = [at, width, 0]
    for (; start > 0 && heights[start - 1]! <= height; start--) {
      gained += (right - widths[start - 1]!) * (height - floor)
      right = widths[start - 1]!
      floor = heights[start - 1]!
    }
    gained += (right - (widths[start - 1] ?? 0)) * (height - floor)
    widths.splice(start, end - start, width)
    heights.splice(start, end - start, height)
    return gained
  }

  #firstAsWide(width: number): number {
    let [low, high] = [0, this.#widths.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#widths[middle]! < width) low = middle + 1
      else high = middle
    }
    return low
  }
}
