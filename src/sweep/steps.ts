import {type BatchTask, batchRows} from './batch.js'
import {type Outlet, outletOf} from './outlet.js'
import {newPace, type Pace} from './pace.js'
import {gridSet, pointBatch} from './point-set.js'
import type {IndexRange} from './shard.js'
import type {SpaceDefinition} from './space-identity.js'
import type {Study} from './study.js'
import type {PointSink} from './sweep.js'

/** A piece of a sweep: points to compute, or points that are there already. */
export interface Step {
  readonly outlet: Outlet
  readonly pace: Pace
  /** Undefined where nothing of it is missing. */
  readonly task: BatchTask | undefined
  /** Points that are done with this step, and those of them that were there before. */
  readonly doneCount: number
  readonly foundCount: number
  /** Whether what was held back can be written as one piece after it. */
  readonly isLast: boolean
}

/** The steps of a sweep, in the order of the points; each is worked out when it is asked for. */
export function* stepsOf(
  study: Study,
  range: IndexRange,
  sinkOf: (definition: SpaceDefinition) => PointSink,
): Generator<Step, undefined, undefined> {
  let spaceStart = 0
  for (const [spaceIndex, space] of study.spaces.entries()) {
    const points = gridSet(space)
    const end = Math.min(points.indexCount, range.endIndex - spaceStart)
    let first = Math.max(0, range.firstIndex - spaceStart)
    spaceStart += points.indexCount
    if (first >= end) continue
    const [outlet, pace, batch] = [outletOf(study, space, sinkOf), newPace(batchRows), pointBatch(space, batchRows)]
    while (first < end) {
      // Pieces of a shard end where those of the whole study do.
      const indexCount = Math.min(end, (Math.floor(first / batchRows) + 1) * batchRows) - first
      points.fill(first, indexCount, batch)
      const missing = outlet.missingRows(batch)
      const foundCount = batch.rowCount - missing.length
      const all = {outlet, pace, isLast: true}
      if (missing.length === 0) yield {...all, task: undefined, doneCount: foundCount, foundCount}
      for (let row = 0; row < missing.length; ) {
        const rows = missing.slice(row, row + pace.rowCount())
        row += rows.length
        const task = {spaceIndex, firstIndex: first, indexCount, rows: rows.length === batch.rowCount ? undefined : rows}
        const isLast = row === missing.length
        const found = isLast ? foundCount : 0
        yield {...all, task, doneCount: rows.length + found, foundCount: found, isLast}
      }
      first += indexCount
    }
  }
}
