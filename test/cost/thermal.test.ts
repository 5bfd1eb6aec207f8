import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {clockCurve} from '../../src/cost/clock-curve.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {loadWorkload} from '../../src/workload/load-workload.js'
import {failure} from '../support/small-accelerator.js'
import {lanesNode, tinyMachine, workloadOf} from '../support/tiny-machine.js'

/** 1 Top on the lanes: about 130 W at 1 GHz, of which 20 W are static. */
const lanes = workloadOf(lanesNode(1e12, 1e9))

const cooled = (over: Readonly<Record<string, string>> = {}) =>
  tinyMachine(
    Object.fromEntries(
      Object.entries({ambient: '30 degC', resistance: '0.5 K/W', ...over}).map(([key, value]) => [`power.thermal.${key}`, value]),
    ),
  )

describe('the temperature of a chip', () => {
  it('is that of its ambient and what its power adds, and moves nothing by itself', () => {
    const [plain, warm] = [evaluate(tinyMachine(), lanes), evaluate(cooled(), lanes)]
    expect(plain.temperatureKelvins).toBeNull()
    expect(warm.temperatureKelvins).toBeCloseTo(303.15 + 0.5 * warm.averageWatts, 9)
    expect([warm.latencySeconds, warm.energyJoules, warm.clockHertz]).toEqual([plain.latencySeconds, plain.energyJoules, plain.clockHertz])
  })

  it('lowers the clock at its limit just as a power limit would that allows the same power', () => {
    // (70 °C − 30 °C) / 0.5 K/W = 80 W.
    const hot = evaluate(cooled({limit: '70 degC'}), lanes)
    const capped = evaluate(tinyMachine(), lanes, {powerLimitWatts: 80})
    expect(hot).toMatchObject({throttled: true, throttledBy: 'temperature', holdsPowerLimit: true, heldWatts: 80})
    expect(capped.throttledBy).toBe('power')
    expect(hot.temperatureKelvins).toBeCloseTo(343.15, 6)
    expect([hot.clockHertz, hot.latencySeconds, hot.energyJoules]).toEqual([capped.clockHertz, capped.latencySeconds, capped.energyJoules])
  })

  it('limits only where it is below the power limit, of which the controller holds a share', () => {
    const machine = tinyMachine({
      'power.regulation': '0.9',
      'power.thermal.ambient': '30 degC',
      'power.thermal.resistance': '0.5 K/W',
      'power.thermal.limit': '70 degC',
    })
    expect(evaluate(machine, lanes, {powerLimitWatts: 88})).toMatchObject({heldWatts: 79.2, throttledBy: 'power'})
    expect(evaluate(machine, lanes, {powerLimitWatts: 90})).toMatchObject({heldWatts: 80, throttledBy: 'temperature'})
  })

  it('never lets a pass end sooner in a warmer place', () => {
    let before = 0
    for (const ambient of [0, 20, 40, 50, 55, 60, 62]) {
      const {latencySeconds, holdsPowerLimit, averageWatts} = evaluate(cooled({ambient: `${ambient} degC`, limit: '70 degC'}), lanes)
      expect(latencySeconds).toBeGreaterThanOrEqual(before)
      expect(holdsPowerLimit).toBe(averageWatts <= (70 - ambient) / 0.5)
      before = latencySeconds
    }
  })

  it('is no limit to what a sweep over clocks says of them as if none held', () => {
    expect(clockCurve(cooled({limit: '70 degC'}), lanes).map(({latencySeconds}) => latencySeconds)).toEqual(
      clockCurve(tinyMachine(), lanes).map(({latencySeconds}) => latencySeconds),
    )
  })

  it('of an A100 whose runs follow each other comes out as its sweeps measured it, within 2 K', () => {
    const accelerator = loadAccelerator('a100-pcie-40gb')
    const {temperatureKelvins, averageWatts} = evaluate(
      accelerator,
      loadWorkload('opt-1.3b', {phase: 'prefill', batch: 8, promptTokens: 512}),
    )
    expect(averageWatts).toBeCloseTo(241, 6)
    // Rows of the traces under the limit stand at 239 to 243 W and 73 to 76.5 °C.
    expect(temperatureKelvins! - 273.15).toBeGreaterThan(73)
    expect(temperatureKelvins! - 273.15).toBeLessThan(76.5)
  })
})

