import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {moeTime} from '../../../src/cost/calibrated/moe-time.js'
import {type MoeOptions, moe} from '../../../src/workload/operators/moe.js'
import {idealOf, kernelTime} from '../../support/kernel-seconds.js'
import {tinyMachine, tinyText} from '../../support/tiny-machine.js'

// At half of their peaks the array makes 50 Tflop/s and the memory moves 0.5 TB/s.
const fitted = {launches: 20, dramShare: 0.5, peak: 0.5, sort: 10}
const layer: MoeOptions = {tokens: 6400, hidden: 1024, intermediate: 512, experts: 4, topK: 1, dtype: 'bf16'}
// 100 cores of 64 KiB of registers hold 128 threads of 512 bytes each.
const threaded = tinyMachine(
  {},
  tinyText.replace(
    'memories:',
    'memories:\n  registers: {kind: register, instances: cores, capacity: 64 KiB, clock: core, bandwidth: 100 B/cycle, latency: 0 s, energy: 1 pJ/B}',
  ),
)

function microseconds(over: Partial<MoeOptions> = {}, accelerator = tinyMachine()): number {
  return kernelTime(moeTime, accelerator, moe({...layer, ...over}), fitted).seconds * 1e6
}

describe('moeTime', () => {
  it('adds launches, sorting, padded products beside their weights, and the passes between them', () => {
    // 1600 rows an expert are 25 tiles of 64; 1024 × 1024 up and 512 × 1024 down.
    const products = (2 * 6400 * (1024 * 1024 + 512 * 1024)) / 50e6
    const weights = (2 * 4 * (1024 * 1024 + 512 * 1024)) / 0.5e6
    const passes = (2 * 6400 * (5 * 512 + 3 * 1024)) / 0.5e6
    expect(microseconds()).toBeCloseTo(30 + Math.hypot(products, weights) + passes, 6)
  })

  it('pads the rows of each expert to whole tiles', () => {
    expect(microseconds({tokens: 4 * 65})).toBeGreaterThan(microseconds({tokens: 4 * 64}) * 1.02)
    const products = (tokens: number) => (2 * tokens * (1024 * 1024 + 512 * 1024)) / 50e6
    const passes = (2 * 260 * (5 * 512 + 3 * 1024)) / 0.5e6
    const weights = (2 * 4 * (1024 * 1024 + 512 * 1024)) / 0.5e6
    expect(microseconds({tokens: 260})).toBeCloseTo(30 + Math.hypot(products(4 * 128), weights) + passes, 6)
  })

  it('sorts nothing while routed rows are fewer than a quarter of the experts', () => {
    const spread = {experts: 64, topK: 2}
    expect(microseconds({...spread, tokens: 9}) - microseconds({...spread, tokens: 8})).toBeGreaterThan(10)
  })

  it('passes whole rows of every token on each rank, whose experts are but a part', () => {
    const passes = (2 * 6400 * (5 * 512 + 3 * 1024)) / 0.5e6
    expect(microseconds({expertParallel: 4})).toBeGreaterThan(30 + passes)
  })

  it('waits for single elements where a width is no multiple of 16', () => {
    // Down: 100 tiles of 64 rows by 16 of 64 columns, (64 + 64) × 32 elements each; 12 800 threads wait 100 ns for each.
    const waits = (100 * 16 * 128 * 32 * 0.1) / 12_800
    const odd = microseconds({intermediate: 520}, threaded)
    expect(odd - microseconds({intermediate: 520})).toBeCloseTo(waits, 6)
  })

  it('shows what it executed beside what was useful', () => {
    const {facts, hostSeconds} = kernelTime(moeTime, tinyMachine(), moe({...layer, tokens: 260}), fitted)
    const value = (name: string) => facts.find((fact) => fact.name === name)!.value
    expect(Number(value('operations executed')) / Number(value('operations useful'))).toBeCloseTo(128 / 65, 9)
    expect([value('tile'), value('launches and sort'), hostSeconds]).toEqual(['64 × 64 × 32', expect.closeTo(30, 9), 0])
  })

  it('costs weights and passes at their peaks when every parameter is ideal', () => {
    const weights = (2 * 4 * (1024 * 1024 + 512 * 1024)) / 1e6
    const products = (2 * 6400 * (1024 * 1024 + 512 * 1024)) / 100e6
    const passes = (2 * 6400 * (5 * 512 + 3 * 1024)) / 1e6
    const {seconds} = kernelTime(moeTime, tinyMachine(), moe(layer), idealOf(moeTime))
    expect(seconds * 1e6).toBeCloseTo(Math.hypot(products, weights) + passes, 6)
  })

  it('reads at least one expert on the busiest rank', () => {
    const one = {tokens: 1, experts: 256, topK: 1, expertParallel: 256, distribution: 'power_law', exponent: 1.2} as const
    const weights = (2 * (1024 * 1024 + 512 * 1024)) / 0.5e6
    expect(microseconds(one)).toBeGreaterThan(30 + weights)
  })

  it('never takes longer with more bandwidth, cores or clock, nor for fewer tokens beyond the step from one tile to another', () => {
    const design = fc.record({
      sms: fc.integer({min: 4, max: 400}),
      hbmBandwidth: fc.integer({min: 100, max: 9000}),
      clockHertz: fc.integer({min: 345, max: 1980}).map((megahertz) => megahertz * 1e6),
      tokens: fc.integer({min: 1, max: 20_000}),
      topK: fc.integer({min: 1, max: 8}),
      expertParallel: fc.constantFrom(1, 4, 32),
    })
    const grown = fc.constantFrom('sms', 'hbmBandwidth', 'clockHertz', 'tokens')
    fc.assert(
      fc.property(design, grown, (from, key) => {
        const time = ({sms, hbmBandwidth, clockHertz, tokens, topK, expertParallel}: typeof from) => {
          const machine = loadAccelerator('h100-sxm', {set: {sms: String(sms), hbmBandwidth: `${hbmBandwidth} GB/s`}})
          const node = moe({tokens, hidden: 2048, intermediate: 768, experts: 128, topK, expertParallel, dtype: 'bf16'})
          return kernelTime(moeTime, machine, node, {}, {clockHertz}).seconds
        }
        const to = {...from, [key]: key === 'clockHertz' ? 1980e6 : from[key] * 2}
        const [before, after] = [time(from), time(to)]
        if (key === 'tokens') expect(after).toBeGreaterThanOrEqual(before * 0.7)
        else expect(after).toBeLessThanOrEqual(before * (1 + 1e-12))
      }),
      {numRuns: 60},
    )
  }, 60_000)
})
