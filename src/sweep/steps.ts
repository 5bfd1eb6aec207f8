import {batchRows, type RangeTask} from './batch.js'
import {type Outlet, outletOf} from './outlet.js'
import {newPace, type Pace} from './pace.js'
import {passGroups, rowsByPass} from './pass-groups.js'
import {indexCountOf, pointBatch, pointSet} from './point-set.js'
import type {PointSink} from './point-sink.js'
import type {IndexRange} from './shard.js'
import type {SpaceDefinition} from './space-identity.js'
import type {Study} from './study.js'

/** A piece of a sweep: points to compute, or points that are there already. */
export interface Step {
  readonly outlet: Outlet
  readonly pace: Pace
  /** Undefined where nothing of it is missing. */
  readonly task: RangeTask | undefined
  /** Indices that are done with this step. */
  readonly doneCount: number
  /** Points among them: those that were there before, and those that constraints on designs alone removed. */
  readonly pointCount: number
  readonly foundCount: number
  readonly removedCount: number
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
    const spaceCount = indexCountOf(space)
    const end = Math.min(spaceCount, range.endIndex - spaceStart)
    let first = Math.max(0, range.firstIndex - spaceStart)
    spaceStart += spaceCount
    if (first >= end) continue
    const points = pointSet(space, study.constraints, batchRows)
    const [outlet, pace, batch] = [outletOf(study, space, sinkOf), newPace(batchRows), pointBatch(space, batchRows)]
    const groups = passGroups(space.passAxes)
    while (first < end) {
      // Pieces of a shard end where those of the whole study do.
      const indexCount = Math.min(end, (Math.floor(first / batchRows) + 1) * batchRows) - first
      const pointCount = points.fill(first, indexCount, batch)
      const missing = rowsByPass(groups, batch, outlet.missingRows(batch))
      const rest = {
        doneCount: indexCount - missing.length,
        pointCount: pointCount - missing.length,
        foundCount: batch.rowCount - missing.length,
        removedCount: pointCount - batch.rowCount,
      }
      const all = {outlet, pace, isLast: true}
      if (missing.length === 0) yield {...all, ...rest, task: undefined}
      for (let row = 0; row < missing.length; ) {
        const rows = missing.slice(row, row + pace.rowCount())
        row += rows.length
        const task: RangeTask = {kind: 'range', spaceIndex, firstIndex: first, indexCount, rows}
        const isLast = row === missing.length
        const none = {doneCount: 0, pointCount: 0, foundCount: 0, removedCount: 0}
        const others = isLast ? rest : none
        yield {...all, ...others, task, doneCount: rows.length + others.doneCount, pointCount: rows.length + others.pointCount, isLast}
      }
      first += indexCount
    }
  }
}
