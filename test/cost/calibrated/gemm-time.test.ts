import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type Accelerator, designBatch} from '../../../src/accelerator/accelerator.js'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {gemmTime} from '../../../src/cost/calibrated/gemm-time.js'
import type {Launch} from '../../../src/workload/kernel-run.js'
import type {OperatorNode} from '../../../src/workload/operator.js'
import {productNode, tinyMachine, tinyText} from '../../support/tiny-machine.js'

interface Run {
  readonly operandCopyCount?: number
  readonly clockRatio?: number
  readonly launch?: Launch
}

type Values = Partial<Record<keyof typeof gemmTime.parameters, number>>

/** What the structure alone costs: every parameter where its term vanishes. */
const ideal: Values = Object.fromEntries(Object.entries(gemmTime.parameters).map(([name, parameter]) => [name, parameter.ideal]))

/** A product of fp32, with as many of its kind beside it. */
function fp32Node(m: number, n: number, k: number, batchCount = 1): OperatorNode {
  const {demand, ...rest} = productNode(m, n, k)
  const contractions = demand.contractions.map((each) => ({...each, dtype: 'fp32' as const, operandBytes: 4, batchCount}))
  const wider = <Access extends {readonly bytes: number}>(access: Access): Access => ({...access, bytes: 2 * batchCount * access.bytes})
  return {...rest, demand: {...demand, contractions, reads: demand.reads.map(wider), writes: demand.writes.map(wider)}}
}

/** The tiny machine with a scratchpad too wide to matter: its ports cost nothing. */
function flatMachine(): Accelerator {
  return tinyMachine({bufferCapacity: '1 GiB'}, tinyText.replace('100000 B/cycle', '1000000000 B/cycle'))
}

function valuesOf(values: Values): Float64Array {
  return Float64Array.from(Object.entries(gemmTime.parameters), ([name, {start}]) => values[name as keyof Values] ?? start)
}

function timed(
  accelerator: Accelerator,
  node: OperatorNode,
  values: Values,
  {operandCopyCount = Number.POSITIVE_INFINITY, clockRatio = 1, launch = 'graph'}: Run = {},
) {
  const {machine} = designBatch(accelerator, [], 1)
  const names = ['overhead', ...machine.units.map(({name}) => name), ...machine.memories.map(({name}) => name)]
  const boundIndex = (name: string): number => names.indexOf(name)
  const {time, hostSeconds, facts} = gemmTime.compile({
    machine,
    node,
    run: {operandCopyCount, launch},
    parameters: valuesOf(values),
    rowCapacity: 1,
    boundIndex,
  })
  const [seconds, boundBy] = [new Float64Array(1), new Int32Array(1)]
  const hertz = machine.clocks[0]!.maximumHertz[0]! * clockRatio
  time(Float64Array.of(hertz), seconds, boundBy, 1)
  const found = new Map(facts(hertz, 0).map(({name, value}) => [name, value]))
  return {seconds: seconds[0]!, boundBy: names[boundBy[0]!]!, hostSeconds: hostSeconds(), facts: found}
}

