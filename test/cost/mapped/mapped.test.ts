import * as fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {designBatch} from '../../../src/accelerator/accelerator.js'
import {clockStates} from '../../../src/accelerator/clock.js'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {evaluate} from '../../../src/cost/evaluate.js'
import {mappedFidelity} from '../../../src/cost/mapped/mapped.js'
import {productMapper} from '../../../src/cost/mapped/product-mapper.js'
import {clockedHierarchies} from '../../../src/cost/mapped/row-hierarchies.js'
import {metricColumns} from '../../../src/cost/metrics.js'
import {compileProgram} from '../../../src/cost/program.js'
import type {Dtype} from '../../../src/foundation/dtype.js'
import {evaluateWithBands} from '../../../src/uncertainty/banded-evaluation.js'
import {loadWorkload} from '../../../src/workload/load-workload.js'
import type {OperatorNode} from '../../../src/workload/operator.js'
import {operatorProblems} from '../../../src/workload/operator-problems.js'
import {forwardNode} from '../../../src/workload/operators/table.js'
import {tinyMachine, workloadOf} from '../../support/tiny-machine.js'

const mapping = {evaluationCount: 4000}
const mapped = {fidelity: 'mapped', mapping} as const
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const gemm = (m: number, n: number, k: number, dtype: Dtype, more: object = {}): OperatorNode =>
  forwardNode({kind: 'gemm', options: {m, n, k, dtype, ...more}})
const compulsoryBytes = ({count, demand}: OperatorNode): number => count * sum([...demand.reads, ...demand.writes].map(({bytes}) => bytes))

/** Products of all shapes: square, of odd sizes, of one row, grouped, batched. */
const products = (dtype: Dtype): OperatorNode[] => [
  gemm(512, 1024, 256, dtype),
  gemm(100, 75, 333, dtype, {bias: true}),
  gemm(1, 4096, 1024, dtype),
  gemm(96, 512, 256, dtype, {groupRows: [32, 13, 51]}),
  gemm(128, 64, 64, dtype, {batchCount: 12, weights: false}),
]

const machines: readonly (readonly [string, Dtype])[] = [
  ['h100-sxm', 'bf16'],
  ['h100-sxm', 'fp8'],
  ['a100-sxm-80gb', 'bf16'],
  ['mi300x', 'bf16'],
  ['p100-pcie', 'fp32'],
  ['eyeriss', 'int16'],
  ['systolic-edge', 'int8'],
  ['chiplet-npu', 'bf16'],
]

describe.each(machines)('mapped products on %s in %s', (name, dtype) => {
  const accelerator = loadAccelerator(name)
  const nodes = products(dtype).filter(({demand}) => accelerator.machine.units.length > 1 || demand.work.length === 0)
  // At its lowest clock no power limit moves it.
  const clockHertz = clockStates(accelerator.machine.clocks[0]!)[0]!
  const dram = accelerator.machine.memories.at(-1)!.name
  const evaluations = nodes.map((node) => {
    const workload = workloadOf(node)
    return {
      node,
      ideal: evaluate(accelerator, workload, {clockHertz, fidelity: 'roofline'}),
      found: evaluate(accelerator, workload, {...mapped, clockHertz}),
    }
  })

  it('take no less time than the slowest of main memory, moving each tensor once, and of the units, without padding', () => {
    for (const {node, ideal, found} of evaluations) {
      const [operator] = ideal.operators
      const {busySecondsByResource, boundBy} = operator!
      const units = accelerator.machine.units.map((unit) => busySecondsByResource[unit.name] ?? 0)
      const memory = accelerator.machine.memories.at(-1)!
      const usefulSeconds = Math.max(...units) * (operator!.flops / sum(Object.values(operator!.executedByUnit)))
      const dramSeconds = busySecondsByResource[memory.name]! * (compulsoryBytes(node) / operator!.bytesByLevel[dram]!)
      expect(boundBy).toBeDefined()
      expect(found.latencySeconds).toBeGreaterThanOrEqual(Math.max(usefulSeconds, dramSeconds) * (1 - 1e-9))
    }
  })

  it('move at least every tensor through main memory, and execute at least what is asked', () => {
    for (const {node, found} of evaluations) {
      expect(found.dramBytes).toBeGreaterThanOrEqual(compulsoryBytes(node) * (1 - 1e-9))
      expect(sum(Object.values(found.operators[0]!.executedByUnit))).toBeGreaterThanOrEqual(found.flops * (1 - 1e-9))
    }
  })

  it('take as long as no resource is busy for longer, and their energies sum by source', () => {
    for (const {found} of evaluations) {
      const [operator] = found.operators
      expect(operator!.latencySeconds).toBeGreaterThanOrEqual(Math.max(...Object.values(operator!.busySecondsByResource)) * (1 - 1e-9))
      expect(sum(Object.values(found.energyBySource))).toBeCloseTo(found.energyJoules, 9)
      expect(found.energyJoules).toBeGreaterThan(0)
      expect(operator!.basis).toBe('ideal')
    }
  })
})

