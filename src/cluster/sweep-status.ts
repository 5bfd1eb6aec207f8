import {closeSync, existsSync, openSync, readSync, statSync} from 'node:fs'
import path from 'node:path'
import {UserError} from '../foundation/user-error.js'
import {shardRange} from '../sweep/shard.js'
import type {Engine, QueuedTask} from './engine.js'
import {type SweepPlan, shardStore, sweepFiles} from './plan.js'
import {isComplete, keptCount, shardRecord} from './shard-record.js'

/** `stopped` by a person and `failed` otherwise ended before they were done; `missing` was never submitted, or what it computed is gone. */
export const shardStates = ['done', 'running', 'pending', 'stopped', 'failed', 'missing'] as const
export type ShardState = (typeof shardStates)[number]

/** States of shards that nothing computes, or will, until a person says so. */
export const wantingStates: ReadonlySet<ShardState> = new Set(['stopped', 'failed', 'missing'])

/** One shard of a shared sweep. */
export interface ShardStatus {
  readonly shardIndex: number
  readonly state: ShardState
  readonly pointCount: number
  readonly doneCount: number
  readonly pointsPerSecond: number | null
  /** The task that it was last submitted as, `job_place`. */
  readonly task: string | null
  /** Why it waits or how it ended, as the queue says. */
  readonly reason: string | null
  /** What a stopped or failed shard said last; of one that was done, what became of its store. */
  readonly lastWords: string | null
  readonly log: string | null
}

/** How far a shared sweep is. */
export interface SweepStatus {
  readonly study: string
  readonly folder: string
  readonly shardCount: number
  readonly pointCount: number
  readonly doneCount: number
  /** Of the shards that run now; null where none is known. */
  readonly pointsPerSecond: number | null
  readonly remainingSeconds: number | null
  readonly states: Readonly<Record<ShardState, number>>
  readonly shards: readonly ShardStatus[]
  readonly merge: {
    readonly jobId: string | null
    readonly state: 'done' | 'running' | 'pending' | 'failed' | 'missing'
    readonly lastWords: string | null
    readonly points: string
  }
  /** Whether a queue told what waits and runs; without one, a shard that began counts as running until its record says otherwise. */
  readonly isQueueKnown: boolean
  /** Jobs that still hold tasks. */
  readonly liveJobIds: readonly string[]
}

/** How far a shared sweep is, by its shards' records and what the queue knows of their tasks. */
export async function sweepStatus(folder: string, plan: SweepPlan, engine: Pick<Engine, 'tasks'>): Promise<SweepStatus> {
  const jobIds = plan.submissions.flatMap(({arrays, mergeJobId}) => [
    ...arrays.map(({jobId}) => jobId),
    ...(mergeJobId === null ? [] : [mergeJobId]),
  ])
  const isMerged = (): boolean => existsSync(sweepFiles(folder).points)
  const isOver = isMerged() && completeShards(folder, plan).size === plan.shardCount
  const answer = isOver ? [] : await engine.tasks([...new Set(jobIds)])
  // Read after the queue was asked: what ended meanwhile has left its results, and would seem to have failed otherwise.
  const complete = completeShards(folder, plan)
  const queued = answer ?? []
  const isQueueKnown = answer !== undefined && plan.submissions.length > 0
  const queue = new Map(queued.map((task) => [taskName(task.jobId, task.taskIndex), task]))
  const places = placesOf(plan)
  const shards = Array.from({length: plan.shardCount}, (_, index) =>
    shardStatus({folder, plan, complete, queue, isQueueKnown}, index + 1, places.get(index + 1)),
  )
  const countOf = (state: ShardState): number => shards.filter((shard) => shard.state === state).length
  const doneCount = shards.reduce((sum, shard) => sum + shard.doneCount, 0)
  const rates = shards.flatMap(({state, pointsPerSecond}) => (state === 'running' && pointsPerSecond !== null ? [pointsPerSecond] : []))
  const pointsPerSecond = rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0)
  return {
    study: plan.study.name,
    folder,
    shardCount: plan.shardCount,
    pointCount: plan.pointCount,
    doneCount,
    pointsPerSecond,
    remainingSeconds: pointsPerSecond === null || pointsPerSecond === 0 ? null : (plan.pointCount - doneCount) / pointsPerSecond,
    states: Object.fromEntries(shardStates.map((state) => [state, countOf(state)])) as Record<ShardState, number>,
    shards,
    merge: mergeStatus({folder, plan, queue, isQueueKnown}, isMerged() && complete.size === plan.shardCount),
    isQueueKnown,
    liveJobIds: [...new Set(queued.filter(({state}) => state !== 'ended').map(({jobId}) => jobId))],
  }
}

/** Refuses a sweep of which a shard is not complete, by its records alone. */
export function checkComplete(folder: string, plan: SweepPlan): void {
  const complete = completeShards(folder, plan)
  const missing = Array.from({length: plan.shardCount}, (_, index) => index + 1).filter((index) => !complete.has(index))
  if (missing.length === 0) return
  const named = missing.slice(0, 10).join(', ')
  throw new UserError(
    `${missing.length} of ${plan.shardCount} shards ${missing.length === 1 ? 'is' : 'are'} not complete: ${named}${missing.length > 10 ? ' …' : ''}`,
    {
      code: 'SHARDS_INCOMPLETE',
      suggestions: [`\`ridge sweep status ${folder}\` says why`, wayToMissing(folder, plan, missing[0]!, plan.submissions.length > 0)],
    },
  )
}

