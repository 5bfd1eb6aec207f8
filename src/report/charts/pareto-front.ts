import {paretoFront} from '../../frontier/pareto-front.js'
import type {ShownUnit} from '../unit.js'
import type {DataRow} from './chart.js'

/** A quantity that designs are weighed by: which field of a point holds it, and which way is better. */
export interface Objective {
  readonly field: string
  readonly title: string
  readonly unit: ShownUnit
  readonly better: 'less' | 'more'
}

function fieldValue(row: DataRow, field: string): number {
  return Number(row[field])
}

/** Points that no other point beats in both objectives, best `x` first; of equal points the first stays. */
export function frontOf(points: readonly DataRow[], x: Objective, y: Objective): DataRow[] {
  const columns = [x, y].map(({field, better}) => ({
    values: Float64Array.from(points, (point) => fieldValue(point, field)),
    goal: better === 'less' ? ('min' as const) : ('max' as const),
  }))
  return Array.from(paretoFront(columns), (index) => points[index]!)
}

/** Where marks lie in a plot, in pixels, and how large the plot is. */
export interface MarkPlaces {
  readonly xPixels: Float64Array
  readonly yPixels: Float64Array
  readonly widthPixels: number
}

/**
 * Which points to draw, at most `limitCount` where the front allows: all of them, or the front and one point of each spot.
 * A spot is a square of the plot, a pixel wide or as many as the limit needs, so that outliers stay and clouds keep their shape.
 */
export function drawnIndices(
  points: readonly DataRow[],
  front: readonly DataRow[],
  {xPixels, yPixels, widthPixels}: MarkPlaces,
  limitCount: number,
): number[] {
  if (points.length <= limitCount) return points.map((_, index) => index)
  const onFront = new Set(front)
  for (let spotPixels = 1; ; spotPixels *= 1.25) {
    const rowLength = Math.ceil(widthPixels / spotPixels) + 1
    const taken = new Set<number>()
    const drawn = points.flatMap((point, index) => {
      if (onFront.has(point)) return [index]
      const spot = Math.floor(yPixels[index]! / spotPixels) * rowLength + Math.floor(xPixels[index]! / spotPixels)
      if (taken.has(spot)) return []
      taken.add(spot)
      return [index]
    })
    if (drawn.length <= Math.max(limitCount, front.length + 1) || spotPixels > widthPixels) return drawn
  }
}

export interface Corner {
  readonly label: string
  readonly row: DataRow
}

/** The ends of the front, and where the product of both objectives is least when less of both is better. */
export function cornersOf(front: readonly DataRow[], x: Objective, y: Objective): Corner[] {
  const [first, last] = [front[0], front.at(-1)]
  if (first === undefined || last === undefined) return []
  const extreme = (objective: Objective): string =>
    `${objective.better === 'less' ? 'least' : 'most'} ${objective.title.charAt(0).toLowerCase()}${objective.title.slice(1)}`
  const ends =
    first === last
      ? [{label: 'best of both', row: first}]
      : [
          {label: extreme(x), row: first},
          {label: extreme(y), row: last},
        ]
  if (first === last || x.better === 'more' || y.better === 'more') return ends
  const product = (row: DataRow): number => fieldValue(row, x.field) * fieldValue(row, y.field)
  const knee = front.reduce((least, row) => (product(row) < product(least) ? row : least))
  return knee === first || knee === last ? ends : [...ends, {label: 'least product', row: knee}]
}
