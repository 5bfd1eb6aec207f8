import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {elasticityBetween} from '../../src/sweep/elasticity.js'

const positive = fc.double({min: 1e-6, max: 1e6, noNaN: true})

describe('elasticityBetween', () => {
  it('is the exponent of a power law, wherever and however far apart it is taken', () => {
    fc.assert(
      fc.property(
        positive,
        positive,
        fc.double({min: 1.001, max: 100, noNaN: true}),
        fc.double({min: -3, max: 3, noNaN: true}),
        (scale, low, factor, exponent) => {
          const high = low * factor
          expect(elasticityBetween(low, high, scale * low ** exponent, scale * high ** exponent)).toBeCloseTo(exponent, 8)
        },
      ),
    )
  })

  it.each([
    {low: 0, high: 1, lowResult: 1, highResult: 1},
    {low: 1, high: 2, lowResult: -1, highResult: 1},
    {low: 1, high: 2, lowResult: 1, highResult: Number.NaN},
    {low: 2, high: 2, lowResult: 1, highResult: 1},
  ])('is not a number from $low to $high and $lowResult to $highResult', ({low, high, lowResult, highResult}) => {
    expect(elasticityBetween(low, high, lowResult, highResult)).toBeNaN()
  })
})
