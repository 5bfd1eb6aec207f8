import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {elementwiseTime, embeddingTime, normTime, softmaxTime} from '../../../src/cost/calibrated/stream-time.js'
import {elementwise} from '../../../src/workload/operators/elementwise.js'
import {embedding} from '../../../src/workload/operators/embedding.js'
import {layernorm} from '../../../src/workload/operators/layernorm.js'
import {softmax} from '../../../src/workload/operators/softmax.js'
import {kernelTime} from '../../support/kernel-seconds.js'
import {tinyMachine, tinyText} from '../../support/tiny-machine.js'

// Half of 1 TB/s; 1 us to start, 2 us on the host, of which row kernels hide three tenths; 100 cores of 2048 threads, each waiting 100 ns for an access.
const fitted = {floorSeconds: 2e-6, startSeconds: 1e-6, memoryEfficiencyRatio: 0.5}
const registers =
  'registers: {kind: register, instances: cores, capacity: 256 KiB, clock: core, bandwidth: 100 B/cycle, latency: 0 s, energy: 1 pJ/B}'
const threaded = tinyMachine({}, tinyText.replace('memories:', `memories:\n  ${registers}`))
const roomy = tinyMachine({bufferCapacity: '1 GiB'}, tinyText.replace('memories:', `memories:\n  ${registers}`))
const waitMicroseconds = (accessCount: number): number => (accessCount * 0.1) / (100 * 2048)
const meet = (stream: number, wait: number): number => Math.cbrt(stream ** 3 + wait ** 3)

