import type {Archive} from './archive.js'
import {evenDirections} from './directions.js'
import type {Draws} from './draws.js'
import {matrices} from './matrices.js'
import type {Optimizer} from './optimizer.js'
import {frontsOf, isComparable, rowsFrom} from './ranks.js'
import {claimSample} from './sample.js'
import {type BreedingOption, breedingOptions, claimChild} from './variation.js'

type Directions = readonly (readonly number[])[]

/**
 * The next parents: whole fronts while they fit, and of the front that does not those that serve the directions with the fewest others.
 * Deb and Jain, "An evolutionary many-objective optimization algorithm using reference-point-based nondominated sorting approach,
 * part I", IEEE Transactions on Evolutionary Computation 18(4), 2014, algorithms 1 to 4.
 */
function survivors(archive: Archive, rows: Int32Array, count: number, directions: Directions, draws: Draws): number[] {
  const kept: number[] = []
  for (const front of frontsOf(archive, rows)) {
    if (kept.length + front.length <= count) kept.push(...front)
    else if (isComparable(archive, front[0]!)) return niched(archive, kept, front, count, directions, draws)
    else return [...kept, ...front.slice(0, count - kept.length)]
  }
  return kept
}

function niched(archive: Archive, kept: number[], last: Int32Array, count: number, directions: Directions, draws: Draws): number[] {
  const scaled = normalised(archive, [...kept, ...last])
  const niches = scaled.map((point) => nearest(directions, point))
  const crowd = directions.map((_, index) => niches.slice(0, kept.length).filter(({direction}) => direction === index).length)
  const waiting = directions.map((_, index) =>
    [...last.keys()]
      .filter((place) => niches[kept.length + place]!.direction === index)
      .sort((a, b) => niches[kept.length + a]!.distance - niches[kept.length + b]!.distance),
  )
  const chosen = [...kept]
  while (chosen.length < count) {
    const open = [...waiting.keys()].filter((index) => waiting[index]!.length > 0)
    const least = Math.min(...open.map((index) => crowd[index]!))
    const emptiest = open.filter((index) => crowd[index] === least)
    const direction = emptiest[draws.below(emptiest.length)]!
    const queue = waiting[direction]!
    // The nearest serves a direction that has nobody; after that, any.
    const [place] = queue.splice(crowd[direction] === 0 ? 0 : draws.below(queue.length), 1)
    chosen.push(last[place!]!)
    crowd[direction]!++
  }
  return chosen
}

/** Objectives of rows such that the best is 0 and the plane through the extreme points cuts each axis at 1. */
function normalised(archive: Archive, rows: readonly number[]): number[][] {
  const objectives = archive.objectives()
  const ideal = objectives.map((values) => rows.reduce((least, row) => Math.min(least, values[row]!), Number.POSITIVE_INFINITY))
  const shifted = rows.map((row) => objectives.map((values, index) => values[row]! - ideal[index]!))
  const widths = intercepts(shifted, objectives.length)
  return shifted.map((point) => point.map((value, index) => value / widths[index]!))
}

function intercepts(shifted: readonly (readonly number[])[], objectiveCount: number): number[] {
  const worst = Array.from({length: objectiveCount}, (_, index) => shifted.reduce((most, point) => Math.max(most, point[index]!), 0))
  const scale = worst.map((width) => (width > 0 ? width : 1))
  const extremes = scale.map((_, axis) => {
    const along = (point: readonly number[]): number =>
      point.reduce((most, value, index) => Math.max(most, value / scale[index]! / (index === axis ? 1 : 1e-6)), 0)
    return shifted.reduce((best, point) => (along(point) < along(best) ? point : best))
  })
  const plane = planeThrough(extremes.map((point) => point.map((value, index) => value / scale[index]!)))
  return scale.map((width, index) => {
    const intercept = 1 / (plane?.[index] ?? 1)
    // A plane that cuts an axis behind the ideal or beyond the worst row is no plane of the front.
    return intercept > 1e-6 && intercept <= 1 ? intercept * width : width
  })
}

/** The normal of the plane through points that has 1 as the product with each; undefined where they lie on no such plane. */
function planeThrough(points: readonly (readonly number[])[]): readonly number[] | undefined {
  const {Matrix, solve} = matrices()
  try {
    const normal = solve(new Matrix(points.map((point) => [...point])), Matrix.columnVector(points.map(() => 1))).to1DArray()
    return normal.every(Number.isFinite) ? normal : undefined
  } catch {
    return undefined
  }
}

/** The direction that a point lies nearest to, and how far from it. */
function nearest(directions: Directions, point: readonly number[]): {readonly direction: number; readonly distance: number} {
  let best = {direction: 0, distance: Number.POSITIVE_INFINITY}
  for (const [index, direction] of directions.entries()) {
    const along = dot(point, direction) / dot(direction, direction)
    const distance = Math.hypot(...point.map((value, axis) => value - along * direction[axis]!))
    if (distance < best.distance) best = {direction: index, distance}
  }
  return best
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0)
}

export const nsga3: Optimizer<BreedingOption> = {
  summary: 'a population that breeds: fronts first, then even directions (Deb and Jain 2014)',
  options: breedingOptions,
  *search(archive, draws, options) {
    claimSample(archive, draws, options.population)
    yield
    let parents: readonly number[] = [...rowsFrom(0, archive.rowCount())]
    while (archive.openCount() > 0) {
      const first = archive.rowCount()
      const anyParent = (): number => parents[draws.below(parents.length)]!
      for (let child = 0; child < options.population; child++) claimChild(archive, draws, anyParent(), anyParent(), options)
      yield
      const rows = Int32Array.from([...parents, ...rowsFrom(first, archive.rowCount())])
      const directions = evenDirections(archive.objectives().length, options.population)
      parents = survivors(archive, rows, options.population, directions, draws)
    }
  },
}