describe('the mapped fidelity', () => {
  it('moves what fits on the chip once, and pads to the native tile', () => {
    // 20 × 16 × 16 on tiles of 16³: two tiles deep in rows. All of it fits the buffer.
    const {operators, dramBytes} = evaluate(tinyMachine(), workloadOf(gemm(20, 16, 16, 'bf16')), mapped)
    expect(dramBytes).toBe(2 * (20 * 16 + 16 * 16 + 20 * 16))
    expect(operators[0]!.executedByUnit).toEqual({array: 2 * 2 * 16 ** 3})
  })

  it('passes a bias through every level beside the product', () => {
    const plain = evaluate(tinyMachine(), workloadOf(gemm(64, 48, 32, 'bf16')), mapped)
    const biased = evaluate(tinyMachine(), workloadOf(gemm(64, 48, 32, 'bf16', {bias: true})), mapped)
    for (const level of ['buffer', 'dram'])
      expect(biased.operators[0]!.bytesByLevel[level]! - plain.operators[0]!.bytesByLevel[level]!).toBe(2 * 48)
  })

  it('takes a lone step of one tile as long as its cycles', () => {
    // 4096 multiply-adds at 500 a cycle on one of 100 arrays, at 1 GHz; memories take less.
    const accelerator = tinyMachine({dramBandwidth: '1000 TB/s'})
    const {latencySeconds, boundBy} = evaluate(accelerator, workloadOf(gemm(16, 16, 16, 'bf16')), mapped)
    expect(latencySeconds).toBeCloseTo(8.192e-9, 15)
    expect(boundBy).toBe('array')
  })

  it('leaves work without products, and attention that chains do not tell, at the ideal bound', () => {
    const norm = forwardNode({kind: 'layernorm', options: {m: 512, n: 4096, dtype: 'bf16'}})
    const latent = {
      batch: 1,
      heads: 16,
      kvHeads: 1,
      headDim: 576,
      valueHeadDim: 512,
      queryTokens: 1,
      kvTokens: 1024,
      sharesKeyValue: true,
    } as const
    const decode = forwardNode({kind: 'attention', options: {...latent, dtype: 'bf16'}})
    const h100 = loadAccelerator('h100-sxm')
    for (const node of [norm, decode]) {
      const [ideal, found] = ['roofline', 'mapped'].map((fidelity) => evaluate(h100, workloadOf(node), {fidelity}))
      expect(found!.latencySeconds).toBe(ideal!.latencySeconds)
      expect(found!.operators[0]!.bytesByLevel).toEqual(ideal!.operators[0]!.bytesByLevel)
    }
  })

  it('keeps the scores of fused attention on the chip, and moves them through memory where asked not to fuse', () => {
    const [batch, heads, headDim, tokens] = [1, 8, 64, 1024]
    const node = forwardNode({
      kind: 'attention',
      options: {batch, heads, headDim, queryTokens: tokens, kvTokens: tokens, causal: false, dtype: 'bf16'},
    })
    const on = (isAttentionUnfused: boolean): number =>
      evaluate(loadAccelerator('h100-sxm'), workloadOf(node), {fidelity: 'mapped', mapping: {isAttentionUnfused}}).dramBytes
    const scoreBytes = 2 * heads * tokens ** 2
    expect(on(false)).toBeLessThan(scoreBytes)
    expect(on(true)).toBeGreaterThanOrEqual(2 * scoreBytes)
  })

  it('counts the accesses of each of Eyeriss’ multiply-adds, and their arithmetic alone beside them', () => {
    const points = 24 * 28 * 64
    const {operators, energyBySource} = evaluate(loadAccelerator('eyeriss'), workloadOf(gemm(24, 28, 64, 'int16')), {
      ...mapped,
      clockHertz: 200e6,
    })
    // At 200 MHz and 1 V: 1.6 pJ a multiply-add, and each of the four words that it touches beside it.
    expect(energyBySource['processingElements']).toBeCloseTo(points * 1.6e-12, 15)
    expect(operators[0]!.bytesByLevel['spads']).toBeGreaterThanOrEqual(2 * 3 * points)
    expect(energyBySource['spads']! / operators[0]!.bytesByLevel['spads']!).toBeCloseTo(0.8e-12, 15)
  })

  it('steps from the ideal time to its own', () => {
    const workload = workloadOf(gemm(200, 300, 400, 'bf16'))
    const {operators} = evaluate(loadAccelerator('h100-sxm'), workload, {...mapped, clockHertz: 1000e6, explain: 'gemm'})
    const {explanation, latencySeconds, bytesByLevel} = operators[0]!
    expect(sum(explanation!.steps.map(({seconds}) => seconds))).toBeCloseTo(latencySeconds, 12)
    expect(explanation!.facts.find(({name}) => name === 'moved at hbm')!.value).toBeCloseTo(bytesByLevel['hbm']!, 3)
  })

  it('finds the same again', () => {
    const h100 = loadAccelerator('h100-sxm')
    const [{problem}] = operatorProblems(gemm(512, 512, 384, 'bf16')) as [ReturnType<typeof operatorProblems>[number]]
    const hierarchies = clockedHierarchies('h100', h100.machine, 0, 'bf16')
    const found = [0, 1].map(() => productMapper(mapping)(problem, hierarchies))
    expect(found[0]).toEqual(found[1])
  })

  it('scales the time of what the core bounds with its clock, from one mapping', () => {
    const [slow, fast] = [500e6, 1000e6].map((clockHertz) =>
      evaluate(tinyMachine({dramBandwidth: '1000 TB/s'}), workloadOf(gemm(512, 512, 512, 'bf16')), {...mapped, clockHertz}),
    )
    expect(slow!.latencySeconds / fast!.latencySeconds).toBeCloseTo(2, 9)
    expect(slow!.dramBytes).toBe(fast!.dramBytes)
  })

  it('maps each design of a batch as it maps that machine alone', () => {
    const workload = workloadOf(gemm(640, 512, 512, 'bf16'))
    const designs = [100, 100, 25, 50]
    const {machine, parameterColumns, refill} = designBatch(tinyMachine(), ['cores'], designs.length)
    parameterColumns.get('cores')!.set(designs)
    refill(designs.length)
    const out = metricColumns(designs.length)
    const program = compileProgram(tinyMachine(), machine, workload, mappedFidelity(mapping), designs.length)
    const limitWatts = new Float64Array(designs.length).fill(1000)
    program.evaluate({coreHertz: machine.clocks[0]!.maximumHertz, memoryHertz: undefined, limitWatts}, out, designs.length)
    for (const [row, cores] of designs.entries()) {
      const alone = evaluate(tinyMachine({cores: `${cores}`}), workload, mapped)
      expect(out.latencySeconds[row]).toBeCloseTo(alone.latencySeconds, 15)
      expect(out.energyJoules[row]).toBeCloseTo(alone.energyJoules, 12)
    }
    expect(out.latencySeconds[2]).toBeGreaterThan(out.latencySeconds[0]!)
  })

  it('does not run for long to save accesses where energy is the objective, since it counts what the machine draws meanwhile', () => {
    const on = (objective: 'energy' | 'latency') =>
      evaluate(loadAccelerator('h100-sxm'), workloadOf(gemm(2048, 2048, 2048, 'bf16')), {
        fidelity: 'mapped',
        mapping: {objectives: [objective]},
      })
    // Walks end within a few percent of the best.
    expect(on('energy').energyJoules).toBeLessThan(1.1 * on('latency').energyJoules)
    expect(on('energy').latencySeconds).toBeLessThan(1.5 * on('latency').latencySeconds)
  })

  it('draws bands around mappings that are those of the machine as stated', () => {
    const {uncertainty, energyJoules} = evaluateWithBands(loadAccelerator('eyeriss'), workloadOf(gemm(24, 28, 64, 'int16')), {
      ...mapped,
      samples: 50,
    })
    expect(uncertainty!.energyBand.p5Joules).toBeLessThan(energyJoules)
    expect(uncertainty!.energyBand.p95Joules).toBeGreaterThan(energyJoules)
  })

  it('refuses choices of mappings where times know none, and strategies that leave nothing', () => {
    const workload = workloadOf(gemm(64, 64, 64, 'bf16'))
    expect(() => evaluate(tinyMachine(), workload, {fidelity: 'roofline', mapping})).toThrow(
      expect.objectContaining({code: 'SETTING_UNUSED'}),
    )
    const constraintsOf: NonNullable<Parameters<typeof mappedFidelity>[0]>['constraintsOf'] = ({dimensions, tensors}, {levels}) => ({
      name: 'none',
      allowsImperfect: false,
      levels: levels.map(() => {
        const loops = {counts: dimensions.map(() => 1), maximumCounts: [], outermost: [], innermost: []}
        return {temporal: loops, x: loops, y: loops, keeps: tensors.map(() => true)}
      }),
    })
    expect(() => evaluate(tinyMachine(), workload, {fidelity: 'mapped', mapping: {constraintsOf}})).toThrow(
      expect.objectContaining({code: 'NO_MAPPING', exitCode: 4}),
    )
  })

  it('evaluates a whole pass', () => {
    const workload = loadWorkload('gpt2', {phase: 'prefill', promptTokens: 128})
    const {operators, dramBytes, latencySeconds} = evaluate(loadAccelerator('a100-sxm-80gb'), workload, mapped)
    expect(sum(operators.map((each) => each.latencySeconds))).toBeCloseTo(latencySeconds, 12)
    expect(dramBytes).toBeGreaterThanOrEqual(sum(workload.operators.map(compulsoryBytes)) * (1 - 1e-9))
  })

  it('maps any product onto a GPU, covering it', () => {
    const h100 = loadAccelerator('h100-sxm')
    const size = fc.integer({min: 1, max: 3000})
    fc.assert(
      fc.property(size, size, size, (m, n, k) => {
        const {operators, latencySeconds} = evaluate(h100, workloadOf(gemm(m, n, k, 'bf16')), {
          fidelity: 'mapped',
          mapping: {evaluationCount: 400},
        })
        expect(latencySeconds).toBeGreaterThan(0)
        expect(operators[0]!.executedByUnit['tensor']).toBeGreaterThanOrEqual(2 * m * n * k)
        expect(operators[0]!.bytesByLevel['hbm']).toBeGreaterThanOrEqual(2 * (m * k + k * n + m * n) * (1 - 1e-9))
      }),
      {numRuns: 40},
    )
  })
})
