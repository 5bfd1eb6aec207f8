import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {kernelGapSeconds} from '../../../src/cost/calibrated/machine-parts.js'
import {elementwiseTime, embeddingTime, normTime, softmaxTime} from '../../../src/cost/calibrated/stream-time.js'
import {elementwise} from '../../../src/workload/operators/elementwise.js'
import {embedding} from '../../../src/workload/operators/embedding.js'
import {layernorm} from '../../../src/workload/operators/layernorm.js'
import {softmax} from '../../../src/workload/operators/softmax.js'
import {idealOf, kernelTime} from '../../support/kernel-seconds.js'
import {tinyMachine, tinyText} from '../../support/tiny-machine.js'

// Half of 1 TB/s; 2 us on the host, 1 us of a lone launch exposed; 100 cores of 2048 threads, each waiting 100 ns for an access.
const rows = {host: 2, dramShare: 0.5, overlap: 1, busy: 0}
const elements = {host: 2, exposed: 1, dramShare: 0.5, argument: 3}
const alone = {launch: 'alone'} as const
const registers =
  'registers: {kind: register, instances: cores, capacity: 256 KiB, clock: core, bandwidth: 100 B/cycle, latency: 0 s, energy: 1 pJ/B}'
const threadedText = tinyText.replace('memories:', `memories:\n  ${registers}`)
const threaded = tinyMachine({}, threadedText)
const roomy = tinyMachine({bufferCapacity: '1 GiB'}, threadedText)
// From one kernel to the next on the device, and one trip through the memories.
const gap = kernelGapSeconds * 1e6 + 0.1
const waits = (accessCount: number): number => (accessCount * 0.1) / (100 * 2048)
const cubic = (stream: number, wait: number): number => Math.cbrt(stream ** 3 + wait ** 3)
// 64 integer instructions a core and cycle, five of them for any element.
const placed = (count: number, instructionCount = 5, megahertz = 1000): number => (count * instructionCount) / (100 * 64 * megahertz)

describe('a lone kernel of elements', () => {
  it('moves its bytes at the share of the bandwidth that streams reach, after the launch that shows', () => {
    const add = elementwise({function: 'add', m: 1e6, dtype: 'fp32'})
    const {seconds, boundBy} = kernelTime(elementwiseTime, threaded, add, elements, alone)
    expect([seconds * 1e6, boundBy]).toEqual([expect.closeTo(1 + cubic(24, placed(1e6)), 9), 'dram'])
  })

  it('never ends before the host has launched it, which takes longer with a scalar argument', () => {
    const of = (name: 'add' | 'addu') =>
      kernelTime(elementwiseTime, threaded, elementwise({function: name, m: 16, dtype: 'fp32'}), elements, alone)
    expect([of('add').seconds, of('addu').seconds]).toEqual([2e-6, expect.closeTo(5e-6, 12)])
    expect(of('add').boundBy).toBe('overhead')
  })

  it('finds its tensors in the cache on the next run, but not when they come cold', () => {
    const a100 = loadAccelerator('a100-sxm-80gb')
    const time = (operandCopyCount: number) =>
      kernelTime(elementwiseTime, a100, elementwise({function: 'add', m: 2 ** 20, dtype: 'bf16'}), {host: 0}, {operandCopyCount, ...alone})
        .seconds
    expect(time(1)).toBeLessThan(time(Number.POSITIVE_INFINITY))
  })
})

