import path from 'node:path'
import {describe, expect, it, onTestFinished} from 'vitest'
import {mergeStoreFiles} from '../../src/store/merge.js'
import {queryPoints} from '../../src/store/query.js'
import type {PointRow} from '../../src/store/space-reader.js'
import {openStore, type Store} from '../../src/store/store.js'
import {refuseInfeasible, runStudyShard, runStudySweep, studyAxes, studyPointCount} from '../../src/study/run-sweep.js'
import {studyPoints} from '../../src/study/study-points.js'
import type {Study} from '../../src/sweep/study.js'
import {metricsOf, smallStudy, studyOf, sweptPoints, temporaryFolder} from '../sweep/studies.js'

const sms = (list: string): string => smallStudy.replace('[100, 132, 140]', list)

async function swept(text: string, storeFile: string) {
  return runStudySweep(studyOf(text), {storeFile})
}

function opened(file: string): Store {
  const store = openStore(file, {mode: 'read'})
  onTestFinished(() => store.close())
  return store
}

const stored = (file: string): PointRow[] => [...queryPoints(opened(file)).rows]
const keyOf = (point: Readonly<Record<string, unknown>>): string => [point['sms'], point['clock'], point['batch']].join(' ')
const sorted = (rows: readonly PointRow[]): string[] => rows.map((row) => JSON.stringify(row)).sort()

/** A study with constraints that overlap, over two machines and two workloads. */
const constrained = `title: t
spaces:
  - accelerator: ./machine.yaml
    axes:
      sms: {from: 60, to: 200, step: 20}
      hbmBandwidth: [2000 GB/s, 3352 GB/s, 5000 GB/s]
      clock: [1005 MHz, 1410 MHz, 1980 MHz]
  - accelerator: a100-sxm-80gb
workloads:
  - {model: llama-3.1-8b, phase: prefill, promptTokens: 512}
  - {model: llama-3.1-8b, phase: decode, contextTokens: 1024}
axes:
  batch: [1, 32]
constraints: [dieSquareMillimetres <= 858 mm^2, averageWatts <= 350 W, "latencySeconds * batch < 4 s"]
objectives: [latency, energyPerToken, cost]
`

interface Claim {
  readonly text: string
  readonly holds: (row: PointRow) => boolean
}

const claims: readonly Claim[] = [
  {text: 'dieSquareMillimetres <= 858 mm^2', holds: (row) => Number(row['dieSquareMillimetres']) <= 858},
  {text: 'averageWatts <= 350 W', holds: (row) => Number(row['averageWatts']) <= 350},
  {text: 'latencySeconds * batch < 4 s', holds: (row) => Number(row['latencySeconds']) * Number(row['batch']) < 4},
]

function frontByBruteForce(rows: readonly PointRow[], names: readonly string[]): Set<string> {
  const values = rows.map((row) => names.map((name) => Number(row[name])))
  const isBeaten = (point: readonly number[]): boolean =>
    values.some((other) => other.every((value, i) => value <= point[i]!) && other.some((value, i) => value < point[i]!))
  return new Set(rows.filter((_, row) => !isBeaten(values[row]!)).map((row) => names.map((name) => row[name]).join(' ')))
}

