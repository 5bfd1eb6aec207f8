import {describe, expect, it} from 'vitest'
import {metricNames} from '../../src/cost/metrics.js'
import {openStore} from '../../src/store/store.js'
import type {RawOptimizer} from '../../src/sweep/optimizer-choice.js'
import {optimizerKinds} from '../../src/sweep/optimizers/optimizers.js'
import {evaluationCountOf, refuseShared, search} from '../../src/sweep/search.js'
import {loadStudy, type Study} from '../../src/sweep/study.js'
import {type SweptPoint, sweptPoints, writeStudy} from './studies.js'

const text = `title: t
spaces:
  - accelerator: ./machine.yaml
    axes:
      sms: {from: 84, to: 156, step: 8}
      clock: {from: 990 MHz, to: 1980 MHz, count: 10}
  - accelerator: a100-sxm-80gb
workloads: [{model: gpt2, phase: decode}]
axes:
  batch: [1, 8, 64, 512]
  dtype: [bf16, fp16]
constraints: [averageWatts <= 300 W, dieSquareMillimetres <= 858 mm^2]
objectives: [latencySeconds, {metric: tokensPerSecond, goal: max}, deviceDollars]
`

const file = (): string => writeStudy(text)
const studyWith = (optimizer: RawOptimizer, from = file()): Study => loadStudy(from, {optimizer})
const searched = (study: Study): Promise<SweptPoint[]> => sweptPoints(study, {}, (each, options) => search(each, study.optimizer!, options))

const axes = ['sms', 'clock', 'batch', 'dtype'] as const
const keyOf = (point: SweptPoint): string => axes.map((name) => String(point[name])).join(' ')
const textOf = (point: SweptPoint): string => JSON.stringify(metricNames.map((name) => String(point[name])))

describe('search', () => {
  it.each(optimizerKinds)(
    'by %s evaluates so many different designs of the study, and what it says of each is what a sweep says',
    async (kind) => {
      const study = studyWith({kind, evaluations: '10 %'})
      // 800 designs of one machine and 8 of the other: 10 and 8 for a start, the rest where designs are left.
      expect(evaluationCountOf(study, study.optimizer!)).toBe(81)
      const all = new Map((await sweptPoints(study)).map((point) => [keyOf(point), textOf(point)]))
      const points = await searched(study)
      // Designs on dies above the reticle are counted, not stored.
      expect(points.length).toBeGreaterThan(30)
      expect(points.length).toBeLessThanOrEqual(81)
      expect(new Set(points.map(keyOf)).size).toBe(points.length)
      for (const point of points) expect(textOf(point)).toBe(all.get(keyOf(point)))
      expect(points.filter(({sms}) => sms === undefined)).toHaveLength(8)
    },
  )

  it('comes near the largest where an objective is to be large', async () => {
    const study = studyWith({kind: 'narrowing', evaluations: 160})
    const most = (points: readonly SweptPoint[]): number =>
      points
        .filter(({averageWatts, dieSquareMillimetres}) => Number(averageWatts) <= 300 && Number(dieSquareMillimetres) <= 858)
        .reduce((best, {tokensPerSecond}) => Math.max(best, Number(tokensPerSecond)), 0)
    expect(most(await searched(study)) / most(await sweptPoints(study))).toBeGreaterThan(0.9)
  })

  it.each(optimizerKinds)('by %s evaluates a design once where an axis varies only in places, and finds all', async (kind) => {
    const study = loadStudy(
      writeStudy(`title: t
spaces:
  - accelerator: ./machine.yaml
    axes:
      powerLimit: {values: [200 W, 300 W, 400 W], when: batch >= 64, otherwise: 700 W}
workloads: [{model: gpt2, phase: decode}]
axes:
  batch: [1, 8, 64]
objectives: [latencySeconds, joulesPerToken]
`),
      {optimizer: {kind, evaluations: '100 %'}},
    )
    // One design of batches 1 and 8 each, three of batch 64.
    expect(evaluationCountOf(study, study.optimizer!)).toBe(5)
    const designs = (points: readonly SweptPoint[]): string[] => points.map(({batch, powerLimit}) => `${batch} ${powerLimit}`).sort()
    expect(designs(await searched(study))).toEqual(designs(await sweptPoints(study)))
  })

  it.each(optimizerKinds)('by %s evaluates a design once where what is drawn is rounded, and ends where none is left', async (kind) => {
    const study = loadStudy(
      writeStudy(`title: t
spaces:
  - accelerator: ./machine.yaml
    axes:
      sms: {distribution: uniform, from: 100, to: 140, step: 8}
workloads: [{model: gpt2, phase: decode}]
axes:
  batch: [1, 8]
objectives: [latencySeconds, deviceDollars]
`),
      {optimizer: {kind, evaluations: 100}},
    )
    const points = await searched(study)
    const designs = new Set(points.map(({batch, sms}) => `${batch} ${sms}`))
    expect([points.length, designs.size]).toEqual([10, 10])
    expect(new Set(points.map(({sms}) => sms))).toEqual(new Set([104, 112, 120, 128, 136]))
  })

  it('stores nothing twice, and goes on from what is stored to the same end', async () => {
    const from = file()
    const study = studyWith({kind: 'nsga-2', evaluations: 120}, from)
    const store = openStore(':memory:', {mode: 'create'})
    const run = (each: Study, signal?: AbortSignal, onProgress?: (count: number) => void) =>
      search(each, each.optimizer!, {
        sinkOf: (definition) => store.space(definition),
        ...(signal === undefined ? {} : {signal}),
        ...(onProgress === undefined ? {} : {onProgress}),
      })
    const stop = new AbortController()
    await expect(run(study, stop.signal, (count) => count > 40 && stop.abort(new Error('stopped')))).rejects.toThrow('stopped')
    const resumed = await run(study)
    expect(resumed.pointCount).toBe(120)
    expect(resumed.computedCount).toBeGreaterThan(0)
    expect(resumed.computedCount).toBeLessThan(80)
    expect(await run(study)).toEqual({pointCount: 120, computedCount: 0, removedCount: resumed.removedCount})
    store.close()
  })

  it('asks for the same designs and stores the same numbers on any number of workers', async () => {
    const study = studyWith({kind: 'nsga-2', evaluations: 300, population: 60})
    const on = (workerCount: number): Promise<SweptPoint[]> =>
      sweptPoints(study, {}, (each, options) => search(each, study.optimizer!, {...options, workerCount}))
    const alone = await on(1)
    expect(alone.length).toBeGreaterThan(100)
    expect(await on(3)).toEqual(alone)
  })

  it('is refused in shards, which learn nothing from each other', () => {
    expect(() => refuseShared(studyWith({kind: 'nsga-2', evaluations: 10}))).toThrow(expect.objectContaining({code: 'OPTIMIZER_SHARED'}))
    expect(() => refuseShared(studyWith({}))).not.toThrow()
  })
})
