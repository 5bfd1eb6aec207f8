import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type Accelerator, designBatch} from '../../../src/accelerator/accelerator.js'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {gemmTime} from '../../../src/cost/calibrated/gemm-time.js'
import type {OperatorNode} from '../../../src/workload/operator.js'
import {productNode, tinyMachine} from '../../support/tiny-machine.js'

type Values = Partial<Record<keyof typeof gemmTime.parameters, number>>

/** Nothing but units and main memory: no launch, no fill, no rate into or out of a core. */
const ideal = {launch: 0, fill: 0, balance: 0, peak: 1, halfTile: 0, operandRate: 1e15, dramShare: 1} as const
const idealRest = {split: 1e3, storeRate: 1e15, throttle: 0, throttleTime: 1, cacheShare: 1} as const

function valuesOf(values: Values): Float64Array {
  return Float64Array.from(Object.entries(gemmTime.parameters), ([name, {start}]) => values[name as keyof Values] ?? start)
}

function timed(
  accelerator: Accelerator,
  node: OperatorNode,
  values: Values,
  {operandCopyCount = Number.POSITIVE_INFINITY, clockRatio = 1} = {},
) {
  const {machine} = designBatch(accelerator, [], 1)
  const names = ['overhead', ...machine.units.map(({name}) => name), ...machine.memories.map(({name}) => name)]
  const boundIndex = (name: string): number => names.indexOf(name)
  const kernel = gemmTime.compile({machine, node, run: {operandCopyCount}, parameters: valuesOf(values), rowCapacity: 1, boundIndex})
  const [seconds, boundBy] = [new Float64Array(1), new Int32Array(1)]
  kernel(Float64Array.of(machine.clocks[0]!.maximumHertz[0]! * clockRatio), seconds, boundBy, 1)
  return {seconds: seconds[0]!, boundBy: names[boundBy[0]!]!}
}

describe('the time of a product', () => {
  it('is the units’ at their peak, softened by the memory’s, after the launch', () => {
    const compute = (2 * 4096 ** 3) / 1e14
    const memory = (3 * 2 * 4096 ** 2) / 1e12
    const {seconds, boundBy} = timed(tinyMachine(), productNode(4096, 4096, 4096), {...ideal, ...idealRest, launch: 2})
    expect(seconds).toBeCloseTo(2e-6 + (compute ** 4 + memory ** 4) ** 0.25, 12)
    expect(boundBy).toBe('array')
  })

  it('fills the pipeline once a wave of the tile with the fewest waves', () => {
    const [compute, memory] = [(2 * 256 ** 3) / 1e14, (3 * 2 * 256 ** 2) / 1e12]
    const {seconds, boundBy} = timed(tinyMachine(), productNode(256, 256, 256), {...ideal, ...idealRest, fill: 1})
    expect(seconds).toBeCloseTo(2e-6 + (compute ** 4 + memory ** 4) ** 0.25, 12)
    expect(boundBy).toBe('overhead')
  })

  it('is the memory’s for a product of one row', () => {
    const {seconds, boundBy} = timed(tinyMachine(), productNode(1, 8192, 8192), {...ideal, ...idealRest})
    expect(boundBy).toBe('dram')
    expect(seconds * 1e12).toBeGreaterThanOrEqual(2 * 8192 ** 2)
    expect(seconds * 1e12).toBeLessThan(1.01 * 2 * 8192 ** 2)
  })

  it('pays for a split only where it is shorter', () => {
    const node = productNode(16, 128, 65536)
    const [without, withSplit] = [60, 1].map((split) => timed(loadAccelerator('a100-sxm-80gb'), node, {split}).seconds)
    expect(withSplit! * 2).toBeLessThan(without!)
  })

  it('is shorter while the L2 keeps operands from run to run', () => {
    const [device, node] = [loadAccelerator('l40s'), productNode(64, 2048, 2048)]
    const [kept, cold] = [1, Number.POSITIVE_INFINITY].map((operandCopyCount) => timed(device, node, {}, {operandCopyCount}).seconds)
    expect(kept! * 1.5).toBeLessThan(cold!)
  })

  it('loses the stated share of the clock when busy units outlast the power limit', () => {
    const [device, node] = [loadAccelerator('a100-sxm-80gb'), productNode(65536, 16384, 16384)]
    const [free, limited] = [0, 0.1].map((throttle) => timed(device, node, {throttle}).seconds)
    expect(limited! / free!).toBeGreaterThan(1.09)
    expect(limited! / free!).toBeLessThanOrEqual(1.1)
  })

  it('computes fp32 on the vector units where no matrix unit has it', () => {
    const bf16 = productNode(4096, 4096, 4096)
    const contractions = bf16.demand.contractions.map((each) => ({...each, dtype: 'fp32' as const, operandBytes: 4}))
    const {seconds, boundBy} = timed(loadAccelerator('v100-pcie-32gb'), {...bf16, demand: {...bf16.demand, contractions}}, {})
    expect(boundBy).toBe('cuda')
    expect(seconds).toBeGreaterThan((2 * 4096 ** 3) / (80 * 128 * 1.38e9))
  })
})

