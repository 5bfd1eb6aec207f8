import {describe, expect, it} from 'vitest'
import {backwardPlan} from '../../../src/cost/calibrated/attention-backward-time.js'
import {type AttentionKernel, attentionKernelOf, kernelTile} from '../../../src/cost/calibrated/attention-kernels.js'
import {attentionPlan} from '../../../src/cost/calibrated/attention-plan.js'
import {attentionShape} from '../../../src/cost/calibrated/attention-shape.js'
import {loadWorkload} from '../../../src/workload/load-workload.js'
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
const shapeOf = (over: Partial<AttentionOptions> = {}) => attentionShape(attention({...base, ...over}))
const plan = (kernel: AttentionKernel, over: Partial<AttentionOptions> = {}, scratchpadBytes?: number) =>
  attentionPlan(kernel, shapeOf(over), scratchpadBytes)
const tileOf = (kernel: AttentionKernel, over: Partial<AttentionOptions> = {}) => {
  const {rows, keys} = kernelTile(kernel, shapeOf(over))
  return [rows, keys]
}

describe('the fused kernel', () => {
  it('follows from the native tile of the matrix unit', () => {
    // Volta m8n8k4, Turing m16n8k8, Ampere m16n8k16, Hopper m64nNk16, Blackwell m128nNk16.
    const tiles = [
      [8, 4],
      [16, 8],
      [16, 16],
      [64, 16],
      [128, 16],
    ] as const
    expect(tiles.map(([rows, depth]) => attentionKernelOf(rows, depth))).toEqual(['quad', 'quad', 'warp', 'warpgroup', 'tile'])
  })

  it('takes one warpgroup where its rows suffice and no window masks', () => {
    const single = {queryTokens: 1, kvTokens: 1024}
    expect(tileOf('warpgroup', single)).toEqual([64, 128])
    expect(tileOf('warpgroup', {...single, window: 128})).toEqual([128, 128])
    expect(tileOf('warpgroup', {...single, window: 1024})).toEqual([64, 128])
    expect(tileOf('warpgroup', {headDim: 64})).toEqual([192, 128])
  })

  it('has tiles of its own for heads wider than 256', () => {
    expect(tileOf('warpgroup', {headDim: 512})).toEqual([64, 64])
    expect(kernelTile('warpgroup', shapeOf({headDim: 512})).scheduling).toBe('search')
    expect(tileOf('warp', {headDim: 512})).toEqual([16, 32])
  })

  it('works on two tiles at once from more than 128 packed rows in tensor memory', () => {
    expect(tileOf('tile', {queryTokens: 1, kvTokens: 64})).toEqual([128, 128])
    expect(tileOf('tile')).toEqual([256, 128])
  })
})

describe('the thread blocks of attention', () => {
  it('counts key blocks up to the causal diagonal', () => {
    // 4 tiles of 64 rows end at keys 64, 128, 192, 256: 1 + 1 + 2 + 2 blocks of 128, in each of 2 × 8 streams.
    expect(plan('warp')).toMatchObject({ctaCount: 64, walkCount: 96, longestWalk: 2, isPacked: false})
    expect(plan('warp', {causal: false}).walkCount).toBe(128)
  })

  it('walks the cached prefix in full', () => {
    // 256 queries after 768 cached keys: tiles end at 832, 896, 960 and 1024: 7 + 7 + 8 + 8 blocks in 16 streams.
    expect(plan('warp', {kvTokens: 1024})).toMatchObject({ctaCount: 64, walkCount: 480, longestWalk: 8})
  })

  it('lets every query see all keys of another sequence', () => {
    expect(plan('warp', {kvTokens: 1024, causal: false}).walkCount).toBe(8 * 64)
  })

  it('packs the query heads of a key head into the rows of a warpgroup tile', () => {
    // 1024 rows of 4 heads a token: 8 tiles of 32 tokens; tiles 0 to 3 see one block of 128 keys, 4 to 7 two, in 2 × 2 streams.
    expect(plan('warpgroup')).toMatchObject({ctaCount: 32, walkCount: 48, longestWalk: 2})
  })

  it('starts a walk at the first key of the window', () => {
    // Tiles start at key 641, 705, 769, 833 and end at 832, 896, 960, 1024: 2 + 2 + 2 + 2 blocks.
    expect(plan('warp', {kvTokens: 1024, window: 128}).walkCount).toBe(8 * 16)
  })

  it('transposes around a packed single query only where batch and key heads change places', () => {
    const decode = {queryTokens: 1, kvTokens: 1024}
    expect(plan('warp', decode)).toMatchObject({ctaCount: 4, isPacked: true, layoutKernelCount: 4})
    expect(plan('warp', {...decode, batch: 1}).layoutKernelCount).toBe(1)
    expect(plan('warp', {...decode, kvHeads: 8}).layoutKernelCount).toBe(0)
    expect(plan('warpgroup', decode).layoutKernelCount).toBe(0)
  })

  it('halves its blocks of keys until they fit into the scratchpad', () => {
    // 64 queries of 256 B and n keys of 512 B: 80 KiB for 128 keys, 48 KiB for 64.
    expect([80, 79, 48, 47].map((kib) => plan('warp', {}, kib * 1024).tile.keys)).toEqual([128, 64, 64, 32])
  })

  it('walks queries from the diagonal on in the backward pass', () => {
    // 2 blocks of 128 keys: 4 tiles of 64 queries see the first, 2 the second, in 16 streams.
    expect(backwardPlan('warp', shapeOf())).toMatchObject({ctaCount: 32, walkCount: 96, longestWalk: 4})
    expect(backwardPlan('warp', shapeOf({causal: false})).walkCount).toBe(128)
    // A window of 64: keys 0 to 127 are seen by queries 0 to 190, three tiles; keys 128 to 255 by two.
    expect(backwardPlan('warp', shapeOf({window: 64})).walkCount).toBe(16 * 5)
  })
})

describe('the shape of attention in a model', () => {
  const attentionOf = (model: string, pass: Parameters<typeof loadWorkload>[1]) => {
    const node = loadWorkload(model, pass).operators.find(({kind}) => kind === 'attention')!
    return attentionShape(node)
  }

  it('reads only the latent cache in absorbed decode', () => {
    const shape = attentionOf('deepseek-v3', {phase: 'decode', batch: 4, contextTokens: 4096})
    expect(shape).toMatchObject({kvHeads: 1, headDim: 576, valueHeadDim: 512, isLatent: true, keyTokenBytes: 576 * 2})
  })

  it('counts keys and values of different width apart', () => {
    const shape = attentionOf('deepseek-v3', {phase: 'prefill', batch: 1, promptTokens: 512})
    expect(shape).toMatchObject({headDim: 192, valueHeadDim: 128, isLatent: false, keyTokenBytes: (192 + 128) * 2, cacheWriteBytes: 0})
  })

  it('sees all tokens in an encoder, which writes no cache', () => {
    expect(attentionOf('bert-large', {phase: 'prefill', batch: 2, promptTokens: 128})).toMatchObject({causal: false, cacheWriteBytes: 0})
  })

  it('halves the cache’s bytes in eight bits', () => {
    const wide = attentionOf('llama-3-8b', {phase: 'decode', batch: 4, contextTokens: 4096})
    expect(wide.keyTokenBytes).toBe(2 * 128 * 2)
    expect(attentionOf('llama-3-8b', {phase: 'decode', batch: 4, contextTokens: 4096, kvDtype: 'fp8'}).keyTokenBytes).toBeCloseTo(256, -1)
  })
})
