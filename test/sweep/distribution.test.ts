import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type DistributionName, distribution} from '../../src/sweep/distribution.js'
import {normalQuantile} from '../../src/sweep/normal-quantile.js'

describe('normalQuantile', () => {
  it('has the percentage points that tables have', () => {
    // Wichura 1988 gives these two to check an implementation; the others are the usual bounds.
    expect(normalQuantile(0.25)).toBeCloseTo(-0.6744897501960817, 15)
    expect(normalQuantile(1e-20)).toBeCloseTo(-9.262340089798409, 13)
    expect(normalQuantile(0.5)).toBe(0)
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14)
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306167813, 13)
  })

  it('is odd around the middle and never falls', () => {
    fc.assert(
      fc.property(fc.double({min: 2 ** -40, max: 0.5, noNaN: true}), fc.double({min: 2 ** -40, max: 0.5, noNaN: true}), (a, b) => {
        expect(normalQuantile(1 - (1 - a))).toBeCloseTo(-normalQuantile(1 - a), 9)
        expect(normalQuantile(Math.min(a, b))).toBeLessThanOrEqual(normalQuantile(Math.max(a, b)))
      }),
    )
  })
})

describe('distributions', () => {
  it.each<[DistributionName, readonly number[], readonly (readonly [share: number, value: number])[]]>([
    [
      'uniform',
      [2, 6],
      [
        [0, 2],
        [0.25, 3],
        [0.5, 4],
      ],
    ],
    [
      'loguniform',
      [1, 100],
      [
        [0, 1],
        [0.5, 10],
        [0.75, 10 ** 1.5],
      ],
    ],
    // Of a triangle from 0 over 1 to 4, a quarter lies below 1; below 2 lies 1 − (4 − 2)² / (4 · 3) = 2/3.
    [
      'triangular',
      [0, 1, 4],
      [
        [0, 0],
        [0.25, 1],
        [2 / 3, 2],
      ],
    ],
    [
      'normal',
      [10, 2],
      [
        [0.5, 10],
        [0.975, 10 + 2 * 1.959963984540054],
      ],
    ],
    [
      'lognormal',
      [50, 0.4],
      [
        [0.5, 50],
        [0.025, 50 * Math.exp(-0.4 * 1.959963984540054)],
      ],
    ],
  ])('%s has its known quantiles', (name, numbers, known) => {
    const {quantile} = distribution(name, numbers)
    for (const [share, value] of known) expect(quantile(share)).toBeCloseTo(value, 9)
  })

  it('is finite over all shares, and cut where it is told: what is left keeps its proportions', () => {
    for (const name of ['normal', 'lognormal'] as const) expect(Number.isFinite(distribution(name, [10, 0.5]).quantile(0))).toBe(true)
    const {quantile} = distribution('normal', [0, 1], {leastValue: -1, mostValue: 1})
    expect(quantile(0)).toBeCloseTo(-1, 9)
    expect(quantile(0.5)).toBeCloseTo(0, 9)
    expect(quantile(1 - 2 ** -32)).toBeCloseTo(1, 6)
    // Φ(x) = 0.5 + (Φ(1) − 0.5) / 2 at three quarters.
    expect(quantile(0.75)).toBeCloseTo(normalQuantile(0.5 + 0.3413447460685429 / 2), 9)
    const above = distribution('uniform', [0, 10], {leastValue: 4}).quantile
    expect([above(0), above(0.5)]).toEqual([expect.closeTo(4, 9), expect.closeTo(7, 9)])
  })

  it('gives whole steps where it is told, each as often as it is near', () => {
    const {quantile, key} = distribution('uniform', [0.5, 4.5], {stepValue: 1})
    expect([0, 0.2, 0.3, 0.6, 0.99].map(quantile)).toEqual([1, 1, 2, 3, 4])
    expect(key).toEqual(['uniform', 0.5, 4.5, 'step', 1])
    expect(distribution('triangular', [80, 120, 150], {stepValue: 8}).quantile(0.5) % 8).toBe(0)
  })

  it('never steps beyond its ends', () => {
    // 96 lies below 97, and 152 above 150, though both are the nearest multiples of 8.
    const ends = ({quantile}: ReturnType<typeof distribution>): number[] => [quantile(0), quantile(1 - 2 ** -32)]
    expect(ends(distribution('uniform', [97, 150], {stepValue: 8}))).toEqual([104, 144])
    expect(ends(distribution('normal', [120, 30], {leastValue: 97, mostValue: 150, stepValue: 8}))).toEqual([104, 144])
    const tenths = ends(distribution('uniform', [0.3, 0.7], {stepValue: 0.1}))
    expect(tenths).toEqual([expect.closeTo(0.3, 12), expect.closeTo(0.7, 12)])
    expect(distribution('uniform', [97, 103], {stepValue: 8}).isAnywhere).toBe(false)
  })
})
