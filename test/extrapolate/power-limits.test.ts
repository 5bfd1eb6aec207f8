import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {type LimitedDevice, type WorkPrior, workTable} from '../../src/extrapolate/limited-work.js'
import {limitedDevice, statesAtLimits, statesFromTable, workPrior} from '../../src/extrapolate/power-limits.js'

/** 50 W whatever runs, and a voltage that never moves: round numbers. */
const plain: LimitedDevice = {
  staticWatts: 50,
  waitingWatts: 50,
  lowestClockRatio: 0.1,
  energyRatioAt: () => 1,
  highestLimitWatts: 250,
  heldRatio: 1,
}

/** Nothing but work that is always busy, all of it paced by the clock, drawing about 250 W. */
const sure: WorkPrior = {
  ...workPrior,
  pacedLogit: {center: Math.log(1 / 0.03), spread: 0.01},
  busyShareLogit: {center: Math.log(1 / 0.03), spread: 0.01},
  busyLogRatio: {center: 0, spread: 0.03},
}

describe('statesFromTable', () => {
  // Always busy, wholly paced, constant voltage: P = 50 + 200·φ and T = 1/φ, so 150 W halve the clock and 100 W quarter it.
  it('slows work that is always busy as its limit asks', () => {
    const limits = [250, 225, 150, 100]
    const points = [
      {powerLimitWatts: 250, latencySeconds: 10, averageWatts: 250},
      {powerLimitWatts: 225, latencySeconds: 10 / 0.875, averageWatts: 225},
    ]
    const states = statesFromTable(points, workTable(plain, sure, limits), limits, sure)
    expect(states[2]!.latencySeconds / 20).toBeCloseTo(1, 1)
    expect(states[3]!.latencySeconds / 40).toBeCloseTo(1, 1)
    expect(states[2]!.averageWatts / 150).toBeCloseTo(1, 1)
    expect(states[3]!.averageWatts / 100).toBeCloseTo(1, 1)
  })

  it('lets a limit that the lowest clock can not hold be exceeded', () => {
    const device = {...plain, lowestClockRatio: 0.5}
    const limits = [250, 225, 100]
    const points = [
      {powerLimitWatts: 250, latencySeconds: 10, averageWatts: 250},
      {powerLimitWatts: 225, latencySeconds: 10 / 0.875, averageWatts: 225},
    ]
    const [, , lowest] = statesFromTable(points, workTable(device, sure, limits), limits, sure)
    expect(lowest!.averageWatts).toBeGreaterThan(130)
    expect(lowest!.latencySeconds / 20).toBeCloseTo(1, 1)
  })
})

describe('statesAtLimits', () => {
  const v100 = limitedDevice(loadAccelerator('v100-pcie-32gb'))

  it('keeps the time and power of work that draws less than any limit', () => {
    const points = [250, 225].map((powerLimitWatts) => ({powerLimitWatts, latencySeconds: 100, averageWatts: 45}))
    const [state] = statesAtLimits(points, v100, [100])
    expect(state!.latencySeconds).toBeCloseTo(100, 0)
    expect(state!.energyJoules / 4500).toBeCloseTo(1, 1)
  })

  it('never speeds work up under a lower limit, nor lets it draw more', () => {
    fc.assert(
      fc.property(fc.double({min: 60, max: 245, noNaN: true}), fc.double({min: 1, max: 1.05, noNaN: true}), (watts, slowdown) => {
        const points = [
          {powerLimitWatts: 250, latencySeconds: 100, averageWatts: watts},
          {powerLimitWatts: 225, latencySeconds: 100 * slowdown, averageWatts: Math.min(watts, 225) / slowdown},
        ]
        const states = statesAtLimits(points, v100, [200, 175, 150, 125, 100])
        for (const [index, state] of states.entries()) {
          if (index === 0) continue
          expect(state.latencySeconds).toBeGreaterThanOrEqual(states[index - 1]!.latencySeconds * (1 - 1e-9))
          expect(state.averageWatts).toBeLessThanOrEqual(states[index - 1]!.averageWatts * (1 + 1e-9))
        }
      }),
      {seed: 4, numRuns: 25},
    )
  })

  it('scales with the time of the work', () => {
    const points = [
      {powerLimitWatts: 250, latencySeconds: 100, averageWatts: 226},
      {powerLimitWatts: 225, latencySeconds: 102.4, averageWatts: 209},
    ]
    const [once] = statesAtLimits(points, v100, [125])
    const [twice] = statesAtLimits(
      points.map((point) => ({...point, latencySeconds: 2 * point.latencySeconds})),
      v100,
      [125],
    )
    expect(twice!.latencySeconds / once!.latencySeconds).toBeCloseTo(2, 9)
    expect(twice!.averageWatts).toBeCloseTo(once!.averageWatts, 9)
  })
})
