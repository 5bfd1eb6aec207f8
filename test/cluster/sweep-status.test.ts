import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import type {QueuedTask} from '../../src/cluster/engine.js'
import {makeSweepFolders, type SweepPlan, shardStore, sweepFiles} from '../../src/cluster/plan.js'
import {recorded, shardRecord} from '../../src/cluster/shard-record.js'
import {sweepStatus} from '../../src/cluster/sweep-status.js'
import {UserError} from '../../src/foundation/user-error.js'
import {openStore} from '../../src/store/store.js'
import {sweepStatusText} from '../../src/view/sweep-status-view.js'
import {definition, writeGrid} from '../store/fixtures.js'
import {temporaryFolder} from '../sweep/studies.js'

/** Ten points in five shards, submitted as two tasks of job 7, with job 8 to join them. */
const plan: SweepPlan = {
  study: {name: 'small', file: '/small.yaml', fidelity: null},
  pointCount: 10,
  shardCount: 5,
  versions: {ridgepoint: '1', model: '1'},
  pins: {},
  submissions: [
    {
      submittedAt: '2026-11-21T16:00:00.000Z',
      arrays: [
        {
          jobId: '7',
          tasks: [
            [1, 2, 3],
            [4, 5],
          ],
        },
      ],
      mergeJobId: '8',
    },
  ],
}

function place(): string {
  const folder = temporaryFolder()
  makeSweepFolders(folder)
  return folder
}

async function complete(folder: string, shardIndex: number): Promise<void> {
  await recorded({folder, shardIndex, pointCount: 2}, async () => writeFileSync(shardStore(folder, shardIndex), 'points'))
}

const queue = (...tasks: QueuedTask[]) => ({tasks: async () => tasks})
const task = (taskIndex: number | null, state: QueuedTask['state'], reason: string): QueuedTask => ({
  jobId: taskIndex === null ? '8' : '7',
  taskIndex,
  state,
  reason,
})

describe('the status of a shared sweep', () => {
  it('of a task that runs several shards, the first that is not done runs, and those behind it wait', async () => {
    const folder = place()
    await complete(folder, 1)
    const status = await sweepStatus(
      folder,
      plan,
      queue(task(0, 'running', 'RUNNING'), task(1, 'pending', 'Priority'), task(null, 'pending', 'Dependency')),
    )
    expect(status.shards.map(({state, task: name}) => [state, name])).toEqual([
      ['done', '7_0'],
      ['running', '7_0'],
      ['pending', '7_0'],
      ['pending', '7_1'],
      ['pending', '7_1'],
    ])
    expect(status).toMatchObject({doneCount: 2, merge: {jobId: '8', state: 'pending'}, liveJobIds: ['7', '8']})
  })

  it('believes what was finished while the queue was asked', async () => {
    const folder = place()
    const tasks = async (): Promise<QueuedTask[]> => {
      for (const shardIndex of [1, 2, 3, 4, 5]) await complete(folder, shardIndex)
      writeFileSync(sweepFiles(folder).points, 'points')
      return [task(0, 'ended', 'COMPLETED'), task(1, 'ended', 'COMPLETED'), task(null, 'ended', 'COMPLETED')]
    }
    expect(await sweepStatus(folder, plan, {tasks})).toMatchObject({states: {done: 5}, doneCount: 10, merge: {state: 'done'}})
  })

  it('adds the rates of the shards that run, and says how long the rest takes at that rate', async () => {
    const folder = place()
    await complete(folder, 1)
    for (const [shardIndex, pointsPerSecond] of [
      [2, 0.5],
      [4, 1.5],
    ] as const)
      writeFileSync(
        path.join(sweepFiles(folder).shards, `shard-${shardIndex}.json`),
        JSON.stringify({pointCount: 2, doneCount: 1, pointsPerSecond, storeBytes: null, failure: null, isStopped: false}),
      )
    const status = await sweepStatus(folder, plan, queue(task(0, 'running', 'RUNNING'), task(1, 'running', 'RUNNING')))
    // Four points are done; six remain, at two a second.
    expect(status).toMatchObject({doneCount: 4, pointsPerSecond: 2, remainingSeconds: 3})
    expect(sweepStatusText(status)).toContain('40 % · 4 of 10 points · 2/s · 3 s left')
  })

  it('counts a shard whose task left the queue as failed, with why it ended, and what it said last', async () => {
    const folder = place()
    for (const index of [1, 2, 4]) await complete(folder, index)
    const fails = recorded({folder, shardIndex: 3, pointCount: 2}, () => Promise.reject(new Error('small.yaml:3:4 /axes\n  is no axis')))
    await expect(fails).rejects.toThrow('is no axis')
    writeFileSync(path.join(sweepFiles(folder).logs, '7_1.log'), '48 % · 1 of 2 points\nslurmstepd: error: Detected 1 oom_kill event\n\n')
    const status = await sweepStatus(folder, plan, queue(task(0, 'ended', 'FAILED'), task(1, 'ended', 'OUT_OF_MEMORY')))
    expect(status.states).toEqual({done: 3, running: 0, pending: 0, stopped: 0, failed: 2, missing: 0})
    expect(status.shards[2]).toMatchObject({reason: 'FAILED', lastWords: 'small.yaml:3:4 /axes is no axis'})
    expect(status.shards[4]).toMatchObject({reason: 'OUT_OF_MEMORY', lastWords: 'slurmstepd: error: Detected 1 oom_kill event'})
  })

  it('quotes the error, not the hints that end a log', async () => {
    const folder = place()
    const text = 'UserError: there is no study "smal"\nCode: UNKNOWN_NAME\nTry this:\n  * did you mean small\n  * ridge list\n'
    writeFileSync(path.join(sweepFiles(folder).logs, '7_1.log'), text)
    writeFileSync(path.join(sweepFiles(folder).logs, '7_0.log'), `${text}bash: killed\n`)
    const {shards} = await sweepStatus(folder, plan, queue())
    expect(shards[3]!.lastWords).toBe('there is no study "smal"')
    expect(shards[0]!.lastWords).toBe('bash: killed')
  })

  it('counts a shard that was never submitted as missing, and one that was done when its store is another', async () => {
    const folder = place()
    await complete(folder, 1)
    writeFileSync(shardStore(folder, 1), 'other points')
    const half = {...plan, submissions: [{...plan.submissions[0]!, arrays: [{jobId: '7', tasks: [[1]]}], mergeJobId: null}]}
    const {states, doneCount, merge} = await sweepStatus(folder, half, queue(task(0, 'ended', 'COMPLETED')))
    expect({states, doneCount, merge: merge.state}).toEqual({
      states: {done: 0, running: 0, pending: 0, stopped: 0, failed: 0, missing: 5},
      doneCount: 0,
      merge: 'missing',
    })
  })
})

