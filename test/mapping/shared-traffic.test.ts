import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {FusedNest} from '../../src/mapping/fused-nest.js'
import {sharedTraffic} from '../../src/mapping/shared-traffic.js'
import {type AttentionForm, type AttentionProblem, attentionChain} from '../../src/workload/attention-chain.js'
import {chainDimensions, chainTensors} from '../../src/workload/chain.js'

/** One head on a machine of two levels, as the papers have it: what passes to and from main memory, in words. */
const head = {batch: 1, heads: 1, kvHeads: 1, window: 0, dtype: 'fp16'} as const

interface Blocks {
  readonly rows: number
  readonly keys: number
}

/** Blocks of queries outside and keys streamed inside (FlashAttention-2), or the other way round (the first). */
function traffic(
  problem: AttentionProblem,
  {rows, keys}: Blocks,
  order: 'queries' | 'keys',
  form: AttentionForm = {},
): Record<string, number> {
  const chain = attentionChain(problem, form)
  const dimensions = chainDimensions(chain)
  const tensors = chainTensors(chain)
  const place = (name: string): number => dimensions.findIndex((dimension) => dimension.name === name)
  const blockSizes = dimensions.map(({name, size}) =>
    name === 'row' ? rows : name === 'key' ? keys : name === 'depth' || name === 'width' ? size : 1,
  )
  const loop = (name: string) => ({dimension: place(name), count: Math.ceil(dimensions[place(name)]!.size / blockSizes[place(name)]!)})
  const streams = ['batch', 'kvHead', 'head'].filter((name) => place(name) >= 0).map(loop)
  const nest: FusedNest = {
    fusionLevel: 1,
    homeLevel: 1,
    bufferCount: 1,
    residentCount: 1,
    outer: [{temporal: [], keeps: tensors.map(({tensor}) => tensor.name)}],
    grid: order === 'queries' ? [...streams, loop('row')] : streams,
    walk: order === 'queries' ? [loop('key')] : [loop('key'), loop('row')],
    blockSizes,
    members: [],
  }
  const {classes} = sharedTraffic(chain, dimensions, tensors, nest)
  return Object.fromEntries(
    tensors.map(({tensor}, index) => [
      tensor.name,
      classes.reduce((sum, {groupCount, passages}) => sum + groupCount * (passages[index]!.fillWords + passages[index]!.updateWords), 0),
    ]),
  )
}

const total = (words: Record<string, number>): number => Object.values(words).reduce((sum, count) => sum + count, 0)

describe('FlashAttention-2, a block of queries outside and keys streamed inside', () => {
  it.each([
    [1024, 64, 128, 128],
    [4096, 128, 128, 64],
    [1000, 80, 96, 144],
  ])(
    'reads queries once, writes outputs and a sum of each row once, and streams keys and values for each block: N %i, d %i',
    (n, d, rows, keys) => {
      const words = traffic({...head, queryTokens: n, kvTokens: n, headDim: d, valueHeadDim: d, causal: false}, {rows, keys}, 'queries')
      const streamed = Math.ceil(n / rows) * n * d
      expect(words).toEqual({Q: n * d, K: streamed, V: streamed, O: n * d, rowSum: n, rowMax: 0, S: 0, P: 0})
    },
  )

  it('takes each fast memory of M words to 2 N² d / Br + 2 N d + N, which is Θ(N² d² / M) with blocks of M / 4d', () => {
    for (const [n, d, m] of [
      [4096, 64, 32_768],
      [8192, 128, 65_536],
      [16_384, 64, 49_152],
    ] as const) {
      const block = m / (4 * d)
      expect(Number.isInteger(block)).toBe(true)
      const words = traffic(
        {...head, queryTokens: n, kvTokens: n, headDim: d, valueHeadDim: d, causal: false},
        {rows: block, keys: block},
        'queries',
      )
      expect(total(words)).toBe(2 * Math.ceil(n / block) * n * d + 2 * n * d + n)
      if (n % block === 0) expect(words['K']).toBe((4 * n * n * d * d) / m)
    }
  })

  it('skips blocks above the diagonal and takes those on it whole', () => {
    // 1024 queries in blocks of 128 against keys in blocks of 256: block i of queries sees ⌈(i + 1) / 2⌉ blocks, 1 + 1 + 2 + 2 + … + 4 + 4.
    const words = traffic(
      {...head, queryTokens: 1024, kvTokens: 1024, headDim: 64, valueHeadDim: 64, causal: true},
      {rows: 128, keys: 256},
      'queries',
    )
    expect(words['K']).toBe(20 * 256 * 64)
    expect(words['V']).toBe(words['K'])
    expect(words['Q']).toBe(1024 * 64)
  })

  it('nears half the stream of keys as causal blocks shrink: N² d / 2 Br (1 + Br / N)', () => {
    const [n, d, block] = [16_384, 64, 128]
    const words = traffic(
      {...head, queryTokens: n, kvTokens: n, headDim: d, valueHeadDim: d, causal: true},
      {rows: block, keys: block},
      'queries',
    )
    expect(words['K']).toBe(((n * n * d) / (2 * block)) * (1 + block / n))
  })
})

