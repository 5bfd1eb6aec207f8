import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {parallel} from '../../src/frontier/parallel.js'
import {choose} from '../../src/frontier/pick.js'
import {pipeline} from '../../src/frontier/pipeline.js'
import {knobsInOrder} from '../../src/frontier/plan.js'
import {sequence} from '../../src/frontier/sequence.js'
import {anyWays, bruteForceFront, combinations, excessJoules, pairsOf, type Sum, setOf, summed, type Way} from './sets.js'

const anyBranch = fc.record({ways: anyWays(6), idleWatts: fc.integer({min: 0, max: 4}), spareWatts: fc.integer({min: 0, max: 3})})

function sideBySide(ways: readonly Way[], idleWatts: readonly number[]): Sum {
  const seconds = Math.max(...ways.map((way) => way.seconds))
  return {seconds, joules: ways.reduce((sum, way, index) => sum + way.joules + idleWatts[index]! * (seconds - way.seconds), 0)}
}

describe('parallel', () => {
  it('is the front of all combinations of the points given, idle energy paid', () => {
    fc.assert(
      fc.property(fc.array(anyBranch, {minLength: 1, maxLength: 3}), (branches) => {
        const idleWatts = branches.map((branch) => branch.idleWatts)
        const set = parallel(
          branches.map(({ways, idleWatts: watts, spareWatts}) => ({set: setOf(ways, {keptToWatts: watts + spareWatts}), idleWatts: watts})),
        )
        const exact = combinations(branches.map(({ways}) => ways)).map((ways) => sideBySide(ways, idleWatts))
        const idleSum = idleWatts.reduce((sum, watts) => sum + watts, 0)
        expect(set.keptToWatts).toBe(idleSum + Math.min(...branches.map(({spareWatts}) => spareWatts)))
        expect(pairsOf(set)).toEqual(bruteForceFront(exact, set.keptToWatts))
        for (let row = 0; row < set.latencySeconds.length; row++) {
          const taken = [...knobsInOrder(choose(set, row).plan)].map(
            (knob, branch) => branches[branch]!.ways.find((way) => way.knobs === knob)!,
          )
          const {seconds, joules} = sideBySide(taken, idleWatts)
          expect([seconds, joules]).toEqual(pairsOf(set)[row])
        }
      }),
      {numRuns: 300},
    )
  })

  it('is associative: a pair waits at the power of both', () => {
    fc.assert(
      fc.property(anyBranch, anyBranch, anyBranch, (...lists) => {
        const [a, b, c] = lists.map(({ways, idleWatts}) => ({set: setOf(ways, {keptToWatts: idleWatts}), idleWatts})) as [
          Branch,
          Branch,
          Branch,
        ]
        const pair = {set: parallel([a, b]), idleWatts: a.idleWatts + b.idleWatts}
        expect(pairsOf(parallel([pair, c]))).toEqual(pairsOf(parallel([a, b, c])))
      }),
    )
  })

  it('keeps to the sum of the bounds of its branches', () => {
    fc.assert(
      fc.property(anyWays(5), anyWays(5), anyWays(5), fc.integer({min: 0, max: 3}), (a, b, c, idleWatts) => {
        const [first, second, other] = [a, b, c].map((ways) => setOf(ways, {keptToWatts: idleWatts})) as [
          Branch['set'],
          Branch['set'],
          Branch['set'],
        ]
        const set = parallel([
          {set: sequence([first, second], {exactPairCount: 0}), idleWatts},
          {set: other, idleWatts},
        ])
        const exact = parallel([
          {set: sequence([first, second]), idleWatts},
          {set: other, idleWatts},
        ])
        expect(excessJoules(set, pairsOf(exact), set.keptToWatts)).toBeLessThanOrEqual(set.boundJoules + 1e-9)
      }),
    )
  })

  it('refuses a waiting power that its sets were not kept to', () => {
    const set = setOf([{seconds: 1, joules: 1, knobs: 'a'}])
    expect(() => parallel([{set, idleWatts: 60}])).toThrow(expect.objectContaining({code: 'FRONTIER_KEPT_WATTS'}))
    expect(() => parallel([{set, idleWatts: -1}])).toThrow(expect.objectContaining({code: 'FRONTIER_NUMBER'}))
  })
})

type Branch = Parameters<typeof parallel<string>>[0][number]

