import {describe, expect, it} from 'vitest'
import type {AttentionKernel} from '../../../src/cost/calibrated/attention-kernels.js'
import {attentionPlan} from '../../../src/cost/calibrated/attention-plan.js'
import {attentionShape} from '../../../src/cost/calibrated/attention-shape.js'
import {combineGrid, launchedSplitCount, prefillSplitCount, splitCount} from '../../../src/cost/calibrated/attention-splits.js'
import {type AttentionOptions, attention} from '../../../src/workload/operators/attention.js'

const base: AttentionOptions = {
  name: 'attention',
  batch: 2,
  heads: 8,
  kvHeads: 2,
  headDim: 128,
  queryTokens: 1,
  kvTokens: 1024,
  dtype: 'bf16',
}
const shapeOf = (over: Partial<AttentionOptions> = {}) => attentionShape(attention({...base, ...over}))
const plan = (kernel: AttentionKernel, over: Partial<AttentionOptions> = {}) => attentionPlan(kernel, shapeOf(over))

describe('the split over keys', () => {
  it('takes the fewest splits near the best wave efficiency', () => {
    // 4 thread blocks, 216 slots, 8 blocks of keys: 1, 2, 4 and 8 differ; efficiency is s / 54, so that only 8 comes near 8.
    expect(splitCount(plan('warp'), 2, 216)).toBe(8)
  })

  it('does not split where slots are full or heads are not packed', () => {
    expect(splitCount(plan('warp', {batch: 87}), 87, 216)).toBe(1)
    expect(splitCount(plan('warp', {kvHeads: 8}), 2, 216)).toBe(1)
  })

  it('gives each core a tenth more than an even share where the device decides', () => {
    // 4 × 256 blocks × 1.1 over 132 cores are 8.53, so 9 each: 256 / 9 gives 29 splits.
    expect(splitCount(plan('warpgroup', {kvTokens: 32768}), 2, 132)).toBe(29)
    expect(splitCount(plan('warpgroup', {kvTokens: 128}), 2, 132)).toBe(1)
    expect(splitCount(plan('warpgroup', {kvTokens: 32768, batch: 1024}), 1024, 132)).toBe(1)
  })

  it('uses the cores that are free in tensor memory’s kernel', () => {
    // 4 thread blocks on 148 cores leave 37 each, but there are only 16 blocks of keys; none up to four blocks.
    expect(splitCount(plan('tile', {kvTokens: 2048}), 2, 148)).toBe(16)
    expect(splitCount(plan('tile', {kvTokens: 512}), 2, 148)).toBe(1)
  })

  it('launches all splits of the graph where none are told empty in time', () => {
    expect(launchedSplitCount(plan('warpgroup', {headDim: 512}), 2, 1)).toBe(32)
    expect(launchedSplitCount(plan('warpgroup', {headDim: 512, batch: 1024}), 1024, 1)).toBe(1)
    expect(launchedSplitCount(plan('warpgroup'), 2, 1)).toBe(1)
  })

  it('splits a few queries over a long prefix', () => {
    // 16 × 4 packed rows are one tile of each of 2 heads: 2 of 132 cores without splits.
    const chunk = plan('warpgroup', {batch: 1, queryTokens: 16, kvTokens: 32768})
    expect(prefillSplitCount(chunk, 1, 132)).toBeGreaterThan(16)
    expect(prefillSplitCount(plan('warp', {batch: 1, queryTokens: 16, kvTokens: 32768}), 1, 132)).toBe(1)
    expect(prefillSplitCount(plan('warpgroup', {queryTokens: 8192, kvTokens: 8192}), 2, 132)).toBe(1)
  })

  it('combines four rows a block in the older form, eight of 128 elements in the newer', () => {
    expect(combineGrid(plan('warp'), shapeOf()).ctaCount).toBe(4)
    expect(combineGrid(plan('warpgroup', {headDim: 256}), shapeOf({headDim: 256})).ctaCount).toBe(4)
  })
})
