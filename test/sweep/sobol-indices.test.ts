import {describe, expect, it} from 'vitest'
import {type Response, samplePair, sobolIndices} from '../../src/sweep/sobol-indices.js'

/** A model of one output, row by row. */
const modelOf =
  (model: (...place: number[]) => number): Response =>
  (shares, rowCount) => [Float64Array.from({length: rowCount}, (_, row) => model(...shares.map((column) => column[row]!)))]

/**
 * Ishigami and Homma 1990, a = 7 and b = 0.1, over (−π, π)³. The variance's parts, by integration:
 * V1 = (1 + bπ⁴/5)²/2, V2 = a²/8, V13 = 8b²π⁸/225, and none else.
 */
const ishigami = (() => {
  const [a, b] = [7, 0.1]
  const [first, second, both] = [(1 + (b * Math.PI ** 4) / 5) ** 2 / 2, a ** 2 / 8, (8 * b ** 2 * Math.PI ** 8) / 225]
  const variance = first + second + both
  const angle = (share: number) => Math.PI * (2 * share - 1)
  return {
    respond: modelOf((x = 0, y = 0, z = 0) => Math.sin(angle(x)) * (1 + b * angle(z) ** 4) + a * Math.sin(angle(y)) ** 2),
    firstOrder: [first / variance, second / variance, 0],
    total: [(first + both) / variance, second / variance, both / variance],
  }
})()

/**
 * The g-function of Sobol', Π (|4xᵢ − 2| + aᵢ)/(1 + aᵢ), with the a of Saltelli and Sobol' 1995: each factor has mean 1 and the variance
 * Vᵢ = 1/(3(1 + aᵢ)²), so the whole has Π(1 + Vᵢ) − 1.
 */
const gFunction = (() => {
  const a = [0, 1, 4.5, 9, 99, 99, 99, 99]
  const own = a.map((each) => 1 / (3 * (1 + each) ** 2))
  const product = own.reduce((all, each) => all * (1 + each), 1)
  return {
    respond: modelOf((...place) => place.reduce((all, x, index) => all * ((Math.abs(4 * x - 2) + a[index]!) / (1 + a[index]!)), 1)),
    firstOrder: own.map((each) => each / (product - 1)),
    total: own.map((each) => (each * (product / (1 + each))) / (product - 1)),
  }
})()

const only = <T>(values: readonly T[]): T => values[0]!

describe('sobolIndices', () => {
  it.each([
    {name: 'the Ishigami function', ...ishigami},
    {name: 'the g-function', ...gFunction},
  ])('hold the analytic values of $name within their intervals about 95 times in a hundred', ({respond, firstOrder, total}) => {
    let [heldCount, askedCount] = [0, 0]
    for (let seed = 0; seed < 40; seed++) {
      const {indices, usedCount} = only(sobolIndices(respond, samplePair(total.length, 1024, seed), seed))
      expect(usedCount).toBe(1024)
      for (const [dimension, index] of indices.entries()) {
        const isFirstHeld = index.firstOrderLow <= firstOrder[dimension]! && firstOrder[dimension]! <= index.firstOrderHigh
        const isTotalHeld = index.totalLow <= total[dimension]! && total[dimension]! <= index.totalHigh
        askedCount += 2
        heldCount += Number(isFirstHeld) + Number(isTotalHeld)
      }
    }
    expect(heldCount / askedCount).toBeGreaterThan(0.92)
    expect(heldCount / askedCount).toBeLessThan(0.98)
  })

  it.each([
    {name: 'the Ishigami function', ...ishigami},
    {name: 'the g-function', ...gFunction},
  ])('come as close to the analytic values of $name as a large sample lets them', ({respond, firstOrder, total}) => {
    const {indices} = only(sobolIndices(respond, samplePair(total.length, 65_536, 1), 1))
    for (const [dimension, {firstOrderRatio, totalRatio}] of indices.entries()) {
      expect(firstOrderRatio).toBeCloseTo(firstOrder[dimension]!, 1.5)
      expect(totalRatio).toBeCloseTo(total[dimension]!, 1.5)
    }
  })

  it('share out the variance of a sum by the squares of its slopes, alone and in total', () => {
    // 3x + 4y: variances of 9 and 16 twelfths.
    const [x, y] = only(
      sobolIndices(
        modelOf((a = 0, b = 0) => 3 * a + 4 * b + 1000),
        samplePair(2, 8192, 1),
        1,
      ),
    ).indices
    for (const [index, share] of [
      [x!, 9 / 25],
      [y!, 16 / 25],
    ] as const) {
      expect(index.firstOrderRatio).toBeCloseTo(share, 1.5)
      expect(index.totalRatio).toBeCloseTo(share, 1.5)
    }
  })

  it('give nothing at all to a dimension that the model does not read, and keep outputs apart', () => {
    const respond: Response = (shares, rowCount) => [shares[0]!.slice(0, rowCount), shares[1]!.slice(0, rowCount)]
    const [first, second] = sobolIndices(respond, samplePair(2, 256, 3), 3)
    const none = {firstOrderRatio: 0, firstOrderLow: 0, firstOrderHigh: 0, totalRatio: 0, totalLow: 0, totalHigh: 0}
    expect(first!.indices[1]).toEqual(none)
    expect(second!.indices[0]).toEqual(none)
    expect(first!.indices[0]!.totalRatio).toBeCloseTo(1, 0)
  })

  it('are not a number where an output does not vary', () => {
    const {indices} = only(
      sobolIndices(
        modelOf(() => 7),
        samplePair(1, 64, 1),
        1,
      ),
    )
    expect(indices).toEqual([expect.objectContaining({firstOrderRatio: Number.NaN, totalRatio: Number.NaN})])
  })

  it('leave out rows in which the model is not finite somewhere, and count the others', () => {
    const pair = samplePair(2, 2048, 5)
    const respond = modelOf((x = 0, y = 0) => (x < 0.25 ? Number.NaN : 3 * x + 4 * y))
    const {indices, usedCount} = only(sobolIndices(respond, pair, 5))
    const isSeen = pair.firstSamples[0]!.map((x, row) => Number(x >= 0.25 && pair.secondSamples[0]![row]! >= 0.25))
    expect(usedCount).toBe(isSeen.reduce((sum, each) => sum + each, 0))
    // Over the rest of the axis: variances of 9 · 0.75² and 16 twelfths.
    expect(indices[0]!.totalRatio).toBeCloseTo((9 * 0.75 ** 2) / (9 * 0.75 ** 2 + 16), 1)
  })

  it('are the same for the same seed', () => {
    const once = () => sobolIndices(ishigami.respond, samplePair(3, 512, 9), 9)
    expect(once()).toEqual(once())
  })
})
