import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {whatIfWithBands} from '../../src/dvfs/banded-what-if.js'
import {whatIf} from '../../src/dvfs/what-if.js'
import {bandsOver} from '../../src/uncertainty/over-settings.js'
import {lanesNode, tinyText, workloadOf} from '../support/tiny-machine.js'

const folder = mkdtempSync(path.join(tmpdir(), 'ridge-banded-what-if-'))
afterAll(() => rmSync(folder, {recursive: true}))
const text = tinyText
  .replace('energyPerOperation: {fp32: 1 pJ/op}', 'energyPerOperation: {fp32: {value: 1 pJ/op, range: ±50 %}}')
  .replace('static: 20 W', 'static: {value: 20 W, range: ±50 %}')
const fileOf = (name: string, content: string): string => {
  const file = path.join(folder, name)
  writeFileSync(file, content)
  return file
}
const file = fileOf('ranged.yaml', text)
const unranged = fileOf('unranged.yaml', tinyText.replace('{fp32: 1 pJ/op}', '{fp32: {value: 1 pJ/op, estimate: a guess}}'))

/** 10¹² operations of the lanes and 10⁹ bytes: at 1 GHz 10 ms. */
const work = workloadOf(lanesNode(1e12, 1e9))
const changes = {'dram.energy': '5 pJ/B', cores: '200'}
const width = ({p5Joules, p95Joules}: {p5Joules: number; p95Joules: number}): number => p95Joules - p5Joules

describe('a what-if with bands', () => {
  const {designBands, shareBands, ...result} = whatIfWithBands(file, changes, work, {fidelity: 'roofline'})

  it('is the what-if, with a band around each of its energies', () => {
    expect(result).toEqual(whatIf(file, changes, work, {fidelity: 'roofline'}))
    for (const [index, design] of result.designs.entries()) {
      for (const point of ['atHighestClock', 'leastEnergy'] as const) {
        const {p5Joules, p95Joules} = designBands![index]![point].energyBand
        expect(p5Joules).toBeLessThan(design[point].energyJoules)
        expect(p95Joules).toBeGreaterThan(design[point].energyJoules)
      }
    }
    const {clockHertz, powerLimitWatts} = result.designs[0]!.leastEnergy.knobs
    const [alone] = bandsOver(loadAccelerator(file), work, [{clockHertz, powerLimitWatts}], {fidelity: 'roofline'})
    expect(designBands![0]!.leastEnergy).toEqual({...alone, savedBand: null})
  })

  it('bands some points along each frontier, its ends among them', () => {
    for (const [index, {frontier}] of result.designs.entries()) {
      const banded = designBands![index]!.frontier
      expect([banded[0]!.pointIndex, banded.at(-1)!.pointIndex]).toEqual([0, frontier.length - 1])
      for (const {pointIndex, energyBand} of banded) {
        expect(energyBand.p5Joules).toBeLessThan(frontier[pointIndex]!.energyJoules)
        expect(energyBand.p95Joules).toBeGreaterThan(frontier[pointIndex]!.energyJoules)
      }
    }
  })

  it('compares designs sample by sample: a guess that no change touches cancels', () => {
    const [before, dram] = designBands!
    const saved = result.designs[0]!.atHighestClock.energyJoules - result.designs[1]!.atHighestClock.energyJoules
    expect(width(dram!.atHighestClock.energyBand)).toBeGreaterThan(0.5)
    expect(dram!.atHighestClock.savedBand).toEqual({
      p5Joules: expect.closeTo(saved, 9),
      p50Joules: expect.closeTo(saved, 9),
      p95Joules: expect.closeTo(saved, 9),
    })
    for (const {atHighestClock, leastEnergy} of designBands!.slice(1)) {
      expect(width(atHighestClock.savedBand!)).toBeLessThan(width(atHighestClock.energyBand) + width(before!.atHighestClock.energyBand))
      expect(width(leastEnergy.savedBand!)).toBeLessThan(width(leastEnergy.energyBand) + width(before!.leastEnergy.energyBand))
    }
  })

  it('bands what each change saves of the whole: of one change alone, what its design saves', () => {
    for (const [index, {atHighestClock, atLeastEnergy}] of result.shares.entries()) {
      const bands = shareBands![index]!
      expect(atHighestClock.savedJoules).toBeGreaterThanOrEqual(bands.atHighestClock.p5Joules - 1e-12)
      expect(atHighestClock.savedJoules).toBeLessThanOrEqual(bands.atHighestClock.p95Joules + 1e-12)
      expect(atLeastEnergy.savedJoules).toBeGreaterThanOrEqual(bands.atLeastEnergy.p5Joules - 1e-12)
      expect(atLeastEnergy.savedJoules).toBeLessThanOrEqual(bands.atLeastEnergy.p95Joules + 1e-12)
    }
    const alone = whatIfWithBands(file, {cores: '200'}, work, {fidelity: 'roofline'})
    expect(alone.shareBands).toEqual([
      {atHighestClock: alone.designBands![1]!.atHighestClock.savedBand, atLeastEnergy: alone.designBands![1]!.leastEnergy.savedBand},
    ])
  })

  it('has none where they are switched off, or an estimate of any design states no range', () => {
    const none = {designBands: null, shareBands: null}
    expect(whatIfWithBands(file, changes, work, {samples: 'off'})).toMatchObject(none)
    expect(whatIfWithBands(file, {}, work, {against: [unranged]})).toMatchObject(none)
  })
})
