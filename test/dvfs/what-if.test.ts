import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {evaluate} from '../../src/cost/evaluate.js'
import {type DesignOutcome, type WhatIf, whatIf} from '../../src/dvfs/what-if.js'
import {failure} from '../support/small-accelerator.js'
import {lanesNode, productNode, tinyMachine, tinyText, workloadOf} from '../support/tiny-machine.js'

const folder = mkdtempSync(path.join(tmpdir(), 'ridge-what-if-'))
afterAll(() => rmSync(folder, {recursive: true}))
const file = path.join(folder, 'tiny.yaml')
const other = path.join(folder, 'other.yaml')
writeFileSync(file, tinyText)
writeFileSync(other, tinyText.replace('energy: 10 pJ/B', 'energy: 20 pJ/B'))

/** Bound by its products at low clocks and by the memory at high ones. */
const workload = workloadOf(productNode(2048, 2048, 2048), lanesNode(1e9, 1e8))
const asked = (set: Readonly<Record<string, string>>, options: Parameters<typeof whatIf>[3] = {}): WhatIf =>
  whatIf(file, set, workload, {fidelity: 'roofline', ...options})
const designOf = ({designs}: WhatIf, role: DesignOutcome['role']): DesignOutcome => designs.find((design) => design.role === role)!
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

