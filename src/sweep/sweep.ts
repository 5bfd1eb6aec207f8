import {type MetricColumns, metricColumns} from '../cost/metrics.js'
import {pointRunner} from './point-runner.js'
import {gridSet, type PointBatch, pointBatch} from './point-set.js'
import {type IndexRange, type Shard, shardRange, wholeStudy} from './shard.js'
import {axesOf, type SpaceDefinition, spaceIdentity, storable} from './space-identity.js'
import type {DesignSpace, Study} from './study.js'

/** Where points go, and what is there already; a store's space is one. */
export interface PointSink {
  readonly codes: (axisIndex: number, values: readonly (number | string)[]) => Int32Array
  /** Indices of the rows that are not there yet. */
  readonly missingRows: (points: {readonly rowCount: number; readonly axisCodes: readonly Int32Array[]}) => Int32Array
  readonly write: (batch: {readonly rowCount: number; readonly axisCodes: readonly Int32Array[]; readonly metrics: MetricColumns}) => number
}

export interface SweepOptions {
  readonly sinkOf: (definition: SpaceDefinition) => PointSink
  readonly signal?: AbortSignal
  readonly onProgress?: (doneCount: number) => void
  /** The part of the study to evaluate; all of it unless told. */
  readonly shard?: Shard
}

export interface SweepCounts {
  /** Points that the study describes, and those of them that were computed now. */
  readonly pointCount: number
  readonly computedCount: number
}

/** Rows stored in one transaction. */
const batchRows = 16_384

/** Evaluates every point of a study, or of its shard, that its sink does not hold yet; an abort loses at most the batch in flight. */
export async function sweep(study: Study, options: SweepOptions): Promise<SweepCounts> {
  const counts = {pointCount: 0, computedCount: 0}
  const pointCount = study.spaces.reduce((sum, space) => sum + space.pointCount, 0)
  const {firstIndex, endIndex} = shardRange(options.shard ?? wholeStudy, pointCount)
  let before = 0
  for (const space of study.spaces) {
    const range = {firstIndex: Math.max(0, firstIndex - before), endIndex: Math.min(space.pointCount, endIndex - before)}
    if (range.firstIndex < range.endIndex) await sweepSpace(space, range, options, counts)
    before += space.pointCount
  }
  return counts
}

type Counts = {-readonly [Name in keyof SweepCounts]: SweepCounts[Name]}

async function sweepSpace(
  space: DesignSpace,
  {firstIndex, endIndex}: IndexRange,
  {sinkOf, signal, onProgress}: SweepOptions,
  counts: Counts,
): Promise<void> {
  const sink = sinkOf(spaceIdentity(space))
  const axes = axesOf(space)
  const codes = axes.map(({values}, index) => sink.codes(index, values.map(storable)))
  const points = gridSet(space)
  const run = pointRunner(space)
  const batch = pointBatch(space, batchRows)
  const metrics = metricColumns(batchRows)
  const axisCodes = axes.map(() => new Int32Array(batchRows))

  for (let first = firstIndex; first < endIndex; first += batchRows) {
    signal?.throwIfAborted()
    const count = Math.min(batchRows, endIndex - first)
    points.fill(first, count, batch)
    storedCodes(batch, codes, axisCodes)
    const missing = sink.missingRows({rowCount: batch.rowCount, axisCodes})
    if (missing.length > 0) {
      keepRows(batch, missing)
      storedCodes(batch, codes, axisCodes)
      run(batch, metrics)
      sink.write({rowCount: batch.rowCount, axisCodes, metrics})
    }
    counts.pointCount += count
    counts.computedCount += missing.length
    onProgress?.(counts.pointCount)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** The codes that stand in a store for the levels of a batch. */
function storedCodes({rowCount, columns}: PointBatch, codes: readonly Int32Array[], out: readonly Int32Array[]): void {
  for (const [axis, column] of columns.entries()) {
    for (let row = 0; row < rowCount; row++) out[axis]![row] = codes[axis]![column[row]!]!
  }
}

/** Leaves only some rows of a batch, given in ascending order. */
function keepRows(batch: PointBatch, rows: Int32Array): void {
  if (rows.length === batch.rowCount) return
  for (const column of [batch.indices, ...batch.columns]) for (let row = 0; row < rows.length; row++) column[row] = column[rows[row]!]!
  batch.rowCount = rows.length
}
