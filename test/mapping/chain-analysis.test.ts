import {describe, expect, it} from 'vitest'
import {hierarchyOf} from '../../src/accelerator/build-hierarchy.js'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {parseHierarchy} from '../../src/accelerator/load-hierarchy.js'
import {analyseNest} from '../../src/mapping/analyse-nest.js'
import {analyseChain, type ChainAnalysis, chainProblem} from '../../src/mapping/chain-analysis.js'
import {makespan} from '../../src/mapping/chain-time.js'
import {fuseChain, unfusedNest} from '../../src/search/fuse-chain.js'
import {flashAttention} from '../../src/search/strategies/flash-attention.js'
import {attentionChain} from '../../src/workload/attention-chain.js'
import type {Chain} from '../../src/workload/chain.js'
import {parseProblem} from '../../src/workload/load-problem.js'

const h100 = hierarchyOf(loadAccelerator('h100-sxm'), {dtype: 'bf16'})
const head = {batch: 1, heads: 1, kvHeads: 1, window: 0, dtype: 'bf16'} as const
const square = (n: number, d: number, causal = false) => ({...head, queryTokens: n, kvTokens: n, headDim: d, valueHeadDim: d, causal})
const blocks = {bufferCount: 2, residentCount: 1, isPlain: true} as const

/** Words of all instances of a level that are read, and written, by tensor. */
function wordsAt(
  {levels}: Pick<ChainAnalysis, 'levels'>,
  name: string,
): Record<string, readonly [readWords: number, writtenWords: number]> {
  const {instances, tensors} = levels.find((level) => level.name === name)!
  const moved = tensors.map(
    ({name: tensor, reads, fills, updates}) => [tensor, [instances * reads, instances * (fills + updates)]] as const,
  )
  return Object.fromEntries(moved.filter(([, [reads, writes]]) => reads + writes > 0))
}

/** The papers' machine: main memory, and a memory that holds what it must. */
const machine = (bandwidth: string) =>
  parseHierarchy(
    'two-levels',
    `title: Two levels
source: book
sources:
  book: {title: a book}
clock: 1 GHz
levels:
  dram: {kind: dram, capacity: unlimited, bandwidth: ${bandwidth}, energy: 100 pJ/B}
  sram: {kind: scratchpad, capacity: unlimited, bandwidth: 64 B/cycle, energy: 1 pJ/B, fanout: {x: 8, y: 8}, multicast: true, reduction: true}
arithmetic: {name: mac, energy: 0.5 pJ}
`,
  )
const twoLevels = machine('8 B/cycle')

describe('attention unfused', () => {
  it('writes and reads scores and weights: 4 N² + 4 N d words through main memory', () => {
    const [n, d] = [128, 32]
    const problem = chainProblem(attentionChain(square(n, d), {savedStateCount: 0}), twoLevels)
    const analysis = analyseChain(problem, unfusedNest(problem)!)
    // Q and K in, S out; S in, P out; P and V in, O out: algorithm 0 of Dao et al., 2022.
    expect(wordsAt(analysis, 'dram')).toEqual({
      Q: [n * d, 0],
      K: [n * d, 0],
      S: [n * n, n * n],
      P: [n * n, n * n],
      V: [n * d, 0],
      O: [0, n * d],
    })
  })

  it('takes its members’ times together: on a slow memory, that of all bytes through it', () => {
    const [n, d] = [128, 32]
    const problem = chainProblem(attentionChain(square(n, d), {savedStateCount: 0}), machine('1 B/cycle'))
    const {cycles, boundBy} = analyseChain(problem, unfusedNest(problem)!)
    // Scores take 4 bytes a word, all else 2.
    expect(cycles).toBe(4 * 2 * n * n + 2 * (2 * n * n + 4 * n * d))
    expect(boundBy).toBe('dram')
  })
})

