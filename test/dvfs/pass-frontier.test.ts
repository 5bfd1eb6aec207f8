import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {clockStates} from '../../src/accelerator/clock.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {type PassFrontierOptions, passFrontier, type Variant} from '../../src/dvfs/pass-frontier.js'
import type {Frontier} from '../../src/frontier/frontier.js'
import {choose, pick, pickByDeadline} from '../../src/frontier/pick.js'
import {knobsInOrder} from '../../src/frontier/plan.js'
import type {Workload} from '../../src/workload/operator.js'
import {bruteForceFront, pairsOf} from '../frontier/sets.js'
import {failure} from '../support/small-accelerator.js'
import {lanesNode, productNode, tinyMachine, tinyText, workloadOf} from '../support/tiny-machine.js'

const machine = tinyMachine()
const states = clockStates(machine.machine.clocks[0]!)

/** A pass whose products spare the memory more the larger the batch. */
const batchOf = (batch: number): Variant => ({
  workload: {...workloadOf(productNode(batch, 4096, 4096), lanesNode(1e9 * batch, 1e6 * batch)), tokenCount: batch},
  knobs: {batch},
})
const lone = (workload: Workload): Variant[] => [{workload, knobs: {}}]
const frontier = (variants: readonly Variant[], options: PassFrontierOptions = {}) =>
  passFrontier(machine, variants, {fidelity: 'roofline', ...options})
const knobsOf = <K>(set: Frontier<K>): K[] => pairsOf(set).map((_, row) => [...knobsInOrder(choose(set, row).plan)][0]!)
const evaluated = ({workload}: Variant, clockHertz: number, powerLimitWatts?: number) =>
  evaluate(machine, workload, {fidelity: 'roofline', clockHertz, powerLimitWatts})

