import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Frontier} from '../../src/frontier/frontier.js'
import {choose} from '../../src/frontier/pick.js'
import {knobsInOrder} from '../../src/frontier/plan.js'
import {repeat} from '../../src/frontier/repeat.js'
import {sequence} from '../../src/frontier/sequence.js'
import {anyWays, bruteForceFront, combinations, excessJoules, pairsOf, setOf, summed, type Way} from './sets.js'

const watts = fc.integer({min: 0, max: 5})
const anyParts = fc.array(anyWays(5), {minLength: 1, maxLength: 4})

/** Every row's knobs, looked up where they came from, add up to the row. */
function expectPlansToAddUp(set: Frontier<string>, parts: readonly (readonly Way[])[]): void {
  for (let row = 0; row < set.latencySeconds.length; row++) {
    const {plan, latencySeconds, energyJoules} = choose(set, row)
    const knobs = [...knobsInOrder(plan)]
    expect(knobs).toHaveLength(parts.length)
    const sum = summed(knobs.map((knob, part) => parts[part]!.find((way) => way.knobs === knob)!))
    expect(sum.seconds).toBeCloseTo(latencySeconds, 6)
    expect(sum.joules).toBeCloseTo(energyJoules, 6)
  }
}

describe('sequence', () => {
  it('is the front of all sums, of the points given and not only of those kept', () => {
    fc.assert(
      fc.property(anyParts, watts, (parts, keptToWatts) => {
        const set = sequence(parts.map((ways) => setOf(ways, {keptToWatts})))
        expect(pairsOf(set)).toEqual(bruteForceFront(combinations(parts).map(summed), keptToWatts))
        expect(set.boundJoules).toBe(0)
        expectPlansToAddUp(set, parts)
      }),
    )
  })

  it('is associative', () => {
    fc.assert(
      fc.property(anyWays(6), anyWays(6), anyWays(6), (...lists) => {
        const [a, b, c] = lists.map((ways) => setOf(ways)) as [Frontier<string>, Frontier<string>, Frontier<string>]
        expect(pairsOf(sequence([sequence([a, b]), c]))).toEqual(pairsOf(sequence([a, sequence([b, c])])))
      }),
    )
  })

  it('by hulls holds only real sums, and none of all sums saves more than the stated bound', () => {
    fc.assert(
      fc.property(anyParts, watts, (parts, keptToWatts) => {
        const set = sequence(
          parts.map((ways) => setOf(ways, {keptToWatts})),
          {exactPairCount: 0},
        )
        const exact = bruteForceFront(combinations(parts).map(summed), keptToWatts)
        expect(set.latencySeconds[0]).toBe(exact[0]![0])
        expect(excessJoules(set, exact, keptToWatts)).toBeLessThanOrEqual(set.boundJoules + 1e-9)
        expectPlansToAddUp(set, parts)
      }),
      {numRuns: 300},
    )
  })

  it('by hulls of hulls adds the bounds up, and still keeps to them', () => {
    fc.assert(
      fc.property(anyWays(5), anyWays(5), anyWays(5), anyWays(5), (...parts) => {
        const [a, b, c, d] = parts.map((ways) => setOf(ways)) as [Frontier<string>, Frontier<string>, Frontier<string>, Frontier<string>]
        const [left, right] = [sequence([a, b], {exactPairCount: 0}), sequence([c, d], {exactPairCount: 0})]
        const set = sequence([left, right], {exactPairCount: 0})
        expect(set.boundJoules).toBeGreaterThanOrEqual(left.boundJoules + right.boundJoules)
        expect(excessJoules(set, bruteForceFront(combinations(parts).map(summed)))).toBeLessThanOrEqual(set.boundJoules + 1e-9)
      }),
    )
  })

  it('of a thousand parts is off by no more than one edge of one part', () => {
    // Each part: 1 s and 4 J, or 2 s and 1 J; a thousand of them fall by 3 J a second, one edge at a time.
    const part = setOf([
      {seconds: 1, joules: 4, knobs: 'fast'},
      {seconds: 2, joules: 1, knobs: 'slow'},
    ])
    const set = sequence(Array.from({length: 1000}, () => part))
    expect(set.latencySeconds.length).toBe(1001)
    expect(set.boundJoules).toBe(3)
    expect(pairsOf(set)[250]).toEqual([1250, 3250])
    expect([...knobsInOrder(choose(set, 250).plan)].filter((knob) => knob === 'slow')).toHaveLength(250)
  })

  it('steps over edges too short for a sum of doubles to feel', () => {
    const long = setOf([{seconds: 1e9, joules: 1e9, knobs: 'only'}])
    const short = setOf([
      {seconds: 1e-9, joules: 1e-9, knobs: 'x'},
      {seconds: 2e-9, joules: 0, knobs: 'y'},
    ])
    expect(pairsOf(sequence([long, short], {exactPairCount: 0}))).toEqual([[1e9, 1e9]])
  })

  it('refuses to run nothing', () => {
    expect(() => sequence([])).toThrow(expect.objectContaining({code: 'FRONTIER_EMPTY'}))
  })
})

describe('repeat', () => {
  it('n times is the sequence of n copies, exact and by hulls', () => {
    fc.assert(
      fc.property(anyWays(6), fc.integer({min: 1, max: 6}), watts, fc.constantFrom(0, 1e6), (ways, times, keptToWatts, exactPairCount) => {
        const set = setOf(ways, {keptToWatts})
        const copies = Array.from({length: times}, () => set)
        const repeated = repeat(set, times, {exactPairCount})
        const sequenced = sequence(copies, {exactPairCount})
        expect(pairsOf(repeated)).toEqual(pairsOf(sequenced))
        expect(repeated.boundJoules).toBeCloseTo(sequenced.boundJoules, 9)
        for (let row = 0; row < repeated.latencySeconds.length; row++) {
          const sum = summed([...knobsInOrder(repeated.planOf(row))].map((knob) => ways.find((way) => way.knobs === knob)!))
          expect([sum.seconds, sum.joules]).toEqual(pairsOf(repeated)[row])
        }
      }),
    )
  })

  it('a million times holds few points, and says in its plan how often each is taken', () => {
    const set = repeat(
      setOf([
        {seconds: 1, joules: 9, knobs: 'fast'},
        {seconds: 2, joules: 4, knobs: 'middle'},
        {seconds: 4, joules: 2, knobs: 'slow'},
      ]),
      1_000_000,
    )
    expect(set.latencySeconds.length).toBe(4097)
    expect(pairsOf(set)[2048]).toEqual([2e6, 4e6])
    expect(set.planOf(1024)).toEqual({
      kind: 'repeat',
      runs: [
        {repeatCount: 500_000, plan: {kind: 'knobs', knobs: 'fast'}},
        {repeatCount: 500_000, plan: {kind: 'knobs', knobs: 'middle'}},
      ],
    })
    // 2048 steps an edge: the first edge falls by 5 MJ, in steps of 488 or 489 of a million repeats, 5 J each.
    expect(set.boundJoules).toBe(489 * 5)
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses to repeat %d times', (times) => {
    expect(() => repeat(setOf([{seconds: 1, joules: 1, knobs: 'a'}]), times)).toThrow(expect.objectContaining({code: 'FRONTIER_REPEAT'}))
  })
})
