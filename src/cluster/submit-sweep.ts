import path from 'node:path'
import {UserError} from '../foundation/user-error.js'
import {writeWhole} from '../foundation/write-whole.js'
import type {Study} from '../sweep/study.js'
import type {Engine, JobSettings, TaskSettings} from './engine.js'
import {
  checkPlan,
  makeSweepFolders,
  newPlan,
  planIn,
  planOf,
  type Submission,
  type SubmittedArray,
  type SweepPlan,
  sweepFiles,
  writePlan,
} from './plan.js'
import {arrayScript, mergeScript} from './scripts.js'
import {type SweepStatus, sweepStatus, wantingStates} from './sweep-status.js'
import {arraysOf} from './tasks.js'

export interface SubmitOptions {
  readonly folder: string
  readonly pointCount: number
  readonly shardCount: number | undefined
  readonly isResumed: boolean
  /** Words of a shell that run ridge on a node. */
  readonly ridge: string
  readonly tasks: TaskSettings
}

/** What one command put into the queue. */
export interface SubmittedSweep {
  readonly study: string
  readonly folder: string
  readonly pointCount: number
  readonly shardCount: number
  /** Shards that were submitted now. */
  readonly shardIndices: readonly number[]
  readonly arrays: readonly SubmittedArray[]
  readonly mergeJobId: string | null
  /** How far the sweep was before. */
  readonly before: SweepStatus
}

/** Shares a study among the tasks of a queue, or submits what a shared one still misses, and a job that joins the shards. */
export async function submitSweep(study: Study, options: SubmitOptions, engine: Engine): Promise<SubmittedSweep> {
  const folder = path.resolve(options.folder)
  const plan = plannedSweep(study, folder, options)
  const limits = await engine.limits(options.tasks)
  const before = await sweepStatus(folder, plan, engine)
  const shards = before.shards.filter(({state}) => wantingStates.has(state)).map(({shardIndex}) => shardIndex)
  const groups = arraysOf(shards, limits)
  makeSweepFolders(folder)
  const queue = queueWriter(folder, plan)
  const job = (name: string, script: string): JobSettings => ({
    ...options.tasks,
    name: `ridge-${study.name}`,
    folder,
    script: queue.script(name, script),
  })
  const {file: studyFile, fidelity} = plan.study
  const settings = {ridge: options.ridge, studyFile, fidelity, workerCount: options.tasks.cpuCount, shardCount: plan.shardCount, folder}

  for (const [index, tasks] of groups.entries()) {
    // Each array knows of its own tasks alone: a limit on how many run holds for several in turn.
    const last = options.tasks.atOnceCount === undefined ? undefined : queue.submission().arrays.at(-1)
    const after = last === undefined ? [] : [last.jobId]
    queue.add({jobId: await engine.submitArray(job(`array-${index + 1}`, arrayScript(settings, tasks)), tasks.length, after), tasks})
  }
  const {jobId: oldMerge, state: mergeState} = before.merge
  if (shards.length > 0 || mergeState === 'failed' || mergeState === 'missing') {
    const isReplaced = oldMerge !== null && mergeState === 'pending'
    if (isReplaced) await engine.cancel(oldMerge)
    const live = before.liveJobIds.filter((id) => !isReplaced || id !== oldMerge)
    queue.merge(
      await engine.submitAfter(job('merge', mergeScript(settings)), [...live, ...queue.submission().arrays.map(({jobId}) => jobId)]),
    )
  }
  const {arrays, mergeJobId} = queue.submission()
  return {
    study: study.name,
    folder,
    pointCount: plan.pointCount,
    shardCount: plan.shardCount,
    shardIndices: shards,
    arrays,
    mergeJobId,
    before,
  }
}

/** The plan to go on with, or a new one; never one that replaces another. */
function plannedSweep(study: Study, folder: string, {isResumed, shardCount, pointCount}: SubmitOptions): SweepPlan {
  const there = isResumed ? planOf(folder) : planIn(folder)
  if (there === undefined) {
    if (shardCount === undefined)
      throw new UserError('--engine slurm needs to know in how many shards to share the study', {
        code: 'SHARDS_UNKNOWN',
        suggestions: ['name it, as in --shards 64'],
      })
    return newPlan(study, shardCount, pointCount)
  }
  if (!isResumed)
    throw new UserError(`${folder} already holds a sweep of ${there.shardCount} shards`, {
      code: 'PLAN_EXISTS',
      suggestions: ['add --resume to submit what it still misses', 'or name another folder with --out'],
    })
  checkPlan(there, study, folder)
  if (shardCount !== undefined && shardCount !== there.shardCount)
    throw new UserError(`the sweep in ${folder} has ${there.shardCount} shards, not ${shardCount}`, {
      code: 'PLAN_OTHER_SHARDS',
      suggestions: ['leave out --shards, or sweep into another folder'],
    })
  return there
}

/** Keeps in the plan what was submitted, job by job, so that a refusal in the middle loses none. */
function queueWriter(folder: string, plan: SweepPlan) {
  const number = plan.submissions.length + 1
  let submission: Submission = {submittedAt: new Date().toISOString(), arrays: [], mergeJobId: null}
  const keep = (change: Partial<Submission>): void => {
    submission = {...submission, ...change}
    writePlan(folder, {...plan, submissions: [...plan.submissions, submission]})
  }
  return {
    submission: () => submission,
    script: (name: string, text: string): string => {
      const file = path.join(sweepFiles(folder).jobs, `${number}-${name}.sh`)
      writeWhole(file, text, 0o755)
      return file
    },
    add: (array: SubmittedArray): void => keep({arrays: [...submission.arrays, array]}),
    merge: (mergeJobId: string): void => keep({mergeJobId}),
  }
}
