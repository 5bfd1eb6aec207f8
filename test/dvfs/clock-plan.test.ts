import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {clockPlans, fastestClock, type LevelPlan} from '../../src/dvfs/clock-plan.js'
import type {PassKernels} from '../../src/dvfs/kernel-points.js'
import {bruteForce, costOf, type PlanLimits, passes, passOf, singles, stageGroups, stateCount} from './small-passes.js'

const ratio = fc.double({min: 0, max: 0.6, noNaN: true})
const cost = fc.oneof(fc.constant(0), fc.double({min: 0, max: 3, noNaN: true}))

/**
 * A pass under the power of one of its clocks, or under none, and a deadline that its fastest clock meets. Under a limit a
 * switch takes at least its power: one that takes less could serve as a pause, for which no plan looks.
 */
function problems(runCount: number): fc.Arbitrary<[PassKernels, PlanLimits]> {
  return fc.tuple(passes(runCount), fc.nat(stateCount), ratio, cost, cost).map(([free, capped, slowdownRatio, switchSeconds, joules]) => {
    const watts = singles(free)[capped]?.watts
    const pass = watts === undefined ? free : {...free, heldWatts: watts * 1.0013}
    const switchJoules = joules + (watts === undefined ? 0 : pass.heldWatts * switchSeconds)
    return [pass, {switchSeconds, switchJoules, deadlineSeconds: fastestClock(pass).latencySeconds * (1 + slowdownRatio)}]
  })
}

function levelsOf(plans: readonly LevelPlan[]): Record<string, LevelPlan> {
  return Object.fromEntries(plans.map((plan) => [plan.level, plan]))
}

describe('clockPlans', () => {
  it('finds the least energy of all ways to set the clock, for one clock, one a stage and one a kernel, switches paid', () => {
    fc.assert(
      fc.property(problems(4), ([pass, limits]) => {
        const groups = {single: () => 0, stage: (run: number) => stageGroups(pass)[run]!, kernel: (run: number) => run}
        for (const [level, plan] of Object.entries(levelsOf(clockPlans(pass, limits)))) {
          const least = bruteForce(pass, limits, groups[level as keyof typeof groups])
          expect(Math.abs(plan.energyJoules / least - 1)).toBeLessThan(1e-6)
          expect(plan.gapJoules).toBeGreaterThanOrEqual(0)
        }
      }),
      {numRuns: 400},
    )
  })

  it('never finds less than there is on longer passes, and never promises a smaller gap than there is', () => {
    fc.assert(
      fc.property(problems(6), ([pass, limits]) => {
        const {kernel} = levelsOf(clockPlans(pass, limits))
        const least = bruteForce(pass, limits, (run) => run)
        expect(kernel!.energyJoules).toBeGreaterThanOrEqual(least * (1 - 1e-6))
        expect(kernel!.energyJoules - kernel!.gapJoules).toBeLessThanOrEqual(least * (1 + 1e-6))
      }),
      {numRuns: 100},
    )
  })

  it('states what its own clocks cost, within the deadline and the power limit', () => {
    fc.assert(
      fc.property(problems(9), ([pass, limits]) => {
        for (const {stateOfRun, latencySeconds, energyJoules, switchCount} of clockPlans(pass, limits)) {
          const stated = costOf(pass, stateOfRun, limits)
          expect(latencySeconds).toBeCloseTo(stated.latencySeconds, 9)
          expect(energyJoules).toBeCloseTo(stated.energyJoules, 9)
          expect(switchCount).toBe(stated.switchCount)
          expect(latencySeconds).toBeLessThanOrEqual(limits.deadlineSeconds * (1 + 1e-8))
          expect(energyJoules).toBeLessThanOrEqual(pass.heldWatts * latencySeconds * (1 + 1e-8))
        }
      }),
    )
  })

  it('is never worse with a clock a kernel than with one a stage, nor that than with one for all', () => {
    fc.assert(
      fc.property(problems(8), ([pass, limits]) => {
        const {single, stage, kernel} = levelsOf(clockPlans(pass, limits))
        expect(stage!.energyJoules).toBeLessThanOrEqual(single!.energyJoules)
        expect(kernel!.energyJoules).toBeLessThanOrEqual(stage!.energyJoules)
      }),
    )
  })

  it('keeps to one clock where a switch takes longer than the pass', () => {
    fc.assert(
      fc.property(problems(8), ([pass, limits]) => {
        for (const plan of clockPlans(pass, {...limits, switchSeconds: 1e6, switchJoules: 1e6})) {
          expect(plan.switchCount).toBe(0)
          expect(new Set(plan.stateOfRun).size).toBe(1)
        }
      }),
    )
  })

  it('gives the memory-bound kernel the low clock for nothing, and the other the time that is left', () => {
    // Kernel 0 takes 1 s at any clock and a joule less with each state down; kernel 2 takes 4 s less a second a state, and 1 J more each.
    const rows = [
      [1, 1],
      [1, 2],
      [1, 3],
      [1, 4],
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 1],
      [4, 4],
      [3, 5],
      [2, 6],
      [1, 7],
    ] as const
    const pass = passOf(rows, [0, 2])
    const limits = {switchSeconds: 0, switchJoules: 0, deadlineSeconds: 2}
    const {single, kernel} = levelsOf(clockPlans(pass, limits))
    expect(single!.energyJoules).toBe(11)
    expect([...kernel!.stateOfRun]).toEqual([0, 3])
    expect(kernel!.energyJoules).toBe(8)
    // Two switches of 0.4 s leave 1.2 s of a deadline of 3 s for kernel 2 beside its one clock of 2 s: no gain in time, 3 J saved for 0.2 J.
    const paid = levelsOf(clockPlans(pass, {...limits, deadlineSeconds: 2.8, switchSeconds: 0.4, switchJoules: 0.1}))['kernel']!
    expect([...paid.stateOfRun]).toEqual([0, 3])
    expect(paid.latencySeconds).toBeCloseTo(2.8, 12)
    expect(paid.energyJoules).toBeCloseTo(8.2, 12)
    expect(paid.switchCount).toBe(2)
  })

  it('runs one kernel faster on the power that another leaves, where the limit keeps a single clock low', () => {
    // At 5.9 W one clock must be state 0, 3 s and 9 J, as state 1 takes 2 s and 12 J; together they take 2 s and 8 J.
    const rows = [
      [1, 1],
      [1, 5],
      [1, 9],
      [1, 9],
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 1],
      [2, 8],
      [1, 7],
      [1, 20],
      [1, 20],
    ] as const
    const pass = passOf(rows, [0, 2], 5.9)
    const reference = fastestClock(pass)
    expect([...reference.stateOfRun]).toEqual([0, 0])
    expect(reference.latencySeconds).toBe(3)
    const limits = {switchSeconds: 0, switchJoules: 0, deadlineSeconds: 3}
    const {single, kernel} = levelsOf(clockPlans(pass, limits))
    expect(single!.energyJoules).toBe(9)
    expect([...kernel!.stateOfRun]).toEqual([0, 1])
    expect(kernel!.latencySeconds).toBe(2)
    expect(kernel!.energyJoules).toBe(8)
  })
})

