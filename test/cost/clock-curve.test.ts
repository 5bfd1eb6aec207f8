import {describe, expect, it} from 'vitest'
import {clockStates} from '../../src/accelerator/clock.js'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {clockCurve, compileClockSweep} from '../../src/cost/clock-curve.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {loadWorkload} from '../../src/workload/load-workload.js'

const a100 = loadAccelerator('a100-pcie-40gb')
const passes = [
  loadWorkload('opt-1.3b', {phase: 'prefill', batch: 8, promptTokens: 512}),
  loadWorkload('opt-1.3b', {phase: 'prefill', batch: 8, promptTokens: 512, fused: false, launch: 'queued'}),
  loadWorkload('opt-1.3b', {phase: 'decode', batch: 8, contextTokens: 512}),
]

describe.each(passes)('a sweep over the clocks of $name in $phase', (workload) => {
  const {free, held} = compileClockSweep(a100, workload)

  it('is at every clock what that clock alone is', () => {
    const states = held(170).states
    for (const row of [0, 7, 30, 55, 80]) {
      const {clockHertz, latencySeconds, energyJoules, averageWatts, throttled, boundBy} = states[row]!
      const alone = evaluate(a100, workload, {clockHertz, powerLimitWatts: 170})
      expect(latencySeconds / alone.latencySeconds).toBeCloseTo(1, 7)
      expect(energyJoules / alone.energyJoules).toBeCloseTo(1, 7)
      expect(averageWatts / alone.averageWatts).toBeCloseTo(1, 7)
      expect([throttled, boundBy]).toEqual([alone.throttled, alone.boundBy])
    }
  })

  it('sets in to throttle where its power first exceeds what is held of the limit, between two states', () => {
    const share = a100.machine.power.regulationRatio
    const powerLimitWatts = Math.min(250, Math.max(100, (free().at(-1)!.averageWatts / share) * 0.8))
    const {onsetHertz, states} = held(powerLimitWatts)
    const first = free().findIndex(({averageWatts}) => averageWatts > share * powerLimitWatts)
    expect(states.findIndex(({throttled}) => throttled)).toBe(first)
    expect(onsetHertz).toBeGreaterThanOrEqual(states[first - 1]!.clockHertz)
    expect(onsetHertz).toBeLessThan(states[first]!.clockHertz)
    expect(states.at(-1)).toEqual({...states[first]!, clockHertz: 1.41e9})
  })

  it('has no onset where no state exceeds the limit, and gives the same when it is asked again', () => {
    const generous = compileClockSweep(
      loadAccelerator('a100-pcie-40gb', {set: {'power.limit': '2 kW', 'power.maximumLimit': '2 kW'}}),
      workload,
    )
    const {onsetHertz, states} = generous.held()
    expect(onsetHertz).toBeUndefined()
    expect(states).toEqual(generous.free())
    expect(held(150)).toEqual(held(150))
  })

  it('begins at the clock asked for', () => {
    expect(compileClockSweep(a100, workload, {fromHertz: 510e6}).free()).toHaveLength(61)
    expect(clockCurve(a100, workload)).toHaveLength(clockStates(a100.machine.clocks[0]!).length)
  })
})

it('sweeps over clocks of a machine whose blocks persist, which splits no product in vain, as each clock alone', () => {
  const h100 = loadAccelerator('h100-sxm')
  const prefill = loadWorkload('llama-3.1-8b', {phase: 'prefill', batch: 1, promptTokens: 700})
  const states = clockCurve(h100, prefill)
  for (const {clockHertz, latencySeconds} of states.filter((_, row) => row % 20 === 7))
    expect(latencySeconds / evaluate(h100, prefill, {clockHertz, powerLimitWatts: 700}).latencySeconds).toBeLessThanOrEqual(1 + 1e-9)
  const unlimited = loadAccelerator('h100-sxm', {set: {'power.limit': '9 kW', 'power.maximumLimit': '9 kW'}})
  for (const {clockHertz, latencySeconds} of states.filter((_, row) => row % 10 === 3))
    expect(latencySeconds / evaluate(unlimited, prefill, {clockHertz}).latencySeconds).toBeCloseTo(1, 12)
})
