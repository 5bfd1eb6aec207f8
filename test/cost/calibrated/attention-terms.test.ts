import {describe, expect, it} from 'vitest'
import {designBatch} from '../../../src/accelerator/accelerator.js'
import {attentionDecodeTime} from '../../../src/cost/calibrated/attention-decode-time.js'
import {attentionMachine} from '../../../src/cost/calibrated/attention-machine.js'
import {attentionPrefillTime} from '../../../src/cost/calibrated/attention-prefill-time.js'
import {attentionShape} from '../../../src/cost/calibrated/attention-shape.js'
import {partialSeconds} from '../../../src/cost/calibrated/attention-terms.js'
import type {KernelModel} from '../../../src/cost/calibrated/kernel-model.js'
import {type AttentionOptions, attention} from '../../../src/workload/operators/attention.js'
import {cachedMachine, type nativeTiles} from '../../support/cached-machine.js'
import {idealOf, kernelTime} from '../../support/kernel-seconds.js'

/** One query over a cache: eight heads share the keys of one. */
const decode: AttentionOptions = {
  name: 'attention',
  batch: 1,
  heads: 8,
  kvHeads: 1,
  headDim: 128,
  queryTokens: 1,
  kvTokens: 1024,
  dtype: 'bf16',
}

/** A core brings 128 B a nanosecond into its scratchpad, the cache hands out 1024. */
const narrow = {portWidth: '128 B/cycle', cacheWidth: '1024 B/cycle'}

/** Every term of a kernel vanishes but those that are given. */
function nanoseconds<Name extends string>(
  model: KernelModel<Name>,
  options: AttentionOptions,
  values: Partial<Record<Name, number>>,
  set: Readonly<Record<string, string>>,
  native: keyof typeof nativeTiles = 'warp',
): number {
  return 1e9 * kernelTime<Name>(model, cachedMachine(set, native), attention(options), {...idealOf(model), ...values}).seconds
}

// 64 queries and 128 keys of 128 elements: 2 x 64 x 128 x 256 operations at 1000 a nanosecond, and as many scores as exponentials at 100.
const [productNanoseconds, exponentialNanoseconds] = [4194.304, 81.92]

describe('a split decode of FlashAttention 2', () => {
  // 16 KiB of queries and 64 KiB of keys leave room for one thread block a core. Eight blocks of keys go to eight of them.
  const machine = {...narrow, bufferCapacity: '80 KiB'}
  // Each brings 64 rows of queries in, 256 B, and partial results out, 512 B. The copy of the output moves 4096 B at 1 TB/s.
  const walk = productNanoseconds + exponentialNanoseconds + (64 * 768) / 128 + 4.096
  // 8 splits of 8 rows of 128 partial results of 4 B, both ways.
  const partial = (2 * 8 * 8 * 128 * 4) / 1024

  it('combines after two trips to memory and one to the cache for each split', () => {
    expect(nanoseconds(attentionDecodeTime, decode, {}, machine)).toBeCloseTo(walk + partial + 2 * 150 + 8 * 50, 6)
  })

  it('combines in a kernel of its own, whose blocks start and end as others do', () => {
    // The copy of the output is a kernel, too.
    const now = nanoseconds(attentionDecodeTime, decode, {kernel: 1, cta: 2}, machine)
    expect(now - nanoseconds(attentionDecodeTime, decode, {}, machine)).toBeCloseTo(2 * 1000 + 2 * 2000, 6)
  })

  it('has nothing to combine where a sequence is one block of keys', () => {
    const short = {...decode, kvTokens: 128}
    expect(nanoseconds(attentionDecodeTime, short, {}, machine)).toBeCloseTo(walk - (64 * 256) / 128, 6)
  })

  it('takes partial results from memory where the cache is too small for them', () => {
    const [cached, even, spilled] = ['32 MiB', '32768 B', '32 B'].map((cacheCapacity) =>
      nanoseconds(attentionDecodeTime, decode, {}, {...machine, cacheCapacity, dramBandwidth: '200 GB/s'}),
    )
    // 65 536 B at 200 instead of 1024 B a nanosecond; a half of them where the cache is just as large.
    expect(spilled! - cached!).toBeCloseTo(327.68 - 64, 6)
    expect(even! - cached!).toBeCloseTo((327.68 - 64) / 2, 6)
  })
})

