import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {UserError} from '../../src/foundation/user-error.js'
import {choice} from '../../src/frontier/choice.js'
import {coarsen} from '../../src/frontier/coarsen.js'
import {frontierOf, keptTo} from '../../src/frontier/frontier.js'
import {choose} from '../../src/frontier/pick.js'
import {knobsInOrder} from '../../src/frontier/plan.js'
import {anyWays, bruteForceFront, excessJoules, pairsOf, setOf} from './sets.js'

describe('frontierOf', () => {
  it('keeps what no other point beats, for any power that it is kept to', () => {
    fc.assert(
      fc.property(anyWays(20), fc.integer({min: 0, max: 9}), (ways, keptToWatts) => {
        expect(pairsOf(setOf(ways, {keptToWatts}))).toEqual(bruteForceFront(ways, keptToWatts))
      }),
    )
  })

  it('is monotone: more ways never cost more at any deadline', () => {
    fc.assert(
      fc.property(anyWays(12), anyWays(12), (some, more) => {
        expect(excessJoules(setOf([...some, ...more]), pairsOf(setOf(some)))).toBeLessThanOrEqual(0)
      }),
    )
  })

  it('gives the knobs of the row that is chosen', () => {
    fc.assert(
      fc.property(anyWays(20), (ways) => {
        const set = setOf(ways)
        for (let row = 0; row < set.latencySeconds.length; row++) {
          const {plan, latencySeconds, energyJoules} = choose(set, row)
          expect(ways.find(({knobs}) => knobs === [...knobsInOrder(plan)][0])).toMatchObject({
            seconds: latencySeconds,
            joules: energyJoules,
          })
        }
      }),
    )
  })

  it('keeps a slow point of low power only where waiting costs more than it does', () => {
    const ways = [
      {seconds: 1, joules: 10, knobs: 'race'},
      {seconds: 2, joules: 10.5, knobs: 'stroll'},
    ]
    expect(pairsOf(setOf(ways))).toEqual([[1, 10]])
    expect(pairsOf(setOf(ways, {keptToWatts: 0.4}))).toEqual([[1, 10]])
    expect(pairsOf(setOf(ways, {keptToWatts: 1}))).toHaveLength(2)
    expect(pairsOf(keptTo(setOf(ways, {keptToWatts: 1}), 0))).toEqual([[1, 10]])
  })

  it('does not change when its input does, and can not be given other columns', () => {
    const latencySeconds = [1]
    const set = frontierOf({latencySeconds, energyJoules: [2], knobs: ['a']})
    latencySeconds[0] = 9
    expect(pairsOf(set)).toEqual([[1, 2]])
    expect(Object.isFrozen(set)).toBe(true)
  })

  const column = {latencySeconds: [1, 2], energyJoules: [2, 1], knobs: ['a', 'b']}
  it.each([
    {why: 'no points', points: {latencySeconds: [], energyJoules: [], knobs: []}, code: 'FRONTIER_EMPTY', says: 'at least one point'},
    {why: 'NaN', points: {...column, energyJoules: [2, Number.NaN]}, code: 'FRONTIER_NUMBER', says: 'energyJoules of point 1 is NaN'},
    {
      why: 'a negative time',
      points: {...column, latencySeconds: [-1, 2]},
      code: 'FRONTIER_NUMBER',
      says: 'latencySeconds of point 0 is -1',
    },
    {why: 'infinity', points: {...column, latencySeconds: [1, Infinity]}, code: 'FRONTIER_NUMBER', says: 'point 1 is Infinity'},
  ])('refuses $why', ({points, code, says}) => {
    expect(() => frontierOf(points)).toThrow(UserError)
    expect(() => frontierOf(points)).toThrow(expect.objectContaining({code, message: expect.stringContaining(says)}))
  })

  it('refuses to be asked about more watts than it is kept to', () => {
    expect(() => keptTo(setOf([{seconds: 1, joules: 1, knobs: 'a'}], {keptToWatts: 5}), 6)).toThrow(
      expect.objectContaining({code: 'FRONTIER_KEPT_WATTS', suggestions: ['build it with `{keptToWatts: 6}`']}),
    )
  })
})

describe('choice', () => {
  it('is the front of all points together', () => {
    fc.assert(
      fc.property(anyWays(9), anyWays(9), anyWays(9), (a, b, c) => {
        expect(pairsOf(choice([setOf(a), setOf(b), setOf(c)]))).toEqual(bruteForceFront([...a, ...b, ...c]))
      }),
    )
  })

  it('is associative, commutative and idempotent', () => {
    fc.assert(
      fc.property(anyWays(9), anyWays(9), anyWays(9), (...lists) => {
        const [a, b, c] = lists.map((ways) => setOf(ways, {keptToWatts: 3})) as [
          ReturnType<typeof setOf>,
          ReturnType<typeof setOf>,
          ReturnType<typeof setOf>,
        ]
        expect(pairsOf(choice([choice([a, b]), c]))).toEqual(pairsOf(choice([a, choice([b, c])])))
        expect(pairsOf(choice([a, b]))).toEqual(pairsOf(choice([b, a])))
        expect(pairsOf(choice([a, a]))).toEqual(pairsOf(a))
      }),
    )
  })

  it('refuses to choose from nothing', () => {
    expect(() => choice([])).toThrow(expect.objectContaining({code: 'FRONTIER_EMPTY'}))
  })
})

describe('coarsen', () => {
  it('keeps no more points than asked for and the fastest, within the bound that it states', () => {
    fc.assert(
      fc.property(anyWays(40, 'a', 1000), fc.integer({min: 1, max: 8}), fc.integer({min: 0, max: 9}), (ways, pointCount, keptToWatts) => {
        const set = setOf(ways, {keptToWatts})
        const few = coarsen(set, pointCount)
        expect(few.latencySeconds.length).toBeLessThanOrEqual(pointCount)
        expect(few.latencySeconds[0]).toBe(set.latencySeconds[0])
        expect(excessJoules(few, pairsOf(set), keptToWatts)).toBeLessThanOrEqual(few.boundJoules + 1e-9)
      }),
    )
  })

  it('of four points on a line drops the middle ones for a third of the fall each', () => {
    const ways = [0, 1, 2, 3].map((step) => ({seconds: 1 + step, joules: 40 - 10 * step, knobs: `${step}`}))
    expect(coarsen(setOf(ways), 2).boundJoules).toBeCloseTo(10, 9)
    expect(coarsen(setOf(ways), 4).boundJoules).toBe(0)
    expect(() => coarsen(setOf(ways), 0)).toThrow(expect.objectContaining({code: 'FRONTIER_COARSEN'}))
  })
})
