import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {clockCurve} from '../../src/cost/clock-curve.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {loadWorkload} from '../../src/workload/load-workload.js'
import {failure} from '../support/small-accelerator.js'
import {lanesNode, tinyMachine, tinyText, workloadOf} from '../support/tiny-machine.js'

/** The tiny machine whose memory has three clocks, of which the highest gives its 1 TB/s; its supply falls at the lowest. */
const text = tinyText
  .replace(
    'units:',
    `  memory: {states: [500 MHz, 1 GHz, 2 GHz], nominal: 2 GHz, energyVoltage: 1.2 V, energyExponent: 2, voltage: [{clock: 500 MHz, voltage: 0.6 V}, {clock: 1 GHz, voltage: 1.2 V}]}
units:`,
  )
  .replace('dram: {kind: dram,', 'dram: {kind: dram, clock: memory,')
const machine = tinyMachine({}, text)
const reads = workloadOf(lanesNode(1e9, 1e9))

describe('a memory clock', () => {
  it('is the highest unless another is asked for', () => {
    const {memoryClockHertz, latencySeconds} = evaluate(machine, reads)
    expect(memoryClockHertz).toBe(2e9)
    expect(latencySeconds).toBeCloseTo(1e-3, 12)
    expect(evaluate(tinyMachine(), reads).memoryClockHertz).toBeNull()
  })

  it('takes the rate of the memory along, and nothing of the core’s', () => {
    for (const memoryClockHertz of [5e8, 1e9, 2e9]) {
      const {latencySeconds, boundBy} = evaluate(machine, reads, {memoryClockHertz})
      expect(latencySeconds).toBeCloseTo((1e-3 * 2e9) / memoryClockHertz, 12)
      expect(boundBy).toBe('dram')
    }
    const compute = workloadOf(lanesNode(1e12, 1e6))
    expect(evaluate(machine, compute, {memoryClockHertz: 5e8}).latencySeconds).toBe(evaluate(machine, compute).latencySeconds)
  })

  it('takes the memory’s energy along with its voltage', () => {
    const joules = (memoryClockHertz: number): number => evaluate(machine, reads, {memoryClockHertz}).energyBySource['dram']!
    expect(joules(1e9)).toBeCloseTo(joules(2e9), 12)
    // Half the voltage, a quarter of the energy.
    expect(joules(5e8)).toBeCloseTo(joules(2e9) / 4, 12)
  })

  it('lets a power limit take less of the core: a slower memory keeps a read within the limit', () => {
    const powerLimitWatts = 40
    const [slow, fast] = [5e8, 2e9].map((memoryClockHertz) => evaluate(machine, reads, {memoryClockHertz, powerLimitWatts}))
    expect(slow!.clockHertz).toBeGreaterThan(fast!.clockHertz)
  })

  it.each([
    [loadWorkload('opt-1.3b', {phase: 'decode', batch: 8, contextTokens: 512})],
    [loadWorkload('opt-1.3b', {phase: 'prefill', batch: 1, promptTokens: 512})],
    [loadWorkload('opt-1.3b', {phase: 'prefill', batch: 1, promptTokens: 512, fused: false, launch: 'queued'})],
  ])('reaches every kernel of calibrated times: at 405 MHz an A40 never takes less of any', (workload) => {
    const a40 = loadAccelerator('a40')
    const [low, high] = [405e6, 7251e6].map((memoryClockHertz) => evaluate(a40, workload, {memoryClockHertz, fidelity: 'calibrated'}))
    for (const [index, {latencySeconds, boundBy}] of high!.operators.entries()) {
      expect(low!.operators[index]!.latencySeconds).toBeGreaterThanOrEqual(latencySeconds)
      if (boundBy === 'gddr') expect(low!.operators[index]!.latencySeconds / latencySeconds).toBeGreaterThan(2)
    }
    expect(low!.latencySeconds).toBeGreaterThan(high!.latencySeconds)
  })

  it('holds for a sweep over core clocks too', () => {
    const slow = clockCurve(machine, reads, {memoryClockHertz: 5e8})
    expect(slow.at(-1)!.latencySeconds).toBeCloseTo(4e-3, 12)
  })

  it.each([
    [machine, 1.5e9, '1500 MHz is no memory clock of tiny', 'choose one of 500 MHz, 1000 MHz, 2000 MHz'],
    [loadAccelerator('h100-sxm'), 1e9, '1000 MHz is no memory clock of h100-sxm', 'it has one state, 2619 MHz'],
    [tinyMachine(), 1e9, 'the memory of tiny has no clock of its own to be set', 'leave --memory-clock out'],
  ])('is refused outside of its states', (accelerator, memoryClockHertz, message, hint) => {
    const error = failure(() => evaluate(accelerator, reads, {memoryClockHertz}))
    expect([error.code, error.message, error.suggestions]).toEqual(['CLOCK_OUT_OF_RANGE', message, [hint]])
  })
})