describe('a kernel within a pass', () => {
  it('takes its time on the device, while the host needs its own to issue it', () => {
    const {seconds, hostSeconds} = kernelTime(elementwiseTime, threaded, elementwise({function: 'mulu', m: 1e6, dtype: 'fp32'}), elements)
    expect(seconds * 1e6).toBeCloseTo(gap + cubic(16, placed(1e6)), 9)
    // The launch that a lone kernel shows and its argument: what comes after, a host that queues ahead does not wait for.
    expect(hostSeconds * 1e6).toBeCloseTo(1 + 3, 9)
  })

  it('takes the same from a graph as from a queue', () => {
    const node = layernorm({m: 1000, n: 1024, dtype: 'fp32'})
    const of = (launch: 'graph' | 'queued') => kernelTime(normTime, threaded, node, rows, {launch}).seconds
    expect(of('graph')).toBe(of('queued'))
  })

  it('waits for each element where a function loads one at a time', () => {
    const count = 20_480_000
    const {seconds} = kernelTime(elementwiseTime, threaded, elementwise({function: 'swiglu', m: count, dtype: 'bf16'}), elements)
    const special = (2 * count) / 10e6
    expect(seconds * 1e6).toBeCloseTo(gap + cubic((6 * count) / 0.5e6, waits(3 * count) + special), 6)
  })

  it('finds the place of each element where operands lie in different orders: in each dimension six instructions and one an operand, and five an operand', () => {
    const time = (name: 'permute' | 'mask' | 'scale' | 'select') =>
      kernelTime(elementwiseTime, threaded, elementwise({function: name, m: 1e6, dtype: 'bf16'}), elements, {clockHertz: 10e6}).seconds *
      1e6
    expect(time('permute')).toBeCloseTo(gap + cubic(8, placed(1e6, 4 * 8 + 10, 10)), 6)
    expect(time('mask')).toBeCloseTo(gap + cubic(8, placed(1e6, 3 * 9 + 15, 10)), 6)
    expect(time('select')).toBeCloseTo(gap + cubic(8, placed(1e6, 3 * 10 + 20, 10)), 6)
    // A quotient takes ten more, of the 500 that the lanes complete in a cycle; all of them together are longer than the bytes.
    expect(time('scale')).toBeCloseTo(gap + placed(1e6, 9 + 15, 10) + (10 * 1e6) / (100 * 500 * 10), 6)
  })

  it('fetches a sector for each element that a transposed copy reads a row apart', () => {
    const cached = tinyMachine(
      {},
      threadedText.replace(
        '  dram:',
        '  l2: {kind: cache, instances: 1, capacity: 1 MiB, clock: core, bandwidth: 2000 B/cycle, latency: 0 s, energy: 1 pJ/B}\n  dram:',
      ),
    )
    const time = (name: 'permute' | 'transpose') =>
      (kernelTime(elementwiseTime, cached, elementwise({function: name, m: 1e6, dtype: 'bf16'}), elements).seconds * 1e6 - gap) ** 3
    // Half of 2 TB/s.
    expect(Math.cbrt(time('transpose') - placed(1e6, 42) ** 3) - Math.cbrt(time('permute') - placed(1e6, 42) ** 3)).toBeCloseTo(32, 6)
  })

  it('learns as it runs from which format to widen an element, while a cast to a narrower one only streams', () => {
    const cast = (dtype: 'bf16' | 'fp32', outputDtype: 'bf16' | 'fp32') =>
      kernelTime(elementwiseTime, threaded, elementwise({function: 'typecast', m: 1e6, dtype, outputDtype}), elements, {clockHertz: 10e6})
    expect(cast('bf16', 'fp32').seconds * 1e6).toBeCloseTo(gap + cubic(6 / 0.5, placed(1e6, 45, 10)), 6)
    expect(cast('fp32', 'bf16').seconds * 1e6).toBeCloseTo(gap + cubic(6 / 0.5, placed(1e6, 5, 10)), 6)
  })

  it('looks rows up with three accesses for each element', () => {
    const node = embedding({tokens: 1000, hidden: 4096, dtype: 'bf16'})
    const {seconds} = kernelTime(embeddingTime, threaded, node, {host: 0, exposed: 0, overlap: 0.1})
    expect(seconds * 1e6).toBeCloseTo(gap + cubic((4 * 4096e3 + 8000) / 1e6, waits(3 * 4096e3) / 0.1), 6)
  })

  it('costs its bytes at the peak, and what its blocks serve one by one, when every parameter is ideal', () => {
    const add = kernelTime(elementwiseTime, threaded, elementwise({function: 'add', m: 1e6, dtype: 'fp32'}), idealOf(elementwiseTime))
    expect(add.seconds * 1e6).toBeCloseTo(gap + cubic(12, placed(1e6)), 9)
    expect(add.hostSeconds).toBe(0)
    const norm = kernelTime(normTime, roomy, layernorm({m: 1e4, n: 1024, dtype: 'fp32'}), idealOf(normTime))
    expect(norm.seconds * 1e6).toBeCloseTo(gap + cubic((8 * 1024e4 + 8192) / 1e6, 1e4 / 10e6), 6)
  })
})

