import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {factorizationsOf, type LoopRule, listed, primeFactors, smallestInner} from '../../src/search/factorizations.js'

const free: LoopRule = {fixedCount: undefined, maximumCount: Number.POSITIVE_INFINITY}
const ruleCases: fc.Arbitrary<LoopRule> = fc.oneof(
  fc.constant(free),
  fc.integer({min: 1, max: 6}).map((maximumCount) => ({fixedCount: undefined, maximumCount})),
  fc.integer({min: 1, max: 4}).map((fixedCount) => ({fixedCount, maximumCount: Number.POSITIVE_INFINITY})),
)

/** Whether every loop counts what is needed of it, and all together cover the size. */
function covers(row: readonly number[], size: number, allowsImperfect: boolean): boolean {
  let inner = 1
  for (const count of row.toReversed()) {
    if (count > Math.ceil(size / inner)) return false
    inner = Math.min(size, inner * count)
  }
  return inner === size && (allowsImperfect || row.reduce((product, count) => product * count, 1) === size)
}

describe('factorizations', () => {
  it('of 2⁶ into four loops are 84', () => {
    expect(factorizationsOf(64, [free, free, free, free], false).count).toBe(84)
  })

  it('of 5 into two loops are 1·5 and 5·1 where they are perfect, and five where they are not', () => {
    const rows = (allowsImperfect: boolean) => listed(factorizationsOf(5, [free, free], allowsImperfect))
    expect([...rows(false)]).toEqual([5, 1, 1, 5])
    expect([...rows(true)]).toEqual([5, 1, 3, 2, 2, 3, 2, 4, 1, 5])
  })

  it('are all that cover the size within the rules, each once', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 1, max: 12}),
        fc.array(ruleCases, {minLength: 1, maxLength: 3}),
        fc.boolean(),
        (size, rules, allowsImperfect) => {
          const factorizations = factorizationsOf(size, rules, allowsImperfect)
          const flat = listed(factorizations)
          const found = Array.from({length: factorizations.count}, (_, index) =>
            [...flat.subarray(index * rules.length, (index + 1) * rules.length)].join(),
          )
          const counts = Array.from({length: size}, (_, index) => index + 1)
          const tried = rules.reduce<number[][]>((rows) => rows.flatMap((row) => counts.map((count) => [...row, count])), [[]])
          const kept = tried.filter(
            (row) =>
              row.every(
                (count, rule) =>
                  count === (rules[rule]!.fixedCount ?? count) &&
                  (rules[rule]!.fixedCount !== undefined || count <= rules[rule]!.maximumCount),
              ) && covers(row, size, allowsImperfect),
          )
          expect(found.toSorted()).toEqual(kept.map((row) => row.join()).toSorted())
          if (found.length > 0) expect(found).toContain([...smallestInner(factorizations)].join())
        },
      ),
      {numRuns: 200},
    )
  })

  it('multiply back from primes', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 1, max: 100_000}),
        (value) => primeFactors(value).reduce((product, prime) => product * prime, 1) === value,
      ),
    )
  })
})
