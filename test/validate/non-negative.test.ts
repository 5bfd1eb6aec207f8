import fc from 'fast-check'
import {Matrix, solve} from 'ml-matrix'
import {describe, expect, it} from 'vitest'
import {nonNegative} from '../../src/validate/non-negative.js'

interface Problem {
  readonly columns: readonly Float64Array[]
  readonly targets: Float64Array
  readonly weights: Float64Array
}

const problems: fc.Arbitrary<Problem> = fc
  .record({columnCount: fc.integer({min: 1, max: 4}), rowCount: fc.integer({min: 4, max: 12})})
  .chain(({columnCount, rowCount}) => {
    /** In steps of an eighth: no sizes that vanish against each other. */
    const numbers = (min: number, max: number) =>
      fc
        .array(
          fc.integer({min: 8 * min, max: 8 * max}).map((eighths) => eighths / 8),
          {minLength: rowCount, maxLength: rowCount},
        )
        .map((values) => Float64Array.from(values))
    return fc.record({
      columns: fc.array(numbers(-5, 5), {minLength: columnCount, maxLength: columnCount}),
      targets: numbers(-10, 10),
      weights: numbers(1, 3),
    })
  })

function squares({columns, targets, weights}: Problem, values: readonly number[]): number {
  return targets.reduce((sum, target, row) => {
    const error = columns.reduce((rest, column, i) => rest - column[row]! * values[i]!, target)
    return sum + weights[row]! * error ** 2
  }, 0)
}

/** The least over every choice of columns whose own least squares have no value below zero. */
function bruteForce(problem: Problem): number {
  const {columns, targets, weights} = problem
  let least = squares(
    problem,
    columns.map(() => 0),
  )
  for (let chosen = 1; chosen < 2 ** columns.length; chosen++) {
    const own = columns.flatMap((_, i) => (chosen & (1 << i) ? [i] : []))
    const root = (row: number): number => Math.sqrt(weights[row]!)
    const left = new Matrix(Array.from(targets, (_, row) => own.map((i) => columns[i]![row]! * root(row))))
    const right = Matrix.columnVector(Array.from(targets, (target, row) => target * root(row)))
    const found = solve(left, right, true)
    const values = columns.map((_, i) => (own.includes(i) ? found.get(own.indexOf(i), 0) : 0))
    if (values.every((value) => value >= 0)) least = Math.min(least, squares(problem, values))
  }
  return least
}

describe('least squares with no value below zero', () => {
  it('is as small as the best of all choices of columns', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const values = nonNegative(problem.columns, problem.targets, problem.weights)
        expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
        const least = bruteForce(problem)
        expect(squares(problem, values)).toBeLessThanOrEqual(least + 1e-6 * (1 + least))
      }),
      {numRuns: 300},
    )
  })

  it('does not mind units: columns that differ by 10²⁴ keep their values', () => {
    const columns = [Float64Array.of(1e12, 2e12, 3e12, 1e12), Float64Array.of(1e-12, 0, 1e-12, 5e-12)]
    // 2 × 10⁻¹² of the one and 10¹² of the other.
    const targets = Float64Array.of(3, 4, 7, 7)
    const [first, second] = nonNegative(columns, targets, Float64Array.of(1, 1, 1, 1))
    expect(first! * 1e12).toBeCloseTo(2, 9)
    expect(second! * 1e-12).toBeCloseTo(1, 9)
  })

  it('leaves a column of zeros, and the second of two alike, at zero', () => {
    const column = Float64Array.of(1, 2, 3)
    const values = nonNegative([column, column.slice(), new Float64Array(3)], Float64Array.of(2, 4, 6), Float64Array.of(1, 1, 1))
    expect(values[0]! + values[1]!).toBeCloseTo(2, 12)
    expect(values[2]).toBe(0)
  })
})
