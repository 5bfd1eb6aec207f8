import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {type ClockState, clockCurve} from '../../src/cost/clock-curve.js'
import {sensitivityKnee} from '../../src/cost/sensitivity-knee.js'
import {loadWorkload} from '../../src/workload/load-workload.js'
import {lanesNode, tinyMachine, workloadOf} from '../support/tiny-machine.js'

const state = (clockHertz: number, latencySeconds: number, boundBy: string): ClockState => ({
  clockHertz,
  latencySeconds,
  energyJoules: 1,
  averageWatts: 1,
  throttled: false,
  boundBy,
})

describe('the clock at which a pass begins to feel the core clock', () => {
  it('is the lowest of those that stay within the tolerance of the highest', () => {
    const states = [state(1, 2, 'unit'), state(2, 1.05, 'unit'), state(3, 1.009, 'dram'), state(4, 1, 'dram')]
    expect(sensitivityKnee(states)).toEqual({clockHertz: 3, slowdownRatio: 1.009, boundBy: 'dram', boundFromHertz: 3, boundBelowBy: 'unit'})
    expect(sensitivityKnee(states, 0.05)).toMatchObject({clockHertz: 2, slowdownRatio: 1.05})
    expect(sensitivityKnee(states, 0.001).clockHertz).toBe(4)
  })

  it('is the lowest state where no clock takes longer, and no other resource bounds', () => {
    expect(sensitivityKnee([state(1, 1, 'dram'), state(2, 1, 'dram')])).toMatchObject({
      clockHertz: 1,
      boundFromHertz: 1,
      boundBelowBy: undefined,
    })
  })

  it('is where the roofline crosses its ridge', () => {
    // 60 flop a byte on a ridge of 100 flop a byte at 1 GHz: memory-bound from 600 MHz on.
    const {clockHertz, boundBy, boundFromHertz, boundBelowBy} = sensitivityKnee(
      clockCurve(tinyMachine(), workloadOf(lanesNode(60.5e9, 1e9))),
      0,
    )
    expect([clockHertz, boundBy, boundFromHertz, boundBelowBy]).toEqual([650e6, 'dram', 650e6, 'lanes'])
  })

  it.each([
    ['a100-sxm-80gb', '1200 GB/s', '3000 GB/s'],
    ['h100-sxm', '2000 GB/s', '5000 GB/s'],
  ])('exists for decode on %s, moves with the memory’s bandwidth, and is not felt above', (name, slower, faster) => {
    const decode = loadWorkload('llama-3.1-8b', {phase: 'decode', batch: 16, contextTokens: 2048})
    const curveOf = (set?: Record<string, string>): ClockState[] =>
      clockCurve(loadAccelerator(name, set === undefined ? {} : {set}), decode)
    const states = curveOf()
    const knee = sensitivityKnee(states)
    const {minimumHertz, maximumHertz} = loadAccelerator(name).machine.clocks[0]!
    expect(knee.boundBy).toBe('hbm')
    expect(knee.clockHertz).toBeGreaterThan(minimumHertz)
    expect(knee.clockHertz).toBeLessThan(maximumHertz)
    for (const {clockHertz, latencySeconds} of states)
      expect(latencySeconds / states.at(-1)!.latencySeconds <= 1.01).toBe(clockHertz >= knee.clockHertz)
    expect(sensitivityKnee(curveOf({hbmBandwidth: slower})).clockHertz).toBeLessThan(knee.clockHertz)
    expect(sensitivityKnee(curveOf({hbmBandwidth: faster})).clockHertz).toBeGreaterThan(knee.clockHertz)
  })
})