describe('the time of a product', () => {
  it('is the units’ at their peak, softened by the memory’s, after the launch', () => {
    const compute = (2 * 4096 ** 3) / 1e14
    const memory = (3 * 2 * 4096 ** 2) / 1e12
    const {seconds, boundBy} = timed(flatMachine(), productNode(4096, 4096, 4096), {...ideal, launch: 2})
    expect(seconds).toBeCloseTo(2e-6 + (compute ** 4 + memory ** 4) ** 0.25, 12)
    expect(boundBy).toBe('array')
  })

  it('computes as much longer as the ramp adds to the depth', () => {
    const compute = ((2 * 4096 ** 3) / 1e14) * (1 + 128 / 4096)
    const memory = (3 * 2 * 4096 ** 2) / 1e12
    const {seconds} = timed(flatMachine(), productNode(4096, 4096, 4096), {...ideal, split: 20, ramp: 128})
    expect(seconds).toBeCloseTo((compute ** 4 + memory ** 4) ** 0.25, 12)
  })

  it('waits for most of the host where it is timed alone, and for the device elsewhere', () => {
    const values = {...ideal, launch: 2, hostLaunch: 20}
    const [graph, queued, alone] = (['graph', 'queued', 'alone'] as const).map((launch) =>
      timed(flatMachine(), productNode(4096, 4096, 4096), values, {launch}),
    )
    expect(queued!.seconds).toBe(graph!.seconds)
    expect(alone!.seconds - graph!.seconds).toBeCloseTo((0.65 * 1.6 * 20 - 2) * 1e-6, 12)
    expect(graph!.hostSeconds).toBeCloseTo(0.65 * 1.6 * 20e-6, 12)
  })

  it('never ends before its host where it is timed alone', () => {
    const {seconds, boundBy} = timed(flatMachine(), productNode(16, 16, 16), {...ideal, hostLaunch: 20}, {launch: 'alone'})
    expect(seconds).toBeCloseTo(1.6 * 20e-6, 12)
    expect(boundBy).toBe('overhead')
  })

  it('asks less of the host without weights', () => {
    const layer = productNode(512, 512, 512)
    const reads = layer.demand.reads.map((each) => ({...each, tensor: 'activations' as const}))
    const plain = {...layer, demand: {...layer.demand, reads}}
    const [ofLayer, ofPlain] = [layer, plain].map((node) => timed(flatMachine(), node, {...ideal, hostLaunch: 20}).hostSeconds)
    expect([ofLayer! * 1e6, ofPlain! * 1e6].map((each) => Number(each.toFixed(9)))).toEqual([20.8, 13])
  })

  it('stays finite where no parameter costs anything', () => {
    for (const name of ['a100-sxm-80gb', 'b200-sxm', 'tpu-v5e', 'mi300x', 'l4']) {
      const {seconds} = timed(loadAccelerator(name), productNode(300, 500, 700), ideal)
      expect(seconds).toBeGreaterThan(0)
      expect(seconds).toBeLessThan(1e-4)
    }
  })

  it('tells the tiling that it took and what that moves', () => {
    const {facts} = timed(flatMachine(), productNode(256, 256, 4096), {...ideal, split: 20})
    expect(facts.get('split of the depth')).toBe(1)
    expect(facts.get('operations executed')).toBe(2 * 256 * 256 * 4096)
    expect(facts.get('main memory')).toBe(2 * (2 * 256 * 4096 + 256 * 256))
    expect(facts.get('padding')).toBe(0)
  })

  it('is the memory’s for a product of one row', () => {
    const {seconds, boundBy} = timed(flatMachine(), productNode(1, 8192, 8192), {...ideal, split: 20})
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

  it('computes fp32 on the vector units where no matrix unit has it', () => {
    const {seconds, boundBy} = timed(loadAccelerator('v100-pcie-32gb'), fp32Node(4096, 4096, 4096), {})
    expect(boundBy).toBe('cuda')
    expect(seconds).toBeGreaterThan((2 * 4096 ** 3) / (80 * 128 * 1.38e9))
  })

  it('takes a core of vector units as long for a few small blocks as for all that it holds', () => {
    const times = [161, 320, 321].map((batchCount) => timed(loadAccelerator('v100-pcie-32gb'), fp32Node(64, 64, 1024, batchCount), ideal))
    expect(times.map(({facts}) => facts.get('waves'))).toEqual([1, 1, 2])
    expect(times[0]!.facts.get('units')).toBe(times[1]!.facts.get('units'))
    // Four blocks of 64 x 64 in turn, each at 64 multiply-adds a cycle.
    expect(times[1]!.facts.get('units')).toBeCloseTo((4 * 64 * 64 * 1024) / 64 / 1380, 6)
    expect(times[2]!.seconds).toBeGreaterThan(times[1]!.seconds)
  })
})

describe('laws of the time of a product on vector units', () => {
  const sizes = fc.tuple(fc.integer({min: 1, max: 8192}), fc.integer({min: 1, max: 8192}), fc.integer({min: 1, max: 8192}))
  const slack = 1 + 1e-9

  it('more cores, fewer rows or columns never slow fp32', () => {
    const law = fc.property(sizes, fc.integer({min: 0, max: 64}), fc.integer({min: 0, max: 500}), ([m, n, k], more, columns) => {
      const machineOf = (count: number) => loadAccelerator('v100-pcie-32gb', {set: {sms: String(count)}})
      const slow = timed(machineOf(80), fp32Node(m, n + columns, k), {}).seconds
      expect(timed(machineOf(80 + more), fp32Node(m, n + columns, k), {}).seconds).toBeLessThanOrEqual(slow * slack)
      expect(timed(machineOf(80), fp32Node(m, n, k), {}).seconds).toBeLessThanOrEqual(slow * slack)
    })
    fc.assert(law, {numRuns: 40})
  })
})
