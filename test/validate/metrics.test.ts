import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {errorMetrics, quantileOf} from '../../src/validate/metrics.js'

const columns = (...values: readonly number[]): Float64Array => Float64Array.from(values)

describe('errorMetrics', () => {
  it('gives hand-made errors of +50, −25, +100 and 0 percent exactly', () => {
    const metrics = errorMetrics(columns(3, 6, 2, 5), columns(2, 8, 1, 5), 4)
    // Sorted: 0, 0.25, 0.5, 1. Rank of the median 1.5, of the 90th percentile 2.7.
    expect(metrics).toEqual({rowCount: 4, mape: 0.4375, median: 0.375, p90: 0.5 + (1 - 0.5) * (3 * 0.9 - 2), bias: 0.3125})
  })

  it('counts only the first rows of longer columns', () => {
    expect(errorMetrics(columns(3, 100), columns(2, 1), 1)).toEqual({rowCount: 1, mape: 0.5, median: 0.5, p90: 0.5, bias: 0.5})
  })

  it('is null without a row', () => {
    expect(errorMetrics(columns(), columns(), 0)).toBeNull()
  })

  it('does not depend on the order of rows, nor on the unit', () => {
    const pairs = fc.array(fc.tuple(fc.integer({min: 1, max: 1000}), fc.integer({min: 1, max: 1000})), {minLength: 1, maxLength: 30})
    fc.assert(
      fc.property(pairs, (rows) => {
        const of = (list: readonly (readonly [number, number])[], scale: number) =>
          errorMetrics(
            Float64Array.from(list, ([p]) => p * scale),
            Float64Array.from(list, ([, m]) => m * scale),
            list.length,
          )!
        const [forward, backward] = [of(rows, 1), of([...rows].reverse(), 2 ** -20)]
        for (const name of ['mape', 'median', 'p90', 'bias'] as const) expect(backward[name]).toBeCloseTo(forward[name], 9)
        expect(Math.abs(forward.bias)).toBeLessThanOrEqual(forward.mape + 1e-12)
        expect(forward.median).toBeLessThanOrEqual(forward.p90)
      }),
    )
  })
})

describe('quantileOf', () => {
  it('is linear between the two nearest ranks', () => {
    const sorted = columns(10, 20, 40)
    expect([0, 0.25, 0.5, 0.75, 1].map((ratio) => quantileOf(sorted, ratio))).toEqual([10, 15, 20, 30, 40])
  })
})
