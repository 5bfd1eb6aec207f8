import {availableParallelism} from 'node:os'
import type {ResourceLimits} from 'node:worker_threads'
import {otherTurns} from '../foundation/other-turns.js'
import {startThread, type Thread} from '../foundation/thread.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import {type Batch, batchComputer, batchIn, batchMemory, type ComputedBatch, type Task} from './batch.js'
import type {Study, StudyOptions} from './study.js'
import {type StudyPins, studyPins} from './study-pins.js'

/** Who computes batches: this thread, or some of its own. */
export interface Team {
  readonly threadCount: number
  /** Batches under way or computed and not given back, at most: what bounds memory. */
  readonly batchCount: number
  /** Computes a task, the first of so many points that are left to do. */
  readonly compute: (task: Task, leftCount: number) => Promise<TimedBatch>
  readonly giveBack: (batch: Batch) => void
  readonly dismiss: () => Promise<void>
}

export interface TimedBatch extends ComputedBatch {
  readonly seconds: number
}

/** What a thread is started with: the study as this thread read it. */
export interface TeamData {
  readonly file: string
  readonly asked: StudyOptions
  readonly pins: StudyPins
}

/** What a thread says of a batch. */
export interface ComputedRows {
  readonly memory: ArrayBuffer
  readonly rowCount: number
  readonly askedCount: number
  readonly seconds: number
}

export interface TeamOptions {
  /** Threads that compute, from the start; 1 is this one. As many as there are cores, as soon as that pays, unless told. */
  readonly workerCount?: number | undefined
  /** What a thread may use of memory. */
  readonly workerLimits?: ResourceLimits | undefined
}

/** For each thread one batch under way, one that waits for it, and one that is being stored. */
const batchesPerThread = 3
/** Threads take about this long to read the study and to compile it: with less than this left to compute, they do not pay. */
const startSeconds = 1
/** The first batches take longer than those after them, as programs are compiled: what is left is estimated after this long. */
const trialSeconds = 0.3

/** A team of so many threads, or where nobody said how many, of this thread until more of them pay. */
export function teamOf(study: Study, {workerCount, workerLimits}: TeamOptions): Team {
  const coreCount = availableParallelism()
  if (workerCount === 1 || (workerCount === undefined && coreCount === 1)) return localTeam(study)
  return workerCount === undefined ? growingTeam(study, coreCount, workerLimits) : threadTeam(study, workerCount, workerLimits)
}

/** This thread, and from the moment when they pay, some threads in its place. */
function growingTeam(study: Study, threadCount: number, limits: ResourceLimits | undefined): Team {
  let team = localTeam(study)
  let [computedSeconds, secondsPerRow] = [0, 0]
  return {
    get threadCount() {
      return team.threadCount
    },
    get batchCount() {
      return team.batchCount
    },
    compute: async (task, leftCount) => {
      const isLocal = team.threadCount === 1
      if (isLocal && computedSeconds > trialSeconds && secondsPerRow * leftCount > startSeconds)
        team = threadTeam(study, threadCount, limits)
      const batch = await team.compute(task, leftCount)
      if (team.threadCount === 1) {
        computedSeconds += batch.seconds
        secondsPerRow = batch.seconds / batch.askedCount
      }
      return batch
    },
    giveBack: (batch) => team.giveBack(batch),
    dismiss: () => team.dismiss(),
  }
}

/** This thread alone: between batches, what waits has its turn, such as an interrupt. */
function localTeam(study: Study): Team {
  const compute = batchComputer(study)
  let memory: ArrayBuffer | undefined
  return {
    threadCount: 1,
    batchCount: 1,
    compute: async (task) => {
      await otherTurns()
      memory ??= batchMemory(study)
      const startSeconds = performance.now() / 1000
      const batch = compute(task, memory)
      return {...batch, seconds: performance.now() / 1000 - startSeconds}
    },
    giveBack: () => {},
    dismiss: async () => {},
  }
}

interface Member {
  readonly thread: Thread<{readonly task: Task; readonly memory: ArrayBuffer}, ComputedRows>
  askedCount: number
}

/** Threads of their own, each started with the first batch that it is asked for. */
function threadTeam(study: Study, threadCount: number, limits: ResourceLimits | undefined): Team {
  const data: TeamData = {file: study.file, asked: study.asked, pins: studyPins(study)}
  const members: Member[] = []
  const memories: ArrayBuffer[] = []
  const leastBusy = (): Member => {
    const least = members.reduce<Member | undefined>((a, b) => (a === undefined || b.askedCount < a.askedCount ? b : a), undefined)
    if (least !== undefined && (least.askedCount === 0 || members.length === threadCount)) return least
    const added = {thread: startThread('sweep/sweep-thread.js', {data, limits}), askedCount: 0} as Member
    members.push(added)
    return added
  }
  return {
    threadCount,
    batchCount: batchesPerThread * threadCount,
    compute: async (task) => {
      const member = leastBusy()
      member.askedCount++
      const moved = memories.pop() ?? batchMemory(study)
      const {memory, rowCount, askedCount, seconds} = await member.thread.ask({task, memory: moved}, [moved]).catch((error: Error) => {
        throw threadFailure(error, study, task)
      })
      member.askedCount--
      return {...batchIn(memory, study.spaces[task.spaceIndex]!, rowCount), askedCount, seconds}
    },
    giveBack: ({memory}) => memories.push(memory),
    dismiss: async () => {
      await Promise.all(members.map(({thread}) => thread.end()))
    },
  }
}

/** What a person can do about a thread that is gone; their own mistakes keep their words. */
function threadFailure(error: Error & {readonly code?: string}, study: Study, task: Task): UserError {
  if (error instanceof UserError) return error
  const {label, model} = study.spaces[task.spaceIndex]!
  const during = `while it computed ${namedPoints(task, study)} of ${label} with ${model.name}`
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return new UserError(`a worker thread ran out of memory ${during}`, {
      code: 'WORKER_OUT_OF_MEMORY',
      suggestions: ['run the same command again with fewer --workers; it goes on where it stopped'],
      cause: error,
    })
  return new UserError(`a worker thread failed (${error.message}) ${during}`, {
    code: 'WORKER_FAILED',
    exitCode: exitCodes.bug,
    suggestions: ['run the same command again; it goes on where it stopped', 'with --workers 1 the place of the fault is shown'],
    cause: error,
  })
}

function namedPoints(task: Task, {spaces}: Study): string {
  const {pointCount} = spaces[task.spaceIndex]!
  if (task.kind === 'designs') return `${task.points.rowCount} designs`
  const [first, last] = [Math.min(...task.rows), Math.max(...task.rows)].map((row) => task.firstIndex + row + 1)
  return `points ${first} to ${last} of the ${pointCount}`
}