describe('attention fused on an H100’s levels', () => {
  const [n, d, rows] = [2048, 128, 128]
  const streamed = (n / rows) * n * d

  it('moves each tensor once through main memory where the cache keeps keys and values, and streams them from the cache', () => {
    const problem = chainProblem(attentionChain(square(n, d)), h100)
    const analysis = analyseChain(problem, flashAttention(problem, {rows, keys: 128, ...blocks})!)
    expect(wordsAt(analysis, 'hbm')).toEqual({Q: [n * d, 0], K: [n * d, 0], V: [n * d, 0], O: [0, n * d], rowSum: [0, n]})
    expect(wordsAt(analysis, 'l2')).toMatchObject({K: [streamed, n * d], V: [streamed, n * d], Q: [n * d, n * d], O: [0, n * d]})
    expect(wordsAt(analysis, 'shared')['K']![1]).toBe(streamed)
  })

  it('streams keys and values from main memory where no cache holds them, as FlashAttention’s analysis has it', () => {
    const problem = chainProblem(attentionChain(square(n, d)), h100)
    const nest = flashAttention(problem, {rows, keys: 128, ...blocks})!
    const uncached = {...nest, outer: nest.outer.map((level, index) => (index === 0 ? level : {...level, keeps: []}))}
    const analysis = analyseChain(problem, uncached)
    expect(wordsAt(analysis, 'hbm')).toEqual({Q: [n * d, 0], K: [streamed, 0], V: [streamed, 0], O: [0, n * d], rowSum: [0, n]})
    expect(wordsAt(analysis, 'l2')).toEqual({})
  })

  it('keeps scores and weights in the registers', () => {
    const problem = chainProblem(attentionChain(square(n, d)), h100)
    const analysis = analyseChain(problem, flashAttention(problem, {rows, keys: 128, ...blocks})!)
    for (const level of ['hbm', 'l2', 'shared']) expect(Object.keys(wordsAt(analysis, level))).not.toContain('S')
    const [reads, writes] = wordsAt(analysis, 'registers')['P']!
    expect(writes).toBe(n * n)
    expect(reads).toBeGreaterThanOrEqual(n * n)
  })

  it('works on whole blocks of a causal mask alone: 136 of 256', () => {
    const problem = chainProblem(attentionChain(square(n, d, true)), h100)
    const analysis = analyseChain(problem, flashAttention(problem, {rows, keys: 128, ...blocks})!)
    expect(analysis.blockCount).toBe((16 * 17) / 2)
    expect(analysis.operationCount).toBe(2 * 136 * 128 * 128 * d)
    expect(analysis.members.map(({pointCount}) => pointCount)).toEqual([136 * 128 * 128 * d, 136 * 128 * 128, 136 * 128 * 128 * d])
  })

  it('tells of each member what it moves, which sums to the whole', () => {
    const problem = chainProblem(attentionChain(square(n, d, true)), h100)
    const {levels, members} = analyseChain(problem, flashAttention(problem, {rows, keys: 128, ...blocks})!)
    for (const [at, level] of levels.entries())
      for (const [index, tensor] of level.tensors.entries())
        for (const kind of ['reads', 'fills', 'updates'] as const)
          expect(members.reduce((sum, member) => sum + member.levels[at]!.tensors[index]![kind], 0)).toBeCloseTo(tensor[kind], 6)
  })

  it('takes as long as its blocks’ products on the fullest of the cores where nothing else is slower', () => {
    const problem = chainProblem(attentionChain({...square(4096, d), heads: 33, kvHeads: 33}), h100)
    const analysis = analyseChain(problem, flashAttention(problem, {rows, keys: 128, ...blocks})!)
    // 33 heads · 32 blocks of queries on 132 cores: 8 groups each, of 32 blocks that take 2 · 128 · 128 · 128 / 2048 cycles.
    const products = 8 * 32 * 2048
    expect(analysis.cycles).toBeGreaterThan(products)
    expect(analysis.cycles).toBeLessThan(products * 1.06)
    expect(analysis.utilizationRatio).toBeCloseTo(products / analysis.cycles, 10)
  })
})

