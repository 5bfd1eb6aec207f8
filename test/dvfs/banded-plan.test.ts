import {describe, expect, it} from 'vitest'
import {planWithBands} from '../../src/dvfs/banded-plan.js'
import {plannedPass} from '../../src/dvfs/plan-record.js'
import {bandsOver} from '../../src/uncertainty/over-settings.js'
import {lanesNode, productNode, tinyMachine, tinyText, workloadOf} from '../support/tiny-machine.js'

/** Products that the clock slows, and a stream of memory that it does not. */
const work = workloadOf(productNode(1024, 1024, 1024), lanesNode(1e6, 1e10))
const options = {fidelity: 'roofline', slowdownRatio: 0.05, switchSeconds: [0, 1e-5]}
const rangedText = (dram: string, statics: string): string =>
  tinyText
    .replace('energy: 10 pJ/B', `energy: {value: 10 pJ/B, range: ${dram}}`)
    .replace('static: 20 W', `static: {value: 20 W, range: ${statics}}`)
const width = ({p5Joules, p95Joules}: {p5Joules: number; p95Joules: number}): number => p95Joules - p5Joules

describe('a plan with bands', () => {
  const machine = tinyMachine({}, rangedText('±50 %', '±50 %'))
  const {record, kernels, plans} = planWithBands(machine, work, options)
  const {referenceBand, levelBands, ...plan} = record

  it('is the plan, its energies and what it saves inside of their bands', () => {
    expect({record: plan, kernels, plans}).toEqual(plannedPass(machine, work, options))
    expect(referenceBand!.p5Joules).toBeLessThan(plan.reference.energyJoules)
    expect(referenceBand!.p95Joules).toBeGreaterThan(plan.reference.energyJoules)
    for (const [index, {levels}] of plan.switchings.entries()) {
      for (const [place, {energyJoules, savedEnergyRatio}] of levels.entries()) {
        const {energyBand, savedEnergyBand} = levelBands![index]![place]!
        expect(energyBand.p5Joules).toBeLessThan(energyJoules)
        expect(energyBand.p95Joules).toBeGreaterThan(energyJoules)
        expect(savedEnergyBand.p5Ratio).toBeLessThanOrEqual(savedEnergyRatio + 1e-12)
        expect(savedEnergyBand.p95Ratio).toBeGreaterThanOrEqual(savedEnergyRatio - 1e-12)
      }
    }
  })

  it('compares with the band of the same pass at the one clock', () => {
    const {clockHertz} = plan.reference
    const [alone] = bandsOver(machine, work, [{clockHertz}], {fidelity: 'roofline'})
    for (const end of ['p5Joules', 'p50Joules', 'p95Joules'] as const) expect(referenceBand![end]).toBeCloseTo(alone!.energyBand[end], 9)
  })

  it('compares sample by sample: what every clock pays alike cancels', () => {
    const {record: memory} = planWithBands(tinyMachine({}, rangedText('±50 %', 'exact')), work, options)
    const [, , kernel] = memory.levelBands![0]!
    const saved = memory.switchings[0]!.levels[2]!
    expect(saved.savedEnergyRatio).toBeGreaterThan(0)
    expect(width(kernel!.energyBand)).toBeCloseTo(width(memory.referenceBand!), 9)
    // The saved joules are the same in all samples; only the whole that they are a share of differs.
    const savedJoules = memory.reference.energyJoules - saved.energyJoules
    expect(kernel!.savedEnergyBand.p5Ratio).toBeCloseTo(savedJoules / memory.referenceBand!.p95Joules, 6)
    expect(kernel!.savedEnergyBand.p95Ratio).toBeCloseTo(savedJoules / memory.referenceBand!.p5Joules, 6)
  })

  it('has none where they are switched off, or an estimate states no range', () => {
    const none = {referenceBand: null, levelBands: null}
    expect(planWithBands(machine, work, {...options, samples: 'off'}).record).toMatchObject(none)
    const unranged = tinyMachine({}, tinyText.replace('static: 20 W', 'static: {value: 20 W, estimate: a guess}'))
    expect(planWithBands(unranged, work, options).record).toMatchObject(none)
  })
})
