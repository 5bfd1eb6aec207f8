import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {designBatch} from '../../src/accelerator/accelerator.js'
import {clockStates} from '../../src/accelerator/clock.js'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {metricColumns} from '../../src/cost/metrics.js'
import {compileProgram} from '../../src/cost/program.js'
import {loadWorkload} from '../../src/workload/load-workload.js'
import {lanesNode, tinyMachine, workloadOf} from '../support/tiny-machine.js'

const h100 = loadAccelerator('h100-sxm')
const passes = [
  loadWorkload('llama-3.1-8b', {phase: 'prefill', promptTokens: 1024}),
  loadWorkload('llama-3.1-8b', {phase: 'decode', batch: 16, contextTokens: 2048}),
  loadWorkload('gpt2', {phase: 'train', batch: 4, promptTokens: 256}),
]
/** 1 Top on the lanes at 1 pJ: 10 ms and 1 J at 1 GHz, besides 1 mJ of the buffer and 10 mJ of the memory. */
const lanes = workloadOf(lanesNode(1e12, 1e9))

describe('a power limit', () => {
  it('is held at the clock where a pass takes just what the controller holds of it, found by hand', () => {
    // Up to the knee at 600 MHz, V = 0.5 V: a quarter of 1.001 J, and half of the 20 W. P = 10 + 10 + (0.25025 + 0.01) · f / 10 GHz·s.
    const limit = (100 * ((0.25025 + 0.01) * 55 + 20)) / 100
    const {clockHertz, averageWatts, latencySeconds} = evaluate(tinyMachine(), lanes, {clockHertz: 6e8, powerLimitWatts: limit * 0.999})
    const expected = (limit * 0.999 - 20) / ((0.25025 + 0.01) * 100)
    expect(clockHertz).toBeCloseTo(expected * 1e9, -1)
    expect(latencySeconds).toBeCloseTo(0.01 / expected, 9)
    expect(averageWatts).toBeCloseTo(limit * 0.999, 6)
  })

  it('is held at the stated share of it, and a pass just below that share is left alone', () => {
    const machine = tinyMachine({'power.regulation': '0.9'})
    const free = evaluate(machine, lanes, {powerLimitWatts: 1000})
    const held = evaluate(machine, lanes, {powerLimitWatts: 60})
    expect(held).toMatchObject({throttled: true, throttledBy: 'power', holdsPowerLimit: true, heldWatts: 54})
    expect(held.averageWatts / 54).toBeCloseTo(1, 8)
    expect(evaluate(machine, lanes, {powerLimitWatts: (free.averageWatts / 0.9) * 1.0001}).throttled).toBe(false)
    expect(evaluate(machine, lanes, {powerLimitWatts: (free.averageWatts / 0.9) * 0.9999}).throttled).toBe(true)
  })

  it.each(passes)('holds its share of every limit that binds $phase, over kernels that differ', (workload) => {
    const share = h100.machine.power.regulationRatio
    for (const powerLimitWatts of [200, 260, 333, 450, 700]) {
      const {throttled, averageWatts, holdsPowerLimit, clockHertz} = evaluate(h100, workload, {powerLimitWatts})
      if (throttled && clockHertz > 345e6) expect(averageWatts / (share * powerLimitWatts)).toBeCloseTo(1, 8)
      expect(averageWatts <= powerLimitWatts).toBe(holdsPowerLimit)
    }
  })

  it.each(passes)('lies between the two states of $phase beside it, in clock and in time', (workload) => {
    for (const powerLimitWatts of [260, 333, 450]) {
      const held = evaluate(h100, workload, {powerLimitWatts})
      if (!held.throttled) continue
      const states = clockStates(h100.machine.clocks[0]!)
      const above = states.findIndex((state) => state > held.clockHertz)
      const [below, over] = [states[above - 1]!, states[above]!].map((clockHertz) => evaluate(h100, workload, {clockHertz}))
      expect(below!.averageWatts).toBeLessThanOrEqual(held.heldWatts)
      expect(over!.averageWatts).toBeGreaterThan(held.heldWatts)
      expect(held.latencySeconds).toBeLessThanOrEqual(below!.latencySeconds)
      expect(held.latencySeconds).toBeGreaterThanOrEqual(over!.latencySeconds)
    }
  })

  it.each(passes)('never makes $phase faster as it falls, and moves time and energy without a step', (workload) => {
    const rowCount = 501
    const {machine} = designBatch(h100, [], rowCount)
    const [program, out] = [compileProgram(h100, machine, workload, 'calibrated', rowCount), metricColumns(rowCount)]
    const limitWatts = Float64Array.from({length: rowCount}, (_, row) => 700 - row)
    program.evaluate({coreHertz: new Float64Array(rowCount).fill(1.98e9), limitWatts}, out, rowCount)
    for (let row = 1; row < rowCount; row++) {
      const step = out.latencySeconds[row]! / out.latencySeconds[row - 1]!
      expect(step).toBeGreaterThanOrEqual(1 - 1e-8)
      // A watt of at least 80 beyond idle, each of which takes less than its share of the time.
      expect(step).toBeLessThan(1 + 1 / 80)
      expect(Math.abs(out.energyJoules[row]! / out.energyJoules[row - 1]! - 1)).toBeLessThan(1 / 80)
    }
  })

  it('is found alike for every row of a batch and for each alone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({hertz: fc.integer({min: 345, max: 1980}), limit: fc.integer({min: 90, max: 700})}), {
          minLength: 1,
          maxLength: 7,
        }),
        (rows) => {
          const at = (some: typeof rows) => {
            const out = metricColumns(some.length)
            const program = compileProgram(h100, designBatch(h100, [], some.length).machine, passes[1]!, 'roofline', some.length)
            const coreHertz = Float64Array.from(some, ({hertz}) => hertz * 1e6)
            program.evaluate({coreHertz, limitWatts: Float64Array.from(some, ({limit}) => limit)}, out, some.length)
            return [...out.latencySeconds]
          }
          expect(at(rows)).toEqual(rows.flatMap((row) => at([row])))
        },
      ),
      {numRuns: 20},
    )
  })

  it('runs at the lowest clock where none holds it, says so, and shows the power that remains', () => {
    const {clockHertz, throttled, averageWatts, holdsPowerLimit} = evaluate(tinyMachine(), lanes, {powerLimitWatts: 11})
    expect(clockHertz).toBe(2e8)
    expect(throttled).toBe(true)
    expect(averageWatts).toBeGreaterThan(11)
    expect(holdsPowerLimit).toBe(false)
    const lowest = evaluate(tinyMachine(), lanes, {powerLimitWatts: 11, clockHertz: 2e8})
    expect(lowest).toMatchObject({throttled: false, holdsPowerLimit: false, averageWatts})
  })

  it('still holds where the lowest clock takes more than the controller would hold, but not more than the limit', () => {
    const machine = tinyMachine({'power.regulation': '0.9'})
    const lowest = evaluate(machine, lanes, {clockHertz: 2e8})
    const {holdsPowerLimit, clockHertz} = evaluate(machine, lanes, {powerLimitWatts: lowest.averageWatts * 1.05})
    expect([holdsPowerLimit, clockHertz]).toEqual([true, 2e8])
  })

  it.each([
    [
      {powerLimitWatts: 9},
      'POWER_LIMIT_BELOW_IDLE',
      'a power limit of 9 W is below the 10 W that tiny takes when idle at its lowest clock',
    ],
    [{powerLimitWatts: 1100}, 'POWER_LIMIT_OUT_OF_RANGE', 'a power limit of 1100 W can’t be set on tiny'.replace('’', "'")],
    [{powerLimitWatts: Number.NaN}, 'POWER_LIMIT_OUT_OF_RANGE', 'NaN W'],
  ])('refuses %j with %s', (options, code, message) => {
    expect(() => evaluate(tinyMachine(), lanes, options)).toThrow(
      expect.objectContaining({code, message: expect.stringContaining(message)}),
    )
  })
})
