import {paretoFront} from '../../frontier/pareto-front.js'
import type {Archive} from './archive.js'

/**
 * Rows from the best front to the worst, at most so many fronts: feasible designs by domination, equal ones one after the other, then the others by violation.
 * Deb, Pratap, Agarwal and Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE Transactions on Evolutionary
 * Computation 6(2), 2002, sections III-A and VI.
 */
export function frontsOf(archive: Archive, rows: Int32Array, mostCount = Number.POSITIVE_INFINITY): Int32Array[] {
  const objectives = archive.objectives()
  const fronts: Int32Array[] = []
  let rest = rows.filter((row) => isComparable(archive, row))
  if (objectives.length === 1) {
    const [values] = objectives as [Float64Array]
    for (const row of rest.toSorted((a, b) => values[a]! - values[b]!).subarray(0, mostCount)) fronts.push(Int32Array.of(row))
    rest = rest.subarray(0, 0)
  }
  while (rest.length > 0 && fronts.length < mostCount) {
    const places = paretoFront(objectives.map((values) => ({values: Float64Array.from(rest, (row) => values[row]!), goal: 'min'})))
    fronts.push(places.map((place) => rest[place]!))
    const isOut = new Uint8Array(rest.length)
    for (const place of places) isOut[place] = 1
    rest = rest.filter((_, place) => isOut[place] === 0)
  }
  const others = rows.filter((row) => !isComparable(archive, row)).sort((a, b) => violationOf(archive, a) - violationOf(archive, b))
  for (let first = 0; first < others.length && fronts.length < mostCount; ) {
    let end = first + 1
    while (end < others.length && violationOf(archive, others[end]!) === violationOf(archive, others[first]!)) end++
    fronts.push(others.slice(first, end))
    first = end
  }
  return fronts
}

/** The best rows so far, kept up to date with each call: the feasible front, or those least far from feasible. */
export function bestRowsOf(archive: Archive): () => Int32Array {
  let best: Int32Array = new Int32Array(0)
  let [seenCount, objectiveCount] = [0, 0]
  return () => {
    const {length} = archive.objectives()
    const first = length === objectiveCount ? seenCount : 0
    const rows = Int32Array.from([...(first === 0 ? [] : best), ...rowsFrom(first, archive.rowCount())])
    best = frontsOf(archive, rows, 1)[0] ?? best
    ;[seenCount, objectiveCount] = [archive.rowCount(), length]
    return best
  }
}

/** Rows from one up to another. */
export function rowsFrom(first: number, end: number): Int32Array {
  return Int32Array.from({length: end - first}, (_, index) => first + index)
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

/** Rows of a front, those with the most room around them first. */
export function roomiestFirst(archive: Archive, front: Int32Array): Int32Array {
  const distances = crowdingDistances(archive, front)
  const places = Int32Array.from(front, (_, place) => place)
  return places.sort((a, b) => (distances[a] === distances[b] ? a - b : distances[b]! - distances[a]!)).map((place) => front[place]!)
}

/** How far each row's neighbours on its front lie apart, summed over objectives; infinite at the ends. Deb et al. 2002, section III-B. */
function crowdingDistances(archive: Archive, front: Int32Array): Float64Array {
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