describe('partial results of splits', () => {
  it('pass through the cache as far as it holds them, else through memory', () => {
    // 4 splits of 8 rows of 128 results of 4 B are 16 KiB: both ways at 1024 B a nanosecond, or at 10.
    const nanosecondsIn = (cacheCapacity: string) => {
      const {machine} = designBatch(cachedMachine({...narrow, cacheCapacity}), [], 1)
      const node = attention(decode)
      return 1e9 * partialSeconds(attentionShape(node), 4, attentionMachine(machine, node), 0, 1e9, 1e10)
    }
    expect(nanosecondsIn('16 MiB')).toBeCloseTo(32, 9)
    // A soft step of the eighth power: at twice the size a 257th comes from memory.
    expect(nanosecondsIn('32 KiB')).toBeCloseTo((256 * 32 + 3276.8) / 257, 9)
    expect(nanosecondsIn('16 KiB')).toBeCloseTo((32 + 3276.8) / 2, 9)
    expect(nanosecondsIn('16 B')).toBeCloseTo(3276.8, 9)
  })
})

describe('a windowed decode of packed heads', () => {
  // 512 of 4096 keys are four blocks of 128, one to each of four thread blocks of 128 rows: 2 x 128 x 128 x 256 operations.
  const local = {...decode, kvTokens: 4096, window: 512}
  const machine = {...narrow, bufferCapacity: '96 KiB'}
  const timed = (options: AttentionOptions, mask: number, native: keyof typeof nativeTiles = 'warpgroup') =>
    nanoseconds(attentionDecodeTime, options, {mask}, machine, native)
  // 128 x 128 scores at 1000 element operations a nanosecond.
  const perOperation = 16.384

  it('is walks, queries in, partial results out and their sum over all splits of the sequence', () => {
    // The library splits by the whole sequence, in 32, of 8 rows of 128 results of 4 B.
    const partial = (2 * 32 * 8 * 128 * 4) / 1024
    expect(timed(local, 0)).toBeCloseTo(2 * productNanoseconds + (64 * 768) / 128 + partial, 6)
  })

  it('masks a tile score by score, once for every round of thread blocks', () => {
    expect(timed(local, 52) - timed(local, 0)).toBeCloseTo(52 * perOperation, 6)
    // 109 sequences are not split: two rounds of 108 cores.
    const many = {...local, batch: 109}
    expect(timed(many, 52) - timed(many, 0)).toBeCloseTo(2 * 52 * perOperation, 6)
  })

  it('masks nothing where the window holds all keys, there is none, or heads are not packed', () => {
    for (const options of [{...local, window: 4096}, decode]) expect(timed(options, 52)).toBe(timed(options, 0))
    expect(timed(local, 52, 'warp')).toBe(timed(local, 0, 'warp'))
  })
})

describe('a prefill of causal tiles', () => {
  // Three tiles of 64 queries of each stream walk one, one and two blocks of keys; a core holds two tiles of 80 KiB at once.
  const machine = {bufferCapacity: '160 KiB', dramBandwidth: '100 TB/s'}
  const walksOf = (batch: number, values = {}) => {
    const options = {...decode, batch, heads: 1, queryTokens: 192, kvTokens: 192}
    return nanoseconds(attentionPrefillTime, options, values, machine) / productNanoseconds
  }

  it('waits for the longest walk alone on its core up to one tile a core', () => {
    expect(walksOf(36)).toBeCloseTo(2, 9)
  })

  it('shares a core with another all the while where each holds all that it can', () => {
    expect(walksOf(72)).toBeCloseTo(4, 9)
  })

  it('shares a core half of the time at one and a half tiles a core', () => {
    // 162 tiles: the longest walk takes between two and four blocks’ time, an even share of all 216 walks only two.
    expect(walksOf(54)).toBeCloseTo(3, 9)
  })

  it('hides exponentials beneath another tile’s products for as long as it shares', () => {
    const ratio = exponentialNanoseconds / productNanoseconds
    expect(walksOf(36, {exponential: 1})).toBeCloseTo(2 * (1 + ratio), 9)
    expect(walksOf(54, {exponential: 1})).toBeCloseTo(3 + ratio, 9)
    expect(walksOf(72, {exponential: 1})).toBeCloseTo(4, 9)
  })

  it('is the even share of all walks where no core waits for its longest', () => {
    // 144 streams of 4 walks over 108 cores are 16 / 3 blocks’ time, more than the four of the longest walk.
    expect(walksOf(144)).toBeCloseTo(16 / 3, 9)
  })
})
