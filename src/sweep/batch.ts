import {createHash} from 'node:crypto'
import type {Column} from '../accelerator/machine.js'
import {type MetricColumns, metricNames} from '../cost/metrics.js'
import type {DesignSpace} from './design-space.js'
import {type PointRunner, pointRunner} from './point-runner.js'
import {type PointBatch, type PointSet, pointBatch, pointSet} from './point-set.js'
import {axesOf, ruleOf, spaceIdentity} from './space-identity.js'
import type {Study} from './study.js'

/** Rows of a batch at most: what a store keeps in one piece. */
export const batchRows = 16_384

/** Points of one space to compute: some rows of those among a range of indices, in this order. */
export interface BatchTask {
  readonly spaceIndex: number
  readonly firstIndex: number
  readonly indexCount: number
  readonly rows: Int32Array
}

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
export type BatchComputer = (task: BatchTask, memory: ArrayBuffer) => ComputedBatch

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
  let current: {readonly space: DesignSpace; readonly set: PointSet; readonly range: PointBatch; readonly run: PointRunner} | undefined
  return ({spaceIndex, firstIndex, indexCount, rows}, memory) => {
    const space = spaces[spaceIndex]!
    if (current?.space !== space)
      current = {
        space,
        set: pointSet(space, constraints, batchRows),
        range: pointBatch(space, batchRows),
        run: pointRunner(space, constraints),
      }
    const {set, range, run} = current
    const batch = batchIn(memory, space)
    set.fill(firstIndex, indexCount, range)
    takeRows(range, rows, batch.points)
    run(batch.points, batch.metrics)
    return {...batch, askedCount: rows.length}
  }
}

function takeRows(from: PointBatch, rows: Int32Array, to: PointBatch): void {
  const columns = [from.indices, ...from.columns]
  for (const [index, column] of [to.indices, ...to.columns].entries())
    for (let row = 0; row < rows.length; row++) column[row] = columns[index]![rows[row]!]!
  to.rowCount = rows.length
}

/** What tells two readings of a study apart: everything that decides its points and their numbers. */
export function studyDigest({spaces, constraints}: Study): string {
  const parts = spaces.map((space) => [spaceIdentity(space), axesOf(space).map(ruleOf), space.sampler])
  const early = constraints.map(({text}) => text)
  return createHash('sha256')
    .update(JSON.stringify([parts, early]))
    .digest('hex')
}
