import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type ObjectiveColumn, paretoFront} from '../../src/frontier/pareto-front.js'

/** Every row against every other, by the definition; the lowest index of equal rows stays. */
function bruteForceFront(objectives: readonly ObjectiveColumn[]): number[] {
  const rowCount = objectives[0]!.values.length
  const value = (row: number, j: number) => objectives[j]!.values[row]! * (objectives[j]!.goal === 'min' ? 1 : -1)
  const indices = objectives.map((_, j) => j)
  const rows = Array.from({length: rowCount}, (_, row) => row).filter((row) => indices.every((j) => !Number.isNaN(value(row, j))))
  return rows.filter(
    (row) =>
      !rows.some((other) => {
        if (!indices.every((j) => value(other, j) <= value(row, j))) return false
        return indices.some((j) => value(other, j) < value(row, j)) || other < row
      }),
  )
}

function sorted(rows: Int32Array): number[] {
  return [...rows].sort((a, b) => a - b)
}

const anyValue = fc.oneof(
  fc.integer({min: -4, max: 4}),
  fc.double({noNaN: false}),
  fc.constantFrom(0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 5e-324, -5e-324),
)

function anyObjectives(objectiveCount: number, value: fc.Arbitrary<number>, maxRows: number) {
  const row = fc.tuple(...Array.from({length: objectiveCount}, () => value))
  const goals = fc.tuple(...Array.from({length: objectiveCount}, () => fc.constantFrom('min' as const, 'max' as const)))
  return fc
    .tuple(fc.array(row, {maxLength: maxRows, size: 'max'}), goals)
    .map(([rows, goal]) => goal.map((each, j) => ({values: Float64Array.from(rows, (cells) => cells[j]!), goal: each})))
}

/** A generator of numbers that is the same on every run. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

describe('paretoFront', () => {
  it.each([1, 2, 3, 4, 5])(
    'of %i objectives is what comparing all pairs finds, with ties, NaN, infinities and both zeros',
    (objectiveCount) => {
      fc.assert(
        fc.property(anyObjectives(objectiveCount, anyValue, 80), (objectives) => {
          expect(sorted(paretoFront(objectives))).toEqual(bruteForceFront(objectives))
        }),
        {numRuns: 150},
      )
    },
  )

  it.each([2, 3, 4, 5])(
    'of %i objectives with few distinct values is what comparing all pairs finds in a thousand rows',
    (objectiveCount) => {
      for (const distinctCount of [2, 5, 20]) {
        const next = random(objectiveCount * 100 + distinctCount)
        const objectives = Array.from({length: objectiveCount}, (_, j) => ({
          values: Float64Array.from({length: 1000}, () => Math.floor(next() * distinctCount)),
          goal: j % 2 === 0 ? ('min' as const) : ('max' as const),
        }))
        expect(sorted(paretoFront(objectives))).toEqual(bruteForceFront(objectives))
      }
    },
  )

  it.each([3, 4, 5])('of %i objectives keeps every row of a plane on which each gain is a loss', (objectiveCount) => {
    const next = random(objectiveCount)
    const values = Array.from({length: objectiveCount}, () => new Float64Array(3000))
    for (let row = 0; row < 3000; row++) {
      let sum = 0
      for (let j = 1; j < objectiveCount; j++) sum += values[j]![row] = Math.floor(next() * 1e6)
      values[0]![row] = -sum
    }
    const objectives = values.map((column) => ({values: column, goal: 'min' as const}))
    const front = sorted(paretoFront(objectives))
    expect(front).toEqual(bruteForceFront(objectives))
    expect(front.length).toBeGreaterThan(2900)
  })

  it('runs from the best first objective to the worst', () => {
    const front = paretoFront([
      {values: Float64Array.of(3, 1, 2, 3), goal: 'min'},
      {values: Float64Array.of(1, 3, 2, 2), goal: 'min'},
    ])
    expect([...front]).toEqual([1, 2, 0])
  })

  it('keeps the lowest index of rows that are equal in every objective', () => {
    const front = paretoFront([
      {values: Float64Array.of(5, 1, 1, 1), goal: 'min'},
      {values: Float64Array.of(9, 2, 2, 2), goal: 'max'},
    ])
    expect([...front]).toEqual([1, 0])
  })

  it('is empty for no rows, and for rows that are all unknown', () => {
    expect(paretoFront([{values: new Float64Array(0), goal: 'min'}])).toHaveLength(0)
    expect(paretoFront([{values: Float64Array.of(Number.NaN, Number.NaN), goal: 'min'}])).toHaveLength(0)
  })

  it('finds in 100,000 rows the same front as its own front does: taking the front twice changes nothing', () => {
    const next = random(7)
    const columns = Array.from({length: 4}, () => Float64Array.from({length: 100_000}, next))
    const front = paretoFront(columns.map((values) => ({values, goal: 'min'})))
    const again = paretoFront(columns.map((values) => ({values: Float64Array.from(front, (row) => values[row]!), goal: 'min'})))
    expect([...again]).toEqual(Array.from(front, (_, i) => i))
    const isOnFront = new Set(front)
    for (let row = 0; row < 100_000; row += 97) {
      const beaten = front.some((best) => columns.every((values) => values[best]! <= values[row]!))
      expect(beaten || isOnFront.has(row)).toBe(true)
    }
  })

  it.each([0, 6])('refuses %i objectives with what to name instead', (objectiveCount) => {
    const objectives = Array.from({length: objectiveCount}, () => ({values: new Float64Array(1), goal: 'min' as const}))
    expect(() => paretoFront(objectives)).toThrow(
      expect.objectContaining({code: 'OBJECTIVE_COUNT', suggestions: ['name two or three, as in `latency,energy`']}),
    )
  })
})
