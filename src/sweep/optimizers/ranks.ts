import {paretoFront} from '../../frontier/pareto-front.js'
import type {Archive} from './archive.js'

/**
 * Rows from the best front to the worst: feasible designs by domination, equal ones one after the other, then the others by violation.
 * Deb, Pratap, Agarwal and Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE Transactions on Evolutionary
 * Computation 6(2), 2002, sections III-A and VI.
 */
export function frontsOf(archive: Archive, rows: Int32Array): Int32Array[] {
  const objectives = archive.objectives()
  const fronts: Int32Array[] = []
  let rest = rows.filter((row) => isComparable(archive, row))
  while (rest.length > 0) {
    const places = paretoFront(objectives.map((values) => ({values: Float64Array.from(rest, (row) => values[row]!), goal: 'min'})))
    fronts.push(places.map((place) => rest[place]!))
    const isOut = new Uint8Array(rest.length)
    for (const place of places) isOut[place] = 1
    rest = rest.filter((_, place) => isOut[place] === 0)
  }
  const others = rows.filter((row) => !isComparable(archive, row)).sort((a, b) => violationOf(archive, a) - violationOf(archive, b))
  for (let first = 0; first < others.length; ) {
    let end = first + 1
    while (end < others.length && violationOf(archive, others[end]!) === violationOf(archive, others[first]!)) end++
    fronts.push(others.slice(first, end))
    first = end
  }
  return fronts
}

/** Whether a row is feasible and has every objective. */
export function isComparable(archive: Archive, row: number): boolean {
  const objectives = archive.objectives()
  return objectives.length > 0 && archive.violationRatios[row] === 0 && objectives.every((values) => !Number.isNaN(values[row]!))
}

/** How far a design is from being a good one at all: without numbers, farther than any other. */
export function violationOf({violationRatios}: Archive, row: number): number {
  const violation = violationRatios[row]!
  return violation > 0 && Number.isFinite(violation) ? violation : Number.MAX_VALUE
}

/** How far each row's neighbours on its front lie apart, summed over objectives; infinite at the ends. Deb et al. 2002, section III-B. */
export function crowdingDistances(archive: Archive, front: Int32Array): Float64Array {
  const distances = new Float64Array(front.length)
  for (const values of archive.objectives()) {
    const order = Int32Array.from(front, (_, place) => place).sort((a, b) => values[front[a]!]! - values[front[b]!]!)
    const valueAt = (position: number): number => values[front[order[position]!]!]!
    const width = valueAt(order.length - 1) - valueAt(0)
    distances[order[0]!] = Number.POSITIVE_INFINITY
    distances[order.at(-1)!] = Number.POSITIVE_INFINITY
    if (!(width > 0)) continue
    for (let position = 1; position + 1 < order.length; position++)
      distances[order[position]!]! += (valueAt(position + 1) - valueAt(position - 1)) / width
  }
  return distances
}