describe('laws of the time of a product', () => {
  const sizes = fc.tuple(fc.integer({min: 1, max: 8192}), fc.integer({min: 1, max: 8192}), fc.integer({min: 1, max: 8192}))
  const device = fc.constantFrom(
    ['a100-sxm-80gb', 'hbmBandwidth'] as const,
    ['h100-sxm', 'hbmBandwidth'] as const,
    ['l40s', 'memoryBandwidth'] as const,
  )
  const growth = fc.integer({min: 0, max: 100}).map((percent) => 1 + percent / 100)
  const noLoss = {throttle: 0}
  const slack = 1 + 1e-9

  it('more cores never slow it', () => {
    const law = fc.property(
      device,
      sizes,
      fc.integer({min: 8, max: 256}),
      fc.integer({min: 0, max: 64}),
      ([name], [m, n, k], sms, more) => {
        const [before, after] = [sms, sms + more].map((count) =>
          timed(loadAccelerator(name, {set: {sms: String(count)}}), productNode(m, n, k), noLoss),
        )
        expect(after!.seconds).toBeLessThanOrEqual(before!.seconds * slack)
      },
    )
    fc.assert(law, {numRuns: 40})
  })

  it('more bandwidth never slows it', () => {
    const law = fc.property(device, sizes, growth, ([name, bandwidth], [m, n, k], ratio) => {
      const [before, after] = [500, 500 * ratio].map((rate) =>
        timed(loadAccelerator(name, {set: {[bandwidth]: `${rate} GB/s`}}), productNode(m, n, k), noLoss),
      )
      expect(after!.seconds).toBeLessThanOrEqual(before!.seconds * slack)
    })
    fc.assert(law, {numRuns: 40})
  })

  it('a higher clock never slows it', () => {
    const law = fc.property(device, sizes, fc.double({min: 0.2, max: 1, noNaN: true}), ([name], [m, n, k], clockRatio) => {
      const accelerator = loadAccelerator(name)
      const slow = timed(accelerator, productNode(m, n, k), noLoss, {clockRatio})
      expect(timed(accelerator, productNode(m, n, k), noLoss).seconds).toBeLessThanOrEqual(slow.seconds * slack)
    })
    fc.assert(law, {numRuns: 40})
  })

  it('fewer rows or columns never slow it', () => {
    const law = fc.property(
      device,
      sizes,
      fc.integer({min: 0, max: 500}),
      fc.integer({min: 0, max: 500}),
      ([name], [m, n, k], rows, columns) => {
        const accelerator = loadAccelerator(name)
        const larger = timed(accelerator, productNode(m + rows, n + columns, k), noLoss)
        expect(timed(accelerator, productNode(m, n, k), noLoss).seconds).toBeLessThanOrEqual(larger.seconds * slack)
      },
    )
    fc.assert(law, {numRuns: 40})
  })
})