describe('fastestClock', () => {
  it('is the average that the limit leaves of the highest clock, where there is one', () => {
    const rows = Array.from({length: 12}, (_, point) => [4 - (point % 4), 1] as const)
    const {kernels, ...pass} = passOf(rows, [0, 1, 2], 1)
    const settled = kernels.map(({points, ...kernel}) => ({
      ...kernel,
      points: {latencySeconds: [4, 3, 2, 1, 0.9], energyJoules: [1, 1, 1, 1, 0.9], knobs: [...points.knobs, 4]},
    }))
    const throttled = {...pass, kernels: settled, clockHertz: [1e8, 2e8, 3e8, 4e8, 3.5e8]}
    expect([...fastestClock(throttled).stateOfRun]).toEqual([4, 4, 4])
    // All may run at it together, but no stage and no kernel can be set to it.
    const limits = {deadlineSeconds: 4, switchSeconds: 0, switchJoules: 0}
    for (const {stateOfRun} of clockPlans(throttled, limits)) expect([...stateOfRun]).toEqual([4, 4, 4])
    expect([...fastestClock({...pass, kernels}).stateOfRun]).toEqual([3, 3, 3])
  })

  it('refuses a device with one clock, and a limit that no clock holds', () => {
    const pass = passOf(
      Array.from({length: 12}, () => [1, 10] as const),
      [0, 1, 2],
    )
    const one = {...pass, stateCount: 1}
    expect(() => fastestClock(one)).toThrow(expect.objectContaining({code: 'PLAN_NOTHING', exitCode: 3}))
    expect(() => fastestClock({...pass, heldWatts: 9})).toThrow(
      expect.objectContaining({
        code: 'PLAN_POWER_LIMIT',
        exitCode: 4,
        suggestions: ['the lowest power of any clock is 10 W: give a higher power limit'],
      }),
    )
  })
})
