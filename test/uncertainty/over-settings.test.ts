import {describe, expect, it} from 'vitest'
import {bandOf} from '../../src/uncertainty/band.js'
import {monteCarlo} from '../../src/uncertainty/monte-carlo.js'
import {areBandsDrawn, bandsOver, samplesOver, savedBand} from '../../src/uncertainty/over-settings.js'
import {lanesNode, tinyMachine, tinyText, workloadOf} from '../support/tiny-machine.js'

/** 10¹² operations of the lanes: 10 ms at 1 GHz, 1 J of operations, and at 30 W of idle and static power 0.3 J more. */
const work = workloadOf(lanesNode(1e12, 0))
const text = tinyText
  .replace('energyPerOperation: {fp32: 1 pJ/op}', 'energyPerOperation: {fp32: {value: 1 pJ/op, range: ±50 %}}')
  .replace('static: 20 W', 'static: {value: 20 W, range: ±50 %}')
const machine = tinyMachine({}, text)
const width = ({p5Joules, p95Joules}: {p5Joules: number; p95Joules: number}): number => p95Joules - p5Joules

describe('a pass at several settings', () => {
  it('draws at each what it draws there alone, in any order and under any limit', () => {
    const settings = [
      {clockHertz: 1e9, powerLimitWatts: 100},
      {clockHertz: 0.5e9},
      {clockHertz: 1e9},
      {clockHertz: 1e9, powerLimitWatts: 100},
    ]
    const together = bandsOver(machine, work, settings)
    expect(together).toEqual(settings.flatMap((setting) => bandsOver(machine, work, [setting])))
    expect(together[0]).toEqual(expect.objectContaining({energyBand: monteCarlo(machine, work, {powerLimitWatts: 100}).energyBand}))
  })
})

describe('the band of a saving', () => {
  const [half] = samplesOver(machine, work, [{clockHertz: 0.5e9}])
  const [whole] = samplesOver(machine, work, [{clockHertz: 1e9}])

  it('is what the samples of one guess save each: half of the voltage saves three quarters of the operations', () => {
    // Static power halves and holds twice as long; idle power takes 0.1 J more.
    const {p5Joules, p50Joules, p95Joules} = savedBand(whole!, half!)
    expect([p5Joules, p50Joules, p95Joules]).toEqual([0.55, 1, 1.45].map((joules) => expect.closeTo(0.75 * joules - 0.1, 9)))
  })

  it('is narrower than the ends of two bands are apart, and of no width between a pass and itself', () => {
    const [before, after] = [bandOf('Joules', whole!.energyJoules), bandOf('Joules', half!.energyJoules)]
    expect(width(savedBand(whole!, half!))).toBeLessThan(before.p95Joules - after.p5Joules - (before.p5Joules - after.p95Joules))
    expect(savedBand(whole!, whole!)).toEqual({p5Joules: 0, p50Joules: 0, p95Joules: 0})
  })

  it('cancels the guess that a change does not touch', () => {
    const changed = tinyMachine({'units.lanes.energyPerOperation.fp32': '0.5 pJ/op'}, text.replace('range: ±50 %}}', 'range: exact}}'))
    const exact = tinyMachine({}, text.replace('range: ±50 %}}', 'range: exact}}'))
    const at = [{clockHertz: 1e9}]
    const saved = savedBand(samplesOver(exact, work, at)[0]!, samplesOver(changed, work, at)[0]!)
    expect(width(bandsOver(changed, work, at)[0]!.energyBand)).toBeGreaterThan(0.1)
    expect([saved.p5Joules, saved.p95Joules]).toEqual([expect.closeTo(0.5, 9), expect.closeTo(0.5, 9)])
  })
})

describe('bands', () => {
  it('are drawn unasked where every estimate states its range, and always or never where that is asked', () => {
    const unranged = tinyMachine({}, tinyText.replace('{fp32: 1 pJ/op}', '{fp32: {value: 1 pJ/op, estimate: a guess}}'))
    expect(areBandsDrawn([machine], undefined)).toBe(true)
    expect(areBandsDrawn([machine, unranged], undefined)).toBe(false)
    expect(areBandsDrawn([unranged], 100)).toBe(true)
    expect(areBandsDrawn([machine], 'off')).toBe(false)
  })
})
