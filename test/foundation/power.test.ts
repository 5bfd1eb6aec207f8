import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {power} from '../../src/foundation/power.js'

describe('a power', () => {
  it('is what ** says, for halves, whole numbers and all others', () => {
    const exponents = fc.oneof(
      fc.integer({min: -40, max: 40}).map((twice) => twice / 2),
      fc.double({min: -20, max: 20, noNaN: true}),
    )
    fc.assert(
      fc.property(fc.double({min: 0.01, max: 100, noNaN: true}), exponents, (base, exponent) => {
        expect(power(base, exponent) / base ** exponent).toBeCloseTo(1, 12)
      }),
    )
  })

  it('keeps what is exact exact', () => {
    expect([power(3, 2), power(9, 0.5), power(4, 1.5), power(2, -3), power(7, 0), power(0, 2)]).toEqual([9, 3, 8, 1 / 8, 1, 0])
    expect(power(0, -1)).toBe(Number.POSITIVE_INFINITY)
  })
})