describe('streaming kernels', () => {
  it('move their bytes at the share of the bandwidth that streams reach', () => {
    const {seconds, boundBy} = kernelTime(elementwiseTime, threaded, elementwise({function: 'add', m: 1e6, dtype: 'fp32'}), fitted)
    expect([seconds * 1e6, boundBy]).toEqual([expect.closeTo(1 + 24, 9), 'dram'])
  })

  it('never end before the host has launched, which takes longer with a scalar argument', () => {
    const of = (name: 'add' | 'addu') =>
      kernelTime(elementwiseTime, threaded, elementwise({function: name, m: 16, dtype: 'fp32'}), {...fitted, argumentSeconds: 3e-6})
    expect([of('add').seconds, of('addu').seconds]).toEqual([2e-6, expect.closeTo(5e-6, 12)])
    expect(of('add').boundBy).toBe('overhead')
  })

  it('wait for each element where a function loads one at a time', () => {
    const elements = 20_480_000
    const {seconds} = kernelTime(elementwiseTime, threaded, elementwise({function: 'swiglu', m: elements, dtype: 'bf16'}), fitted)
    const special = (2 * elements) / 10e6
    expect(seconds * 1e6).toBeCloseTo(1 + meet((6 * elements) / 0.5e6, waitMicroseconds(3 * elements) + special), 6)
  })

  it('pad short rows of a softmax to a power of two, and visit long ones three times', () => {
    const time = (n: number) =>
      kernelTime(softmaxTime, roomy, softmax({m: 10_000, n, dtype: 'fp32'}), {...fitted, waitOverlapRatio: 1}).seconds * 1e6
    const special = (n: number) => (10_000 * n + 10_000) / 10e6
    expect(time(513)).toBeCloseTo(1.4 + meet((8 * 513e4) / 0.5e6, waitMicroseconds(1024e4) + special(513)), 6)
    expect(time(2000)).toBeCloseTo(1.4 + meet((8 * 2000e4) / 0.5e6, waitMicroseconds(6000e4) + special(2000)), 6)
  })

  it("read a row again from the main memory when the rows under way exceed a core's own memory", () => {
    const time = (bufferCapacity: string) => {
      const machine = tinyMachine({bufferCapacity}, tinyText.replace('memories:', `memories:\n  ${registers}`))
      return kernelTime(normTime, machine, layernorm({m: 10_000, n: 4096, dtype: 'fp32'}), fitted).seconds
    }
    expect(time('1 KiB') / time('1 GiB')).toBeCloseTo(1.5, 2)
  })

  it('run alone at the lowest clock while they are short, but not within a pass', () => {
    const of = (m: number, operandCopyCount: number) =>
      kernelTime(
        softmaxTime,
        threaded,
        softmax({m, n: 1024, dtype: 'fp32'}),
        {...fitted, waitOverlapRatio: 0.1, clockRiseSeconds: 50e-6},
        {operandCopyCount},
      )
    // 1 ms of waiting passes unhurried; 5 us of it take up to five times as long at 200 MHz in place of 1 GHz.
    expect(of(2e5, 1).seconds).toBeCloseTo(of(2e5, Number.POSITIVE_INFINITY).seconds, 9)
    const work = (operandCopyCount: number) => of(1000, operandCopyCount).seconds * 1e6 - 1.4
    const wait = waitMicroseconds(1024e3) / 0.1
    const stream = (8 * 1024e3) / 0.5e6
    const special = (1024e3 + 1000) / 10e6
    expect(work(1)).toBeCloseTo(meet(stream, wait * (1 + 4 * Math.exp(-wait / 50)) + special), 6)
    expect(work(Number.POSITIVE_INFINITY)).toBeCloseTo(meet(stream, wait + special), 6)
  })

  it('look rows up with three accesses for each element', () => {
    const {seconds} = kernelTime(embeddingTime, threaded, embedding({tokens: 1000, hidden: 4096, dtype: 'bf16'}), {
      ...fitted,
      waitOverlapRatio: 0.1,
    })
    expect(seconds * 1e6).toBeCloseTo(1 + meet((4 * 4096e3 + 8000) / 1e6, waitMicroseconds(3 * 4096e3) / 0.1), 6)
  })

  it('find their tensors in the cache on the next run, but not when they come cold', () => {
    const a100 = loadAccelerator('a100-sxm-80gb')
    const time = (operandCopyCount: number) =>
      kernelTime(elementwiseTime, a100, elementwise({function: 'add', m: 2 ** 20, dtype: 'bf16'}), {floorSeconds: 0}, {operandCopyCount})
        .seconds
    expect(time(1)).toBeLessThan(time(Number.POSITIVE_INFINITY))
  })

  it('never take longer with more bandwidth, cores, cache or clock, nor for fewer rows', () => {
    const design = fc.record({
      sms: fc.integer({min: 4, max: 400}),
      hbmBandwidth: fc.integer({min: 100, max: 9000}),
      l2: fc.integer({min: 1, max: 500}),
      clockHertz: fc.integer({min: 345, max: 1980}).map((megahertz) => megahertz * 1e6),
      rows: fc.integer({min: 1, max: 20_000}),
      width: fc.integer({min: 8, max: 8192}),
    })
    const nodes = [
      (m: number, n: number) => ({model: softmaxTime, node: softmax({m, n, dtype: 'fp32'})}),
      (m: number, n: number) => ({model: normTime, node: layernorm({m, n, dtype: 'fp32'})}),
      (m: number, n: number) => ({model: normTime, node: layernorm({m, n, dtype: 'bf16', function: 'rmsnorm'})}),
      (m: number, n: number) => ({model: elementwiseTime, node: elementwise({m, n, dtype: 'bf16', function: 'rope'})}),
      (m: number, n: number) => ({model: embeddingTime, node: embedding({tokens: m, hidden: n, dtype: 'bf16'})}),
    ]
    const grown = fc.constantFrom('sms', 'hbmBandwidth', 'l2', 'clockHertz', 'rows')
    fc.assert(
      fc.property(
        design,
        grown,
        fc.constantFrom(...nodes),
        fc.constantFrom(1, Number.POSITIVE_INFINITY),
        (from, key, build, operandCopyCount) => {
          const time = ({sms, hbmBandwidth, l2, clockHertz, rows, width}: typeof from) => {
            const {model, node} = build(rows, width)
            const machine = loadAccelerator('h100-sxm', {set: {sms: String(sms), hbmBandwidth: `${hbmBandwidth} GB/s`, l2: `${l2} MiB`}})
            return kernelTime<string>(model, machine, node, {floorSeconds: 1e-6}, {operandCopyCount, clockHertz}).seconds
          }
          const to = {...from, [key]: key === 'clockHertz' ? 1980e6 : from[key] * 2}
          const [before, after] = [time(from), time(to)]
          if (key === 'rows') expect(after).toBeGreaterThanOrEqual(before * (1 - 1e-12))
          else expect(after).toBeLessThanOrEqual(before * (1 + 1e-12))
        },
      ),
      {numRuns: 60},
    )
  }, 60_000)
})
