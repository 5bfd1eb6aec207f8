import path from 'node:path'
import {describe, expect, it, onTestFinished} from 'vitest'
import {keptFront} from '../../src/store/kept-fronts.js'
import {mergeStoreFiles} from '../../src/store/merge.js'
import {openStore, type Store, type StoreMode} from '../../src/store/store.js'
import {runStudyShard, runStudySweep} from '../../src/study/run-sweep.js'
import {spaceTally} from '../../src/study/space-tally.js'
import {studyPoints} from '../../src/study/study-points.js'
import type {Study} from '../../src/sweep/study.js'
import {studyOf, temporaryFolder} from '../sweep/studies.js'

/** Neither objective depends on the memory's capacity, so that designs are equal in all objectives. */
const manyEqual = `title: t
spaces:
  - accelerator: ./machine.yaml
    axes:
      sms: {from: 60, to: 200, step: 20}
      hbmCapacity: [40 GiB, 80 GiB, 120 GiB]
      clock: [1005 MHz, 1410 MHz, 1980 MHz]
workloads: [{model: gpt2, phase: decode, contextTokens: 512}]
axes: {batch: [1, 8]}
constraints: [averageWatts <= 150 W]
objectives: [latency, {expression: "energyJoules * latencySeconds", name: edp}]
`

function opened(file: string, mode: StoreMode = 'read'): Store {
  const store = openStore(file, {mode})
  onTestFinished(() => store.close())
  return store
}

/** A store that took the study in pieces, in an order of its own. */
async function inPieces(study: Study, folder: string): Promise<string> {
  const files = []
  for (const shardIndex of [3, 1, 2]) {
    const file = path.join(folder, `shard-${shardIndex}.db`)
    await runStudyShard(study, {shardIndex, shardCount: 3}, {storeFile: file, workerCount: 1})
    files.push(file)
  }
  const merged = path.join(folder, 'merged.db')
  mergeStoreFiles(merged, files)
  return merged
}

describe('the tally of a space', () => {
  it('is kept by whoever may write, and what came since is taken into it', async () => {
    const study = studyOf(manyEqual)
    const whole = path.join(temporaryFolder(), 'whole.db')
    const {summary} = await runStudySweep(study, {storeFile: whole, workerCount: 1})
    const store = opened(whole, 'append')
    const kept = store.database.prepare('SELECT name, chunk_id FROM kept_fronts').all() as {name: string; chunk_id: number}[]
    expect(kept).toHaveLength(1)
    const {front, ...counts} = spaceTally(study, store, study.spaces[0]!)
    expect(counts).toMatchObject({pointCount: 144, feasibleCount: summary.workloads[0]!.feasibleCount, knownObjectives: [true, true]})
    expect(keptFront(store, 1, kept[0]!.name)!.front).toEqual(front)

    store.database
      .prepare('UPDATE kept_fronts SET chunk_id = 0, tally = ?')
      .run(JSON.stringify({pointCount: 0, feasibleCount: 0, removedCounts: [0], removedAloneCounts: [0], knownObjectives: [false, false]}))
    const {front: anew, ...again} = spaceTally(study, store, study.spaces[0]!)
    expect({...again, judged: 0}).toEqual({...counts, judged: 0})
    expect(anew).toEqual(front)
  })

  it('is not kept by a store that is read, and the same then', async () => {
    const study = studyOf(manyEqual)
    const folder = temporaryFolder()
    const merged = await inPieces(study, folder)
    const reader = opened(merged)
    const {front} = spaceTally(study, reader, study.spaces[0]!)
    expect(reader.database.prepare('SELECT count(*) FROM kept_fronts').pluck().get()).toBe(0)
    expect(spaceTally(study, opened(merged, 'append'), study.spaces[0]!).front.objectiveColumns).toEqual(front.objectiveColumns)
  })

  it('of other constraints is another', async () => {
    const file = path.join(temporaryFolder(), 'points.db')
    const first = await runStudySweep(studyOf(manyEqual), {storeFile: file, workerCount: 1})
    const looser = await runStudySweep(studyOf(manyEqual.replace('150 W', '200 W')), {storeFile: file, workerCount: 1})
    expect(looser.summary.computedCount).toBe(0)
    expect(looser.summary.workloads[0]!.feasibleCount).toBeGreaterThan(first.summary.workloads[0]!.feasibleCount)
    expect(opened(file).database.prepare('SELECT count(*) FROM kept_fronts').pluck().get()).toBe(2)
  })

  it.each([0, 7, 1000])('gives the same front and the same sample of %i points in whatever pieces they came', async (sampleCount) => {
    const study = studyOf(manyEqual)
    const folder = temporaryFolder()
    const whole = path.join(folder, 'whole.db')
    await runStudySweep(study, {storeFile: whole, workerCount: 1})
    const expected = studyPoints(study, opened(whole), sampleCount)
    expect(studyPoints(study, opened(await inPieces(study, folder)), sampleCount)).toEqual(expected)
    const [{feasible, front, feasibleCount}] = expected as [(typeof expected)[number]]
    const least = Math.max(front.length, Math.min(sampleCount, feasibleCount))
    expect(feasible.length).toBeGreaterThanOrEqual(least)
    expect(feasible.length).toBeLessThanOrEqual(least + front.length)
  })
})
