import {describe, expect, it} from 'vitest'
import {clockStates} from '../../src/accelerator/clock.js'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {clockCurve} from '../../src/cost/clock-curve.js'
import {type Evaluation, evaluate} from '../../src/cost/evaluate.js'
import {loadWorkload} from '../../src/workload/load-workload.js'
import {lanesNode, node, productNode, tinyMachine, tinyText, workloadOf} from '../support/tiny-machine.js'

const gigabyte = 1e9
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)

describe('a roofline whose ridge is at 100 flop per byte', () => {
  it.each([
    {flopsPerByte: 10, boundBy: 'dram', latencySeconds: 1e-3},
    {flopsPerByte: 99, boundBy: 'dram', latencySeconds: 1e-3},
    {flopsPerByte: 101, boundBy: 'lanes', latencySeconds: 1.01e-3},
    {flopsPerByte: 1000, boundBy: 'lanes', latencySeconds: 10e-3},
  ])('at $flopsPerByte flop/B is bound by $boundBy', ({flopsPerByte, boundBy, latencySeconds}) => {
    const evaluation = evaluate(tinyMachine(), workloadOf(lanesNode(flopsPerByte * gigabyte, gigabyte)))
    expect(evaluation.boundBy).toBe(boundBy)
    expect(evaluation.latencySeconds).toBeCloseTo(latencySeconds, 12)
  })

  it('takes its energy from operations, bytes, and time', () => {
    const {energyBySource, energyJoules, averageWatts} = evaluate(tinyMachine(), workloadOf(lanesNode(10 * gigabyte, gigabyte)))
    // 10 Gop at 1 pJ; 1 GB at 1 pJ and at 10 pJ; 20 W and 10 W for 1 ms.
    const expected = {lanes: 0.01, buffer: 0.001, dram: 0.01, static: 0.02, idle: 0.01, array: 0, tables: 0, wire: 0}
    for (const [source, joules] of Object.entries(expected)) expect(energyBySource[source]).toBeCloseTo(joules, 12)
    expect(energyJoules).toBeCloseTo(0.051, 12)
    expect(averageWatts).toBeCloseTo(51, 9)
  })

  it('runs dynamic energy at V² and static power at V: half the voltage, a quarter and a half', () => {
    const work = workloadOf(lanesNode(1000 * gigabyte, gigabyte))
    const fast = evaluate(tinyMachine(), work)
    const slow = evaluate(tinyMachine(), work, {clockHertz: 6e8})
    expect(slow.latencySeconds).toBeCloseTo(fast.latencySeconds / 0.6, 12)
    expect(slow.energyBySource['lanes']).toBeCloseTo(fast.energyBySource['lanes']! / 4, 12)
    expect(slow.energyBySource['dram']).toBeCloseTo(fast.energyBySource['dram']!, 12)
    expect(slow.energyBySource['static']).toBeCloseTo((20 / 2) * slow.latencySeconds, 12)
  })

  it('pads a product to whole tiles, the cheaper way round, and says so in what it executes', () => {
    const {operators} = evaluate(tinyMachine(), workloadOf(productNode(20, 16, 16)))
    expect(operators[0]!.flops).toBe(2 * 20 * 16 * 16)
    expect(operators[0]!.executedByUnit).toEqual({array: 2 * 32 * 16 * 16})
    const skewed = tinyMachine({'array.tile.m': '64', 'array.tile.n': '8'})
    expect(evaluate(skewed, workloadOf(productNode(8, 64, 16))).operators[0]!.executedByUnit).toEqual({array: 2 * 8 * 64 * 16})
  })

  it('streams a large product at the I/O bound of the storage inside: 2mnk/√S words', () => {
    const size = 8192
    const {operators} = evaluate(tinyMachine(), workloadOf(productNode(size, size, size)))
    const words = (2 * size ** 3) / Math.sqrt(2 ** 20 / 2)
    expect(operators[0]!.bytesByLevel['dram']).toBeCloseTo(2 * words + 2 * size ** 2, 0)
    // The buffer feeds a 16 × 16 tile: each operand once per tile of the other.
    expect(operators[0]!.bytesByLevel['buffer']).toBe(2 * size ** 3 * (2 / 16) + 2 * size ** 2)
  })

  it('reads every byte at least once', () => {
    const {operators} = evaluate(tinyMachine({bufferCapacity: '1 GB'}), workloadOf(productNode(512, 512, 512)))
    expect(operators[0]!.bytesByLevel['dram']).toBe(3 * 2 * 512 ** 2)
  })

  it('moves nothing through a level that the tensor bypasses', () => {
    const text = tinyText.replace('latency: 0 s,', 'latency: 0 s, bypass: [weights],')
    const {operators} = evaluate(
      tinyMachine({}, text),
      workloadOf(
        node({
          reads: [
            {tensor: 'weights', bytes: 700},
            {tensor: 'activations', bytes: 300},
          ],
          writes: [{tensor: 'weights', bytes: 50}],
        }),
      ),
    )
    expect(operators[0]!.bytesByLevel).toEqual({buffer: 300, dram: 1050})
  })

  it('adds the times of reads and writes on a shared port, and overlaps them on two', () => {
    const work = workloadOf(
      node({reads: [{tensor: 'activations', bytes: 3 * gigabyte}], writes: [{tensor: 'activations', bytes: gigabyte}]}),
    )
    expect(evaluate(tinyMachine(), work).latencySeconds).toBeCloseTo(4e-3, 12)
    const twoPorts = tinyText.replace('bandwidth: dramBandwidth', 'readBandwidth: dramBandwidth, writeBandwidth: dramBandwidth')
    expect(evaluate(tinyMachine({}, twoPorts), work).latencySeconds).toBeCloseTo(3e-3, 12)
  })

  it.each([
    ['allreduce', 1.75],
    ['all_gather', 0.875],
    ['reduce_scatter', 0.875],
    ['alltoall', 0.875],
    ['send_receive', 1],
  ] as const)('sends %s of 8 ranks with %d of its buffer on 100 GB/s', (collective, share) => {
    const wire = {collective, bytes: gigabyte, rankCount: 8}
    const {latencySeconds, boundBy, energyBySource} = evaluate(tinyMachine(), workloadOf(node({wire}, {class: collective})))
    expect(boundBy).toBe('wire')
    expect(latencySeconds).toBeCloseTo(share * 1e-2, 12)
    expect(energyBySource['wire']).toBeCloseTo(share * 80e-3, 12)
  })

  it('goes over a vector unit where no matrix unit computes the format', () => {
    const product = productNode(16, 16, 16)
    const contractions = product.demand.contractions.map((contraction) => ({...contraction, dtype: 'fp32'}) as const)
    const {operators} = evaluate(tinyMachine(), workloadOf({...product, demand: {...product.demand, contractions}}))
    expect(operators[0]!.executedByUnit).toEqual({lanes: 2 * 16 ** 3})
  })

  it.each([
    [
      {work: [{unit: 'vector', dtype: 'fp64', operationCount: 1}]},
      'UNSUPPORTED_DTYPE',
      'no vector unit of tiny computes fp64',
      'lanes (vector): fp32',
    ],
    [{wire: {collective: 'allreduce', bytes: 8, rankCount: 9}}, 'UNSUPPORTED_RANKS', 'no link of tiny joins 9 devices', 'wire joins 8'],
  ] as const)('refuses %j with %s', (demand, code, message, hint) => {
    const refused = (): Evaluation => evaluate(tinyMachine(), workloadOf(node(demand)))
    expect(refused).toThrow(expect.objectContaining({code, message: expect.stringContaining(message)}))
    expect(refused).toThrow(expect.objectContaining({suggestions: [expect.stringContaining(hint)]}))
  })

  it.each([
    [{clockHertz: 1e8}, 'CLOCK_OUT_OF_RANGE'],
    [{clockHertz: Number.NaN}, 'CLOCK_OUT_OF_RANGE'],
    [{powerLimitWatts: 2000}, 'POWER_LIMIT_OUT_OF_RANGE'],
    [{fidelity: 'exact'}, 'UNKNOWN_NAME'],
  ])('refuses %j with %s', (options, code) => {
    expect(() => evaluate(tinyMachine(), workloadOf(lanesNode(1, 1)), options)).toThrow(expect.objectContaining({code}))
  })
})