describe('the frontier of a pass', () => {
  it('goes from the highest clock down to the one of least energy, each point as evaluated there', () => {
    // 10^12 operations: 1 J · V² and (10 W + 20 W/V · V) · t, least at 600 MHz, where the voltage leaves its floor of 0.5 V.
    const [variant] = lone(workloadOf(lanesNode(1e12, 0))) as [Variant]
    const set = frontier([variant])
    expect(knobsOf(set).map(({clockHertz}) => clockHertz / 1e6)).toEqual([1000, 950, 900, 850, 800, 750, 700, 650, 600])
    expect(pick(set, 'energy').energyJoules).toBeCloseTo(0.25 + 20 / 60, 9)
    expect(pick(set, 'latency').energyJoules).toBeCloseTo(1 + 30 / 100, 9)
    for (const [row, {clockHertz}] of knobsOf(set).entries()) {
      const {latencySeconds, energyJoules} = evaluated(variant, clockHertz)
      expect([set.latencySeconds[row], set.energyJoules[row]]).toEqual([latencySeconds, energyJoules])
    }
  })

  it('of batch × clock is what brute force finds, and says which batch and clock make a point', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({min: 1, max: 300}), {minLength: 1, maxLength: 4}), (batches) => {
        const variants = batches.map(batchOf)
        const set = frontier(variants, {per: 'token'})
        const all = variants.flatMap((variant) => states.map((hertz) => evaluated(variant, hertz)))
        expect(pairsOf(set)).toEqual(bruteForceFront(all.map((each) => ({seconds: each.latencySeconds, joules: each.joulesPerToken}))))
        for (const [row, {variant, clockHertz}] of knobsOf(set).entries()) {
          const point = evaluated(batchOf(Number(variant['batch'])), clockHertz)
          expect([set.latencySeconds[row], set.energyJoules[row]]).toEqual([point.latencySeconds, point.joulesPerToken])
        }
      }),
      {numRuns: 25},
    )
  })

  it('under power limits holds points of brute force alone, and one as good as each of them', () => {
    const variants = lone(workloadOf(productNode(4096, 4096, 4096)))
    for (const limits of [[40], [60], [90], [1000], [40, 60, 1000]]) {
      const set = pairsOf(frontier(variants, {powerLimitsWatts: limits}))
      const all = limits.flatMap((limit) => states.map((hertz) => evaluated(variants[0]!, hertz, limit)))
      const pairs = all.map(({latencySeconds, energyJoules}) => [latencySeconds, energyJoules] as const)
      expect(pairs).toEqual(expect.arrayContaining(set))
      // States that a limit lowers settle alike but for rounding.
      const isMet = ([seconds, joules]: readonly [number, number]): boolean =>
        set.some(([mine, spent]) => mine <= seconds * (1 + 1e-6) && spent <= joules * (1 + 1e-6))
      expect(pairs.filter((pair) => !isMet(pair))).toEqual([])
    }
  })

  it('chooses among memory clocks too, and says which', () => {
    // Two memory clocks: at the lower one half the bandwidth, and less energy a byte.
    const text = tinyText
      .replace(
        'clocks:\n',
        'clocks:\n  memory: {states: [500 MHz, 1 GHz], nominal: 1 GHz, energyVoltage: 1 V, energyExponent: 2, voltage: {floor: 800 mV, knee: 500 MHz, slope: 0.4 mV/MHz}}\n',
      )
      .replace('capacity: 16 GB, bandwidth', 'capacity: 16 GB, clock: memory, bandwidth')
      .replace('energy: 10 pJ/B', 'energy: 100 pJ/B')
    const twoClocks = tinyMachine({}, text)
    const variants = lone(workloadOf(lanesNode(1e9, 1e10)))
    const options = {fidelity: 'roofline', memoryClocksHertz: [5e8, 1e9]}
    const set = passFrontier(twoClocks, variants, options)
    const used = new Set(knobsOf(set).map(({memoryClockHertz}) => memoryClockHertz))
    for (const [row, {clockHertz, memoryClockHertz}] of knobsOf(set).entries()) {
      const at = {fidelity: 'roofline', clockHertz, memoryClockHertz: memoryClockHertz!}
      const {latencySeconds, energyJoules} = evaluate(twoClocks, variants[0]!.workload, at)
      expect([set.latencySeconds[row], set.energyJoules[row]]).toEqual([latencySeconds, energyJoules])
    }
    expect(used).toEqual(new Set([1e9, 5e8]))
    expect(knobsOf(passFrontier(twoClocks, variants, {fidelity: 'roofline'})).every(({memoryClockHertz}) => memoryClockHertz === 1e9)).toBe(
      true,
    )
    expect(failure(() => passFrontier(twoClocks, variants, {memoryClocksHertz: [7e8]}))).toMatchObject({code: 'CLOCK_OUT_OF_RANGE'})
  })

  it('holds no point above the power limit, and every state that stands below it and that no other beats', () => {
    const variants = lone(workloadOf(productNode(4096, 4096, 4096)))
    const free = frontier(variants, {powerLimitsWatts: [1000]})
    for (const limitWatts of [40, 60, 90]) {
      const set = frontier(variants, {powerLimitsWatts: [limitWatts]})
      expect(pairsOf(set).every(([seconds, joules]) => joules / seconds <= limitWatts * (1 + 1e-9))).toBe(true)
      expect(knobsOf(set).every(({powerLimitWatts}) => powerLimitWatts === limitWatts)).toBe(true)
      const standing = pairsOf(free).filter(([seconds, joules]) => joules / seconds <= limitWatts)
      expect(pairsOf(set)).toEqual(expect.arrayContaining(standing))
      expect(standing.length).toBeGreaterThan(0)
      expect(knobsOf(set).filter(({throttled}) => throttled).length).toBeLessThanOrEqual(1)
    }
  })

  it('never loses by a further variant', () => {
    const [few, more] = [frontier([batchOf(8)], {per: 'token'}), frontier([batchOf(8), batchOf(64)], {per: 'token'})]
    for (const [seconds, joules] of pairsOf(few)) {
      const found = pickByDeadline(more, seconds)
      expect(found.kind === 'chosen' && found.energyJoules <= joules).toBe(true)
    }
  })

  it('of one operator counts its runs alone', () => {
    const workload = workloadOf(productNode(512, 512, 512, {name: 'product', count: 3}), lanesNode(1e12, 0, {name: 'lanes'}))
    const alone = frontier([{workload: workloadOf(productNode(512, 512, 512, {name: 'product', count: 3})), knobs: {}}])
    expect(pairsOf(frontier([{workload, knobs: {}}], {operator: 'product'}))).toEqual(pairsOf(alone))
  })

  it('states the energy of a token where variants make different numbers of tokens, and refuses that of a pass there', () => {
    const variants = [batchOf(2), batchOf(4)]
    expect(pairsOf(frontier(variants))).toEqual(pairsOf(frontier(variants, {per: 'token'})))
    expect(failure(() => frontier(variants, {per: 'pass'}))).toMatchObject({
      message: "passes of 2, 4 tokens can't be compared by the energy of a pass",
      code: 'DIFFERENT_WORK',
      suggestions: ['compare them by the energy of a token'],
    })
  })

  it('refuses an operator that a variant does not have, and a variant that does not fit beside others', () => {
    expect(failure(() => frontier([batchOf(1)], {operator: 'qkv'}))).toMatchObject({code: 'UNKNOWN_NAME'})
    const fits = batchOf(1)
    const overflowing = {
      workload: {...fits.workload, residentBytes: {...fits.workload.residentBytes, kvCache: 17e9}},
      knobs: {batch: 512, dtype: 'bf16'},
    }
    expect(failure(() => frontier([fits, overflowing]))).toMatchObject({
      message: 'the pass with batch 512, dtype bf16 does not fit in the memory of tiny',
      code: 'PASS_DOES_NOT_FIT',
      exitCode: 4,
    })
    expect(pairsOf(frontier([overflowing])).length).toBeGreaterThan(0)
  })
})
