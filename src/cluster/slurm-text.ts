import type {QueuedTask} from './engine.js'
import type {QueueLimits} from './tasks.js'

/** What Slurm says of how much it takes. */
export interface QueueCounts {
  readonly arrayTaskCount: number
  /** Every limit on the jobs of a user, with the ones that are queued. */
  readonly submitCounts: readonly number[]
  readonly queuedCount: number
}

/** The limits that follow; one job is kept for the merge. */
export function queueLimits({arrayTaskCount, submitCounts, queuedCount}: QueueCounts): QueueLimits {
  return {arrayTaskCount, submitCount: submitCounts.length === 0 ? undefined : Math.min(...submitCounts) - queuedCount - 1}
}

/** Limits in what `scontrol show config` prints, and whether accounts have limits beside. */
export function limitsOfConfig(text: string): Omit<QueueCounts, 'queuedCount'> & {readonly isLimited: boolean} {
  const settings = new Map(
    text.split('\n').flatMap((line) => {
      const [, name, value] = /^(\S+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
      return name === undefined || value === undefined ? [] : [[name, value] as const]
    }),
  )
  const scheduled = /(?:^|,)max_array_tasks=(\d+)/.exec(settings.get('SchedulerParameters') ?? '')?.[1]
  return {
    // Places in an array go from 0 to MaxArraySize - 1.
    arrayTaskCount: Math.min(...countIn(settings.get('MaxArraySize')), ...countIn(scheduled)),
    // Slurm refuses the job that would reach MaxJobCount.
    submitCounts: countIn(settings.get('MaxJobCount')).map((count) => count - 1),
    isLimited: /limits|qos|safe/.test(settings.get('AccountingStorageEnforce') ?? ''),
  }
}

/** Limits of the account that is used, in what `sacctmgr show user … withassoc` prints; `qos` is its default one. */
export function limitsOfAccount(
  text: string,
  account: string | undefined,
): {readonly submitCounts: readonly number[]; readonly qos: string} {
  const rows = rowsOf(text).filter(([defaultAccount, own]) => own === (account ?? defaultAccount))
  return {submitCounts: rows.flatMap(([, , , most, shared]) => [...countIn(most), ...countIn(shared)]), qos: rows[0]?.[2] || 'normal'}
}

/** Limits of a quality of service, in what `sacctmgr show qos` prints. */
export function limitsOfQos(text: string, qos: string): readonly number[] {
  return rowsOf(text)
    .filter(([name]) => name === qos)
    .flatMap(([, ofUser, ofAccount]) => [...countIn(ofUser), ...countIn(ofAccount)])
}

const waiting = new Set(['PENDING', 'REQUEUED', 'REQUEUE_FED', 'REQUEUE_HOLD', 'RESV_DEL_HOLD', 'SPECIAL_EXIT', 'CONFIGURING'])
const working = new Set(['RUNNING', 'COMPLETING', 'SUSPENDED', 'STOPPED', 'RESIZING', 'SIGNALING', 'STAGE_OUT'])

/** Tasks in lines of `job|place|state|reason`, as `squeue` is asked for them. */
export function tasksOfQueue(text: string): readonly QueuedTask[] {
  return rowsOf(text).map(([jobId = '', place = '', word = '', reason = '']) => {
    const state = stateOf(word)
    return {jobId, taskIndex: placeIn(place), state, reason: state === 'pending' ? reason : word}
  })
}

/** Tasks that the queue forgot, in lines of `job_place|state`, as `sacct` is asked for them. */
export function tasksOfAccounting(text: string): readonly QueuedTask[] {
  return rowsOf(text).map(([id = '', words = '']) => {
    const [jobId = '', place = ''] = id.split('_')
    const [word = ''] = words.split(' ')
    return {jobId, taskIndex: placeIn(place), state: 'ended', reason: word}
  })
}

/** Whether a job is among some tasks. */
export function mentionsJob(tasks: readonly QueuedTask[], jobId: string): boolean {
  return tasks.some((task) => task.jobId === jobId)
}

function stateOf(word: string): QueuedTask['state'] {
  return waiting.has(word) ? 'pending' : working.has(word) ? 'running' : 'ended'
}

function placeIn(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null
}

function rowsOf(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split('|'))
}

/** A count as a list, empty where there is none: Slurm leaves what is not limited blank. */
function countIn(text: string | undefined): readonly number[] {
  return text !== undefined && /^\d+$/.test(text) ? [Number(text)] : []
}
