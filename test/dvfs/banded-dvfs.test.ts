import {describe, expect, it} from 'vitest'
import {dvfsWithBands} from '../../src/dvfs/banded-dvfs.js'
import {passDvfs} from '../../src/dvfs/pass-dvfs.js'
import {failure} from '../support/small-accelerator.js'
import {lanesNode, tinyMachine, tinyText, workloadOf} from '../support/tiny-machine.js'

/** 10¹² operations of the lanes: at 1 GHz 10 ms and 1 J, which half of the voltage makes a quarter. */
const work = workloadOf(lanesNode(1e12, 0))
const lanes = (notes: string) =>
  tinyMachine({}, tinyText.replace('energyPerOperation: {fp32: 1 pJ/op}', `energyPerOperation: {fp32: {value: 1 pJ/op, ${notes}}}`))

describe('clocks with bands', () => {
  it('have one around the energy of each clock, in their order', () => {
    const machine = lanes('range: ±40 %')
    const {clocks, clockBands, powerLimitBands: _, ...rest} = dvfsWithBands(machine, work)
    expect({clocks, ...rest}).toEqual(passDvfs(machine, work))
    expect(clockBands).toHaveLength(clocks.length)
    const top = clockBands!.at(-1)!.energyBand
    expect([top.p5Joules, top.p95Joules]).toEqual([expect.closeTo(0.3 + 0.64, 6), expect.closeTo(0.3 + 1.36, 6)])
    const floor = clocks.findIndex(({clockHertz}) => clockHertz === 5e8)
    const {p5Joules, p95Joules} = clockBands![floor]!.energyBand
    expect(p95Joules - p5Joules).toBeCloseTo(0.72 / 4, 6)
  })

  it('hold a power limit in every sample, which then differ in time', () => {
    const {clocks, clockBands} = dvfsWithBands(lanes('range: ±40 %'), work, {powerLimitWatts: 100})
    expect(clocks.at(-1)!.throttled).toBe(true)
    const {powerBand, latencyBand} = clockBands!.at(-1)!
    expect(powerBand.p95Watts).toBeLessThanOrEqual(100)
    expect(latencyBand.p95Seconds).toBeGreaterThan(latencyBand.p5Seconds * 1.05)
  })

  it('have one around each power limit, which at the stated limit is that of the highest clock', () => {
    const {powerLimits, powerLimitBands, clockBands, powerLimitWatts} = dvfsWithBands(lanes('range: ±40 %'), work)
    expect(powerLimitBands).toHaveLength(powerLimits.length)
    for (const [index, {energyJoules}] of powerLimits.entries()) {
      const {p5Joules, p95Joules} = powerLimitBands![index]!.energyBand
      expect(p5Joules).toBeLessThan(energyJoules)
      expect(p95Joules).toBeGreaterThan(energyJoules)
    }
    const stated = powerLimits.findIndex((state) => state.powerLimitWatts === powerLimitWatts)
    expect(powerLimitBands![stated]).toEqual(clockBands!.at(-1))
  })

  it('have none where they are switched off, or an estimate states no range; asked for, that is an error', () => {
    expect(dvfsWithBands(lanes('range: x2'), work, {samples: 'off'})).toMatchObject({clockBands: null, powerLimitBands: null})
    expect(dvfsWithBands(lanes('estimate: a guess'), work).clockBands).toBeNull()
    expect(failure(() => dvfsWithBands(lanes('estimate: a guess'), work, {samples: 100})).code).toBe('RANGE_MISSING')
  })
})
