import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {knee, pick, pickByDeadline, pickBySlowdown} from '../../src/frontier/pick.js'
import {type Infeasible, restrict} from '../../src/frontier/restrict.js'
import {sequence} from '../../src/frontier/sequence.js'
import {anyWays, bruteForceFront, pairsOf, setOf} from './sets.js'

const set = setOf([
  {seconds: 1, joules: 100, knobs: '1410 MHz'},
  {seconds: 1.1, joules: 60, knobs: '960 MHz'},
  {seconds: 2, joules: 50, knobs: '510 MHz'},
])

describe('restrict', () => {
  it('keeps what is within a deadline and a power cap, of the points given and not only of those kept', () => {
    fc.assert(
      fc.property(anyWays(15), fc.integer({min: 0, max: 30}), fc.integer({min: 0, max: 5}), (ways, deadlineSeconds, powerCapWatts) => {
        const limits = {deadlineSeconds, powerCapWatts}
        const kept = restrict(setOf(ways, {keptToWatts: 5}), limits)
        const within = ways.filter(({seconds, joules}) => seconds <= deadlineSeconds && joules <= powerCapWatts * seconds)
        if (kept.kind === 'infeasible') expect(within).toEqual([])
        else {
          expect(pairsOf(kept)).toEqual(bruteForceFront(within, 5))
          expect(restrict(kept, limits)).toEqual(kept)
        }
      }),
    )
  })

  it.each<{limits: Parameters<typeof restrict>[1]; expected: Infeasible}>([
    {limits: {deadlineSeconds: 0.5}, expected: {kind: 'infeasible', limit: 'deadline', boundSeconds: 0.5, demandSeconds: 1}},
    {limits: {powerCapWatts: 20}, expected: {kind: 'infeasible', limit: 'power', boundWatts: 20, demandWatts: 25}},
    {
      limits: {deadlineSeconds: 1.5, powerCapWatts: 30},
      expected: {kind: 'infeasible', limit: 'power', boundWatts: 30, demandWatts: 60 / 1.1},
    },
  ])('answers $limits with what it would take', ({limits, expected}) => {
    const ways = pairsOf(set).map(([seconds, joules], row) => ({seconds, joules, knobs: `${row}`}))
    expect(restrict(setOf(ways, {keptToWatts: 50}), limits)).toEqual(expected)
  })

  it('has no bound left when a power cap cuts a set that is not exact', () => {
    const part = setOf(
      [
        {seconds: 1, joules: 9, knobs: 'a'},
        {seconds: 2, joules: 4, knobs: 'b'},
      ],
      {keptToWatts: 10},
    )
    const approximate = sequence([part, part], {exactPairCount: 0})
    expect(approximate.boundJoules).toBeGreaterThan(0)
    expect(restrict(approximate, {powerCapWatts: 10})).toMatchObject({boundJoules: approximate.boundJoules})
    expect(restrict(approximate, {powerCapWatts: 5})).toMatchObject({boundJoules: Number.POSITIVE_INFINITY})
    expect(restrict(approximate, {deadlineSeconds: 2})).toMatchObject({boundJoules: approximate.boundJoules})
  })

  it('refuses a power cap that the set was not kept to, and a deadline that is not a number', () => {
    expect(() => restrict(set, {powerCapWatts: 250})).toThrow(expect.objectContaining({code: 'FRONTIER_KEPT_WATTS'}))
    expect(() => restrict(set, {deadlineSeconds: Number.NaN})).toThrow(expect.objectContaining({code: 'FRONTIER_NUMBER'}))
  })
})

describe('pick', () => {
  it.each([
    {name: 'latency', knobs: '1410 MHz'},
    {name: 'energy', knobs: '510 MHz'},
    // 100, 66 and 100 Js; 100, 72.6 and 200 Js².
    {name: 'energy-delay', knobs: '960 MHz'},
    {name: 'energy-delay-squared', knobs: '960 MHz'},
  ] as const)('by $name takes $knobs', ({name, knobs}) => {
    expect(pick(set, name).plan).toEqual({kind: 'knobs', knobs})
  })

  it('takes the least energy within a deadline or a slowdown', () => {
    expect(pickByDeadline(set, 1.99)).toMatchObject({kind: 'chosen', rowIndex: 1, latencySeconds: 1.1, energyJoules: 60})
    expect(pickBySlowdown(set, 0.05)).toMatchObject({rowIndex: 0})
    expect(pickBySlowdown(set, 0.2)).toMatchObject({rowIndex: 1})
    expect(pickBySlowdown(set, 0, 2)).toMatchObject({rowIndex: 2})
    expect(pickByDeadline(set, 0.9)).toMatchObject({kind: 'infeasible', demandSeconds: 1})
  })

  it('finds the knee, and of one point that point', () => {
    // Scaled, 960 MHz stands at (0.1, 0.2), far below the line from (0, 1) to (1, 0).
    expect(knee(set).rowIndex).toBe(1)
    expect(knee(setOf([{seconds: 1, joules: 1, knobs: 'only'}])).rowIndex).toBe(0)
  })
})
