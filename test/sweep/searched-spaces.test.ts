import {describe, expect, it} from 'vitest'
import {type MetricColumns, metricNames} from '../../src/cost/metrics.js'
import {spaceHash} from '../../src/store/space-definition.js'
import type {PointRow} from '../../src/store/space-reader.js'
import {openStore, type Store} from '../../src/store/store.js'
import {studyPoints} from '../../src/study/study-points.js'
import {dimensionsOf} from '../../src/sweep/dimension.js'
import {earlyCounts} from '../../src/sweep/early-counts.js'
import {designEvaluator} from '../../src/sweep/evaluator.js'
import type {RawOptimizer} from '../../src/sweep/optimizer-choice.js'
import {optimizerKinds} from '../../src/sweep/optimizers/optimizers.js'
import {pointSet} from '../../src/sweep/point-set.js'
import {search} from '../../src/sweep/search.js'
import {spaceIdentity} from '../../src/sweep/space-identity.js'
import {loadStudy, type Study} from '../../src/sweep/study.js'
import {onlySpace, type SweptPoint, sweptPoints, writeStudy} from './studies.js'

/** Two axes without levels and one with three. */
const text = `title: t
fidelity: roofline
spaces:
  - accelerator: ./machine.yaml
    axes:
      hbmBandwidth: {from: 2 TB/s, to: 8 TB/s}
      clock: {distribution: normal, mean: 1.5 GHz, deviation: 100 MHz, least: 990 MHz, most: 1980 MHz}
workloads: [{model: gpt2, phase: decode}]
axes:
  batch: [1, 8, 64]
constraints: [deviceDollars <= 2400 USD, averageWatts <= 400 W]
objectives: [latencySeconds, joulesPerToken]
`
const evaluationCount = 120

const studyWith = (optimizer: RawOptimizer, written = text, from = writeStudy(written)): Study =>
  loadStudy(from, {optimizer: {evaluations: evaluationCount, ...optimizer}})
const searched = (study: Study): Promise<SweptPoint[]> => sweptPoints(study, {}, (each, options) => search(each, study.optimizer!, options))
const into = (store: Store, study: Study, signal?: AbortSignal, onProgress?: (count: number) => void) =>
  search(study, study.optimizer!, {
    sinkOf: (definition) => store.space(definition),
    ...(signal === undefined ? {} : {signal}),
    ...(onProgress === undefined ? {} : {onProgress}),
  })
const storedIn = (store: Store, study: Study) => studyPoints(study, store, Number.POSITIVE_INFINITY).map(({feasible}) => feasible)
const designOf = ({batch, hbmBandwidth, clock}: SweptPoint | PointRow): string => `${batch} ${hbmBandwidth} ${clock}`
const hashOf = (study: Study): string => spaceHash(spaceIdentity(onlySpace(study)))

/** What an evaluator says of designs by the values of their axes, found again along each dimension by halving. */
function evaluated(study: Study, points: readonly SweptPoint[]): MetricColumns {
  const space = onlySpace(study)
  const levels: readonly number[] = [1, 8, 64]
  const shares = dimensionsOf(space).map((dimension) =>
    Float64Array.from(points, (point) => {
      if (dimension.kind === 'level') return (levels.indexOf(Number(point[dimension.name])) + 0.5) / levels.length
      let [low, high] = [0, 1]
      for (let step = 0; step < 80; step++) {
        const middle = (low + high) / 2
        if (dimension.quantile(middle) < Number(point[dimension.name])) low = middle
        else high = middle
      }
      return Math.min(high, 1 - 2 ** -53)
    }),
  )
  return designEvaluator(space, [], points.length).evaluate(shares, points.length).metrics
}

