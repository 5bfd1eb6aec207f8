import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type Frontier, frontierOf} from '../../src/frontier/frontier.js'
import {pickBySlowdown} from '../../src/frontier/pick.js'
import {knobsInOrder} from '../../src/frontier/plan.js'
import {sequence} from '../../src/frontier/sequence.js'
import {sequenceWithSwitching} from '../../src/frontier/switching.js'
import {bruteForceFront, combinations, excessJoules, pairsOf, type Sum} from './sets.js'

interface Clocked {
  readonly seconds: number
  readonly joules: number
  readonly knobs: {readonly name: string; readonly clock: number}
}

const anyPart = fc
  .array(fc.tuple(fc.integer({min: 0, max: 30}), fc.integer({min: 0, max: 30}), fc.nat({max: 2})), {minLength: 1, maxLength: 4})
  .map((rows) => rows.map(([seconds, joules, clock], row): Clocked => ({seconds, joules, knobs: {name: `${row}`, clock}})))
const anyChain = fc.record({
  parts: fc.array(anyPart, {minLength: 1, maxLength: 5}),
  switchSeconds: fc.integer({min: 0, max: 8}),
  switchJoules: fc.integer({min: 0, max: 8}),
  keptToWatts: fc.integer({min: 0, max: 3}),
})
type ChainCase = typeof anyChain extends fc.Arbitrary<infer T> ? T : never

function solved({parts, switchSeconds, switchJoules, keptToWatts}: ChainCase, exactPairCount: number): Frontier<Clocked['knobs']> {
  const columns = parts.map((part) => ({
    latencySeconds: part.map(({seconds}) => seconds),
    energyJoules: part.map(({joules}) => joules),
    knobs: part.map(({knobs}) => knobs),
  }))
  return sequenceWithSwitching(columns, switchSeconds, switchJoules, ({clock}) => clock, {exactPairCount, keptToWatts})
}

function withSwitches(taken: readonly Clocked[], {switchSeconds, switchJoules}: Pick<ChainCase, 'switchSeconds' | 'switchJoules'>): Sum {
  const switchCount = taken.filter(({knobs}, part) => part > 0 && knobs.clock !== taken[part - 1]!.knobs.clock).length
  return {
    seconds: taken.reduce((sum, {seconds}) => sum + seconds, switchCount * switchSeconds),
    joules: taken.reduce((sum, {joules}) => sum + joules, switchCount * switchJoules),
  }
}

function exactFront(chain: ChainCase): [number, number][] {
  const all = combinations(chain.parts as never) as unknown as Clocked[][]
  return bruteForceFront(
    all.map((taken) => withSwitches(taken, chain)),
    chain.keptToWatts,
  )
}

function expectPlansToAddUp(set: Frontier<Clocked['knobs']>, chain: ChainCase): void {
  for (let row = 0; row < set.latencySeconds.length; row++) {
    const taken = [...knobsInOrder(set.planOf(row))].map((knobs, part) => chain.parts[part]!.find((each) => each.knobs === knobs)!)
    const {seconds, joules} = withSwitches(taken, chain)
    expect([seconds, joules]).toEqual(pairsOf(set)[row])
  }
}