const anyStages = fc.array(
  fc.record({ways: anyWays(3), deviceIndex: fc.integer({min: 0, max: 2}), after: fc.array(fc.nat({max: 3}), {maxLength: 3})}),
  {minLength: 1, maxLength: 5},
)
const anyIdleWatts = fc.tuple(fc.integer({min: 0, max: 4}), fc.integer({min: 0, max: 4}), fc.integer({min: 0, max: 4}))

/** One run by the clock: each stage starts when what it waits for has ended. */
function simulated(
  ways: readonly Way[],
  stages: readonly {deviceIndex: number; after: readonly number[]}[],
  idleWatts: readonly number[],
): Sum {
  const ends: number[] = []
  const freeAt = idleWatts.map(() => 0)
  const busySeconds = idleWatts.map(() => 0)
  for (const [index, {deviceIndex, after}] of stages.entries()) {
    const end = Math.max(freeAt[deviceIndex]!, ...after.map((earlier) => ends[earlier]!)) + ways[index]!.seconds
    ends.push(end)
    freeAt[deviceIndex] = end
    busySeconds[deviceIndex]! += ways[index]!.seconds
  }
  const seconds = Math.max(...ends)
  return {
    seconds,
    joules: summed(ways).joules + idleWatts.reduce((sum, watts, device) => sum + watts * (seconds - busySeconds[device]!), 0),
  }
}

describe('pipeline', () => {
  it('is the front of all runs by the clock, on any small graph and any devices', () => {
    fc.assert(
      fc.property(anyStages, anyIdleWatts, (drawn, idleWatts) => {
        const stages = drawn.map((stage, index) => ({...stage, after: stage.after.filter((earlier) => earlier < index)}))
        const set = pipeline(
          stages.map(({ways, deviceIndex, after}) => ({set: setOf(ways, {keptToWatts: 4}), deviceIndex, afterStageIndex: after})),
          idleWatts,
        )
        const exact = combinations(stages.map(({ways}) => ways)).map((ways) => simulated(ways, stages, idleWatts))
        expect(pairsOf(set)).toEqual(bruteForceFront(exact, set.keptToWatts))
        for (let row = 0; row < set.latencySeconds.length; row++) {
          const taken = [...knobsInOrder(set.planOf(row))].map((knob, stage) => stages[stage]!.ways.find((way) => way.knobs === knob)!)
          const {seconds, joules} = simulated(taken, stages, idleWatts)
          expect([seconds, joules]).toEqual(pairsOf(set)[row])
        }
      }),
      {numRuns: 300},
    )
  })

  it('stays exact where more ends are awaited than a Pareto front takes objectives', () => {
    fc.assert(
      fc.property(fc.array(anyWays(3), {minLength: 6, maxLength: 6}), (lists) => {
        const stages = lists.map((_, index) => ({deviceIndex: index, after: index === 5 ? [0, 1, 2, 3, 4] : []}))
        const idleWatts = [1, 0, 2, 1, 0, 3]
        const set = pipeline(
          stages.map((stage, index) => ({deviceIndex: index, afterStageIndex: stage.after, set: setOf(lists[index]!, {keptToWatts: 3})})),
          idleWatts,
        )
        expect(pairsOf(set)).toEqual(
          bruteForceFront(
            combinations(lists).map((ways) => simulated(ways, stages, idleWatts)),
            set.keptToWatts,
          ),
        )
      }),
      {numRuns: 30},
    )
  })

  const set = setOf([{seconds: 1, joules: 1, knobs: 'a'}])
  it('refuses a stage that comes after one that is not above it', () => {
    expect(() => pipeline([{set, deviceIndex: 0, afterStageIndex: [0]}], [0])).toThrow(
      expect.objectContaining({code: 'PIPELINE_ORDER', message: 'stage 0 comes after stage 0, which is not listed before it'}),
    )
  })

  it('refuses more ways than it may look at, and says what to do', () => {
    const two = setOf([
      {seconds: 1, joules: 2, knobs: 'a'},
      {seconds: 2, joules: 1, knobs: 'b'},
    ])
    const stages = [0, 1].map((deviceIndex) => ({set: two, deviceIndex, afterStageIndex: []}))
    expect(() => pipeline(stages, [0, 0], {exactPairCount: 5})).toThrow(expect.objectContaining({code: 'PIPELINE_TOO_WIDE'}))
    expect(() => pipeline([], [])).toThrow(expect.objectContaining({code: 'FRONTIER_EMPTY'}))
  })
})