describe('softmax', () => {
  const time = (n: number) => (kernelTime(softmaxTime, roomy, softmax({m: 10_000, n, dtype: 'fp32'}), rows).seconds * 1e6 - gap) ** 2
  const special = (n: number) => (10_000 * n + 10_000) / 10e6

  it('holds short rows in the registers of a warp: fewer warps where a row is longer, one sector more where it is off their bounds', () => {
    // 512 elements are 16 registers a lane beside 16 others; 1024 are 32, so that 48 take the place of 32.
    expect(time(512)).toBeCloseTo(((8 * 512e4) / 0.5e6) ** 2 + (waits(512e4) + special(512)) ** 2, 4)
    expect(time(1024)).toBeCloseTo(((8 * 1024e4) / 0.5e6) ** 2 + (waits(1.5 * 1024e4) + special(1024)) ** 2, 4)
    expect(time(511)).toBeCloseTo(((1.25 * 8 * 511e4) / 0.5e6) ** 2 + (waits(511e4) + special(511)) ** 2, 4)
  })

  it('gives a long row a block, which visits it three times in vectors and remainders and adds up its threads one by one', () => {
    // 2000 elements are 500 vectors: 256 threads take 256 of them in one round and 976 single elements in four; 3 cycles a thread.
    const serial = (3 * 10_000 * 256) / (100 * 1e3)
    expect(time(2000)).toBeCloseTo(((8 * 2000e4) / 0.5e6) ** 2 + (waits(3 * 5 * 256e4) + serial + special(2000)) ** 2, 4)
  })
})

describe('norms', () => {
  it("read a row again from the main memory when the rows under way exceed a core's own memory", () => {
    const time = (bufferCapacity: string) =>
      kernelTime(normTime, tinyMachine({bufferCapacity}, threadedText), layernorm({m: 10_000, n: 4096, dtype: 'fp32'}), {
        ...rows,
        overlap: 1000,
      }).seconds
    expect(time('1 KiB') / time('1 GiB')).toBeCloseTo(1.5, 2)
  })

  it('run single rounds beside the unrolled ones where a fourth round ends within a warp', () => {
    const wait = (n: number) => {
      const {facts} = kernelTime(normTime, roomy, layernorm({m: 1000, n, dtype: 'fp32'}), rows)
      return Number(facts.find(({name}) => name === 'accesses waited for')!.value) / (1000 * 128)
    }
    expect([wait(1536), wait(1540), wait(2048), wait(2052)]).toEqual([2 * 3 + 2, 2 * 4 + 2 + 3, 2 * 4 + 2, 2 * 5 + 2])
  })

  it('run alone at the base clock until they keep the card busy, but not within a pass', () => {
    const based = tinyMachine({bufferCapacity: '1 GiB'}, threadedText.replace('nominal: 1 GHz,', 'nominal: 1 GHz, base: 400 MHz,'))
    const of = (m: number, launch: 'alone' | 'queued', busy: number) =>
      kernelTime(normTime, based, layernorm({m, n: 1024, dtype: 'fp32'}), {...rows, host: 0, overlap: 0.01, busy}, {launch}).seconds * 1e6
    const wait = waits(1000 * 128 * 6) / 0.01 + 1000 / 10e6
    const stream = (8 * 1024e3 + 8192) / 0.5e6
    expect(of(1000, 'queued', 300)).toBeCloseTo(gap + cubic(stream, wait), 6)
    expect(of(1000, 'alone', 300)).toBeCloseTo(cubic(stream, 2.5 * wait), 6)
    // A card that is just kept busy runs at the clock that does it; long kernels run at the highest.
    expect(of(5000, 'alone', 300)).toBeCloseTo(300, 6)
    expect(of(1e6, 'alone', 300)).toBeCloseTo(of(1e6, 'queued', 300) - gap, 6)
  })
})

