import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {designBatch} from '../../../src/accelerator/accelerator.js'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {attentionDecodeTime} from '../../../src/cost/calibrated/attention-decode-time.js'
import {attentionPrefillTime} from '../../../src/cost/calibrated/attention-prefill-time.js'
import type {KernelModel} from '../../../src/cost/calibrated/kernel-model.js'
import {type AttentionOptions, attention} from '../../../src/workload/operators/attention.js'
import {tinyMachine} from '../../support/tiny-machine.js'

const a100 = loadAccelerator('a100-sxm-80gb')
const h100 = loadAccelerator('h100-sxm')
const accelerators = {a100, h100}

/** Microseconds of one attention on a design, at the model's starting parameters unless some are given. */
function microseconds(
  model: KernelModel,
  accelerator: ReturnType<typeof loadAccelerator>,
  options: AttentionOptions,
  {scale = {}, over = {}, clockRatio = 1}: {scale?: Record<string, number>; over?: Record<string, number>; clockRatio?: number} = {},
): number {
  const design = designBatch(accelerator, Object.keys(scale), 1)
  for (const {name, baseValue} of accelerator.parameters.ordered)
    if (name in scale) design.parameterColumns.get(name)![0] = baseValue * scale[name]!
  design.refill(1)
  const parameters = Float64Array.from(Object.entries(model.parameters), ([name, {start}]) => over[name] ?? start)
  const seconds = new Float64Array(1)
  model.compile({
    machine: design.machine,
    node: attention(options),
    run: {operandCopyCount: 1},
    parameters,
    rowCapacity: 1,
    boundIndex: () => 0,
  })(Float64Array.of(accelerator.machine.clocks[0]!.maximumHertz * clockRatio), seconds, new Int32Array(1), 1)
  return seconds[0]! * 1e6
}

const devices = ['a100', 'h100'] as const
const shapes = fc.record({
  batch: fc.constantFrom(1, 4, 32, 256),
  kvHeads: fc.constantFrom(1, 2, 8),
  group: fc.constantFrom(1, 4, 8),
  headDim: fc.constantFrom(64, 128),
  tokens: fc.constantFrom(16, 512, 4096),
})
type Shape = typeof shapes extends fc.Arbitrary<infer Value> ? Value : never

function optionsOf({batch, kvHeads, group, headDim, tokens}: Shape, isDecode: boolean): AttentionOptions {
  const queryTokens = isDecode ? 1 : tokens
  return {
    name: 'attention',
    batch,
    heads: kvHeads * group,
    kvHeads,
    headDim,
    queryTokens,
    kvTokens: tokens,
    dtype: 'bf16',
    writesKvCache: true,
  }
}

const cases = [
  {name: 'prefill', model: attentionPrefillTime as KernelModel, isDecode: false},
  {name: 'decode', model: attentionDecodeTime as KernelModel, isDecode: true},
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
        const now = microseconds(model, accelerators[device], options)
        expect(microseconds(model, accelerators[device], options, {scale: {hbmBandwidth: ratio}})).toBeLessThanOrEqual(now * (1 + 1e-9))
        expect(microseconds(model, accelerators[device], options, {clockRatio: 1 / ratio})).toBeGreaterThanOrEqual(now * (1 - 1e-9))
      }),
      {numRuns: 60},
    )
  })

  it('is never longer with less to do', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(...devices), (shape, device) => {
        const now = microseconds(model, accelerators[device], optionsOf(shape, isDecode))
        const twice = {...shape, batch: 2 * shape.batch, ...(isDecode ? {} : {tokens: 2 * shape.tokens})}
        // A split over keys stops where the batch fills the SMs, and costs a second kernel until then.
        const step = isDecode ? model.parameters['combine']!.start + 32 * model.parameters['combineSplit']!.start + 1 : 0
        expect(microseconds(model, accelerators[device], optionsOf(twice, isDecode))).toBeGreaterThanOrEqual(now * (1 - 1e-9) - step)
      }),
      {numRuns: 60},
    )
  })

  it('is never longer with more SMs beyond one round of thread blocks', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(...devices), fc.constantFrom(1.5, 2, 3, 8), (shape, device, more) => {
        const options = optionsOf(shape, isDecode)
        const now = microseconds(model, accelerators[device], options)
        const step = 0.15 * now + (model.parameters['combine']?.start ?? 0) + 32 * (model.parameters['combineSplit']?.start ?? 0)
        expect(microseconds(model, accelerators[device], options, {scale: {sms: more}})).toBeLessThanOrEqual(
          now + (isDecode ? step : 0.15 * now),
        )
      }),
      {numRuns: 60},
    )
  })
})

