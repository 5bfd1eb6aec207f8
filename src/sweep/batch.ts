import type {Column} from '../accelerator/machine.js'
import {type MetricColumns, metricNames} from '../cost/metrics.js'
import type {Constraint} from './constraint.js'
import type {DesignSpace} from './design-space.js'
import {type PointRunner, pointRunner} from './point-runner.js'
import {type PointBatch, type PointSet, pointBatch, pointSet} from './point-set.js'
import {axesOf} from './space-identity.js'
import type {Study} from './study.js'

/** Rows of a batch at most: what a store keeps in one piece. */
export const batchRows = 16_384

/** Points of one space to compute: some rows of those among a range of indices, in this order, but those that constraints remove early. */
export interface RangeTask {
  readonly kind: 'range'
  readonly spaceIndex: number
  readonly firstIndex: number
  readonly indexCount: number
  readonly rows: Int32Array
}

/** Designs of one space to compute as they stand, whatever constraints say of them. */
export interface DesignTask {
  readonly kind: 'designs'
  readonly spaceIndex: number
  readonly points: PointBatch
}

/** What is asked of a team; of one study always the same kind. */
export type Task = RangeTask | DesignTask

/** A batch of points and their results, in one piece of memory that can move to another thread. */
export interface Batch {
  readonly memory: ArrayBuffer
  readonly points: PointBatch
  readonly metrics: MetricColumns
}

/** A batch as it was computed. */
export interface ComputedBatch extends Batch {
  /** Points that were asked for: a constraint on static results may have removed some of them. */
  readonly askedCount: number
}

/** Computes a task into memory that is large enough for any batch of the study. */
export type BatchComputer = (task: Task, memory: ArrayBuffer) => ComputedBatch

/** Memory for a batch of any space of a study. */
export function batchMemory({spaces}: Study): ArrayBuffer {
  const columnCount = 1 + Math.max(...spaces.map((space) => axesOf(space).length)) + metricNames.length
  return new ArrayBuffer(columnCount * batchRows * Float64Array.BYTES_PER_ELEMENT)
}

/** The columns of a batch of one space, as they lie in its memory. */
export function batchIn(memory: ArrayBuffer, space: DesignSpace, rowCount = 0): Batch {
  let start = 0
  const column = (): Column => {
    start += batchRows
    return new Float64Array(memory, (start - batchRows) * Float64Array.BYTES_PER_ELEMENT, batchRows)
  }
  return {
    memory,
    points: {rowCount, indices: column(), columns: axesOf(space).map(column)},
    metrics: Object.fromEntries(metricNames.map((name) => [name, column()])) as MetricColumns,
  }
}

/** Compiles spaces as their batches come; of one space after the other, only the last is kept. */
export function batchComputer({spaces, constraints}: Study): BatchComputer {
  let current: {readonly space: DesignSpace; readonly placed: (task: Task) => PointBatch; readonly run: PointRunner} | undefined
  return (task, memory) => {
    const space = spaces[task.spaceIndex]!
    if (current?.space !== space)
      current = {space, placed: placedPoints(space, constraints), run: pointRunner(space, task.kind === 'range' ? constraints : [])}
    const batch = batchIn(memory, space)
    takeRows(current.placed(task), task.kind === 'range' ? task.rows : undefined, batch.points)
    const askedCount = batch.points.rowCount
    current.run(batch.points, batch.metrics)
    return {...batch, askedCount}
  }
}

/** Where the points of tasks stand: at their indices, or where the task says. */
function placedPoints(space: DesignSpace, constraints: readonly Constraint[]): (task: Task) => PointBatch {
  const range = pointBatch(space, batchRows)
  let set: PointSet | undefined
  return (task) => {
    if (task.kind === 'designs') return task.points
    set ??= pointSet(space, constraints, batchRows)
    set.fill(task.firstIndex, task.indexCount, range)
    return range
  }
}

/** Copies some rows, or all. */
function takeRows(from: PointBatch, rows: Int32Array | undefined, to: PointBatch): void {
  const columns = [from.indices, ...from.columns]
  const rowCount = rows?.length ?? from.rowCount
  for (const [index, column] of [to.indices, ...to.columns].entries())
    for (let row = 0; row < rowCount; row++) column[row] = columns[index]![rows === undefined ? row : rows[row]!]!
  to.rowCount = rowCount
}