/** Algorithm 1 of Dao et al., "FlashAttention", 2022, walked block by block: what it loads and stores of Q, O and a word of state. */
function firstAlgorithm(
  {queryTokens: n, causal}: AttentionProblem,
  {rows, keys}: Blocks,
): {loadedRows: number; storedRows: number; loadedKeys: number} {
  let [loadedRows, loadedKeys, held] = [0, 0, -1]
  for (let key = 0; key < n; key += keys) {
    loadedKeys += Math.min(keys, n - key)
    for (let row = 0; row < n; row += rows) {
      const last = Math.min(n, row + rows) - 1
      if ((causal && last < key) || row === held) continue
      held = row
      loadedRows += last + 1 - row
    }
  }
  return {loadedRows, storedRows: loadedRows, loadedKeys}
}

describe('FlashAttention, a block of keys outside and queries streamed inside', () => {
  it('reads keys once, queries for each block of keys, and brings back outputs and state at all visits but the first', () => {
    const [n, d, m] = [4096, 64, 32_768]
    const [keys, rows] = [m / (4 * d), Math.min(m / (4 * d), d)]
    const problem = {...head, queryTokens: n, kvTokens: n, headDim: d, valueHeadDim: d, causal: false}
    const words = traffic(problem, {rows, keys}, 'keys', {savedStateCount: 2})
    const visits = n / keys
    expect(words).toEqual({
      Q: visits * n * d,
      K: n * d,
      V: n * d,
      O: (2 * visits - 1) * n * d,
      rowMax: (2 * visits - 1) * n,
      rowSum: (2 * visits - 1) * n,
      S: 0,
      P: 0,
    })
    // Q and O: 3 N d · 4 N d / M, so 12 N² d² / M to the first order.
    expect((words['Q']! + words['O']!) / ((12 * n * n * d * d) / m)).toBeCloseTo(1, 1)
  })

  it('equals the algorithm walked block by block, causal or not, blocks that do not divide included', () => {
    const size = fc.integer({min: 1, max: 300})
    fc.assert(
      fc.property(
        size,
        fc.integer({min: 1, max: 80}),
        fc.integer({min: 1, max: 80}),
        fc.integer({min: 1, max: 9}),
        fc.boolean(),
        (n, r, k, d, causal) => {
          const blocks = {rows: Math.min(r, n), keys: Math.min(k, n)}
          const problem = {...head, queryTokens: n, kvTokens: n, headDim: d, valueHeadDim: d, causal}
          const words = traffic(problem, blocks, 'keys', {savedStateCount: 2})
          const {loadedRows, storedRows, loadedKeys} = firstAlgorithm(problem, blocks)
          expect(words['Q']).toBe(loadedRows * d)
          expect(words['O']).toBe((loadedRows - n + storedRows) * d)
          expect(words['rowSum']).toBe(loadedRows - n + storedRows)
          expect(words['K']).toBe(loadedKeys * d)
        },
      ),
      {numRuns: 300},
    )
  })
})

describe('a causal mask', () => {
  const any = fc.record({
    queryTokens: fc.integer({min: 1, max: 60}),
    prefix: fc.integer({min: 0, max: 60}),
    group: fc.integer({min: 1, max: 5}),
    window: fc.integer({min: 0, max: 70}),
    rows: fc.integer({min: 1, max: 40}),
    keys: fc.integer({min: 1, max: 40}),
    packsHeads: fc.boolean(),
  })

  it('visits a block exactly if one of its pairs counts, windows, prefixes and packed heads included', () => {
    fc.assert(
      fc.property(any, ({queryTokens, prefix, group, window, rows, keys, packsHeads}) => {
        const kvTokens = queryTokens + prefix
        const problem = {...head, heads: group, queryTokens, kvTokens, headDim: 1, valueHeadDim: 1, causal: true, window}
        const rowCount = packsHeads ? queryTokens * group : queryTokens
        const blocks = {rows: Math.min(rows, rowCount), keys: Math.min(keys, kvTokens)}
        const words = traffic(problem, blocks, 'queries', {packsHeads})
        let keyWords = 0
        for (let row = 0; row < rowCount; row += blocks.rows)
          for (let key = 0; key < kvTokens; key += blocks.keys)
            if (hasPair(row, Math.min(rowCount, row + blocks.rows), key, Math.min(kvTokens, key + blocks.keys)))
              keyWords += Math.min(kvTokens, key + blocks.keys) - key
        expect(words['K']).toBe(keyWords * (packsHeads ? 1 : group))

        function hasPair(fromRow: number, toRow: number, fromKey: number, toKey: number): boolean {
          for (let row = fromRow; row < toRow; row++) {
            const position = prefix + (packsHeads ? Math.floor(row / group) : row)
            for (let key = fromKey; key < toKey; key++) if (key <= position && (window === 0 || key > position - window)) return true
          }
          return false
        }
      }),
      {numRuns: 500},
    )
  })
})
