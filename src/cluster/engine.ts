import type {QueueLimits} from './tasks.js'

/** What a person asks of the queue for each task. */
export interface TaskSettings {
  readonly partition?: string | undefined
  readonly account?: string | undefined
  readonly qos?: string | undefined
  readonly time?: string | undefined
  readonly memory?: string | undefined
  readonly cpuCount: number
  /** Tasks that may run at once. */
  readonly atOnceCount?: number | undefined
  /** Options of the queue's own, as it takes them. */
  readonly others: readonly string[]
}

export interface JobSettings extends TaskSettings {
  readonly name: string
  /** Where the job runs, and what its log is relative to. */
  readonly folder: string
  readonly script: string
}

/** A task of a queue, or one that it still remembers. */
export interface QueuedTask {
  readonly jobId: string
  /** Its place in its array; null where it is no array. */
  readonly taskIndex: number | null
  readonly state: 'pending' | 'running' | 'ended'
  /** In the queue's own words: why it waits, or how it ended. */
  readonly reason: string
}

/** A queue of a cluster that runs arrays of tasks. */
export interface Engine {
  readonly limits: (settings: TaskSettings) => Promise<QueueLimits>
  /** Submits an array that begins when other jobs have ended, and gives its job's id; task `i` writes to `logs/<id>_<i>.log`. */
  readonly submitArray: (job: JobSettings, taskCount: number, jobIds: readonly string[]) => Promise<string>
  /** Submits a job that runs when others have ended, however they did. */
  readonly submitAfter: (job: JobSettings, jobIds: readonly string[]) => Promise<string>
  /** What the queue knows of some jobs, nothing of those that it forgot; undefined where this machine can't ask it. */
  readonly tasks: (jobIds: readonly string[]) => Promise<readonly QueuedTask[] | undefined>
  readonly cancel: (jobId: string) => Promise<void>
}
