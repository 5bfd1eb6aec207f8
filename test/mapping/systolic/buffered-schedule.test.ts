import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {arraySchedule} from '../../../src/mapping/systolic/array-schedule.js'
import {bufferedSchedule, type OperandBuffers} from '../../../src/mapping/systolic/buffered-schedule.js'
import {dataflowNames, dataflows} from '../../../src/mapping/systolic/dataflows/table.js'
import {plainProduct} from '../../support/plain-product.js'
import {caseName, dataflowOf, productOfCase, type ScaleSimCase, scaleSimCases} from '../../support/scale-sim-cases.js'

const buffers = (capacityWords: number, wordsPerCycle: number): OperandBuffers => {
  const one = {capacityWords, wordsPerCycle}
  return {inputs: one, weights: one, outputs: one}
}
const unlimited = buffers(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
const square = {rows: 16, columns: 16, isPreloading: false}

describe('folds behind double buffers', () => {
  it('wait for the slower of their operands, of which one stays over four folds', () => {
    // 16 folds of 94 cycles. Blocks of 16 rows of inputs, 1024 words, change in every fold and take 256 cycles; those of weights change in
    // every fourth, beside. The last fold ends 94 after its fetch, and its 256 sums take 64 cycles more.
    const {cycles, stallCycles, ...rest} = bufferedSchedule(
      plainProduct(64, 64, 64),
      square,
      dataflows['output-stationary'],
      buffers(2048, 4),
    )
    expect(cycles).toBe(16 * 256 + 94 + 64)
    expect(stallCycles).toBe(cycles - 16 * 94)
    expect(rest).toEqual({
      firstFetchCycles: 256,
      lastWriteCycles: 64,
      readWords: {inputs: 16 * 1024, weights: 4 * 1024, outputs: 0},
      writtenWords: 4096,
    })
  })

  it('read an operand once where it fits whole', () => {
    const {readWords} = bufferedSchedule(plainProduct(64, 64, 64), square, dataflows['output-stationary'], buffers(4096, 4))
    expect(readWords).toEqual({inputs: 4096, weights: 4096, outputs: 0})
  })

  it('bring sums back where they are spilled', () => {
    // Weights stay: 4 blocks of rows of the depth, and for each a block of 64 × 16 sums, which half of 2000 words does not hold.
    const schedule = bufferedSchedule(plainProduct(64, 64, 64), square, dataflows['weight-stationary'], buffers(2000, 1))
    expect(schedule.writtenWords).toBe(16 * 1024)
    expect(schedule.readWords.outputs).toBe(12 * 1024)
    // A block that half a buffer holds stays until it is done.
    const kept = bufferedSchedule(plainProduct(64, 64, 64), square, dataflows['weight-stationary'], buffers(2048, 1))
    expect([kept.writtenWords, kept.readWords.outputs]).toEqual([4096, 0])
  })
})

describe.each(dataflowNames)('laws of %s behind buffers', (name) => {
  const dataflow = dataflows[name]
  const side = fc.integer({min: 1, max: 6})
  const size = fc.integer({min: 1, max: 30})
  const cases = fc.record({
    array: fc.record({rows: side, columns: side, isPreloading: fc.boolean()}),
    product: fc.tuple(size, size, size).map((sizes) => plainProduct(...sizes)),
    capacity: fc.integer({min: 2, max: 400}),
    rate: fc.constantFrom(0.5, 1, 2, 4, 16),
  })

  it('never run ahead of the array or of main memory, and with no limits are as fast as the array', () => {
    fc.assert(
      fc.property(cases, ({array, product, capacity, rate}) => {
        const alone = arraySchedule(product, array, dataflow).cycles
        const limited = bufferedSchedule(product, array, dataflow, buffers(capacity, rate))
        expect(limited.cycles).toBeGreaterThanOrEqual(alone)
        for (const words of [...Object.values(limited.readWords), limited.writtenWords])
          expect(limited.cycles).toBeGreaterThanOrEqual(words / rate - 1e-9)
        expect(limited.readWords.inputs).toBeGreaterThanOrEqual(product.distinctWords.inputs - 1e-9)
        expect(limited.readWords.weights).toBeGreaterThanOrEqual(product.distinctWords.weights - 1e-9)
        expect(limited.writtenWords - limited.readWords.outputs).toBeCloseTo(product.distinctWords.outputs, 6)
        const free = bufferedSchedule(product, array, dataflow, unlimited)
        expect(free).toMatchObject({stallCycles: 0, firstFetchCycles: 0, lastWriteCycles: 0})
      }),
      {numRuns: 300},
    )
  })

  it('are no slower with a faster memory', () => {
    fc.assert(
      fc.property(cases, ({array, product, capacity, rate}) => {
        const at = (wordsPerCycle: number) => bufferedSchedule(product, array, dataflow, buffers(capacity, wordsPerCycle)).cycles
        expect(at(2 * rate)).toBeLessThanOrEqual(at(rate) + 1e-9)
      }),
      {numRuns: 200},
    )
  })
})

const scheduleOf = (run: ScaleSimCase) => {
  const array = {rows: run.array_h, columns: run.array_w, isPreloading: false}
  const [inputs, weights, outputs] = run.sram_kB.map((size) => ({
    capacityWords: size * 1024,
    wordsPerCycle: run.interface === 'USER' ? run.bandwidth : Number.POSITIVE_INFINITY,
  })) as [OperandBuffers['inputs'], OperandBuffers['weights'], OperandBuffers['outputs']]
  const product = productOfCase(run, 'scale-sim-2')
  return {
    buffered: bufferedSchedule(product, array, dataflows[dataflowOf[run.dataflow]], {inputs, weights, outputs}),
    schedule: arraySchedule(product, array, dataflows[dataflowOf[run.dataflow]]),
    product,
  }
}
const named = scaleSimCases.map((run) => ({name: caseName(run), run}))

describe.skipIf(named.length === 0)('SCALE-Sim 2 behind its buffers', () => {
  it.each(named.filter(({run}) => run.interface === 'CALC'))('$name: reads main memory as often, where all fits', ({run}) => {
    const {buffered, schedule} = scheduleOf(run)
    expect(buffered.readWords.inputs).toBeCloseTo(run.outputs['ifmap_dram_reads']!, 6)
    expect(buffered.readWords.weights).toBe(run.outputs['filter_dram_reads'])
    // It writes every partial sum to main memory and adds up none in the buffer; its count is of whole rows of its trace.
    const everySum = schedule.edgeWords.outputs
    expect(run.outputs['ofmap_dram_writes']! - everySum).toBeGreaterThanOrEqual(0)
    expect(run.outputs['ofmap_dram_writes']! - everySum).toBeLessThan(run.array_w)
    expect(buffered.writtenWords).toBeLessThanOrEqual(everySum)
  })

  const limited = named.filter(({run}) => run.interface === 'USER')
  it.each(limited)('$name: stalls six times as long, as it reads the streamed operand whole in every fold', ({run}) => {
    const {buffered, schedule, product} = scheduleOf(run)
    // Its buffer is a window on one order of the whole operand, which only moves on, half a buffer at a time. Blocks are skewed, so that
    // the end of one lies behind the beginning of the next: a fold that has reached its end has passed the beginning of the next one,
    // and has to go all the way round.
    const wholeWords = schedule.foldCount * product.distinctWords.weights
    expect(run.outputs['filter_dram_reads']).toBe(wholeWords)
    // All but the first window, which is there before the clock starts, bounds its cycles; little else does.
    const window = (run.sram_kB[1] * 1024) / 2
    expect(run.outputs['total_cycles']).toBeGreaterThan((wholeWords - window) / run.bandwidth)
    expect(run.outputs['total_cycles']).toBeLessThan(wholeWords / run.bandwidth)

    // Ours fetches a block when a fold needs another one than the fold before, and never more than half a buffer ahead.
    expect(buffered.readWords.inputs + buffered.readWords.weights).toBeLessThan(wholeWords / 2)
    expect(buffered.stallCycles).toBeGreaterThan(0)
    expect(buffered.stallCycles).toBeLessThan(run.outputs['stall_cycles']! / 4)
  })
})
