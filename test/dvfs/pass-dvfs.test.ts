import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {clockCurve} from '../../src/cost/clock-curve.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {type ChoiceName, passDvfs} from '../../src/dvfs/pass-dvfs.js'
import {lanesNode, tinyMachine, tinyText, workloadOf} from '../support/tiny-machine.js'

/** 100 Gflop on so many bytes: 1 ms of the lanes at 1 GHz beside the memory's time. */
const work = (bytes: number) => workloadOf(lanesNode(1e11, bytes))
const options = {fidelity: 'roofline'}

function choiceOf(name: ChoiceName, pass: ReturnType<typeof passDvfs>) {
  return pass.choices.find((choice) => choice.name === name)!
}

describe('passDvfs', () => {
  it('has every clock state as an evaluation at it, and every power limit as one at the highest clock', () => {
    const machine = tinyMachine({'power.limit': '130 W', 'power.minimumLimit': '40 W', 'power.maximumLimit': '160 W'})
    const {clocks, powerLimits} = passDvfs(machine, work(1e8), {...options, limitStepWatts: 50})
    expect(clocks.map(({clockHertz}) => clockHertz)).toEqual(Array.from({length: 17}, (_, step) => 200e6 + 50e6 * step))
    expect(powerLimits.map(({powerLimitWatts}) => powerLimitWatts)).toEqual([40, 90, 140, 160])
    for (const {clockHertz, powerLimitWatts, settledHertz, latencySeconds, energyJoules, averageWatts, throttled} of [
      ...clocks,
      ...powerLimits,
    ]) {
      const alone = evaluate(machine, work(1e8), {...options, clockHertz, powerLimitWatts})
      expect({clockHertz: settledHertz, latencySeconds, energyJoules, averageWatts, throttled}).toEqual({
        clockHertz: alone.clockHertz,
        latencySeconds: alone.latencySeconds,
        energyJoules: alone.energyJoules,
        averageWatts: alone.averageWatts,
        throttled: alone.throttled,
      })
    }
  })

  it('chooses what no clock undercuts', () => {
    fc.assert(
      fc.property(fc.double({min: 1e6, max: 5e9, noNaN: true}), fc.double({min: 0, max: 2, noNaN: true}), (bytes, slowdownRatio) => {
        const pass = passDvfs(tinyMachine(), work(bytes), {...options, slowdownRatio})
        const free = clockCurve(tinyMachine(), work(bytes), options)
        expect(choiceOf('leastEnergy', pass).energyJoules).toBe(Math.min(...free.map(({energyJoules}) => energyJoules)))
        expect(choiceOf('leastEnergyDelay', pass).energyDelayJouleSeconds).toBe(
          Math.min(...free.map(({energyJoules, latencySeconds}) => energyJoules * latencySeconds)),
        )
        const fastest = Math.min(...free.map(({latencySeconds}) => latencySeconds))
        const inTime = free.filter(({latencySeconds}) => latencySeconds <= fastest * (1 + slowdownRatio))
        expect(choiceOf('cheapestInTime', pass).energyJoules).toBe(Math.min(...inTime.map(({energyJoules}) => energyJoules)))
        expect(choiceOf('highest', pass).clockHertz).toBe(1e9)
        expect(choiceOf('voltageFloor', pass).clockHertz).toBe(600e6)
      }),
      {numRuns: 50},
    )
  })

  it('finds the clock below which a pass of the memory feels it', () => {
    // The memory takes 2 ms, the lanes 1 ms at 1 GHz and 2 ms at 500 MHz: at 450 MHz they take 2.2.
    const {feltBelowHertz} = passDvfs(tinyMachine(), work(2e9), options)
    expect(feltBelowHertz).toBe(500e6)
    expect(passDvfs(tinyMachine(), work(2e10), options).feltBelowHertz).toBe(200e6)
    expect(passDvfs(tinyMachine(), work(0), options).feltBelowHertz).toBe(1e9)
  })

  it('says from which clock on the limit throttles', () => {
    const machine = tinyMachine({'power.limit': '60 W'})
    const {clocks, throttleOnsetHertz} = passDvfs(machine, work(0), options)
    const onset = clocks.find(({clockHertz}) => clockHertz === throttleOnsetHertz)!
    expect(onset.throttled).toBe(true)
    expect(onset.settledHertz).toBeLessThan(onset.clockHertz)
    expect(onset.settledHertz).toBeGreaterThanOrEqual(onset.clockHertz - 50e6)
    expect(onset.averageWatts).toBeCloseTo(60, 6)
    expect(passDvfs(tinyMachine(), work(0), options).throttleOnsetHertz).toBeNull()
  })

  it.each([
    [{slowdownRatio: -0.05}, 'SLOWDOWN_INVALID', 3, 'a slowdown of -5 % is none'],
    [{slowdownRatio: Number.NaN}, 'SLOWDOWN_INVALID', 3, 'a slowdown of NaN % is none'],
    [{deadlineSeconds: 0.5e-3}, 'DEADLINE_UNMET', 4, 'no clock ends this pass in 0.5 ms'],
    [{deadlineSeconds: 1, slowdownRatio: 0.1}, 'BOUND_TWICE', 3, 'by a slowdown or by a deadline'],
    [{powerLimitWatts: 2000}, 'POWER_LIMIT_OUT_OF_RANGE', 3, "a power limit of 2000 W can't be set"],
    [{limitStepWatts: 0}, 'LIMIT_STEP', 3, "can't be 0 W apart"],
    [{limitStepWatts: 0.001}, 'LIMIT_STEP', 3, "can't be 0.001 W apart"],
  ])('refuses %o', (wrong, code, exitCode, message) => {
    const refused = expect.objectContaining({code, exitCode, message: expect.stringContaining(message)})
    expect(() => passDvfs(tinyMachine(), work(1e8), {...options, ...wrong})).toThrow(refused)
  })

  it('says how fast the fastest is where a deadline cannot be met', () => {
    const hints = expect.objectContaining({suggestions: ['the fastest possible is 1 ms, at 1000 MHz']})
    expect(() => passDvfs(tinyMachine(), work(1e8), {...options, deadlineSeconds: 0.9e-3})).toThrow(hints)
  })
})

describe('the clock on the voltage floor', () => {
  const floorOf = (text = tinyText) => choiceOf('voltageFloor', passDvfs(tinyMachine({}, text), work(1e8), options)).clockHertz

  it('is the last state at the lowest voltage, and the highest where the voltage never rises', () => {
    expect(floorOf()).toBe(600e6)
    expect(floorOf(tinyText.replace('slope: 1.25 mV/MHz', 'slope: 0 mV/MHz'))).toBe(1e9)
  })

  it('is the state below a knee that is none', () => {
    expect(floorOf(tinyText.replace('knee: 600 MHz', 'knee: 620 MHz'))).toBe(600e6)
    expect(floorOf(tinyText.replace('knee: 600 MHz', 'knee: 120 MHz'))).toBe(200e6)
  })
})
