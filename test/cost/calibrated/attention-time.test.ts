import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {designBatch} from '../../../src/accelerator/accelerator.js'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {attentionBackwardTime} from '../../../src/cost/calibrated/attention-backward-time.js'
import {attentionDecodeTime} from '../../../src/cost/calibrated/attention-decode-time.js'
import {attentionPrefillTime} from '../../../src/cost/calibrated/attention-prefill-time.js'
import type {CompiledKernel, KernelModel} from '../../../src/cost/calibrated/kernel-model.js'
import {type AttentionOptions, attention, attentionKind} from '../../../src/workload/operators/attention.js'
import {tinyMachine} from '../../support/tiny-machine.js'

const a100 = loadAccelerator('a100-sxm-80gb')
const h100 = loadAccelerator('h100-sxm')
const l40s = loadAccelerator('l40s')
const b200 = loadAccelerator('b200-sxm')
const accelerators = {a100, h100, l40s, b200}

interface Varied {
  readonly scale?: Readonly<Record<string, number>>
  readonly over?: Readonly<Record<string, number>>
  readonly clockRatio?: number
  readonly isIdeal?: boolean
}

/** One attention on a design, at the model's starting parameters (or their ideals) unless some are given. */
function compiled(
  model: KernelModel,
  accelerator: ReturnType<typeof loadAccelerator>,
  options: AttentionOptions,
  {scale = {}, over = {}, isIdeal = false}: Varied = {},
): CompiledKernel {
  const design = designBatch(accelerator, Object.keys(scale), 1)
  for (const {name, baseValue} of accelerator.parameters.ordered)
    if (name in scale) design.parameterColumns.get(name)![0] = baseValue * scale[name]!
  design.refill(1)
  const entries = Object.entries(model.parameters)
  const parameters = Float64Array.from(entries, ([name, {start, ideal}]) => over[name] ?? (isIdeal ? ideal : start))
  const node = model === (attentionBackwardTime as KernelModel) ? attentionKind.backward(options)[0]! : attention(options)
  const run = {operandCopyCount: 1, launch: 'graph'} as const
  return model.compile({machine: design.machine, node, run, parameters, rowCapacity: 1, boundIndex: () => 0})
}

function microseconds(
  model: KernelModel,
  accelerator: ReturnType<typeof loadAccelerator>,
  options: AttentionOptions,
  varied: Varied = {},
): number {
  const seconds = new Float64Array(1)
  const hertz = accelerator.machine.clocks[0]!.maximumHertz * (varied.clockRatio ?? 1)
  compiled(model, accelerator, options, varied).time(Float64Array.of(hertz), seconds, new Int32Array(1), 1)
  return seconds[0]! * 1e6
}

const devices = ['a100', 'h100', 'l40s', 'b200'] as const
const shapes = fc.record({
  batch: fc.constantFrom(1, 4, 32, 256),
  kvHeads: fc.constantFrom(1, 2, 8),
  group: fc.constantFrom(1, 4, 8),
  headDim: fc.constantFrom(64, 128),
  tokens: fc.constantFrom(16, 512, 4096),
})
interface Shape {
  readonly batch: number
  readonly kvHeads: number
  readonly group: number
  readonly headDim: number
  readonly tokens: number
}

function optionsOf({batch, kvHeads, group, headDim, tokens}: Shape, isDecode: boolean): AttentionOptions {
  const queryTokens = isDecode ? 1 : tokens
  const heads = kvHeads * group
  return {name: 'attention', batch, heads, kvHeads, headDim, queryTokens, kvTokens: tokens, dtype: 'bf16', writesKvCache: true}
}

const cases = [
  {name: 'prefill', model: attentionPrefillTime as KernelModel, isDecode: false},
  {name: 'decode', model: attentionDecodeTime as KernelModel, isDecode: true},
  {name: 'backward', model: attentionBackwardTime as KernelModel, isDecode: false},
]