/** What to do about shards that are missing, of which one is named: a queue is given them again, else people compute them. */
export function wayToMissing(folder: string, {shardCount}: Pick<SweepPlan, 'shardCount'>, shardIndex: number, isQueued: boolean): string {
  return isQueued
    ? 'submit what is missing: the same command with --resume'
    : `compute what is missing: ridge sweep STUDY --shard ${shardIndex}/${shardCount} --out ${folder}`
}

interface Known {
  readonly folder: string
  readonly plan: SweepPlan
  readonly complete: ReadonlySet<number>
  readonly queue: ReadonlyMap<string, QueuedTask>
  readonly isQueueKnown: boolean
}

/** Where a shard was submitted last. */
interface Place {
  readonly jobId: string
  readonly taskIndex: number
  /** The shards of its task that come before it. */
  readonly before: readonly number[]
}

function completeShards(folder: string, {shardCount}: SweepPlan): ReadonlySet<number> {
  const indices = Array.from({length: shardCount}, (_, index) => index + 1)
  return new Set(indices.filter((index) => isComplete(folder, index, shardRecord(folder, index))))
}

function placesOf({submissions}: SweepPlan): ReadonlyMap<number, Place> {
  const places = new Map<number, Place>()
  for (const {arrays} of submissions)
    for (const {jobId, tasks} of arrays)
      for (const [taskIndex, shards] of tasks.entries())
        for (const [position, shard] of shards.entries()) places.set(shard, {jobId, taskIndex, before: shards.slice(0, position)})
  return places
}

function shardStatus({folder, plan, complete, queue, isQueueKnown}: Known, shardIndex: number, place: Place | undefined): ShardStatus {
  const record = shardRecord(folder, shardIndex)
  const {firstIndex, endIndex} = shardRange({shardIndex, shardCount: plan.shardCount}, plan.pointCount)
  const name = place === undefined ? null : taskName(place.jobId, place.taskIndex)
  const task = name === null ? undefined : queue.get(name)
  const log = name === null ? null : path.join(sweepFiles(folder).logs, `${name}.log`)
  const isGone = record !== undefined && record.storeBytes !== null
  const state = ((): ShardState => {
    if (complete.has(shardIndex)) return 'done'
    if (task?.state === 'pending') return 'pending'
    if (task?.state === 'running' && place !== undefined) return place.before.every((other) => complete.has(other)) ? 'running' : 'pending'
    if (isGone) return 'missing'
    if (!isQueueKnown && record?.failure === null) return 'running'
    if (place === undefined && (isQueueKnown || record === undefined)) return 'missing'
    if (!isQueueKnown && record === undefined) return 'pending'
    return record?.isStopped || task?.reason === 'CANCELLED' ? 'stopped' : 'failed'
  })()
  const isEnded = state === 'stopped' || state === 'failed'
  const isCounted = state === 'done' || (!isGone && state !== 'missing')
  const keptOrRecorded = isEnded ? keptCount(folder, shardIndex, record) : (record?.doneCount ?? 0)
  return {
    shardIndex,
    state,
    pointCount: endIndex - firstIndex,
    doneCount: isCounted ? Math.min(keptOrRecorded, endIndex - firstIndex) : 0,
    pointsPerSecond: state === 'running' ? (record?.pointsPerSecond ?? null) : null,
    task: name,
    reason: state === 'done' ? null : (task?.reason ?? null),
    lastWords: state === 'missing' && isGone ? lossOf(folder, shardIndex) : isEnded ? (record?.failure ?? lastWordsOf(log)) : null,
    log,
  }
}

/** Why a shard that was done counts no more. */
function lossOf(folder: string, shardIndex: number): string {
  return existsSync(shardStore(folder, shardIndex)) ? 'its store was changed or cut short after it was done' : 'its store is gone'
}

function mergeStatus({folder, plan, queue, isQueueKnown}: Omit<Known, 'complete'>, isDone: boolean): SweepStatus['merge'] {
  const {submissions} = plan
  const {points, logs} = sweepFiles(folder)
  const jobId = submissions.findLast((submission) => submission.mergeJobId !== null)?.mergeJobId ?? null
  if (isDone) return {jobId, state: 'done', lastWords: null, points}
  if (jobId === null) return {jobId, state: 'missing', lastWords: null, points}
  const task = queue.get(taskName(jobId, null))
  if (task !== undefined && task.state !== 'ended') return {jobId, state: task.state, lastWords: null, points}
  if (!isQueueKnown) return {jobId, state: 'pending', lastWords: null, points}
  return {jobId, state: 'failed', lastWords: lastWordsOf(path.join(logs, `merge-${jobId}.log`)), points}
}

function taskName(jobId: string, taskIndex: number | null): string {
  return taskIndex === null ? jobId : `${jobId}_${taskIndex}`
}

const tailBytes = 4096

/** What a log ends with: its last line, or the error of which that line is the hint; null where there is none. */
function lastWordsOf(log: string | null): string | null {
  const size = log === null ? 0 : (statSync(log, {throwIfNoEntry: false})?.size ?? 0)
  if (log === null || size === 0) return null
  const tail = Buffer.alloc(Math.min(size, tailBytes))
  const file = openSync(log, 'r')
  try {
    readSync(file, tail, 0, tail.length, size - tail.length)
  } finally {
    closeSync(file)
  }
  const lines = tail.toString('utf8').trimEnd().split('\n')
  const last = lines.at(-1)?.trim() ?? ''
  if (!/^(Code: |Try this:|\* )/.test(last)) return last || null
  return lines.findLast((line) => errorLine.test(line))?.replace(errorLine, '') ?? last
}

const errorLine = /^\w*Error: /
