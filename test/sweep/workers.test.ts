import {createHash} from 'node:crypto'
import {writeFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {metricNames} from '../../src/cost/metrics.js'
import {UserError} from '../../src/foundation/user-error.js'
import type {PointSink} from '../../src/sweep/point-sink.js'
import type {SpaceDefinition} from '../../src/sweep/space-identity.js'
import type {Study} from '../../src/sweep/study.js'
import {type SweepOptions, sweep} from '../../src/sweep/sweep.js'
import {smallStudy, studyOf} from './studies.js'

/** Two spaces with a setting of the pass, each of more than a batch: 41 × 210 designs at two batches. */
const wideStudy = smallStudy
  .replace('sms: [100, 132, 140]', 'sms: {from: 100, to: 140, step: 1}')
  .replace('clock: [1410 MHz, 1980 MHz]', 'clock: {from: 1005 MHz, to: 1980 MHz, count: 210}')
  .replace('contextTokens: 512}', 'contextTokens: 512}\n  - {model: gpt2, phase: prefill}')
const wideCount = 2 * 2 * 41 * 210

/** Eight designs whose products are each mapped by a search. */
const mappedStudy = `title: Dataflows
fidelity: mapped
spaces: [{accelerator: ./machine.yaml}]
workloads: [{model: gpt2, phase: decode, contextTokens: 64, operators: [mlp_up]}]
axes: {strategy: [weight-stationary, any], budget: [200, 300], clock: [1200 MHz, 1980 MHz]}
objectives: [latency]
`

/** A sink in memory: its points by their places along the axes, in the order of their coming. */
function memorySink() {
  const points = new Map<string, Float64Array>()
  const keyOf = (phase: string, axisCodes: readonly (Int32Array | Float64Array)[], row: number) =>
    [phase, ...axisCodes.map((codes) => codes[row])].join(' ')
  const sinkOf = ({phase}: SpaceDefinition): PointSink => ({
    codes: (_, values) => Int32Array.from(values, (__, code) => code),
    missingRows: ({rowCount, axisCodes}) =>
      Int32Array.from({length: rowCount}, (_, row) => row).filter((row) => !points.has(keyOf(phase, axisCodes, row))),
    write: ({rowCount, axisCodes, metrics}) => {
      for (let row = 0; row < rowCount; row++)
        points.set(
          keyOf(phase, axisCodes, row),
          Float64Array.from(metricNames, (name) => metrics[name][row]!),
        )
      return rowCount
    },
  })
  return {points, take: (study: Study, options: Omit<SweepOptions, 'sinkOf'>) => sweep(study, {...options, sinkOf})}
}

/** A fingerprint of points, bit for bit, in the order given. */
function printOf(points: Iterable<readonly [string, Float64Array]>): string {
  const hash = createHash('sha256')
  for (const [key, metrics] of points) hash.update(key).update(metrics)
  return hash.digest('hex')
}

const byKey = ([left]: readonly [string, Float64Array], [right]: readonly [string, Float64Array]): number => (left < right ? -1 : 1)

async function failure(run: Promise<unknown>): Promise<UserError> {
  const error: unknown = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof UserError) return error
  throw error ?? new Error('nothing failed')
}

describe('a sweep on worker threads', () => {
  it.each([
    ['of more than a batch a space', wideStudy, wideCount, 0],
    // Of 41 counts of cores, the largest two.
    ['thinned out before anything is timed', `${wideStudy}constraints: [sms <= 138]\n`, wideCount, (2 / 41) * wideCount],
    ['drawn at random over settings of the pass', `${wideStudy}sampler: {kind: random, points: 17000, seed: 3}\n`, 34_000, 0],
    ['whose mappings are searched', mappedStudy, 8, 0],
  ])('%s has on any number of them the points of one, bit for bit and in their order', async (_, text, pointCount, removedCount) => {
    const study = studyOf(text)
    const alone = memorySink()
    const counts = {pointCount, computedCount: pointCount - removedCount, removedCount}
    expect(await alone.take(study, {workerCount: 1})).toEqual(counts)
    expect(alone.points.size).toBe(pointCount - removedCount)
    for (const workerCount of [2, 4]) {
      const shared = memorySink()
      expect(await shared.take(study, {workerCount})).toEqual(counts)
      expect(printOf(shared.points)).toBe(printOf(alone.points))
    }
  })

  it('computes what is missing and no more, wherever it lies', async () => {
    const study = studyOf(wideStudy)
    const alone = memorySink()
    await alone.take(study, {workerCount: 1})
    const shared = memorySink()
    for (const [index, [key, metrics]] of [...alone.points].entries())
      if (index % 3 === 1 || index < 20_000) shared.points.set(key, metrics)
    const heldCount = shared.points.size
    const seen: (readonly [number, number])[] = []
    const onProgress = (doneCount: number, foundCount: number): void => {
      seen.push([doneCount, foundCount])
    }
    const counts = {pointCount: wideCount, computedCount: wideCount - heldCount, removedCount: 0}
    expect(await shared.take(study, {workerCount: 2, onProgress})).toEqual(counts)
    expect(printOf([...shared.points].sort(byKey))).toBe(printOf([...alone.points].sort(byKey)))
    expect(seen[0]).toEqual([16_384, 16_384])
    expect(seen.at(-1)).toEqual([wideCount, heldCount])
  })

  it('computes in shards, in any order, what the whole study has', async () => {
    const study = studyOf(wideStudy)
    const [whole, joined] = [memorySink(), memorySink()]
    await whole.take(study, {workerCount: 1})
    for (const shardIndex of [5, 1, 7, 3, 2, 6, 4]) {
      const shard = {shardIndex, shardCount: 7}
      await joined.take(study, {workerCount: shardIndex === 3 ? 2 : 1, shard})
    }
    expect(printOf([...joined.points].sort(byKey))).toBe(printOf([...whole.points].sort(byKey)))
  })

  it('ends with the words, code and hints of an error that is the person’s own', async () => {
    const study = studyOf(wideStudy)
    writeFileSync(study.file, wideStudy.replace('batch: [1, 8]', 'batch: [1, 9]'))
    const error = await failure(memorySink().take(study, {workerCount: 2}))
    expect(error).toMatchObject({code: 'STUDY_CHANGED', exitCode: 3})
    expect(error.message).toBe(`${study.file}, or a file that it names, has changed since this run began`)
    expect(error.suggestions).toEqual(['run the same command again'])
  })

  it('ends where a thread may not have the memory that it needs', async () => {
    const error = await failure(memorySink().take(studyOf(wideStudy), {workerCount: 2, workerLimits: {maxOldGenerationSizeMb: 8}}))
    expect(error).toMatchObject({code: 'WORKER_OUT_OF_MEMORY', exitCode: 3})
    expect(error.message).toBe('a worker thread ran out of memory while it computed points 1 to 1 of the 17220 of machine with gpt2')
  })
})
