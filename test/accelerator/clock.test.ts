import {describe, expect, it} from 'vitest'
import {clockStates, voltageAt, voltageFloorHertz} from '../../src/accelerator/clock.js'
import {parseAccelerator} from '../../src/accelerator/load-accelerator.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {gemm} from '../../src/workload/operators/gemm.js'
import {edited, failure, small, smallAccelerator} from '../support/small-accelerator.js'

const range = '    minimum: 100 MHz\n    maximum: 1 GHz\n    step: 50 MHz\n'
const listed = (states: string) => parseAccelerator('listed', edited(range, `    states: ${states}\n`))

describe('clock states', () => {
  it('rise by the step and end at the maximum', () => {
    const states = clockStates(small().machine.clocks[0]!)
    expect(states).toHaveLength(19)
    expect([states[0], states[1], states.at(-1)]).toEqual([100e6, 150e6, 1e9])
  })

  it('can be listed, and the first and last are the lowest and highest clock', () => {
    const [core] = listed('[100 MHz, 300 MHz, 1 GHz]').machine.clocks
    expect(clockStates(core!)).toEqual([100e6, 300e6, 1e9])
    expect([core!.minimumHertz, core!.maximumHertz]).toEqual([100e6, 1e9])
  })

  it('are what a power limit dithers between', () => {
    const accelerator = parseAccelerator(
      'listed',
      edited(range, '    states: [100 MHz, 300 MHz, 620 MHz, 1 GHz]\n').replace('bf16: 1 pJ/op', 'bf16: 90 pJ/op'),
    )
    const node = gemm({name: 'product', m: 4096, n: 4096, k: 4096, batchCount: 1, dtype: 'bf16', weights: true, count: 1})
    const workload = {
      name: 'product',
      phase: 'kernel',
      operators: [node],
      parameterCount: 0,
      residentBytes: {weights: 0, activations: 0, kvCache: 0, optimizerState: 0},
      tokenCount: 1,
      settings: {},
    }
    const {throttled, clockHertz, averageWatts} = evaluate(accelerator, workload)
    const states = [100e6, 300e6, 620e6, 1e9]
    const watts = states.map((state) => evaluate(accelerator, workload, {clockHertz: state, powerLimitWatts: 30}).averageWatts)
    const below = watts.findLastIndex((each) => each <= 20)
    expect(throttled).toBe(true)
    expect(averageWatts).toBeCloseTo(20, 6)
    expect(clockHertz).toBeGreaterThan(states[below]!)
    expect(clockHertz).toBeLessThan(states[below + 1]!)
  })

  it('are refused where they fall, or beside a range', () => {
    expect(failure(() => listed('[300 MHz, 100 MHz]')).message).toContain('clock states must rise')
    expect(failure(() => parseAccelerator('both', edited(range, `${range}    states: [1 GHz]\n`))).message).toContain('exclude each other')
    expect(failure(() => parseAccelerator('neither', edited(range, ''))).suggestions).toContain('add `states: [900 MHz, 1410 MHz]`')
  })
})

describe('voltageAt', () => {
  it('is linear between measured points and flat beyond them', () => {
    const [core] = small().machine.clocks
    expect(voltageAt(core!, 550e6)).toBeCloseTo(0.75, 12)
    expect(voltageAt(core!, 50e6)).toBe(0.6)
    expect(voltageAt(core!, 2e9)).toBe(0.9)
  })

  it('stays on its floor up to the knee, then rises with the slope', () => {
    const text = smallAccelerator.replace(
      '    voltage:\n      - {clock: 100 MHz, voltage: 0.6 V}\n      - {clock: 1 GHz, voltage: 0.9 V}\n',
      '    voltage: {floor: 0.7 V, knee: 500 MHz, slope: 0.5 mV/MHz}\n',
    )
    const [core] = parseAccelerator('parametric', text).machine.clocks
    expect(voltageAt(core!, 400e6)).toBeCloseTo(0.7, 12)
    expect(voltageAt(core!, 900e6)).toBeCloseTo(0.9, 12)
  })
})

describe('voltageFloorHertz', () => {
  const core = small().machine.clocks[0]!
  const table = (...values: number[]) => ({
    ...core,
    voltage: {kind: 'table' as const, scaleRatio: 1, clockHertz: [100e6, 400e6, 700e6, 1e9], values},
  })

  it('is the last measured clock at the lowest voltage', () => {
    expect(voltageFloorHertz(table(0.7, 0.7, 0.8, 0.9))).toBe(400e6)
    expect(voltageFloorHertz(table(0.6, 0.7, 0.8, 0.9))).toBe(100e6)
  })

  it('is the highest clock where the voltage never rises', () => {
    expect(voltageFloorHertz(table(0.7, 0.7, 0.7, 0.7))).toBe(core.maximumHertz)
    const flat = {kind: 'parametric', scaleRatio: 1, floorVolts: 0.7, kneeHertz: 500e6, slopeVoltsPerHertz: 0} as const
    expect(voltageFloorHertz({...core, voltage: flat})).toBe(core.maximumHertz)
  })

  it('is the knee of a floor and a slope, below the highest clock', () => {
    const knee = (kneeHertz: number) =>
      ({kind: 'parametric', scaleRatio: 1, floorVolts: 0.7, kneeHertz, slopeVoltsPerHertz: 5e-10}) as const
    expect(voltageFloorHertz({...core, voltage: knee(500e6)})).toBe(500e6)
    expect(voltageFloorHertz({...core, voltage: knee(5e9)})).toBe(core.maximumHertz)
  })
})
