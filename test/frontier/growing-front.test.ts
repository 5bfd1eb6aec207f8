import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {GrowingFront} from '../../src/frontier/growing-front.js'
import {type Goal, paretoFront} from '../../src/frontier/pareto-front.js'

const allRows = (count: number): Int32Array => Int32Array.from({length: count}, (_, row) => row)

/** Rows cut into blocks, with few distinct values so that many are equal, and some that are not known. */
const blocks = fc.integer({min: 1, max: 5}).chain((objectiveCount) =>
  fc.record({
    goals: fc.array(fc.constantFrom<Goal>('min', 'max'), {minLength: objectiveCount, maxLength: objectiveCount}),
    blocks: fc.array(
      fc.array(
        fc.array(fc.oneof({weight: 9, arbitrary: fc.integer({min: -4, max: 4})}, {weight: 1, arbitrary: fc.constant(Number.NaN)}), {
          minLength: objectiveCount,
          maxLength: objectiveCount,
        }),
        {maxLength: 40},
      ),
      {maxLength: 6},
    ),
  }),
)

describe('GrowingFront', () => {
  it('is the front of all rows, however they are cut into blocks, and keeps the first of equal rows', () => {
    fc.assert(
      fc.property(blocks, ({goals, blocks: cut}) => {
        const rows = cut.flat()
        const front = new GrowingFront(goals)
        let start = 0
        for (const block of cut) {
          const objectiveColumns = goals.map((_, j) => Float64Array.from(block, (row) => row[j]!))
          front.add({rows: allRows(block.length), start, objectiveColumns, labelColumns: []})
          start += block.length
        }
        const whole = goals.map((goal, j) => ({values: Float64Array.from(rows, (row) => row[j]!), goal}))
        expect([...front.rows.rowIndices]).toEqual([...paretoFront(whole)])
        for (const [j, {values}] of whole.entries())
          expect([...front.rows.objectiveColumns[j]!].map((value) => value + 0)).toEqual(
            [...front.rows.rowIndices].map((row) => values[row]! + 0),
          )
      }),
    )
  })

  it('keeps of equal rows the first by its labels, in whatever order they come, and goes on from a front that was kept', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...allRows(24)], {minLength: 24}), fc.integer({min: 0, max: 24}), (order, cut) => {
        // Latency 0 to 3 and energy 3 to 0, each six times, told apart by their labels.
        const block = (labels: readonly number[]) => ({
          rows: allRows(labels.length),
          start: 0,
          objectiveColumns: [Float64Array.from(labels, (label) => label % 4), Float64Array.from(labels, (label) => 3 - (label % 4))],
          labelColumns: [labels],
        })
        const byLabel = (left: readonly number[], right: readonly number[]) => left[0]! - right[0]!
        const first = new GrowingFront(['min', 'min'], byLabel)
        first.add(block(order.slice(0, cut)))
        const front = new GrowingFront(['min', 'min'], byLabel, first.rows)
        front.add(block(order.slice(cut)))
        expect([...front.rows.labelColumns[0]!]).toEqual([0, 1, 2, 3])
      }),
    )
  })

  it('finds the front of large blocks, of which hardly a row is beaten', () => {
    const count = 9000
    const values = (shift: number) => Float64Array.from({length: count}, (_, row) => ((row * 7919 + shift) % count) / count)
    const columns = [values(0), values(4001).map((value) => value ** 2), values(0).map((value) => -value)]
    const front = new GrowingFront(['min', 'min', 'min'])
    front.add({rows: allRows(count), start: 0, objectiveColumns: columns, labelColumns: []})
    expect([...front.rows.rowIndices]).toEqual([...paretoFront(columns.map((each) => ({values: each, goal: 'min' as const})))])
    expect(front.rows.rowIndices.length).toBeGreaterThan(4500)
  })

  it('says when better values than some cannot be among new rows', () => {
    const front = new GrowingFront(['min', 'max'])
    expect(front.beats([0, 0])).toBe(false)
    front.add({rows: allRows(1), start: 0, objectiveColumns: [Float64Array.of(2), Float64Array.of(5)], labelColumns: []})
    expect([front.beats([2, 5]), front.beats([3, 4]), front.beats([1, 4]), front.beats([3, 6]), front.beats([Number.NaN, 9])]).toEqual([
      true,
      true,
      false,
      false,
      true,
    ])
  })

  it('refuses more objectives than a front takes, before any row comes', () => {
    expect(() => new GrowingFront(new Array(6).fill('min'))).toThrow(expect.objectContaining({code: 'OBJECTIVE_COUNT'}))
  })
})
