import type {SearchTarget} from '../../../src/sweep/optimize.js'

/** A target of plain functions over shares, all dimensions free or of so many ordered levels. */
export function targetOf(
  levelCounts: readonly number[],
  objectiveCount: number,
  valuesOf: (design: readonly number[]) => readonly number[],
  violationOf: (design: readonly number[]) => number = () => 0,
): SearchTarget {
  return {
    dimensions: levelCounts.map((levelCount) => ({levelCount, isOrdered: true})),
    objectiveCount,
    evaluate: (shares, rowCount) => {
      const designs = Array.from({length: rowCount}, (_, row) => shares.map((column) => column[row]!))
      const values = designs.map(valuesOf)
      return {
        objectives: Array.from({length: objectiveCount}, (_, index) => Float64Array.from(values, (row) => row[index]!)),
        violationRatios: Float64Array.from(designs, violationOf),
      }
    },
  }
}

const free = (count: number): number[] => Array.from({length: count}, () => Number.POSITIVE_INFINITY)

/**
 * Zitzler, Deb and Thiele, "Comparison of multiobjective evolutionary algorithms", Evolutionary Computation 8(2), 2000: 30 dimensions.
 * Its front is y = 1 − √x; below (1.1, 1.1) the points over it fill 1.1² − 1/3.
 */
export const zdt1 = {
  target: targetOf(free(30), 2, ([x, ...rest]) => {
    const g = 1 + (9 * rest.reduce((sum, share) => sum + share, 0)) / rest.length
    return [x!, g * (1 - Math.sqrt(x! / g))]
  }),
  reference: [1.1, 1.1],
  volume: 1.1 ** 2 - 1 / 3,
}

/**
 * Deb, Thiele, Laumanns and Zitzler, "Scalable test problems for evolutionary multiobjective optimization", 2005: 12 dimensions.
 * Its front is an eighth of the unit sphere; below (1.1, 1.1, 1.1) the points beyond it fill 1.1³ − π/6.
 */
export const dtlz2 = {
  target: targetOf(free(12), 3, ([a, b, ...rest]) => {
    const radius = 1 + rest.reduce((sum, share) => sum + (share - 0.5) ** 2, 0)
    const [theta, phi] = [(a! * Math.PI) / 2, (b! * Math.PI) / 2]
    return [radius * Math.cos(theta) * Math.cos(phi), radius * Math.cos(theta) * Math.sin(phi), radius * Math.sin(theta)]
  }),
  reference: [1.1, 1.1, 1.1],
  volume: 1.1 ** 3 - Math.PI / 6,
}
