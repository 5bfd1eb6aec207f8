import {inOrder} from './in-order.js'
import type {Outlet} from './outlet.js'
import {indexCountOf} from './point-set.js'
import type {PointSink} from './point-sink.js'
import {type Shard, shardRange, wholeStudy} from './shard.js'
import type {SpaceDefinition} from './space-identity.js'
import {stepsOf} from './steps.js'
import type {Study} from './study.js'
import {type TeamOptions, teamOf} from './team.js'

export interface SweepOptions extends TeamOptions {
  readonly sinkOf: (definition: SpaceDefinition) => PointSink
  readonly signal?: AbortSignal
  /** Indices that are done, and the points among them that were there before. */
  readonly onProgress?: (doneCount: number, foundCount: number) => void
  /** The part of the study to evaluate; all of it unless told. */
  readonly shard?: Shard
}

export interface SweepCounts {
  /** Points that were asked for, those of them that were computed and stored now, and those that constraints kept from it. */
  readonly pointCount: number
  readonly computedCount: number
  readonly removedCount: number
}

/** Evaluates every point of a study, or of its shard, that its sink does not hold yet; an abort loses at most the batches in flight. */
export async function sweep(study: Study, options: SweepOptions): Promise<SweepCounts> {
  const {shard = wholeStudy, signal, onProgress} = options
  const range = shardRange(shard, studyIndexCount(study))
  const team = teamOf(study, options)
  const counts = {pointCount: 0, computedCount: 0, removedCount: 0}
  let [doneCount, foundCount] = [0, 0]
  let outlet: Outlet | undefined
  const leftCount = (): number => range.endIndex - range.firstIndex - doneCount
  try {
    for await (const {piece: step, batch} of inOrder(team, stepsOf(study, range, options.sinkOf), leftCount, signal)) {
      outlet = step.outlet
      if (batch !== undefined) {
        const {rowCount} = batch.points
        counts.computedCount += rowCount
        counts.removedCount += batch.askedCount - rowCount
        outlet.add(batch, step.isLast)
        step.pace.observe(batch.askedCount, batch.seconds)
      }
      counts.pointCount += step.pointCount
      counts.removedCount += step.removedCount
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
  return counts
}

/** Indices of all points of a study, over its spaces in order. */
export function studyIndexCount({spaces}: Study): number {
  return spaces.reduce((sum, space) => sum + indexCountOf(space), 0)
}