describe('a core that states how many threads it keeps', () => {
  it('waits longer than its registers alone would make it', () => {
    const limited = tinyMachine({}, threadedText.replace('capacity: 256 KiB,', 'capacity: 256 KiB, threads: 1024,'))
    const waiting = (accelerator: typeof threaded) =>
      Number(
        kernelTime(softmaxTime, accelerator, softmax({m: 1000, n: 4000, dtype: 'fp32'}), rows).facts.find(
          ({name}) => name === 'resident threads',
        )!.value,
      )
    expect([waiting(threaded), waiting(limited)]).toEqual([100 * 2048, 100 * 1024])
  })
})

describe('every streaming kernel', () => {
  const nodes = [
    (m: number, n: number) => ({model: softmaxTime, node: softmax({m, n, dtype: 'fp32'})}),
    (m: number, n: number) => ({model: softmaxTime, node: softmax({m, n, dtype: 'bf16'})}),
    (m: number, n: number) => ({model: normTime, node: layernorm({m, n, dtype: 'fp32'})}),
    (m: number, n: number) => ({model: normTime, node: layernorm({m, n, dtype: 'bf16', function: 'rmsnorm'})}),
    (m: number, n: number) => ({model: elementwiseTime, node: elementwise({m, n, dtype: 'bf16', function: 'rope'})}),
    (m: number, n: number) => ({model: elementwiseTime, node: elementwise({m, n, dtype: 'fp8', function: 'swiglu'})}),
    (m: number, n: number) => ({model: embeddingTime, node: embedding({tokens: m, hidden: n, dtype: 'bf16'})}),
  ]

  it('never takes longer with more bandwidth, cores, cache or clock, nor for fewer rows', () => {
    const design = fc.record({
      sms: fc.integer({min: 4, max: 400}),
      hbmBandwidth: fc.integer({min: 100, max: 9000}),
      l2: fc.integer({min: 1, max: 500}),
      clockHertz: fc.integer({min: 345, max: 1980}).map((megahertz) => megahertz * 1e6),
      rows: fc.integer({min: 1, max: 20_000}),
      width: fc.integer({min: 8, max: 8192}),
    })
    const grown = fc.constantFrom('sms', 'hbmBandwidth', 'l2', 'clockHertz', 'rows')
    const runs = fc.constantFrom(
      {operandCopyCount: 1, launch: 'alone' as const},
      {operandCopyCount: Number.POSITIVE_INFINITY, launch: 'queued' as const},
    )
    fc.assert(
      fc.property(design, grown, fc.constantFrom(...nodes), runs, (from, key, build, run) => {
        const time = ({sms, hbmBandwidth, l2, clockHertz, rows: m, width}: typeof from) => {
          const {model, node} = build(m, width)
          const machine = loadAccelerator('h100-sxm', {set: {sms: String(sms), hbmBandwidth: `${hbmBandwidth} GB/s`, l2: `${l2} MiB`}})
          return kernelTime<string>(model, machine, node, {host: 1}, {...run, clockHertz}).seconds
        }
        const to = {...from, [key]: key === 'clockHertz' ? 1980e6 : from[key] * 2}
        const [before, after] = [time(from), time(to)]
        if (key === 'rows') expect(after).toBeGreaterThanOrEqual(before * (1 - 1e-12))
        else expect(after).toBeLessThanOrEqual(before * (1 + 1e-12))
      }),
      {numRuns: 60},
    )
  }, 60_000)
})