describe('sequenceWithSwitching', () => {
  it('of few parts is the front of all chains, switches paid', () => {
    fc.assert(
      fc.property(anyChain, (chain) => {
        const set = solved(chain, Number.POSITIVE_INFINITY)
        expect(pairsOf(set)).toEqual(exactFront(chain))
        expect(set.boundJoules).toBe(0)
        expectPlansToAddUp(set, chain)
      }),
      {numRuns: 300},
    )
  })

  it('by prices of time holds real chains, the fastest and the cheapest, and none of all chains saves more than the duality gap', () => {
    fc.assert(
      fc.property(anyChain, (chain) => {
        const set = solved(chain, 0)
        const exact = exactFront(chain)
        expect(set.latencySeconds[0]).toBe(exact[0]![0])
        expect(pairsOf(set).at(-1)).toEqual(exact.at(-1))
        expect(excessJoules(set, exact, chain.keptToWatts)).toBeLessThanOrEqual(set.boundJoules + 1e-9)
        expectPlansToAddUp(set, chain)
      }),
      {numRuns: 500},
    )
  })

  it('without a cost of switching is a sequence', () => {
    fc.assert(
      fc.property(anyChain, (chain) => {
        const free = {...chain, switchSeconds: 0, switchJoules: 0, keptToWatts: 0}
        expect(pairsOf(solved(free, 1e6))).toEqual(exactFront(free))
      }),
    )
  })

  // A thousand kernels, every other bound by memory: slow clocks cost those nothing and the others a third.
  const clocks = [1410, 960]
  const kernels = Array.from({length: 1000}, (_, index) => ({
    latencySeconds: [1, index % 2 === 0 ? 1 : 1.5],
    energyJoules: [100, index % 2 === 0 ? 60 : 80],
    knobs: clocks,
  }))
  const stateOf = (clock: number): number => clock

  it('changes the clock at every kernel where that is free', () => {
    const set = sequenceWithSwitching(kernels, 0, 0, stateOf)
    expect(pickBySlowdown(set, 0)).toMatchObject({latencySeconds: 1000, energyJoules: 500 * 60 + 500 * 100})
    expect(set.boundJoules).toBeLessThanOrEqual(20)
  })

  it('stays at one clock for long where a switch costs more than it saves', () => {
    const set = sequenceWithSwitching(kernels, 0.01, 50, stateOf)
    const chosen = pickBySlowdown(set, 0.1)
    if (chosen.kind === 'infeasible') throw new Error('a slowdown of a tenth can be had')
    const plan = [...knobsInOrder(chosen.plan)]
    expect(plan.filter((clock, index) => index > 0 && clock !== plan[index - 1])).toHaveLength(1)
    expect(chosen.latencySeconds).toBeLessThanOrEqual(1100)
    // 100 s buy nearly 200 slow pairs, each of which saves 60 J for half a second, less the one switch.
    expect(chosen.energyJoules).toBeLessThan(100_000 - 199 * 60 + 50)
    expect(set.boundJoules).toBeLessThan(100)
  })

  it('agrees with a long sequence to within both bounds', () => {
    const parts = kernels.map(({latencySeconds, energyJoules}, index) => ({
      latencySeconds,
      energyJoules: energyJoules.map((joules) => joules + (index % 7)),
      knobs: clocks,
    }))
    const switched = sequenceWithSwitching(parts, 0, 0, stateOf)
    const plain = sequence(
      parts.map(({latencySeconds, energyJoules}, index) => frontierOf({latencySeconds, energyJoules, knobs: [`${index}`, `${index}`]})),
    )
    expect(excessJoules(switched, pairsOf(plain))).toBeLessThanOrEqual(switched.boundJoules + 1e-6)
  })

  it('refuses what is no chain', () => {
    const part = {latencySeconds: [1], energyJoules: [1], knobs: [1]}
    expect(() => sequenceWithSwitching([], 0, 0, stateOf)).toThrow(expect.objectContaining({code: 'FRONTIER_EMPTY'}))
    expect(() => sequenceWithSwitching([part], -1, 0, stateOf)).toThrow(
      expect.objectContaining({code: 'FRONTIER_NUMBER', message: expect.stringContaining('switchSeconds is -1')}),
    )
    expect(() => sequenceWithSwitching([part], 0, Number.NaN, stateOf)).toThrow(expect.objectContaining({code: 'FRONTIER_NUMBER'}))
    expect(() => sequenceWithSwitching([{...part, energyJoules: [-1]}], 0, 0, stateOf)).toThrow(
      expect.objectContaining({code: 'FRONTIER_NUMBER'}),
    )
  })
})
