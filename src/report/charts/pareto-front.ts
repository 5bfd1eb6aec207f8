import type {UnitName} from '../unit.js'
import type {DataRow} from './chart.js'

/** A quantity that designs are weighed by: which field of a point holds it, and which way is better. */
export interface Objective {
  readonly field: string
  readonly title: string
  readonly unit: UnitName
  readonly better: 'less' | 'more'
}

function fieldValue(row: DataRow, field: string): number {
  return Number(row[field])
}

/** Points that no other point beats in both objectives, best `x` first; of equal points the first stays. */
export function frontOf(points: readonly DataRow[], x: Objective, y: Objective): DataRow[] {
  const [xSign, ySign] = [x.better === 'less' ? 1 : -1, y.better === 'less' ? 1 : -1]
  const sorted = [...points].sort(
    (a, b) => xSign * (fieldValue(a, x.field) - fieldValue(b, x.field)) || ySign * (fieldValue(a, y.field) - fieldValue(b, y.field)),
  )
  const front: DataRow[] = []
  let best = Infinity
  for (const point of sorted) {
    const cost = ySign * fieldValue(point, y.field)
    if (cost < best) {
      best = cost
      front.push(point)
    }
  }
  return front
}

/** At most `limitCount` points to draw: the whole front, and of the rest every n-th in order of `x`. */
export function thinnedPoints(
  points: readonly DataRow[],
  front: readonly DataRow[],
  x: Objective,
  limitCount: number,
): {readonly drawn: readonly DataRow[]; readonly isWhole: boolean} {
  if (points.length <= limitCount) return {drawn: points, isWhole: true}
  const onFront = new Set(front)
  const rest = points.filter((point) => !onFront.has(point)).sort((a, b) => fieldValue(a, x.field) - fieldValue(b, x.field))
  const keptCount = Math.max(0, limitCount - front.length)
  const kept = Array.from({length: keptCount}, (_, index) => rest[Math.floor((index * rest.length) / keptCount)]!)
  return {drawn: [...kept, ...front], isWhole: false}
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