/** Expects a search that was stopped half-way to end as one that was not, and once more to find all of it; gives what it stores. */
async function expectResumed(study: Study) {
  const [whole, broken] = [openStore(':memory:', {mode: 'create'}), openStore(':memory:', {mode: 'create'})]
  const counts = await into(whole, study)
  expect(counts.computedCount).toBe(whole.pointCount())
  const stop = new AbortController()
  await expect(into(broken, study, stop.signal, (doneCount) => doneCount > 8 && stop.abort(new Error('stopped')))).rejects.toThrow(
    'stopped',
  )
  const keptCount = broken.pointCount()
  expect(keptCount).toBeGreaterThan(0)
  expect(keptCount).toBeLessThan(counts.computedCount)
  expect(await into(broken, study)).toEqual({...counts, computedCount: counts.computedCount - keptCount})
  const points = storedIn(whole, study)
  expect(storedIn(broken, study)).toEqual(points)
  expect(await into(broken, study)).toEqual({...counts, computedCount: 0})
  for (const store of [whole, broken]) store.close()
  return points
}

describe('a search over axes without levels', () => {
  it.each(optimizerKinds)('by %s stores different designs within their axes, each with what an evaluator says of it', async (kind) => {
    const study = studyWith({kind})
    const points = await searched(study)
    expect(points.length).toBeGreaterThan(evaluationCount / 4)
    expect(points.length).toBeLessThanOrEqual(evaluationCount)
    expect(new Set(points.map(designOf)).size).toBe(points.length)
    const places = points.map(({sample}) => Number(sample))
    expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b))
    expect(places.at(-1)).toBeLessThan(evaluationCount)
    for (const {batch, hbmBandwidth, clock, deviceDollars} of points) {
      expect([1, 8, 64]).toContain(batch)
      expect(hbmBandwidth).toBeGreaterThanOrEqual(2e12)
      expect(hbmBandwidth).toBeLessThanOrEqual(8e12)
      expect(clock).toBeGreaterThanOrEqual(990e6)
      expect(clock).toBeLessThanOrEqual(1980e6)
      expect(deviceDollars).toBeLessThanOrEqual(2400)
    }
    const metrics = evaluated(study, points)
    for (const [row, point] of points.entries()) {
      for (const name of metricNames) {
        const [stored, said] = [Number(point[name]), metrics[name][row]!]
        // Shares found by halving give a value of an axis back but for its last digits.
        if (Number.isNaN(said)) expect(stored).toBeNaN()
        else expect(Math.abs(stored - said)).toBeLessThanOrEqual(1e-9 * Math.abs(said))
      }
    }
  })

  it.each(optimizerKinds)('by %s asks for the same designs with the same seed, and for others with another', async (kind) => {
    const [points, again, other] = [
      await searched(studyWith({kind})),
      await searched(studyWith({kind})),
      await searched(studyWith({kind, seed: 2})),
    ]
    expect(again).toEqual(points)
    // Narrowing draws only where nothing is left around the front.
    if (kind !== 'narrowing') expect(other.map(designOf)).not.toEqual(points.map(designOf))
  })

  /** More than any of them asks for at once. */
  const longCount = 600

  it.each(optimizerKinds)('by %s goes on where it was interrupted, to the same end', async (kind) => {
    await expectResumed(studyWith({kind, evaluations: longCount}))
  })

  it('stores a design once where an axis varies only in places, interrupted or not', async () => {
    const study = studyWith(
      {kind: 'random', evaluations: longCount},
      text
        .replace('to: 8 TB/s}', 'to: 8 TB/s, when: batch >= 8, otherwise: 3 TB/s}')
        .replace(/clock: .*/, 'sms: [84, 100]')
        .replace('<= 400 W', '<= 700 W'),
    )
    const [points] = await expectResumed(study)
    expect(points!.filter(({batch}) => batch === 1).map(({sms}) => sms)).toEqual(expect.arrayContaining([84, 100]))
    expect(new Set(points!.map((point) => `${designOf(point)} ${point['sms']}`)).size).toBe(points!.length)
  })

  it('counts what constraints remove of a sample, whichever axes decide them', () => {
    const counted = (constraint: string) => {
      const {constraints, spaces} = studyWith({kind: 'random'}, text.replace(/constraints: .*/, `constraints: [${constraint}]`))
      const {sampledCount, counts} = earlyCounts(spaces[0]!, constraints)
      return {sampledCount, removedRatio: counts[0]!.removedCount / counts[0]!.ofCount}
    }
    // One of three batches, and a half of the bandwidths; 100,000 samples put either within 0.01 for any seed that one meets.
    expect(counted('batch <= 8')).toEqual({sampledCount: 100_000, removedRatio: expect.closeTo(1 / 3, 2)})
    expect(counted('hbmBandwidth <= 5 TB/s')).toEqual({sampledCount: 100_000, removedRatio: expect.closeTo(1 / 2, 2)})
  })

  it('by cma-es comes within 1 % of the best of a fine grid in one objective', async () => {
    const one = text
      .replace(/clock: .*/, 'clock: {from: 990 MHz, to: 1980 MHz}')
      .replace(/constraints: .*/, 'constraints: [averageWatts <= 250 W]')
      .replace('[latencySeconds, joulesPerToken]', '[joulesPerToken]')
    const grid = one.replace('to: 8 TB/s', 'to: 8 TB/s, count: 121').replace('to: 1980 MHz', 'to: 1980 MHz, count: 100')
    const best = (points: readonly SweptPoint[]): number =>
      Math.min(...points.filter(({averageWatts}) => Number(averageWatts) <= 250).map(({joulesPerToken}) => Number(joulesPerToken)))
    const found = best(await searched(studyWith({kind: 'cma-es', evaluations: 400}, one)))
    expect(found).toBeLessThan(1.01 * best(await sweptPoints(loadStudy(writeStudy(grid)))))
  })
})