describe('a chain of products', () => {
  const up = parseProblem(
    'up',
    'dtype: bf16\ndimensions: {M: 64, F: 96, D: 32}\ntensors:\n  X: {indices: [M, D]}\n  U: {indices: [D, F], class: weights}\n  H: {indices: [M, F], output: true}\n',
  )
  const down = parseProblem(
    'down',
    'dtype: bf16\ndimensions: {M: 64, E: 32, F: 96}\ntensors:\n  H: {indices: [M, F]}\n  W: {indices: [F, E], class: weights}\n  Y: {indices: [M, E], output: true}\n',
  )
  const chain: Chain = {name: 'mlp', members: [{problem: up}, {problem: down}], states: [], mask: undefined}
  const fused = {fusionLevel: 1, homeLevel: 1, bufferCount: 1, residentCount: 1} as const

  it('keeps what passes between them inside, and streams weights for each block of rows', () => {
    const problem = chainProblem(chain, twoLevels)
    const nest = fuseChain(problem, {...fused, blockSizes: {M: 16, F: 24}})!
    expect(wordsAt(analyseChain(problem, nest), 'dram')).toEqual({
      X: [64 * 32, 0],
      U: [4 * 32 * 96, 0],
      W: [4 * 96 * 32, 0],
      Y: [0, 64 * 32],
    })
  })

  it('of one member in one block is the nest alone', () => {
    const problem = chainProblem({...chain, members: [{problem: up}]}, twoLevels)
    const nest = unfusedNest(problem)!
    const alone = analyseNest(up, twoLevels, nest.members[0]!)
    const {levels, cycles, energyJoules, utilizationRatio, operationCount} = analyseChain(problem, nest)
    expect({cycles, utilizationRatio, operationCount}).toEqual({
      cycles: alone.cycles,
      utilizationRatio: alone.utilizationRatio,
      operationCount: alone.operationCount,
    })
    expect(energyJoules).toBeCloseTo(alone.energyJoules, 15)
    expect(levels.map(({name, tensors}) => [name, tensors.map(({reads, fills, updates}) => [reads, fills, updates])])).toEqual(
      alone.levels.map(({name, tensors}) => [name, tensors.map(({reads, fills, updates}) => [reads, fills, updates])]),
    )
  })

  it('holds tiles of all members at once, so that a level too small for them shows it', () => {
    const problem = chainProblem(chain, twoLevels)
    const nest = fuseChain(problem, {...fused, blockSizes: {M: 16, F: 24}})!
    // X 16 · 32, U 32 · 24, H 16 · 24, W 24 · 32, Y 16 · 32, two bytes each.
    expect(analyseChain(problem, nest).levels[1]!.usedBytes).toBe(2 * (512 + 768 + 384 + 768 + 512))
  })

  it('holds inside of where members meet the tiles of the member at work, and no more', () => {
    const problem = chainProblem(chain, twoLevels)
    const nest = unfusedNest(problem)!
    const alone = [up, down].map((member, index) => analyseNest(member, twoLevels, nest.members[index]!).levels[1]!.usedBytes)
    expect(analyseChain(problem, nest).levels[1]!.usedBytes).toBe(Math.max(...alone))
  })
})

describe('makespan', () => {
  it.each([
    [[{cycles: 10, count: 5}], 2, 30],
    [[{cycles: 10, count: 1}], 4, 10],
    [
      [
        {cycles: 3, count: 2},
        {cycles: 2, count: 3},
      ],
      2,
      7,
    ],
    [[{cycles: 1, count: 1000}], 10, 100],
  ])('deals %j to %i slots, the longest first, in %i cycles', (groups, slotCount, cycles) => {
    expect(makespan(groups, slotCount)).toBe(cycles)
  })
})
