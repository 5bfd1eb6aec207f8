import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {deepestRow} from '../../src/frontier/knee.js'

describe('deepestRow', () => {
  it('is farthest below the line through the ends of two objectives', () => {
    // Distances below x + y = 1, times √2: 0, 0.3, 0.5, 0.
    expect(deepestRow([Float64Array.of(0, 0.1, 0.3, 1), Float64Array.of(1, 0.6, 0.2, 0)])).toBe(2)
  })

  it('is the distance from the line, by the formula for a point and a line', () => {
    const share = fc.double({min: 0, max: 1, noNaN: true})
    fc.assert(
      fc.property(fc.array(fc.tuple(share, share), {minLength: 1, maxLength: 20}), (places) => {
        const below = places.map(([x, y]) => (1 - x - y) / Math.SQRT2)
        const row = deepestRow([Float64Array.from(places, ([x]) => x), Float64Array.from(places, ([, y]) => y)])
        expect(below[row]).toBeCloseTo(Math.max(...below), 12)
      }),
    )
  })

  it('takes any number of objectives, the first of equal rows, and none without numbers', () => {
    expect(deepestRow([Float64Array.of(0, 0.2, 0.2), Float64Array.of(1, 0.2, 0.2), Float64Array.of(1, 0.2, 0.2)])).toBe(1)
    expect(deepestRow([Float64Array.of(Number.NaN), Float64Array.of(0)])).toBe(-1)
    expect(deepestRow([])).toBe(-1)
  })
})