describe('the identity of a searched space', () => {
  const own = (): string => hashOf(studyWith({kind: 'nsga-2'}))

  it('is that of all that decides which design comes when', () => {
    const others = [
      studyWith({kind: 'nsga-3'}),
      studyWith({kind: 'nsga-2', seed: 2}),
      studyWith({kind: 'nsga-2', evaluations: evaluationCount + 1}),
      studyWith({kind: 'nsga-2', population: 12}),
      studyWith({kind: 'nsga-2'}, text.replace('to: 8 TB/s', 'to: 9 TB/s')),
      studyWith({kind: 'nsga-2'}, text.replace('[1, 8, 64]', '[1, 8, 32]')),
      studyWith({kind: 'nsga-2'}, text.replace('<= 400 W', '<= 410 W')),
      studyWith({kind: 'nsga-2'}, text.replace('latencySeconds, ', '')),
      studyWith({kind: 'nsga-2'}, text.replace('[latencySeconds', '[{metric: latencySeconds, target: 1 ms}')),
      studyWith({kind: 'nsga-2'}, text.replace('[latencySeconds', '[{metric: latencySeconds, target: 2 ms}')),
    ].map(hashOf)
    expect(new Set([own(), ...others]).size).toBe(11)
  })

  it('stays where an option is what it is anyway', () => {
    // A 20th of 120 evaluations is less than the 10 that breed at least.
    expect(hashOf(studyWith({kind: 'nsga-2', population: 10}))).toBe(own())
  })

  it('leaves a space of levels alone', () => {
    const levels = text.replace('to: 8 TB/s', 'to: 8 TB/s, count: 4').replace(/clock: .*/, 'clock: [990 MHz, 1980 MHz]')
    expect(onlySpace(studyWith({kind: 'nsga-2'}, levels)).sampler).toEqual({kind: 'grid'})
  })

  it('has points that no index tells', () => {
    expect(() => pointSet(onlySpace(studyWith({kind: 'cma-es'})), [], 10)).toThrow('no index tells what cma-es asks for')
  })
})