describe('hand-computed times', () => {
  it('streams a long cache at the memory peak when nothing else takes time', () => {
    // 64 sequences × 8 heads × 32768 tokens × 128 × 2 × 2 B = 8.59 GB at 2039 GB/s: 4.21 ms; queries add 2 MB.
    const options: AttentionOptions = {
      name: 'attention',
      batch: 64,
      heads: 32,
      kvHeads: 8,
      headDim: 128,
      queryTokens: 1,
      kvTokens: 32768,
      dtype: 'bf16',
    }
    const over = {launch: 0, walkEfficiency: 100, dramEfficiency: 1, extraKernel: 0, combine: 0, combineSplit: 0, cta: 0, sequence: 0}
    const kvMicroseconds = (64 * 8 * 32768 * 128 * 2 * 2) / 2039e3
    const time = microseconds(attentionDecodeTime as KernelModel, a100, options, {over})
    expect(time).toBeGreaterThan(kvMicroseconds)
    expect(time).toBeLessThan(kvMicroseconds * 1.05)
  })

  it('runs long causal tiles at the matrix peak when products are all that counts', () => {
    // 64 tiles of 128 rows walk 1, 2 … 64 blocks: 2080 of 128 × 128 × 128 × 4 operations, for each of 132 streams; 4096 op/cycle on an SM.
    const options: AttentionOptions = {
      name: 'attention',
      batch: 33,
      heads: 4,
      kvHeads: 4,
      headDim: 128,
      queryTokens: 8192,
      kvTokens: 8192,
      dtype: 'bf16',
    }
    const over = {launch: 0, matrixEfficiency: 1, exponentialShare: 0, dramEfficiency: 1e9, layoutKernel: 0, cta: 0, writeCta: 0}
    // The longest walk, 64 blocks, lengthens an even share of 2080 a little: a norm of exponent 2.5.
    const tail = (1 + (64 / 2080) ** 2.5) ** (1 / 2.5)
    const peakMicroseconds = (tail * 2080 * 128 * 128 * 128 * 4) / 4096 / 1980
    expect(microseconds(attentionPrefillTime as KernelModel, h100, options, {over}) / peakMicroseconds).toBeCloseTo(1, 8)
  })

  it('adds the cache write as rounds of one token a thread block', () => {
    // 8192 tokens of 512 threads on 108 SMs of 2048 threads: 18.96 rounds of 4 µs, beside 2 × 16.8 MB of traffic.
    const options: AttentionOptions = {
      name: 'attention',
      batch: 8,
      heads: 4,
      kvHeads: 4,
      headDim: 128,
      queryTokens: 1024,
      kvTokens: 1024,
      dtype: 'bf16',
    }
    const with4 = microseconds(attentionPrefillTime as KernelModel, a100, {...options, writesKvCache: true}, {over: {writeCta: 4}})
    expect(with4 - microseconds(attentionPrefillTime as KernelModel, a100, options)).toBeCloseTo((8192 * 512 * 4) / (2048 * 108), 6)
  })

  it('says so where a machine lacks a unit that attention needs', () => {
    const accelerator = tinyMachine()
    const node = attention({name: 'attention', batch: 1, heads: 1, headDim: 64, queryTokens: 16, kvTokens: 16, dtype: 'fp8'})
    const context = {run: {operandCopyCount: 1}, parameters: new Float64Array(8), rowCapacity: 1, boundIndex: () => 0}
    expect(() => attentionPrefillTime.compile({...context, machine: designBatch(accelerator, [], 1).machine, node})).toThrow(
      /does not compute fp8/,
    )
  })
})
