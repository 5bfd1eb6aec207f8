import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {bestOf, type RobustMeasure, rankedDesigns, regretRatio, robustMeasureNames, robustScores} from '../../src/sweep/robust-choice.js'

// Three designs on two workloads, in seconds: each workload has a specialist, and the third design is good at both.
const decode = {values: Float64Array.of(10, 20, 12), weightValue: 3}
const prefill = {values: Float64Array.of(200, 100, 120), weightValue: 1}

describe('rankedDesigns', () => {
  const inTurn = (a: number, b: number): number => b - a

  it('puts the least first, leaves out what has no score, and asks what comes first of alike scores', () => {
    const scores = Float64Array.of(3, 1 + 1e-12, Number.NaN, 1, 1 + 1e-6)
    expect([...rankedDesigns(scores, 'worst', inTurn)]).toEqual([3, 1, 4, 0])
    expect([...rankedDesigns(scores, 'worst', () => 0)]).toEqual([1, 3, 4, 0])
  })

  it('takes regrets as shares of the best result: two that are next to none are alike', () => {
    const scores = Float64Array.of(1e-16, 0, 3e-12)
    expect([...rankedDesigns(scores, 'regret', inTurn)]).toEqual([2, 1, 0])
    expect([...rankedDesigns(scores, 'worst', inTurn)]).toEqual([1, 0, 2])
  })
})

describe('robustScores', () => {
  it.each<{by: RobustMeasure; expected: readonly number[]}>([
    {by: 'worst', expected: [200, 100, 120]},
    {by: 'weighted', expected: [57.5, 40, 39]},
    {by: 'regret', expected: [1, 1, 0.2]},
  ])('judge by the $by as by hand', ({by, expected}) => {
    for (const [design, score] of robustScores([decode, prefill], 'min', by).entries()) expect(score).toBeCloseTo(expected[design]!, 12)
  })

  it('turn around where large is good', () => {
    // Tokens per second: of 100 and 50 the other workload's best is 80; half the speed is a regret of a half.
    const workloads = [
      {values: Float64Array.of(100, 50), weightValue: 1},
      {values: Float64Array.of(40, 80), weightValue: 1},
    ]
    expect([...robustScores(workloads, 'max', 'worst')]).toEqual([-40, -50])
    expect([...robustScores(workloads, 'max', 'weighted')]).toEqual([-70, -65])
    expect([...robustScores(workloads, 'max', 'regret')]).toEqual([0.5, 0.5])
  })

  it('fall short by a share of their size where results are below zero', () => {
    // A profit of 1 falls short of one of 2 by 0.5, and a loss of 2 of one of 1 by 1.
    expect([regretRatio(-1, -2, 'min'), regretRatio(-2, -2, 'min'), regretRatio(1, -2, 'min')]).toEqual([0.5, 0, 1.5])
    expect(regretRatio(-2, -1, 'max')).toBe(1)
    expect(regretRatio(0, 0, 'min')).toBe(0)
  })

  it('have no number for a design that one workload can not use, whose results set no best either', () => {
    const workloads = [
      {values: Float64Array.of(1, 5), weightValue: 1},
      {values: Float64Array.of(Number.NaN, 4), weightValue: 1},
    ]
    expect([...robustScores(workloads, 'min', 'regret')]).toEqual([Number.NaN, 4])
  })

  it('never regret less than nothing, and nothing where one design is best at all', () => {
    const seconds = fc.array(fc.tuple(fc.integer({min: 1, max: 50}), fc.integer({min: 1, max: 50})), {minLength: 1, maxLength: 8})
    fc.assert(
      fc.property(seconds, (designs) => {
        const workloads = [0, 1].map((side) => ({values: Float64Array.from(designs, (each) => each[side]!), weightValue: 1}))
        const regrets = robustScores(workloads, 'min', 'regret')
        for (const [design, regret] of regrets.entries()) {
          expect(regret).toBeGreaterThanOrEqual(0)
          const isBest = workloads.every(({values}) => values[design] === bestOf(values, 'min'))
          expect(regret === 0).toBe(isBest)
        }
      }),
    )
  })

  it('choose one design, by any measure, where it is better at every workload', () => {
    const workloads = [Float64Array.of(3, 1, 2), Float64Array.of(9, 4, 5)].map((values) => ({values, weightValue: 2}))
    for (const by of robustMeasureNames) {
      const scores = robustScores(workloads, 'min', by)
      expect(scores.indexOf(Math.min(...scores))).toBe(1)
    }
  })
})

describe('regretRatio', () => {
  it('is the time that is lost and the speed that is lost, as shares of the best', () => {
    expect(regretRatio(12, 10, 'min')).toBeCloseTo(0.2, 12)
    expect(regretRatio(80, 100, 'max')).toBeCloseTo(0.2, 12)
  })
})

describe('bestOf', () => {
  it('passes over what is not known', () => {
    expect(bestOf(Float64Array.of(Number.NaN, 3, 2, Number.NaN), 'min')).toBe(2)
    expect(bestOf(Float64Array.of(Number.NaN, 3, 2), 'max')).toBe(3)
    expect(bestOf(Float64Array.of(Number.NaN), 'max')).toBeNaN()
  })
})