describe('a what-if', () => {
  const changes = {'dram.energy': '5 pJ/B', cores: '200', 'array.energyPerOperation.bf16': '0.8 pJ/op'}
  const result = asked(changes)

  it('stands the design before, each change alone and all together side by side', () => {
    expect(result.designs.map(({name}) => name)).toEqual([
      'before',
      'dram.energy=5 pJ/B',
      'cores=200',
      'array.energyPerOperation.bf16=0.8 pJ/op',
      'all together',
    ])
    for (const {changes: set, atHighestClock} of result.designs) {
      const {latencySeconds, energyJoules, energyBySource, clockHertz} = evaluate(tinyMachine(set), workload, {fidelity: 'roofline'})
      expect(atHighestClock).toMatchObject({latencySeconds, energyJoules, energyBySource, knobs: {clockHertz}})
    }
  })

  it('of the energy of a byte moves that source alone, by the bytes that cross the level', () => {
    const [before, cheaper] = [designOf(asked({'dram.energy': '5 pJ/B'}), 'before'), designOf(asked({'dram.energy': '5 pJ/B'}), 'change')]
    for (const [row, point] of cheaper.frontier.entries()) {
      const {dram, ...rest} = point.energyBySource
      const {dram: dramBefore, ...restBefore} = before.frontier[row]!.energyBySource
      expect(point.knobs).toEqual(before.frontier[row]!.knobs)
      expect(rest).toEqual(restBefore)
      expect(dram).toBeCloseTo(dramBefore! / 2, 12)
    }
    const [share] = asked({'dram.energy': '5 pJ/B'}).shares
    expect(share!.atHighestClock.savedJoulesBySource).toMatchObject({
      dram: before.atHighestClock.energyBySource['dram']! / 2,
      idle: 0,
      array: 0,
    })
    expect(share!.atHighestClock.shareRatio).toBe(1)
  })

  it('splits what is saved so that the shares add up, whichever order the changes are named in', () => {
    const reversed = asked(Object.fromEntries(Object.entries(changes).reverse()))
    const points = [
      ['atHighestClock', 'atHighestClock'],
      ['atLeastEnergy', 'leastEnergy'],
    ] as const
    for (const [share, point] of points) {
      const saved = designOf(result, 'before')[point].energyJoules - designOf(result, 'all')[point].energyJoules
      expect(saved).toBeGreaterThan(0)
      expect(sum(result.shares.map((each) => each[share].savedJoules))).toBeCloseTo(saved, 12)
      expect(sum(result.shares.map((each) => each[share].shareRatio!))).toBeCloseTo(1, 12)
      for (const each of result.shares) {
        const same = reversed.shares.find(({key}) => key === each.key)!
        expect(same[share].savedJoules).toBeCloseTo(each[share].savedJoules, 12)
        expect(sum(Object.values(each[share].savedJoulesBySource))).toBeCloseTo(each[share].savedJoules, 12)
      }
    }
  })

  it('gives the least energy in the time, and the least time at the energy, of the design before at its highest clock', () => {
    const {latencySeconds, energyJoules} = designOf(result, 'before').atHighestClock
    for (const {frontier, inEqualTime, atEqualEnergy} of result.designs) {
      const inTime = frontier.filter((point) => point.latencySeconds <= latencySeconds)
      expect(inEqualTime?.energyJoules).toBe(Math.min(...inTime.map((point) => point.energyJoules)))
      const atEnergy = frontier.filter((point) => point.energyJoules <= energyJoules)
      expect(atEqualEnergy?.latencySeconds).toBe(Math.min(...atEnergy.map((point) => point.latencySeconds)))
    }
  })

  it('has no point in equal time on a design too slow for it', () => {
    expect(designOf(asked({cores: '10'}), 'change').inEqualTime).toBeNull()
    expect(designOf(asked({'dram.energy': '1 nJ/B'}), 'change').atEqualEnergy).toBeNull()
  })

  it('says of a change that it changes nothing, and gives it no share', () => {
    const {shares} = asked({'wire.energy': '1 pJ/B', 'dram.energy': '5 pJ/B', dramBandwidth: '1000 GB/s'})
    expect(shares.map(({key, changesNothing}) => [key, changesNothing])).toEqual([
      ['wire.energy', true],
      ['dram.energy', false],
      ['dramBandwidth', true],
    ])
    expect(shares.map(({atHighestClock}) => atHighestClock.shareRatio)).toEqual([0, 1, 0])
    const [alone] = asked({'wire.energy': '1 pJ/B'}).shares
    expect(alone!.atHighestClock).toMatchObject({savedJoules: 0, shareRatio: null})
  })

  it('under a power limit moves the clock that the limit lets stand', () => {
    const limited = asked({'array.energyPerOperation.bf16': '0.5 pJ/op'}, {powerLimitWatts: 60})
    const [before, after] = [designOf(limited, 'before').atHighestClock, designOf(limited, 'change').atHighestClock]
    expect(before.knobs.throttled).toBe(true)
    expect(after.knobs.clockHertz).toBeGreaterThan(before.knobs.clockHertz)
    for (const {frontier} of limited.designs) for (const {averageWatts} of frontier) expect(averageWatts).toBeLessThanOrEqual(60)
  })

  it('stands another accelerator beside, with no share in what is saved', () => {
    const {designs, shares} = asked({}, {against: [other]})
    expect(designs.map(({name, role}) => [name, role])).toEqual([
      ['before', 'before'],
      ['other', 'other'],
    ])
    expect(designs[1]!.atHighestClock.energyBySource['dram']).toBeCloseTo(2 * designs[0]!.atHighestClock.energyBySource['dram']!, 12)
    expect(shares).toEqual([])
  })

  it('splits more than six changes in the order given, and says so', () => {
    const seven = {
      ...changes,
      'array.m': '8',
      'buffer.energy': '2 pJ/B',
      'wire.energy': '1 pJ/B',
      'power.static': '10 W',
    }
    const {shares, sharedBy, designs} = asked(seven)
    expect(sharedBy).toBe('sequence')
    expect(result.sharedBy).toBe('orders')
    const saved = designs[0]!.atHighestClock.energyJoules - designs.at(-1)!.atHighestClock.energyJoules
    expect(sum(shares.map(({atHighestClock}) => atHighestClock.savedJoules))).toBeCloseTo(saved, 12)
  })

  it('of nothing is refused', () => {
    expect(failure(() => asked({}))).toMatchObject({message: 'nothing is changed', code: 'USAGE', exitCode: 2})
  })
})
