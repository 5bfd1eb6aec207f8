import {describe, expect, it} from 'vitest'
import {expertGroups} from '../../../src/workload/operators/expert-load.js'
import {type MoeOptions, moe} from '../../../src/workload/operators/moe.js'

const routing = {tokens: 64, experts: 128, topK: 8, exponent: 1.2, expertParallel: 1} as const
const rowsOf = (groups: ReturnType<typeof expertGroups>): number => groups.reduce((sum, g) => sum + g.expertCount * g.rowsPerExpert, 0)
const hitsOf = (groups: ReturnType<typeof expertGroups>): number => groups.reduce((sum, g) => sum + g.expertCount, 0)

const base: MoeOptions = {tokens: 64, hidden: 1024, intermediate: 512, experts: 128, topK: 8, dtype: 'bf16'}
const weightBytes = (options: MoeOptions): number => moe(options).demand.reads.find(({tensor}) => tensor === 'weights')!.bytes

describe('expertGroups', () => {
  it.each(['balanced', 'random', 'power_law'] as const)(
    '%s hands out every copy of every token, to at most all experts',
    (distribution) => {
      for (const tokens of [1, 3, 17, 64, 4096]) {
        const groups = expertGroups({...routing, tokens, distribution})
        expect(rowsOf(groups)).toBeCloseTo(tokens * 8, 6)
        expect(hitsOf(groups)).toBeLessThanOrEqual(128 + 1e-9)
        for (const {rowsPerExpert} of groups) {
          expect(rowsPerExpert).toBeGreaterThanOrEqual(1 - 1e-9)
          expect(rowsPerExpert).toBeLessThanOrEqual(tokens + 1e-9)
        }
      }
    },
  )

  it('balanced: one token reaches topK experts, many reach all', () => {
    expect(hitsOf(expertGroups({...routing, tokens: 1, distribution: 'balanced'}))).toBe(8)
    expect(hitsOf(expertGroups({...routing, tokens: 100, distribution: 'balanced'}))).toBe(128)
  })

  it('random: as many experts as drawing topK of them for each token would hit', () => {
    expect(hitsOf(expertGroups({...routing, tokens: 1, distribution: 'random'}))).toBeCloseTo(8, 9)
    // Exhaustive for 2 tokens that pick 1 of 2 experts: both the same in half of the cases, so 1.5 on average.
    expect(hitsOf(expertGroups({...routing, tokens: 2, experts: 2, topK: 1, distribution: 'random'}))).toBe(1.5)
  })

  it('a power law hits fewer experts than chance, and its exponent counts', () => {
    const hits = (exponent: number): number => hitsOf(expertGroups({...routing, exponent, distribution: 'power_law'}))
    const random = hitsOf(expertGroups({...routing, distribution: 'random'}))
    expect(hits(1.2)).toBeLessThan(random)
    expect(hits(1.2)).not.toBeCloseTo(hits(1.01), 3)
  })

  it('a rank of an even split gets its share of experts and of tokens', () => {
    const groups = expertGroups({...routing, tokens: 1024, expertParallel: 8, distribution: 'balanced'})
    expect(groups).toEqual([{expertCount: 16, rowsPerExpert: 64}])
  })

  it('the busiest rank of a skewed split gets more than its share', () => {
    const groups = expertGroups({...routing, tokens: 1024, expertParallel: 8, distribution: 'power_law'})
    expect(rowsOf(groups)).toBeGreaterThan((1024 * 8) / 8)
  })
})

describe('moe', () => {
  it('multiplies each copy of a token with three matrices of its expert', () => {
    const operations = moe(base).demand.contractions.reduce((sum, c) => sum + c.operationCount, 0)
    expect(operations).toBe(64 * 8 * 3 * 2 * 1024 * 512)
  })

  it('reads the weights of hit experts only', () => {
    expect(weightBytes({...base, tokens: 1})).toBe(8 * 3 * 1024 * 512 * 2)
    expect(weightBytes({...base, tokens: 1000})).toBe(128 * 3 * 1024 * 512 * 2)
    expect(weightBytes({...base, tokens: 1000, weightDtype: 'fp4'})).toBe((128 * 3 * 1024 * 512) / 2)
  })

  it('splits experts over tensor-parallel ranks, and adds shared ones for every token', () => {
    expect(weightBytes({...base, tokens: 1000, tensorParallel: 4})).toBe((128 * 3 * 1024 * 512 * 2) / 4)
    expect(weightBytes({...base, tokens: 1000, sharedExperts: 2})).toBe(130 * 3 * 1024 * 512 * 2)
  })

  it('without a gate has two matrices', () => {
    expect(weightBytes({...base, tokens: 1000, activation: 'relu'})).toBe(128 * 2 * 1024 * 512 * 2)
  })
})
