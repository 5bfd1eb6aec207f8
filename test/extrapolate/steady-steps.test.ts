import {describe, expect, it} from 'vitest'
import {steadyMean, sumDeviation, warmUpCount} from '../../src/extrapolate/steady-steps.js'
import {studentQuantile} from '../../src/extrapolate/student.js'
import {autoregression, seededNormal} from './made-steps.js'

describe('studentQuantile', () => {
  // Tables of Abramowitz and Stegun, 26.10; the last is the normal distribution.
  it.each([
    [0.975, 1, 12.706],
    [0.975, 5, 2.571],
    [0.95, 10, 1.812],
    [0.995, 30, 2.75],
    [0.975, Number.POSITIVE_INFINITY, 1.96],
  ])('of %f with %f degrees of freedom is %f', (probability, freedom, quantile) => {
    expect(Math.abs(studentQuantile(probability, freedom) / quantile - 1)).toBeLessThan(3e-3)
  })

  it('is zero for a half', () => {
    expect(studentQuantile(0.5, 4)).toBeCloseTo(0, 6)
  })
})

describe('warmUpCount', () => {
  it('is the number of slow first steps', () => {
    expect(warmUpCount([30, 20, 11, 10, 10.1, 9.9, 10, 10.1, 9.9, 10])).toBe(3)
  })

  it('is none of steps that only scatter', () => {
    const normal = seededNormal(3)
    const counts = Array.from({length: 200}, () => warmUpCount(Array.from({length: 20}, () => 1 + 0.006 * normal())))
    expect(counts.filter((count) => count > 0).length).toBeLessThan(10)
  })

  it('is none of equal steps', () => {
    expect(warmUpCount([5, 5, 5, 5, 5, 5])).toBe(0)
  })

  it('is never more than half of the steps', () => {
    const falling = Array.from({length: 20}, (_, step) => 100 - step)
    expect(warmUpCount(falling)).toBeLessThanOrEqual(10)
  })
})

describe('steadyMean', () => {
  it('of equal steps is theirs, without scatter', () => {
    const found = steadyMean(Array.from({length: 10}, () => 7))
    expect(found.meanValue).toBe(7)
    expect(sumDeviation(found, 10, 1000)).toBe(0)
  })

  it('knows correlated steps less well than independent ones', () => {
    const normal = seededNormal(11)
    const independent = steadyMean(autoregression(normal, 300, 0))
    const correlated = steadyMean(autoregression(normal, 300, 0.8))
    expect(correlated.freedomCount).toBeLessThan(independent.freedomCount / 3)
  })
})

describe('the interval of a sum of further steps', () => {
  const runCount = 400
  const stepCount = 500

  it.each([
    [20, 0, 0],
    [20, 0.3, 0],
    [50, 0.6, 0],
    [50, 0, 20],
    [200, 0.6, 0],
    [200, 0.8, 20],
  ])('from %i steps of correlation %f and a warm-up of %f holds in about 95 %% of runs', (seenCount, correlation, warmUp) => {
    const normal = seededNormal(seenCount + 100 * correlation)
    let coveredCount = 0
    for (let run = 0; run < runCount; run++) {
      const seen = autoregression(normal, seenCount, correlation).map((value, step) => 100 + value + warmUp * Math.exp(-step))
      const total = autoregression(normal, stepCount, correlation).reduce((sum, value) => sum + 100 + value, 0)
      const rest = seen.slice(warmUpCount(seen))
      const found = steadyMean(rest)
      const half = studentQuantile(0.975, found.freedomCount) * sumDeviation(found, rest.length, stepCount)
      if (Math.abs(total - stepCount * found.meanValue) <= half) coveredCount++
    }
    expect(coveredCount / runCount).toBeGreaterThan(0.915)
    expect(coveredCount / runCount).toBeLessThan(0.99)
  })
})