describe('static power that grows with the temperature', () => {
  const leaking = {staticTemperature: '60 degC', staticGrowth: '0.01 /K'}

  it('settles where the power that it makes is the power that makes its temperature', () => {
    const {averageWatts, temperatureKelvins, energyBySource, latencySeconds} = evaluate(cooled(leaking), lanes)
    const staticWatts = energyBySource['static']! / latencySeconds
    expect(staticWatts).toBeCloseTo(20 * Math.exp(0.01 * (temperatureKelvins! - 333.15)), 9)
    expect(temperatureKelvins).toBeCloseTo(303.15 + 0.5 * averageWatts, 9)
    expect(Object.values(energyBySource).reduce((sum, joules) => sum + joules, 0) / latencySeconds).toBeCloseTo(averageWatts, 9)
  })

  it('is what is stated at the temperature at which it is stated, and the same without growth', () => {
    const plain = evaluate(cooled(), lanes)
    const at = `${plain.temperatureKelvins} K`
    expect(evaluate(cooled({...leaking, staticTemperature: at}), lanes).energyJoules / plain.energyJoules).toBeCloseTo(1, 12)
    expect(evaluate(cooled({...leaking, staticGrowth: '0 /K'}), lanes).energyJoules).toBeCloseTo(plain.energyJoules, 12)
  })

  it('costs more in a warmer place, and splits over operators by their time', () => {
    const work = workloadOf(lanesNode(1e12, 1e9, {name: 'one'}), lanesNode(1e9, 1e10, {name: 'two'}))
    const [cool, warm] = ['20 degC', '40 degC'].map((ambient) => evaluate(cooled({...leaking, ambient}), work))
    expect(warm!.energyJoules).toBeGreaterThan(cool!.energyJoules)
    const [one, two] = warm!.operators
    expect(one!.energyBySource['static']! / one!.latencySeconds).toBeCloseTo(two!.energyBySource['static']! / two!.latencySeconds, 9)
    expect(one!.energyJoules + two!.energyJoules).toBeCloseTo(warm!.energyJoules, 9)
  })

  it('has no result where it runs away', () => {
    const {code, message} = failure(() => evaluate(cooled({...leaking, staticGrowth: '0.1 /K', resistance: '2 K/W'}), lanes))
    expect(code).toBe('THERMAL_RUNAWAY')
    expect(message).toContain('the static power of tiny grows faster with its temperature than its cooling takes away')
  })
})

describe('cooling that can’t be', () => {
  it.each([
    [{resistance: '-0.1 K/W'}, 'VALUE_OUT_OF_RANGE', /-0.1 K\/W is -0.1 K\/W, but more than zero is expected/],
    [{resistance: '0.1 W/K'}, 'QUANTITY_INVALID', /but a thermal resistance is expected/],
    [{resistance: '0.1'}, 'QUANTITY_INVALID', /0.1 has no unit, but a thermal resistance is expected/],
    [{ambient: '25'}, 'QUANTITY_INVALID', /25 has no unit, but a temperature is expected/],
    [{ambient: '-300 degC'}, 'VALUE_OUT_OF_RANGE', /is -26.8\d* K, but more than zero is expected/],
    [{ambient: '20 degC + 5 K'}, 'QUANTITY_INVALID', /reckons with degC, whose zero is not that of nature/],
    [{ambient: '80 degF'}, 'QUANTITY_INVALID', /reckons with degF/],
    [{limit: '30 degC'}, 'SPEC_INVALID', /no power keeps the chip at 30 degC in an ambient of 30 degC/],
    [{limit: '20 degC'}, 'SPEC_INVALID', /no power keeps the chip at 20 degC in an ambient of 30 degC/],
    [{staticTemperature: '60 degC'}, 'SPEC_INVALID', /staticTemperature and staticGrowth belong together/],
    [{staticTemperature: '60 degC', staticGrowth: '-0.1 /K'}, 'VALUE_OUT_OF_RANGE', /but zero or more is expected/],
    [{staticTemperature: '60 degC', staticGrowth: '2 %'}, 'QUANTITY_INVALID', /./],
  ])('is refused: %j', (over, code, message) => {
    const error = failure(() => cooled(over))
    expect(error.message).toMatch(message)
    expect(error.code).toBe(code)
  })

  it('is refused without an ambient', () => {
    expect(failure(() => tinyMachine({'power.thermal.resistance': '0.1 K/W'})).message).toMatch(/ambient/)
  })

  it('reads temperatures below zero, and in kelvins', () => {
    expect(cooled({ambient: '-5 degC'}).machine.power.thermal!.ambientKelvins).toBeCloseTo(268.15, 12)
    expect(cooled({ambient: '250 K'}).machine.power.thermal!.ambientKelvins).toBe(250)
  })
})
