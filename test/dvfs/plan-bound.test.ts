import {describe, expect, it} from 'vitest'
import {leastPricedJoules} from '../../src/dvfs/plan-bound.js'
import type {PlanUnits} from '../../src/dvfs/plan-units.js'

/** Units of one kernel that takes so many seconds and joules at each of two clocks. */
function twoClocks(unitCount: number, latencySeconds: [number, number], energyJoules: [number, number]): PlanUnits {
  return {
    sets: [{latencySeconds, energyJoules, knobs: [0, 1]}],
    setIndex: new Int32Array(unitCount),
    runStarts: Int32Array.from({length: unitCount + 1}, (_, run) => run),
  }
}

const limits = {deadlineSeconds: 100, powerLimitWatts: Number.POSITIVE_INFINITY, switchSeconds: 0, switchJoules: 0}

describe('leastPricedJoules', () => {
  it('prices time: 3 s and 12 J may be stretched at 3 W, to 4.5 s and 7.5 J', () => {
    const units = twoClocks(3, [1, 2], [4, 1])
    expect(leastPricedJoules(units, {...limits, deadlineSeconds: 4.5})).toBeCloseTo(7.5, 5)
    expect(leastPricedJoules(units, limits)).toBeCloseTo(3, 5)
  })

  it('prices power: 2 s and 18 J come below 6 W when 1.2 of them take 1 s and 1 J more', () => {
    const units = twoClocks(2, [1, 2], [9, 10])
    expect(leastPricedJoules(units, {...limits, powerLimitWatts: 6})).toBeCloseTo(19.2, 5)
    expect(leastPricedJoules(units, {...limits, powerLimitWatts: 9})).toBeCloseTo(18, 5)
  })

  it('prices both: 6 W take 3.2 s, so that no clocks hold them within 3.1 s', () => {
    const units = twoClocks(2, [1, 2], [9, 10])
    expect(leastPricedJoules(units, {...limits, deadlineSeconds: 3.5, powerLimitWatts: 6})).toBeCloseTo(19.2, 5)
    expect(leastPricedJoules(units, {...limits, deadlineSeconds: 3.1, powerLimitWatts: 6})).toBeGreaterThan(100)
  })

  it('counts a switch there and one back', () => {
    const units = twoClocks(3, [1, 2], [4, 1])
    const switched = {...limits, deadlineSeconds: 5.5, switchSeconds: 0.5, switchJoules: 1}
    expect(leastPricedJoules(units, switched)).toBeCloseTo(7.5 + 2, 5)
  })
})
