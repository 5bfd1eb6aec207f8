import type {MetricColumns} from '../cost/metrics.js'
import type {Outlet} from './outlet.js'
import {gridSet} from './point-set.js'
import {type Shard, shardRange, wholeStudy} from './shard.js'
import type {SpaceDefinition} from './space-identity.js'
import {type Step, stepsOf} from './steps.js'
import type {Study} from './study.js'
import {type TeamOptions, type TimedBatch, teamOf} from './team.js'

/** Where points go, and what is there already; a store's space is one. */
export interface PointSink {
  readonly codes: (axisIndex: number, values: readonly (number | string)[]) => Int32Array
  /** Indices of the rows that are not there yet. */
  readonly missingRows: (points: {readonly rowCount: number; readonly axisCodes: readonly Int32Array[]}) => Int32Array
  readonly write: (batch: {readonly rowCount: number; readonly axisCodes: readonly Int32Array[]; readonly metrics: MetricColumns}) => number
}

export interface SweepOptions extends TeamOptions {
  readonly sinkOf: (definition: SpaceDefinition) => PointSink
  readonly signal?: AbortSignal
  /** Points that are done, and those of them that were there before. */
  readonly onProgress?: (doneCount: number, foundCount: number) => void
  /** The part of the study to evaluate; all of it unless told. */
  readonly shard?: Shard
}

export interface SweepCounts {
  /** Points that were asked for, and those of them that were computed now. */
  readonly pointCount: number
  readonly computedCount: number
}

interface Queued {
  readonly step: Step
  readonly batch: Promise<TimedBatch> | undefined
}

/** Evaluates every point of a study, or of its shard, that its sink does not hold yet; an abort loses at most the batches in flight. */
export async function sweep(study: Study, options: SweepOptions): Promise<SweepCounts> {
  const {shard = wholeStudy, signal, onProgress} = options
  const range = shardRange(shard, indexCountOf(study))
  const steps = stepsOf(study, range, options.sinkOf)
  const team = teamOf(study, options)
  const queue: Queued[] = []
  let [doneCount, foundCount] = [0, 0]
  let outlet: Outlet | undefined
  const dispatch = (): void => {
    while (queue.length < team.batchCount) {
      const {value: step} = steps.next()
      if (step === undefined) return
      const batch = step.task && team.compute(step.task, range.endIndex - range.firstIndex - doneCount)
      // A batch that fails behind one that failed before has nobody who waits for it.
      batch?.catch(() => {})
      queue.push({step, batch})
    }
  }
  try {
    for (;;) {
      signal?.throwIfAborted()
      dispatch()
      const head = queue.shift()
      if (head === undefined) break
      const {step} = head
      outlet = step.outlet
      const batch = await untilAborted(head.batch ?? otherTurns(), signal)
      if (batch !== undefined) {
        outlet.add(batch, step.isLast)
        step.pace.observe(batch.points.rowCount, batch.seconds)
        team.giveBack(batch)
      }
      doneCount += step.doneCount
      foundCount += step.foundCount
      onProgress?.(doneCount, foundCount)
    }
  } catch (error) {
    outlet?.flush()
    throw error
  } finally {
    await team.dismiss()
  }
  return {pointCount: doneCount, computedCount: doneCount - foundCount}
}

/** Points that a study describes. */
export function indexCountOf({spaces}: Study): number {
  return spaces.reduce((sum, space) => sum + gridSet(space).indexCount, 0)
}

/** What waits has its turn, such as an interrupt. */
async function otherTurns(): Promise<undefined> {
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/** A result, unless the signal is aborted before. */
function untilAborted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return result
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', stop, {once: true})
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