describe('runStudySweep', () => {
  it('stores what a sweep into memory computes, number by number', async () => {
    const file = path.join(temporaryFolder(), 'points.db')
    const {summary} = await swept(smallStudy, file)
    expect(summary).toMatchObject({pointCount: 12, computedCount: 12, study: 'small'})
    const expected = new Map((await sweptPoints(studyOf(smallStudy))).map((point) => [keyOf(point), metricsOf(point)]))
    const rows = stored(file)
    expect(rows).toHaveLength(12)
    for (const row of rows) expect(metricsOf(row)).toEqual(expected.get(keyOf(row)))
  })

  it('computes nothing again, and only what is new once an axis grows, whose old points stay as they are', async () => {
    const file = path.join(temporaryFolder(), 'points.db')
    await swept(smallStudy, file)
    const before = stored(file)
    expect((await swept(smallStudy, file)).summary).toMatchObject({pointCount: 12, computedCount: 0})
    const {summary} = await swept(sms('[90, 100, 132, 140, 150]'), file)
    expect(summary).toMatchObject({pointCount: 20, computedCount: 8})
    expect(summary.workloads[0]!.pointCount).toBe(20)
    const after = stored(file)
    expect(after).toHaveLength(20)
    const old = new Set(before.map(keyOf))
    expect(sorted(after.filter((row) => old.has(keyOf(row))))).toEqual(sorted(before))
  })

  it('reads back only the points that the study names, of a store that holds more', async () => {
    const file = path.join(temporaryFolder(), 'points.db')
    await swept(sms('[90, 100, 132, 140, 150]'), file)
    const {summary, points} = await swept(sms('[100, 150]'), file)
    expect(summary).toMatchObject({pointCount: 8, computedCount: 0})
    expect(points[0]!.pointCount).toBe(8)
    expect(new Set(points[0]!.feasible.map((row) => row['sms']))).toEqual(new Set([100, 150]))
  })

  it('keeps two studies in one store apart', async () => {
    const file = path.join(temporaryFolder(), 'points.db')
    await swept(smallStudy, file)
    const other = smallStudy.replace('contextTokens: 512', 'contextTokens: 1024')
    const {summary} = await swept(other, file)
    expect(summary).toMatchObject({pointCount: 12, computedCount: 12})
    expect(stored(file)).toHaveLength(24)
    expect((await swept(smallStudy, file)).summary.computedCount).toBe(0)
  })

  it('gives the same store from two shards as from one sweep', async () => {
    const folder = temporaryFolder()
    const [a, b, whole, merged] = ['a.db', 'b.db', 'whole.db', 'merged.db'].map((name) => path.join(folder, name)) as [
      string,
      string,
      string,
      string,
    ]
    await swept(sms('[140, 100]'), a)
    await swept(sms('[132, 140]'), b)
    await swept(smallStudy, whole)
    expect(mergeStoreFiles(merged, [a, b])).toEqual({spaceCount: 1, readCount: 16, addedCount: 12})
    expect(sorted(stored(merged))).toEqual(sorted(stored(whole)))
    expect((await swept(smallStudy, merged)).summary.computedCount).toBe(0)
  })
})

