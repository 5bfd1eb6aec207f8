import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type SampleKind, samplerKinds, shareFills} from '../../src/sweep/samplers/sampler.js'
import {sobolDimensionCount} from '../../src/sweep/samplers/sobol.js'

const names = (count: number): string[] => Array.from({length: count}, (_, index) => `axis ${index}`)

/** Shares by dimension of some points of a sample. */
function sharesOf(kind: SampleKind, pointCount: number, dimensionCount: number, seedIndex: number, first = 0, count = pointCount) {
  return shareFills({kind, pointCount, seedIndex}, names(dimensionCount)).map((fill) => {
    const column = new Float64Array(count)
    fill(first, count, column)
    return column
  })
}

const kinds = samplerKinds.filter((kind) => kind !== 'grid')

describe.each(kinds)('%s', (kind) => {
  it('makes a point the same alone and among others', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 500}), fc.nat(), fc.nat(), fc.nat(2 ** 31), (pointCount, a, b, seed) => {
        const [first, end] = [Math.min(a % pointCount, b % pointCount), Math.max(a % pointCount, b % pointCount) + 1]
        const whole = sharesOf(kind, pointCount, 3, seed)
        const some = sharesOf(kind, pointCount, 3, seed, first, end - first)
        for (const [dimension, column] of some.entries()) expect([...column]).toEqual([...whole[dimension]!.subarray(first, end)])
      }),
      {numRuns: 100},
    )
  })

  it('keeps shares from 0 to below 1, in half of the dimension about half of them, whatever the seed', () => {
    for (const seed of [0, 1, 77]) {
      for (const column of sharesOf(kind, 4096, 6, seed)) {
        expect(column.every((share) => share >= 0 && share < 1)).toBe(true)
        const lowCount = column.filter((share) => share < 0.5).length
        expect(Math.abs(lowCount - 2048)).toBeLessThan(kind === 'random' ? 200 : 1)
      }
    }
  })

  it('moves with its seed, and its dimensions apart', () => {
    const [one, two] = [sharesOf(kind, 256, 2, 1), sharesOf(kind, 256, 2, 2)]
    expect([...one[0]!]).not.toEqual([...two[0]!])
    expect([...one[0]!]).not.toEqual([...one[1]!])
    const product = one[0]!.reduce((sum, share, row) => sum + (share - 0.5) * (one[1]![row]! - 0.5), 0) / 256
    expect(Math.abs(product)).toBeLessThan(0.03)
  })
})

describe('random', () => {
  it('fills a hundred bins evenly, as chi-squared has it, and any index beyond 32 bits', () => {
    const [column] = sharesOf('random', 100_000, 1, 3) as [Float64Array]
    const bins = new Float64Array(100)
    for (const share of column) bins[Math.floor(share * 100)]!++
    const chiSquared = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
    // 99 degrees of freedom: 148.2 is passed in one of a thousand. The draw is fixed, so that this holds always or never.
    expect(chiSquared).toBeLessThan(148.2)
    const [far] = sharesOf('random', 2 ** 40, 1, 3, 2 ** 33, 4) as [Float64Array]
    const [near] = sharesOf('random', 2 ** 40, 1, 3, 0, 4) as [Float64Array]
    expect([...far]).not.toEqual([...near])
  })

  it('goes on where a shorter sample ended', () => {
    expect([...sharesOf('random', 10, 1, 5)[0]!]).toEqual([...sharesOf('random', 1000, 1, 5, 0, 10)[0]!])
  })
})

describe('latin-hypercube', () => {
  it('has one point in each stratum of each dimension', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 300}), fc.nat(2 ** 31), (pointCount, seed) => {
        for (const column of sharesOf('latin-hypercube', pointCount, 3, seed)) {
          const strata = new Set([...column].map((share) => Math.floor(share * pointCount)))
          expect(strata.size).toBe(pointCount)
        }
      }),
      {numRuns: 100},
    )
  })
})

describe('sobol', () => {
  it('begins as Joe and Kuo publish it for their direction numbers', () => {
    const points = sharesOf('sobol', 10, 5, 0)
    const rows = Array.from({length: 10}, (_, row) => points.map((column) => column[row]))
    expect(rows).toEqual([
      [0, 0, 0, 0, 0],
      [0.5, 0.5, 0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25, 0.25, 0.75],
      [0.25, 0.75, 0.75, 0.75, 0.25],
      [0.375, 0.375, 0.625, 0.875, 0.375],
      [0.875, 0.875, 0.125, 0.375, 0.875],
      [0.625, 0.125, 0.875, 0.625, 0.625],
      [0.125, 0.625, 0.375, 0.125, 0.125],
      [0.1875, 0.3125, 0.9375, 0.4375, 0.5625],
      [0.6875, 0.8125, 0.4375, 0.9375, 0.0625],
    ])
  })

  it('keeps one point in every box of equal size of its first two dimensions, shifted or not: a (0, m, 2)-net', () => {
    for (const seed of [0, 9]) {
      for (const m of [1, 2, 3, 6]) {
        const count = 2 ** m
        const [x, y] = sharesOf('sobol', count, 2, seed) as [Float64Array, Float64Array]
        for (let k = 0; k <= m; k++) {
          const boxes = Array.from(x, (share, row) => `${Math.floor(share * 2 ** k)} ${Math.floor(y[row]! * 2 ** (m - k))}`)
          expect(new Set(boxes).size).toBe(count)
        }
      }
    }
  })

  it('stratifies each of its dimensions over any run of a power of two, as far as its table reaches', () => {
    expect(sobolDimensionCount).toBe(64)
    for (const column of sharesOf('sobol', 2 ** 20, sobolDimensionCount, 4, 3 * 256, 256))
      expect(new Set([...column].map((share) => Math.floor(share * 256))).size).toBe(256)
  })

  it('is the same at high indices, reached from anywhere', () => {
    const last = 2 ** 32 - 1
    const [run, alone] = [sharesOf('sobol', 2 ** 32, 3, 0, last - 2, 3), sharesOf('sobol', 2 ** 32, 3, 0, last, 1)]
    for (const [dimension, column] of alone.entries()) expect(column[0]).toBe(run[dimension]![2])
  })
})
