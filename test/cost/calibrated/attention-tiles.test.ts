import {describe, expect, it} from 'vitest'
import {attentionShape} from '../../../src/cost/calibrated/attention-shape.js'
import {attentionKernelOf, attentionPlan, warpgroupSplitCount, warpSplitCount} from '../../../src/cost/calibrated/attention-tiles.js'
import {type AttentionOptions, attention} from '../../../src/workload/operators/attention.js'

const base: AttentionOptions = {
  batch: 2,
  heads: 8,
  kvHeads: 2,
  headDim: 128,
  queryTokens: 256,
  kvTokens: 256,
  dtype: 'bf16',
  name: 'attention',
}
const plan = (kernel: 'warp' | 'warpgroup', over: Partial<AttentionOptions> = {}) =>
  attentionPlan(kernel, attentionShape(attention({...base, ...over})))

describe('the thread blocks of attention', () => {
  it('runs the warpgroup kernel from a native tile of 64 rows', () => {
    expect([8, 16, 64, 128].map(attentionKernelOf)).toEqual(['warp', 'warp', 'warpgroup', 'warpgroup'])
  })

  it('counts key blocks up to the causal diagonal', () => {
    // 4 tiles of 64 rows end at keys 64, 128, 192, 256: 1 + 1 + 2 + 2 blocks of 128, in each of 2 × 8 streams.
    expect(plan('warp')).toMatchObject({ctaCount: 64, walkCount: 96, longestWalk: 2, isPacked: false})
    expect(plan('warp', {causal: false}).walkCount).toBe(128)
  })

  it('packs the query heads of a key head into the rows of a warpgroup tile', () => {
    // 1024 rows of 4 heads a token: 8 tiles of 32 tokens; tiles 0 to 3 see one block of 128 keys, 4 to 7 two, in 2 × 2 streams.
    expect(plan('warpgroup')).toMatchObject({ctaCount: 32, walkCount: 48, longestWalk: 2})
  })

  it('starts a walk at the first key of the window', () => {
    // Keys 768 to 1023 are two blocks; with 768 keys before them a window of 128 needs three at most.
    const windowed = plan('warp', {kvTokens: 1024, window: 128})
    expect(windowed.longestWalk).toBeLessThan(plan('warp', {kvTokens: 1024}).longestWalk)
    // Tiles start at key 641, 705, 769, 833 and end at 832, 896, 960, 1024: 2 + 2 + 2 + 2 blocks.
    expect(windowed.walkCount).toBe(8 * 16)
  })

  it('transposes around a packed single query only where batch and key heads change places', () => {
    const decode = {queryTokens: 1, kvTokens: 1024}
    expect(plan('warp', decode)).toMatchObject({ctaCount: 4, isPacked: true, layoutKernelCount: 4})
    expect(plan('warp', {...decode, batch: 1}).layoutKernelCount).toBe(1)
    expect(plan('warp', {...decode, kvHeads: 8}).layoutKernelCount).toBe(0)
    expect(plan('warpgroup', decode).layoutKernelCount).toBe(0)
  })
})

describe('the split over keys', () => {
  it('takes the fewest splits near the best wave efficiency', () => {
    // 4 thread blocks, 216 slots, 8 blocks of keys: 1, 2, 4 and 8 differ; efficiency is s / 54, so that only 8 comes near 8.
    expect(warpSplitCount(plan('warp', {queryTokens: 1, kvTokens: 1024}), 216)).toBe(8)
  })

  it('does not split where slots are full or heads are not packed', () => {
    expect(warpSplitCount(plan('warp', {queryTokens: 1, kvTokens: 1024, batch: 87}), 216)).toBe(1)
    expect(warpSplitCount(plan('warp', {queryTokens: 1, kvTokens: 1024, kvHeads: 8}), 216)).toBe(1)
  })

  it('gives each SM a tenth more than an even share in the dynamic form', () => {
    // 4 × 256 blocks × 1.1 over 132 SMs are 8.53, so 9 each: 256 / 9 gives 29 splits.
    expect(warpgroupSplitCount(plan('warpgroup', {queryTokens: 1, kvTokens: 32768}), 132)).toBe(29)
    expect(warpgroupSplitCount(plan('warpgroup', {queryTokens: 1, kvTokens: 128}), 132)).toBe(1)
  })
})