describe('a shard that ended before it was done', () => {
  const unsubmitted = {...plan, submissions: []}
  const interruption = new UserError('stopped by Ctrl-C: 1 of 2 points are done', {code: 'INTERRUPTED', suggestions: []})

  it('is stopped where a person stopped it, with all that it had done by then', async () => {
    const folder = place()
    const stops = recorded({folder, shardIndex: 1, pointCount: 2}, async (onProgress) => {
      onProgress(1, 0)
      throw interruption
    })
    await expect(stops).rejects.toBe(interruption)
    const status = await sweepStatus(folder, unsubmitted, {tasks: async () => undefined})
    expect(status.shards[0]).toMatchObject({state: 'stopped', doneCount: 1, lastWords: interruption.message})
    expect(status.states).toMatchObject({stopped: 1, failed: 0, missing: 4})
    expect(sweepStatusText(status)).toContain('running 0 · pending 0 · stopped 1 · failed 0 · missing 4')
    expect(sweepStatusText(status)).toMatch(/1 +stopped +1 of 2/)
  })

  it('counts what its store holds where that is more than its record knows, as of one that was killed', async () => {
    const folder = place()
    const store = openStore(shardStore(folder, 4), {mode: 'create'})
    writeGrid(store.space(definition), [132], [1, 8])
    store.close()
    const queued = queue(task(0, 'ended', 'CANCELLED'), task(1, 'ended', 'OUT_OF_MEMORY'))
    const {shards} = await sweepStatus(folder, plan, queued)
    expect(shards.map(({state, doneCount}) => [state, doneCount])).toEqual([
      ['stopped', 0],
      ['stopped', 0],
      ['stopped', 0],
      ['failed', 2],
      ['failed', 0],
    ])
    writeFileSync(shardStore(folder, 4), 'no store')
    expect((await sweepStatus(folder, plan, queued)).shards[3]!.doneCount).toBe(0)
  })

  it('keeps its count while it goes on, until it knows better', async () => {
    const folder = place()
    const stop = recorded({folder, shardIndex: 1, pointCount: 2}, async (onProgress) => {
      onProgress(1, 0)
      throw interruption
    })
    await expect(stop).rejects.toBe(interruption)
    await recorded({folder, shardIndex: 1, pointCount: 2}, async () => {
      expect(shardRecord(folder, 1)).toMatchObject({doneCount: 1, failure: null, isStopped: false})
      writeFileSync(shardStore(folder, 1), 'points')
    })
  })
})

describe('the record of a shard', () => {
  it('forgets an earlier failure once the shard runs again', async () => {
    const folder = place()
    await expect(recorded({folder, shardIndex: 2, pointCount: 2}, () => Promise.reject(new Error('no space left')))).rejects.toThrow()
    expect(shardRecord(folder, 2)).toMatchObject({failure: 'no space left', storeBytes: null})
    await complete(folder, 2)
    expect(shardRecord(folder, 2)).toEqual({
      pointCount: 2,
      doneCount: 2,
      pointsPerSecond: null,
      storeBytes: 6,
      failure: null,
      isStopped: false,
    })
  })
})
