import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {type LevelRecord, plannedPass} from '../../src/dvfs/plan-record.js'
import {loadWorkload} from '../../src/workload/load-workload.js'
import {lanesNode, tinyMachine, workloadOf} from '../support/tiny-machine.js'

/** One training step of the issue: 24 layers forward and backward, and the optimizer. */
const step = loadWorkload('gpt3-xl', {phase: 'train', batch: 4, promptTokens: 2048, dtype: 'bf16'})
const accelerator = loadAccelerator('a100-pcie-40gb')
const {record} = plannedPass(accelerator, step, {slowdownRatio: 0.01})

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

const everyLevel = record.switchings.flatMap(({switchSeconds, levels}) =>
  levels.map((level) => [switchSeconds, level.level, level] as const),
)

describe('plannedPass of one training step of gpt3-xl on an A100 PCIe', () => {
  it('compares with the fastest clock that the limit leaves, which is what an evaluation settles at', () => {
    const throttled = evaluate(accelerator, step)
    expect(throttled.throttled).toBe(true)
    expect(record.reference.clockHertz).toBe(throttled.clockHertz)
    expect(record.reference.latencySeconds).toBeCloseTo(throttled.latencySeconds, 9)
    expect(record.reference.energyJoules).toBeCloseTo(throttled.energyJoules, 6)
    expect(record.fitsInMemory).toBe(false)
    expect(record.runCount).toBe(sum(step.operators.map(({count}) => count)))
  })

  it('plans for switches of 0, 1 and 10 ms', () => {
    expect(record.switchings.map(({switchSeconds}) => switchSeconds)).toEqual([0, 1e-3, 1e-2])
    for (const {switchSeconds, switchJoules} of record.switchings) expect(switchJoules).toBeCloseTo(switchSeconds * record.switchWatts, 12)
  })

  it.each(everyLevel)('adds up, with switches of %f s and a clock for each %s', (switchSeconds, _, plan: LevelRecord) => {
    const {groups, byBound, switchCount} = plan
    expect(sum(groups.map(({runCount}) => runCount))).toBe(record.runCount)
    expect(sum(groups.map(({latencySeconds}) => latencySeconds)) + plan.switchSeconds).toBeCloseTo(plan.latencySeconds, 9)
    expect(sum(groups.map(({energyJoules}) => energyJoules)) + plan.switchJoules).toBeCloseTo(plan.energyJoules, 6)
    expect(plan.switchSeconds).toBeCloseTo(switchCount * switchSeconds, 12)
    expect(plan.slowdownRatio).toBeLessThanOrEqual(0.01 + 1e-8)
    expect(plan.averageWatts).toBeLessThanOrEqual(record.heldWatts * (1 + 1e-8))
    expect(1 - plan.energyJoules / record.reference.energyJoules).toBeCloseTo(plan.savedEnergyRatio, 12)
    expect(sum(byBound.map(({timeRatio}) => timeRatio))).toBeCloseTo(1, 9)
    expect(sum(byBound.map(({savedJoules}) => savedJoules)) - plan.switchJoules).toBeCloseTo(
      record.reference.energyJoules - plan.energyJoules,
      6,
    )
  })

  it('saves more with a clock a kernel than with one a stage, and that more than with one for all, where switches are free', () => {
    const [single, stage, kernel] = record.switchings[0]!.levels as [LevelRecord, LevelRecord, LevelRecord]
    expect(stage.savedEnergyRatio).toBeGreaterThanOrEqual(single.savedEnergyRatio)
    expect(kernel.savedEnergyRatio).toBeGreaterThan(stage.savedEnergyRatio)
    expect(kernel.gapRatio).toBeLessThan(0.001)
  })

  it('saves less the longer a switch takes, and no more than free switches would', () => {
    const kernels = record.switchings.map(({levels}) => levels.find(({level}) => level === 'kernel')!)
    const [free, quick, slow] = kernels as [LevelRecord, LevelRecord, LevelRecord]
    expect(quick.savedEnergyRatio).toBeLessThan(free.savedEnergyRatio)
    expect(slow.savedEnergyRatio).toBeLessThan(quick.savedEnergyRatio)
    expect(quick.switchCount).toBeLessThan(20)
  })

  it('takes kernels of the memory far down without slowing them', () => {
    const adam = record.switchings[0]!.levels.at(-1)!.groups.find(({operator}) => operator === 'adam')!
    const atReference = record.switchings[0]!.levels[0]!.groups.find(({operator}) => operator === 'adam')!
    expect(adam.boundBy).toBe('hbm')
    expect(adam.clockHertz).toBeLessThan(atReference.clockHertz / 1.5)
    expect(adam.latencySeconds).toBeLessThan(atReference.latencySeconds * 1.01)
    expect(adam.energyJoules).toBeLessThan(atReference.energyJoules)
  })
})

describe('plannedPass', () => {
  const work = workloadOf(lanesNode(1e11, 1e6), lanesNode(1e6, 1e9, {name: 'copy'}))
  const options = {fidelity: 'roofline'}

  it('takes 1 % of slowdown where nothing is asked, and a deadline as it is', () => {
    const plan = plannedPass(tinyMachine(), work, options).record
    expect(plan.boundSeconds).toBeCloseTo(plan.reference.latencySeconds * 1.01, 12)
    expect(plannedPass(tinyMachine(), work, {...options, deadlineSeconds: 5e-3}).record.boundSeconds).toBe(5e-3)
  })

  it('refuses what cannot be had, as one clock would', () => {
    const refused = (code: string) => expect.objectContaining({code})
    expect(() => plannedPass(tinyMachine(), work, {...options, deadlineSeconds: 1e-3})).toThrow(refused('DEADLINE_UNMET'))
    expect(() => plannedPass(tinyMachine(), work, {...options, slowdownRatio: -1})).toThrow(refused('SLOWDOWN_INVALID'))
    expect(() => plannedPass(tinyMachine(), work, {...options, powerLimitWatts: 15})).toThrow(refused('PLAN_POWER_LIMIT'))
    expect(() => plannedPass(tinyMachine(), work, {...options, switchSeconds: [-1]})).toThrow(refused('SWITCH_INVALID'))
  })
})
