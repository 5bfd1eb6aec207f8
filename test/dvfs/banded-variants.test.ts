import {describe, expect, it} from 'vitest'
import {variantsWithBands} from '../../src/dvfs/banded-variants.js'
import {frontierBands} from '../../src/dvfs/frontier-bands.js'
import {passFrontier, passPoints, type Variant} from '../../src/dvfs/pass-frontier.js'
import {variantFrontier} from '../../src/dvfs/variant-frontier.js'
import {bandsOver} from '../../src/uncertainty/over-settings.js'
import {lanesNode, tinyMachine, tinyText, workloadOf} from '../support/tiny-machine.js'

const text = tinyText.replace('energyPerOperation: {fp32: 1 pJ/op}', 'energyPerOperation: {fp32: {value: 1 pJ/op, range: ±50 %}}')
const machine = tinyMachine({}, text)
const variant = (tokenCount: number, operations: number): Variant => ({
  workload: {...workloadOf(lanesNode(operations, 0)), tokenCount},
  knobs: {batch: tokenCount},
})
const variants = [variant(1, 4e11), variant(4, 1e12)]

describe('variants with bands', () => {
  const {variantBands, energyBands, ...result} = variantsWithBands(machine, variants)

  it('are the variants, with a band of a token around every point of the best of all', () => {
    expect(result).toEqual(variantFrontier(machine, variants, {}))
    expect(energyBands).toHaveLength(result.frontier.length)
    for (const [index, {energyJoules}] of result.frontier.entries()) {
      expect(energyBands![index]!.p5Joules).toBeLessThan(energyJoules)
      expect(energyBands![index]!.p95Joules).toBeGreaterThan(energyJoules)
    }
    const {clockHertz, variant: knobs} = result.frontier.at(-1)!
    expect(knobs).toEqual({batch: 4})
    const [pass] = bandsOver(machine, variants[1]!.workload, [{clockHertz, powerLimitWatts: result.powerLimitWatts}])
    expect(energyBands!.at(-1)!.p95Joules).toBeCloseTo(pass!.energyBand.p95Joules / 4, 12)
  })

  it('have some along each frontier, its ends among them', () => {
    for (const [index, {frontier}] of result.variants.entries()) {
      const bands = variantBands![index]!
      expect([bands[0]!.pointIndex, bands.at(-1)!.pointIndex]).toEqual([0, frontier.length - 1])
      expect(bands).toEqual(frontierBands(machine, variants[index]!, frontier, {per: 'token'}))
    }
  })

  it('have none where they are switched off, or an estimate states no range', () => {
    const none = {variantBands: null, energyBands: null}
    expect(variantsWithBands(machine, variants, {samples: 'off'})).toMatchObject(none)
    const unranged = tinyMachine({}, tinyText.replace('{fp32: 1 pJ/op}', '{fp32: {value: 1 pJ/op, estimate: a guess}}'))
    expect(variantsWithBands(unranged, variants)).toMatchObject(none)
  })
})

describe('a point that a power limit holds', () => {
  it('has the band of the highest clock, which the limit lowers in each sample by itself', () => {
    const options = {powerLimitsWatts: [100]}
    const {knobs} = passPoints(machine, variants[1]!, options).at(-1)!
    expect(knobs.throttled).toBe(true)
    const [held] = frontierBands(machine, variants[1]!, [knobs])
    const [highest] = bandsOver(machine, variants[1]!.workload, [{clockHertz: 1e9, powerLimitWatts: 100}])
    expect(held!.energyBand).toEqual(highest!.energyBand)
    expect(passFrontier(machine, [variants[1]!], options).latencySeconds.length).toBeGreaterThan(1)
  })
})