describe.each(cases)('the time of attention $name', ({model, isDecode}) => {
  it('has at most eight parameters, each starting within its bounds', () => {
    const all = Object.values(model.parameters)
    expect(all.length).toBeLessThanOrEqual(8)
    for (const {least, start, most} of all) expect(least <= start && start <= most).toBe(true)
  })

  it('is never longer with more bandwidth or a higher clock', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(...devices), fc.double({min: 1, max: 3, noNaN: true}), (shape, device, ratio) => {
        const options = optionsOf(shape, isDecode)
        const [accelerator, now] = [accelerators[device], microseconds(model, accelerators[device], options)]
        const bandwidth = accelerator.parameters.ordered.find(({name}) => /Bandwidth$/.test(name))!.name
        expect(microseconds(model, accelerator, options, {scale: {[bandwidth]: ratio}})).toBeLessThanOrEqual(now * (1 + 1e-9))
        expect(microseconds(model, accelerator, options, {clockRatio: 1 / ratio})).toBeGreaterThanOrEqual(now * (1 - 1e-9))
      }),
      {numRuns: 60},
    )
  })

  it('is never longer with less to do, beyond the combination of splits', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(...devices), (shape, device) => {
        const now = microseconds(model, accelerators[device], optionsOf(shape, isDecode))
        const twice = {...shape, batch: 2 * shape.batch, ...(isDecode ? {} : {tokens: 2 * shape.tokens})}
        // A split over keys stops where the batch fills the cores: until then it costs a kernel and, split by split, trips to memory.
        // Over many queries up to four blocks of keys are not split but more are, which saves some of four blocks' walk.
        const step = isDecode ? model.parameters['kernel']!.start + 33 * 0.45 + 1 : 2
        expect(microseconds(model, accelerators[device], optionsOf(twice, isDecode))).toBeGreaterThanOrEqual(now * (1 - 1e-9) - step)
      }),
      {numRuns: 60},
    )
  })

  it('is never longer with more cores beyond one round of thread blocks', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(...devices), fc.constantFrom(1.5, 2, 3), (shape, device, more) => {
        const options = optionsOf(shape, isDecode)
        const now = microseconds(model, accelerators[device], options)
        const step = 0.15 * now + (isDecode ? model.parameters['kernel']!.start + 33 * 0.45 : 0)
        expect(microseconds(model, accelerators[device], options, {scale: {sms: more}})).toBeLessThanOrEqual(now + step)
      }),
      {numRuns: 60},
    )
  })

  it('is finite and shortest at ideal parameters, each of which takes time from them', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(...devices), (shape, device) => {
        const options = optionsOf(shape, isDecode)
        const ideal = microseconds(model, accelerators[device], options, {isIdeal: true})
        expect(Number.isFinite(ideal) && ideal > 0).toBe(true)
        for (const [name, {start}] of Object.entries(model.parameters)) {
          const switchedOn = microseconds(model, accelerators[device], options, {isIdeal: true, over: {[name]: start}})
          expect(switchedOn).toBeGreaterThanOrEqual(ideal * (1 - 1e-9))
        }
      }),
      {numRuns: 40},
    )
  })

  it('explains itself in numbers that are all finite', () => {
    const options = optionsOf({batch: 4, kvHeads: 2, group: 4, headDim: 128, tokens: 512}, isDecode)
    for (const accelerator of Object.values(accelerators)) {
      const facts = compiled(model, accelerator, options).facts(accelerator.machine.clocks[0]!.maximumHertz, 0)
      expect(facts.length).toBeGreaterThanOrEqual(6)
      for (const {value} of facts) expect(typeof value === 'string' || Number.isFinite(value)).toBe(true)
    }
  })
})

const longDecode: AttentionOptions = {
  name: 'attention',
  batch: 64,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  queryTokens: 1,
  kvTokens: 32768,
  dtype: 'bf16',
}

