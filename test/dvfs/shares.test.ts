import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {savedShares} from '../../src/dvfs/shares.js'

type Spent = readonly Readonly<Record<string, number>>[]
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const totalOf = (bySource: Readonly<Record<string, number>>): number => sum(Object.values(bySource))
const anySpent = (changeCount: number): fc.Arbitrary<Spent> =>
  fc.array(fc.record({hbm: fc.integer({min: 0, max: 1000}), idle: fc.integer({min: 0, max: 1000})}), {
    minLength: 1 << changeCount,
    maxLength: 1 << changeCount,
  })
const anyCase = fc.integer({min: 1, max: 4}).chain((changeCount) => fc.tuple(fc.constant(changeCount), anySpent(changeCount)))

describe('the shares of what is saved', () => {
  it('are the mean over the two orders of two changes', () => {
    // Alone they save 2 and 4, together 10: 2 then 8, or 4 then 6.
    const spent = [{hbm: 20}, {hbm: 18}, {hbm: 16}, {hbm: 10}]
    expect(savedShares(2, (made) => spent[made]!)).toEqual([{hbm: 4}, {hbm: 6}])
  })

  it('add up to all that is saved, source by source', () => {
    fc.assert(
      fc.property(anyCase, ([changeCount, spent]) => {
        const shares = savedShares(changeCount, (made) => spent[made]!)
        for (const source of ['hbm', 'idle'] as const)
          expect(sum(shares.map((share) => share[source]!))).toBeCloseTo(spent[0]![source]! - spent.at(-1)![source]!, 6)
      }),
    )
  })

  it('do not depend on the order in which the changes are named', () => {
    fc.assert(
      fc.property(anySpent(3), ([...spent]) => {
        // The same game with the changes named last to first.
        const reversed = (made: number): number => ((made & 1) << 2) | (made & 2) | (made >> 2)
        const forward = savedShares(3, (made) => spent[made]!).map(totalOf)
        const backward = savedShares(3, (made) => spent[reversed(made)]!).map(totalOf)
        for (const [index, joules] of forward.entries()) expect(backward[2 - index]).toBeCloseTo(joules, 6)
      }),
    )
  })

  it('are nothing for a change that never moves anything, and alike for changes that do alike', () => {
    fc.assert(
      fc.property(anySpent(2), (spent) => {
        // The third change is looked at by no one.
        const [, , third] = savedShares(3, (made) => spent[made & 3]!)
        expect(totalOf(third!)).toBe(0)
        const [one, other] = savedShares(2, (made) => spent[made === 2 ? 1 : made]!)
        expect(totalOf(one!)).toBeCloseTo(totalOf(other!), 6)
      }),
    )
  })

  it('count a source that a change brings or takes away', () => {
    expect(savedShares(1, (made) => (made === 0 ? {l2: 3} : {l3: 1}))).toEqual([{l2: 3, l3: -1}])
  })

  it('of more than six changes are those of the order given, and still add up', () => {
    const asked: number[] = []
    const shares = savedShares(7, (made) => {
      asked.push(made)
      return {hbm: 1000 - made}
    })
    expect(shares).toEqual([1, 2, 4, 8, 16, 32, 64].map((hbm) => ({hbm})))
    expect(asked).toEqual([0, 1, 3, 7, 15, 31, 63, 127])
  })
})
