import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {parseHierarchy} from '../../src/accelerator/load-hierarchy.js'
import {parseMapping} from '../../src/mapping/load-mapping.js'
import {misfits, tileExtents, tileWords} from '../../src/mapping/misfit.js'
import {misfitText} from '../../src/view/misfit-text.js'
import {parseProblem} from '../../src/workload/load-problem.js'
import {smallGemm, smallHierarchy, smallLevels} from '../support/small-hierarchy.js'

const [problem, hierarchy] = [smallGemm(), smallLevels()]
const misfitsOf = (levels: string, on = hierarchy) => misfits(parseMapping(`levels:\n${levels}`, problem, on), problem, on)

// Registers of 16 B would hold 2 by 2 words of each tensor: 4 words of 2 B thrice, 24 B.
const over = '  dram: {temporal: [K 3]}\n  buffer: {x: [M 4], temporal: [N 2]}\n  registers: {temporal: [N 2, K 2, M 2]}\n'

describe('a mapping that does not fit', () => {
  it('names the level, the bytes too many and the tiles', () => {
    const [misfit, ...others] = misfitsOf(over)
    expect(others).toEqual([])
    expect(misfit).toMatchObject({level: 'registers', capacityBytes: 16, usedBytes: 24, overBytes: 8})
    expect(misfit!.tensors).toEqual(['inputs', 'weights', 'outputs'].map((name) => ({name, tileWords: 4, tileBytes: 8})))
  })

  it('names the smallest changes that would fit: less in a tile, a tensor that passes, more room', () => {
    // Half of any loop leaves tiles of 2 · 2, 2 and 2 words: 16 B.
    const [{remedies}] = misfitsOf(over) as [ReturnType<typeof misfits>[number]]
    expect(remedies[0]).toEqual({kind: 'cuts', cuts: [{dimension: 'N', level: 'registers', way: 'temporal', fromCount: 2, toCount: 1}]})
    expect(remedies.filter(({kind}) => kind === 'bypass')).toHaveLength(3)
    expect(remedies.at(-1)).toEqual({kind: 'capacity', capacityBytes: 24})
    const text = misfitText(misfitsOf(over)[0]!)
    expect(text).toContain('registers: tiles of 24 B in 16 B, 8 B too many')
    expect(text).toContain('to fit  halve N at registers, from 2 to 1, with its other turns further out')
    expect(text).toContain('let inputs or weights or outputs pass registers')
    expect(text).toContain('registers of 24 B')
  })

  it('may need several loops cut, and takes as few turns out of them as will do', () => {
    // 16 B hold 8 words of all three together, which no single loop less than all of its turns leaves.
    const [misfit] = misfitsOf('  registers: {temporal: [M 8, N 4, K 6]}\n')
    const [first] = misfit!.remedies
    if (first?.kind !== 'cuts') throw new Error('loops are cut')
    const turns = first.cuts.reduce((product, {fromCount, toCount}) => product * (fromCount / toCount), 1)
    const left = {M: 8, N: 4, K: 6, ...Object.fromEntries(first.cuts.map(({dimension, toCount}) => [dimension, toCount]))}
    expect(left.M * left.N + left.M * left.K + left.N * left.K).toBeLessThanOrEqual(8)
    const divisors = (count: number) => Array.from({length: count}, (_, index) => index + 1).filter((each) => count % each === 0)
    const fitting = divisors(8).flatMap((m) =>
      divisors(4).flatMap((n) => divisors(6).flatMap((k) => (m * n + m * k + n * k <= 8 ? [192 / (m * n * k)] : []))),
    )
    expect(turns).toBe(Math.min(...fitting))
    expect(misfitText(misfit!)).toMatch(/ and .*, with their other turns further out/)
  })

  it('with two buffers may do with one', () => {
    const doubled = parseHierarchy('small', smallHierarchy.replace('  registers:\n', '  registers:\n    buffers: 2\n'))
    const [misfit] = misfitsOf(
      '  dram: {temporal: [K 3]}\n  buffer: {x: [M 4], temporal: [N 2, M 2]}\n  registers: {temporal: [N 2, K 2]}\n',
      doubled,
    )
    // 2 + 4 + 2 words of 2 B, twice.
    expect(misfit).toMatchObject({usedBytes: 32, remedies: expect.arrayContaining([{kind: 'single-buffer'}])})
    expect(misfitText(misfit!)).toContain('one buffer in place of two at registers')
  })

  it('of the outermost level can only be given more room', () => {
    const tight = parseHierarchy('small', smallHierarchy.replace('capacity: unlimited', 'capacity: 100 B'))
    const [misfit] = misfitsOf('  dram: {temporal: [M 8, N 4, K 6]}\n', tight)
    expect(misfit?.remedies).toEqual([{kind: 'capacity', capacityBytes: 208}])
  })

  it('is told for each level, innermost first', () => {
    const tight = parseHierarchy('small', smallHierarchy.replace('capacity: 1 KiB', 'capacity: 20 B'))
    expect(misfitsOf(over, tight).map(({level}) => level)).toEqual(['registers', 'buffer'])
  })

  it('fits once any of the changes is made', () => {
    const split = fc.tuple(fc.constantFrom(1, 2, 4, 8), fc.constantFrom(1, 2, 4), fc.constantFrom(1, 2, 3, 6))
    fc.assert(
      fc.property(split, ([m, n, k]) => {
        const nest = parseMapping(
          `levels: {dram: {temporal: [M ${8 / m}, N ${4 / n}, K ${6 / k}]}, registers: {temporal: [M ${m}, N ${n}, K ${k}]}}`,
          problem,
          hierarchy,
        )
        for (const {level, remedies, usedBytes, capacityBytes} of misfits(nest, problem, hierarchy)) {
          expect(usedBytes).toBeGreaterThan(capacityBytes)
          for (const remedy of remedies) {
            if (remedy.kind !== 'cuts') continue
            const toCount = (name: string, count: number) => remedy.cuts.find((cut) => cut.dimension === name)?.toCount ?? count
            const changed = nest.levels.map((each, at) =>
              at < 2
                ? each
                : {
                    ...each,
                    temporal: each.temporal.map(({dimension, count}) => ({
                      dimension,
                      count: toCount(problem.dimensions[dimension]!.name, count),
                    })),
                  },
            )
            expect(misfits({levels: changed}, problem, hierarchy).map((misfit) => misfit.level)).not.toContain(level)
          }
        }
      }),
      {numRuns: 48},
    )
  })
})

describe('the words of a tile', () => {
  it('are those of the box that its ranks span, windows and strides included', () => {
    const conv = parseProblem('conv', 'dtype: int8\nconv1d: {k: 2, c: 3, p: 8, r: 3, stride: 2}\n')
    const nest = parseMapping('levels: {dram: {temporal: [P 2, K 2]}, registers: {temporal: [P 4, R 3, C 3]}}', conv, hierarchy)
    const extents = tileExtents(nest, conv, 2)
    // 4 outputs 2 apart and 3 weights: 1 + 2 · 3 + 2 = 9 inputs of 3 channels.
    expect(conv.tensors.map((tensor) => tileWords(tensor, extents))).toEqual([27, 9, 4])
  })
})
