import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type ClockChoice, scoreFixedClock, scoreSweep, slowdownRatios} from '../../src/validate/sweep-score.js'
import type {SweepPoint} from '../../src/validate/sweeps.js'

function points(rows: readonly (readonly [megahertz: number, seconds: number, joules: number, throttled?: boolean])[]): SweepPoint[] {
  return rows.map(([megahertz, latencySeconds, energyJoules, throttled = false]) => ({
    clockHertz: megahertz * 1e6,
    latencySeconds,
    energyJoules,
    throttled,
  }))
}

/** Least energy at 700 MHz, 22 % slower than the fastest; at most 10 % slower is 800 MHz. */
const measured = points([
  [600, 1.4, 104],
  [700, 1.22, 100],
  [800, 1.1, 110],
  [900, 1.04, 120],
  [1000, 1, 150],
])

const choiceAt = (choices: readonly ClockChoice[], slowdownRatio: number | null) =>
  choices.find((choice) => choice.slowdownRatio === slowdownRatio)!

describe('the score of a predicted sweep', () => {
  it('is without regret, error of shape or of onset where the prediction is right', () => {
    const sweep = fc.uniqueArray(fc.integer({min: 300, max: 2000}), {minLength: 4, maxLength: 20}).chain((clocks) =>
      fc.tuple(
        fc.constant([...clocks].sort((a, b) => a - b)),
        fc.array(fc.tuple(fc.double({min: 0.1, max: 9, noNaN: true}), fc.double({min: 1, max: 900, noNaN: true})), {
          minLength: clocks.length,
          maxLength: clocks.length,
        }),
        fc.integer({min: 2, max: clocks.length}),
      ),
    )
    fc.assert(
      fc.property(sweep, ([clocks, values, firstHeld]) => {
        const right = points(clocks.map((clock, index) => [clock, ...values[index]!, index >= firstHeld]))
        const score = scoreSweep(right, right)
        expect(score.choices.map(({regretRatio, excessRatio}) => [regretRatio, excessRatio])).toEqual(slowdownRatios.map(() => [0, 0]))
        expect(score.shapeErrorRatio).toBe(0)
        expect(score.onsetErrorHertz).toBe(firstHeld < clocks.length ? 0 : null)
      }),
    )
  })

  it('is the same in other units of time and energy of the prediction, since a choice needs only ratios', () => {
    const scaled = measured.map((point) => ({...point, latencySeconds: point.latencySeconds / 8, energyJoules: point.energyJoules * 4}))
    expect(scoreSweep(measured, scaled).choices).toEqual(scoreSweep(measured, measured).choices)
  })

  it('counts the measured energy of the clock that the prediction takes for the cheapest', () => {
    // Thinks 800 MHz cheapest, and 900 MHz 11 % slower than 1000 MHz.
    const predicted = points([
      [600, 1.4, 120],
      [700, 1.3, 110],
      [800, 1.2, 90],
      [900, 1.11, 95],
      [1000, 1, 100],
    ])
    const {choices} = scoreSweep(measured, predicted)
    expect(choiceAt(choices, null)).toMatchObject({chosenHertz: 800e6, bestHertz: 700e6, excessRatio: 0})
    expect(choiceAt(choices, null).regretRatio).toBeCloseTo(0.1, 12)
    // Within 10 % it sees no clock but the highest.
    expect(choiceAt(choices, 0.1)).toMatchObject({chosenHertz: 1000e6, bestHertz: 800e6, excessRatio: 0})
    expect(choiceAt(choices, 0.1).regretRatio).toBeCloseTo(150 / 110 - 1, 12)
    // 800 MHz is 20 % slower in the prediction, 10 % in the measurement.
    expect(choiceAt(choices, 0.2)).toMatchObject({chosenHertz: 800e6, bestHertz: 800e6, regretRatio: 0, excessRatio: 0})
  })

  it('has no regret for a clock that breaks a bound which the prediction thought it kept, and tells by how much', () => {
    // Thinks 700 MHz no slower than 5 %.
    const predicted = measured.map((point) => (point.clockHertz === 700e6 ? {...point, latencySeconds: 1.05} : point))
    const choice = choiceAt(scoreSweep(measured, predicted).choices, 0.05)
    expect(choice).toMatchObject({chosenHertz: 700e6, bestHertz: 900e6, regretRatio: null})
    expect(choice.excessRatio).toBeCloseTo(0.17, 12)
  })

  it('has the mean error of energy over that at the highest clock', () => {
    const predicted = points([
      [600, 1, 104 * 1.1],
      [700, 1, 100 * 0.9],
      [800, 1, 110],
      [900, 1, 120 * 1.2],
      [1000, 1, 150],
    ])
    expect(scoreSweep(measured, predicted).shapeErrorRatio).toBeCloseTo((0.1 + 0.1 + 0 + 0.2) / 4, 12)
  })

  it('has an onset at the highest clock where only one of the two throttles', () => {
    const held = measured.map((point, index) => (index > 2 ? {...point, throttled: true, latencySeconds: 1.05} : point))
    const {measuredOnsetHertz, predictedOnsetHertz, onsetErrorHertz} = scoreSweep(held, measured)
    expect(predictedOnsetHertz).toBe(1000e6)
    expect(onsetErrorHertz).toBe(1000e6 - measuredOnsetHertz!)
    expect(scoreSweep(measured, measured).onsetErrorHertz).toBeNull()
  })
})

describe('a rule that takes one clock', () => {
  it('takes the highest that is not above its own, whatever the bound', () => {
    const choices = scoreFixedClock(measured, 750e6)
    expect(choices.map(({chosenHertz}) => chosenHertz / 1e6)).toEqual(slowdownRatios.map(() => 700))
    expect(choices.map(({excessRatio}) => Math.round(excessRatio * 1000) / 1000)).toEqual([0, 0.2, 0.17, 0.12, 0.02])
    expect(scoreFixedClock(measured, 500e6)[0]).toMatchObject({chosenHertz: 600e6})
  })

  it('at the highest clock keeps every bound and pays for it', () => {
    const choices = scoreFixedClock(measured, Number.POSITIVE_INFINITY)
    expect(choices.every(({excessRatio}) => excessRatio === 0)).toBe(true)
    expect(choiceAt(choices, null).regretRatio).toBeCloseTo(0.5, 12)
  })
})