describe('laws of an evaluation', () => {
  const h100 = loadAccelerator('h100-sxm')
  const passes = [
    loadWorkload('llama-3.1-8b', {phase: 'prefill', promptTokens: 1024}),
    loadWorkload('llama-3.1-8b', {phase: 'decode', batch: 16, contextTokens: 2048, tensorParallel: 2}),
    loadWorkload('gpt2', {phase: 'train', batch: 4, promptTokens: 256}),
  ]

  it.each(passes)('operators and sources of $phase sum to the pass', (workload) => {
    for (const fidelity of ['roofline', 'calibrated']) {
      const {operators, energyBySource, energyJoules, latencySeconds, timeRatioByBasis} = evaluate(h100, workload, {fidelity})
      expect(sum(operators.map((operator) => operator.latencySeconds)) / latencySeconds).toBeCloseTo(1, 12)
      expect(sum(operators.map((operator) => operator.energyJoules)) / energyJoules).toBeCloseTo(1, 12)
      expect(sum(Object.values(energyBySource)) / energyJoules).toBeCloseTo(1, 12)
      expect(sum(Object.values(timeRatioByBasis))).toBeCloseTo(1, 12)
      for (const operator of operators) expect(sum(Object.values(operator.energyBySource)) / operator.energyJoules).toBeCloseTo(1, 12)
      for (const source of Object.keys(energyBySource))
        expect(sum(operators.map((operator) => operator.energyBySource[source]!))).toBeCloseTo(energyBySource[source]!, 9)
    }
  })

  it('doubling every rate halves the time', () => {
    const work = workloadOf(
      lanesNode(2e11, 1e9),
      productNode(1000, 500, 300),
      node({wire: {collective: 'allreduce', bytes: 1e8, rankCount: 4}}),
    )
    const twice = tinyMachine({cores: '200', dramBandwidth: '2 TB/s', 'buffer.bandwidth': '200000 B/cycle', 'wire.count': '20'})
    expect(evaluate(twice, work).latencySeconds).toBeCloseTo(evaluate(tinyMachine(), work).latencySeconds / 2, 15)
  })

  it.each([['sms=144'], ['hbmBandwidth=4 TB/s'], ['l2=60 MiB'], ['tensor.operationsPerCycle.bf16=1100 op/cycle'], ['nvlink.count=20']])(
    'more of a resource (%s) is never slower',
    (assignment) => {
      const [key, value] = assignment.split('=') as [string, string]
      const more = loadAccelerator('h100-sxm', {set: {[key]: value}})
      for (const workload of passes) {
        for (const fidelity of ['roofline', 'calibrated']) {
          const options = {fidelity, powerLimitWatts: 700, clockHertz: 1.2e9}
          expect(evaluate(more, workload, options).latencySeconds).toBeLessThanOrEqual(evaluate(h100, workload, options).latencySeconds)
        }
      }
    },
  )

  it.each(passes)('a higher clock of $phase is never slower where the limit allows it', (workload) => {
    let before = Number.POSITIVE_INFINITY
    for (const clockHertz of clockStates(h100.machine.clocks[0]!)) {
      const {latencySeconds, throttled} = evaluate(h100, workload, {clockHertz})
      if (throttled) break
      expect(latencySeconds).toBeLessThanOrEqual(before)
      before = latencySeconds
    }
  })

  it.each([
    ['powerLimit', 'powerLimitWatts'],
    ['clockHerz', 'clockHertz'],
    ['fidelty', 'fidelity'],
  ])('refuses the option %s, and names %s', (written, meant) => {
    const unknown = expect.objectContaining({code: 'UNKNOWN_NAME', suggestions: expect.arrayContaining([`did you mean ${meant}`])})
    const options: Record<string, number> = {[written]: 300}
    expect(() => evaluate(tinyMachine(), workloadOf(lanesNode(1e9, 1e6)), options)).toThrow(unknown)
    expect(() => clockCurve(tinyMachine(), workloadOf(lanesNode(1e9, 1e6)), options)).toThrow(unknown)
  })

  it('a folded layer costs what its copies cost', () => {
    const layer = productNode(256, 512, 128)
    const folded = evaluate(tinyMachine(), workloadOf({...layer, count: 24}))
    const unfolded = evaluate(tinyMachine(), workloadOf(...Array.from({length: 24}, () => layer)))
    for (const key of ['latencySeconds', 'energyJoules', 'flops', 'dramBytes'] as const)
      expect(folded[key] / unfolded[key]).toBeCloseTo(1, 12)
  })
})