describe('hand-computed times', () => {
  it('streams a long cache at the memory peak when nothing else takes time', () => {
    // 64 sequences × 8 heads × 32768 tokens × 128 × 2 × 2 B = 8.59 GB at 2039 GB/s: 4.21 ms; queries add 2 MB and two transposes 3 of it.
    const kvMicroseconds = (64 * 8 * 32768 * 128 * 2 * 2) / 2039e3
    const time = microseconds(attentionDecodeTime as KernelModel, a100, longDecode, {isIdeal: true})
    expect(time).toBeGreaterThan(kvMicroseconds)
    expect(time).toBeLessThan(kvMicroseconds * 1.01)
  })

  it('stages keys at the scratchpad’s rate where loads are pipelined', () => {
    // One sequence and head of 128 keys: 64 KiB at 128 B/cycle are 512 cycles, as many as the products take: 64 × 128 × 128 × 4 / 4096 = 1024.
    const one: AttentionOptions = {...longDecode, batch: 1, heads: 1, kvHeads: 1, kvTokens: 128}
    // The 64 queries and outputs of the tile, 32 KiB, take 256 cycles more.
    const time = microseconds(attentionDecodeTime as KernelModel, h100, one, {isIdeal: true})
    expect(time * 1980).toBeCloseTo(1024 + 256, 6)
    // At a quarter of the rate keys limit: 2048 cycles and 1024 for the queries.
    expect(microseconds(attentionDecodeTime as KernelModel, h100, one, {isIdeal: true, over: {walk: 0.25}}) * 1980).toBeCloseTo(3072, 6)
  })

  it('counts the kernels of a call one by one', () => {
    const one = (over: Partial<AttentionOptions>) =>
      microseconds(attentionDecodeTime as KernelModel, h100, {...longDecode, ...over}, {isIdeal: true, over: {kernel: 1}}) -
      microseconds(attentionDecodeTime as KernelModel, h100, {...longDecode, ...over}, {isIdeal: true})
    // Plan of the splits and their combination: 64 × 4 blocks of 256 threads on 132 × 2048 are a quarter of a round, no split.
    expect(one({})).toBeCloseTo(1 + (64 * 4 * 256) / (132 * 2048), 9)
    expect(one({writesKvCache: true})).toBeCloseTo(2 + (64 * 4 * 256) / (132 * 2048), 9)
    // With splits a whole round; beyond 992 sequences the device decides on none.
    expect(one({batch: 1})).toBeCloseTo(2, 9)
    expect(one({batch: 1024})).toBeCloseTo(0, 9)
  })

  it('runs long causal tiles at the matrix peak when products are all that counts', () => {
    // 64 tiles of 128 rows walk 1, 2 … 64 blocks: 2080 of 128 × 128 × 128 × 4 operations, for each of 132 streams; 4096 op/cycle on an SM.
    const options: AttentionOptions = {...longDecode, batch: 33, heads: 4, kvHeads: 4, queryTokens: 8192, kvTokens: 8192}
    // Before and after each tile, 128 queries and outputs of 256 B pass at a 132nd of 5120 B/cycle.
    const stagingCycles = (64 * 128 * 2 * 256) / (5120 / 132)
    const peakMicroseconds = ((2080 * 128 * 128 * 128 * 4) / 4096 + stagingCycles) / 1980
    expect(microseconds(attentionPrefillTime as KernelModel, h100, options, {isIdeal: true}) / peakMicroseconds).toBeCloseTo(1, 8)
  })

  it('hides the exponentials of one tile beneath the products of the other in tensor memory’s kernel', () => {
    // 256 × 128 scores: 4 × 128 × 32768 / 8192 = 2048 cycles of products, 3 / 4 × 32768 / 16 = 1536 of exponentials; on Hopper they add.
    const options: AttentionOptions = {...longDecode, batch: 16, queryTokens: 4096, kvTokens: 4096}
    const ratio = (accelerator: typeof h100) =>
      microseconds(attentionPrefillTime as KernelModel, accelerator, options, {isIdeal: true, over: {exponential: 1}}) /
      microseconds(attentionPrefillTime as KernelModel, accelerator, options, {isIdeal: true})
    expect(ratio(b200)).toBeCloseTo(1, 9)
    expect(ratio(h100)).toBeGreaterThan(1.4)
  })

  it('exposes the loads of heads too wide for two blocks of keys', () => {
    // Queries and outputs pass before and after, and each thread block looks for its sequence among 132, 31 in a trip of 404 ns.
    // 64 × 512 queries take 64 KiB, each block of keys and values 128 KiB: two do not fit into 256 KiB. 40 tiles walk 40 × 41 / 2 blocks,
    // each 64 × 64 × 512 × 4 / 4096 cycles of products and 128 KiB at 5120 B/cycle over 132 cores.
    const options: AttentionOptions = {...longDecode, batch: 132, heads: 1, kvHeads: 1, headDim: 512, queryTokens: 2560, kvTokens: 2560}
    const blockCycles = (64 * 64 * 512 * 4) / 4096 + (64 * 1024 * 2) / (5120 / 132)
    const steps = Math.ceil(132 / 31) * 0.404
    const stagingCycles = (40 * 64 * 1024 * 2) / (5120 / 132)
    const expected = (820 * blockCycles + stagingCycles) / 1980 + 40 * steps
    expect(microseconds(attentionPrefillTime as KernelModel, h100, options, {isIdeal: true}) / expected).toBeCloseTo(1, 6)
  })

  it('adds the cache write as rounds of one token a thread block, and a kernel', () => {
    // 8192 tokens of 512 threads on 108 SMs of 2048 threads: 18.96 rounds of 4 µs, beside 2 × 16.8 MB of traffic.
    const options: AttentionOptions = {...longDecode, batch: 8, heads: 4, kvHeads: 4, queryTokens: 1024, kvTokens: 1024}
    const over = {writeCta: 4, kernel: 2}
    const written = microseconds(attentionPrefillTime as KernelModel, a100, {...options, writesKvCache: true}, {over})
    const without = microseconds(attentionPrefillTime as KernelModel, a100, options, {over})
    expect(written - without).toBeCloseTo((8192 * 512 * 4) / (2048 * 108) + 2, 6)
  })

  it('takes two and a half times the products of a forward tile in the backward pass', () => {
    // 64 blocks of 128 keys in 108 streams, each seen by 128, 126 … 2 tiles of 64 queries: 4160 of 64 × 128 × 128 × 10 operations.
    const options: AttentionOptions = {...longDecode, batch: 27, heads: 4, kvHeads: 4, queryTokens: 8192, kvTokens: 8192}
    // 128 keys and values come in and their gradients go out, at a 108th of 5120 B/cycle.
    const stagingCycles = (64 * 128 * 4 * 256) / (5120 / 108)
    const peakMicroseconds = ((4160 * 64 * 128 * 128 * 10) / 2048 + stagingCycles) / 1410
    // Gradients of queries: each tile adds 64 × 128 sums of 4 B in the cache, 5120 B a cycle.
    const sumMicroseconds = (108 * 4160 * 64 * 128 * 4) / 5120 / 1410
    const time = microseconds(attentionBackwardTime as KernelModel, a100, options, {isIdeal: true})
    expect(time / (peakMicroseconds + sumMicroseconds)).toBeCloseTo(1, 8)
  })

  it('says so where a machine computes no such format', () => {
    const node = attention({name: 'attention', batch: 1, heads: 1, headDim: 64, queryTokens: 16, kvTokens: 16, dtype: 'fp8'})
    const run = {operandCopyCount: 1, launch: 'graph'} as const
    const context = {run, parameters: new Float64Array(8), rowCapacity: 1, boundIndex: () => 0}
    const {machine} = designBatch(tinyMachine(), [], 1)
    expect(() => attentionPrefillTime.compile({...context, machine, node})).toThrow(/no matrix or vector unit computes fp8/)
  })
})