describe('studyPoints', () => {
  async function constrainedPoints(text = constrained) {
    const study: Study = studyOf(text)
    const file = path.join(temporaryFolder(), 'points.db')
    // All points are stored first: a study leaves those out that need no timing to be removed.
    await swept(text.replace(/constraints: .*\n/, ''), file)
    const {summary, points} = await runStudySweep(study, {storeFile: file})
    return {study, summary, points, rows: stored(file), file}
  }

  it('counts the designs that were evaluated, and no others, where only some were', async () => {
    const file = path.join(temporaryFolder(), 'points.db')
    const study = studyOf(constrained.replace(/ {2}- (accelerator: a100.*|.*phase: prefill.*)\n/g, ''))
    await runStudyShard(study, {shardIndex: 1, shardCount: 3}, {storeFile: file})
    const store = opened(file)
    for (const {phase, pointCount, storedCount, feasibleCount} of studyPoints(study, store)) {
      expect(storedCount).toBe(stored(file).filter((row) => row['phase'] === phase).length)
      expect(pointCount).toBe(storedCount)
      expect(feasibleCount).toBeLessThanOrEqual(pointCount)
    }
  })

  it('counts what each constraint removes, and removes alone, as one by one', async () => {
    const {summary, rows, study} = await constrainedPoints()
    expect(studyPointCount(study)).toBe(rows.length)
    for (const {phase, pointCount, feasibleCount, constraints} of summary.workloads) {
      const own = rows.filter((row) => row['phase'] === phase)
      const [ofDesign, ...ofResults] = claims as [Claim, ...Claim[]]
      const timed = own.filter(ofDesign.holds)
      const failed = (row: PointRow) => ofResults.filter(({holds}) => !holds(row))
      const removedCount = own.length - timed.length
      expect(pointCount).toBe(own.length)
      expect(feasibleCount).toBe(timed.filter((row) => failed(row).length === 0).length)
      expect(constraints).toEqual([
        {text: ofDesign.text, ofCount: own.length, removedCount, removedAloneCount: removedCount},
        ...ofResults.map((claim) => ({
          text: claim.text,
          ofCount: timed.length,
          removedCount: timed.filter((row) => !claim.holds(row)).length,
          removedAloneCount: timed.filter((row) => failed(row).length === 1 && failed(row)[0] === claim).length,
        })),
      ])
    }
    const removed = summary.workloads.flatMap(({constraints}) => constraints.map(({removedAloneCount}) => removedAloneCount))
    expect(removed.filter((count) => count > 0).length).toBeGreaterThan(1)
  })

  it('finds the front that comparing all pairs finds, best in the first objective first', async () => {
    const {points, rows, summary} = await constrainedPoints()
    const names = ['latencySeconds', 'joulesPerToken', 'deviceDollars']
    for (const {phase, feasible, front} of points) {
      const own = rows.filter((row) => row['phase'] === phase && claims.every(({holds}) => holds(row)))
      const found = [...front].map((index) => feasible[index]!)
      expect(new Set(found.map((row) => names.map((name) => row[name]).join(' ')))).toEqual(frontByBruteForce(own, names))
      const latencies = found.map((row) => Number(row['latencySeconds']))
      expect(latencies).toEqual(latencies.toSorted((a, b) => a - b))
    }
    for (const {phase, corners} of summary.workloads) {
      const own = rows.filter((row) => row['phase'] === phase && claims.every(({holds}) => holds(row)))
      expect(corners.map(({name, point}) => point[name])).toEqual(names.map((name) => Math.min(...own.map((row) => Number(row[name])))))
    }
  })

  it('reads whole rows of the front and of a sample alone where there are many', async () => {
    const {study, file} = await constrainedPoints()
    const [all] = studyPoints(study, opened(file)) as [ReturnType<typeof studyPoints>[number]]
    expect(all.feasible).toHaveLength(all.feasibleCount)
    const [few] = studyPoints(study, opened(file), 0) as [typeof all]
    expect(few.feasible).toHaveLength(few.front.length)
    expect([...few.front].map((index) => few.feasible[index])).toEqual([...all.front].map((index) => all.feasible[index]))
    const [some] = studyPoints(study, opened(file), 5) as [typeof all]
    expect(some.feasibleCount).toBe(all.feasibleCount)
    expect(some.feasible.length).toBeLessThanOrEqual(5 + some.front.length)
  })

  it('leaves an objective out of the front that no design knows', async () => {
    const text = `title: t
spaces: [{accelerator: ./tiny.yaml}]
workloads: [{model: gpt2, phase: decode}]
axes: {batch: [1, 2, 4], clock: [500 MHz, 1 GHz]}
objectives: [latency, cost]
`
    const {points, rows} = await constrainedPoints(text)
    const isPriced = rows.some((row) => row['deviceDollars'] !== null)
    expect(isPriced).toBe(false)
    const [{feasible, front}] = points as [(typeof points)[number]]
    expect([...front].map((index) => feasible[index]!['latencySeconds'])).toEqual([
      Math.min(...rows.map((row) => Number(row['latencySeconds']))),
    ])
  })

  it('reads a constraint by the short name of a metric as by its own, beside one that names the same', async () => {
    const limits = (...texts: string[]) => `${smallStudy}constraints: ${JSON.stringify(texts)}\n`
    const countsOf = async (text: string) => {
      const {summary} = await swept(text, path.join(temporaryFolder(), 'points.db'))
      const [found] = summary.workloads
      return {feasibleCount: found!.feasibleCount, removed: found!.constraints.map(({removedCount}) => removedCount)}
    }
    const latencies = (await sweptPoints(studyOf(smallStudy))).map((point) => Number(point['latencySeconds'])).toSorted((a, b) => a - b)
    const limit = `${latencies[5]! * 1e6 * (1 + 1e-9)} us`
    const own = await countsOf(limits(`latencySeconds <= ${limit}`))
    const removedCount = latencies.filter((latency) => latency > latencies[5]!).length
    expect(own).toEqual({feasibleCount: 12 - removedCount, removed: [removedCount]})
    expect(await countsOf(limits(`latency <= ${limit}`))).toEqual(own)
    const doubled = await countsOf(limits(`latency <= ${limit}`, `latencySeconds <= ${limit}`, 'clock >= 1.5 GHz'))
    const slower = (await sweptPoints(studyOf(smallStudy))).filter(({clock}) => Number(clock) >= 1.5e9)
    const late = slower.filter(({latencySeconds}) => Number(latencySeconds) > latencies[5]!).length
    expect(doubled.removed).toEqual([late, late, 6])
  })

  it('counts a constraint on what is not known as not met', async () => {
    const text = `title: t
spaces: [{accelerator: ./tiny.yaml}]
workloads: [{model: gpt2, phase: decode}]
constraints: [deviceDollars < 1e9 USD]
objectives: [latency]
`
    const {summary} = await constrainedPoints(text)
    expect(summary.workloads[0]).toMatchObject({feasibleCount: 0, frontCount: 0, corners: []})
    expect(summary.workloads[0]!.constraints[0]).toMatchObject({removedCount: 1, removedAloneCount: 1})
  })

  it('lets a constraint keep the designs that hold their power limit', async () => {
    const text = `title: t
spaces: [{accelerator: ./machine.yaml, axes: {powerLimit: [200 W, 700 W], sms: [132, 400]}}]
workloads: [{model: llama-3.1-8b, phase: prefill, promptTokens: 2048, batch: 8}]
constraints: [holdsPowerLimit == 1]
objectives: [latency]
`
    const rows = (await sweptPoints(studyOf(text))).map((point) => Number(point['averageWatts']) <= Number(point['powerLimit']))
    const {summary} = await swept(text, path.join(temporaryFolder(), 'points.db'))
    expect(new Set(rows)).toEqual(new Set([true, false]))
    expect(summary.workloads[0]!.feasibleCount).toBe(rows.filter((holds) => holds).length)
  })

  it('names every axis of a study once', () => {
    expect(studyAxes(studyOf(constrained)).map(({name}) => name)).toEqual(['batch', 'sms', 'hbmBandwidth', 'clock'])
  })
})

describe('refuseInfeasible', () => {
  it('says of each workload which constraint removes how many, and exits with 4', async () => {
    const text = constrained.replace('averageWatts <= 350 W', 'averageWatts <= 20 W')
    const {summary} = await runStudySweep(studyOf(text), {storeFile: path.join(temporaryFolder(), 'points.db')})
    expect(() => refuseInfeasible(summary)).toThrow(
      expect.objectContaining({
        code: 'INFEASIBLE',
        exitCode: 4,
        suggestions: ['loosen "averageWatts <= 20 W", or widen the axes that it depends on'],
        message: expect.stringMatching(
          /no design of 146 meets every constraint for llama-3\.1-8b decode:[\s\S]*averageWatts <= 20 W removes 86 of 86, \d+ of them alone/,
        ),
      }),
    )
  })

  it('is silent where one workload has a design left', async () => {
    const {summary} = await runStudySweep(studyOf(constrained), {storeFile: path.join(temporaryFolder(), 'points.db')})
    expect(() => refuseInfeasible(summary)).not.toThrow()
  })
})
