import {type MetricColumns, metricColumns} from '../cost/metrics.js'
import type {Constraint} from './constraint.js'
import {keepRows} from './keep-rows.js'
import {pointRunner} from './point-runner.js'
import {pointBatch, pointSet} from './point-set.js'
import {type SpaceDefinition, spaceIdentity} from './space-identity.js'
import {storedColumns} from './stored-columns.js'
import type {DesignSpace, Study} from './study.js'

/** Points by the axes of their space's definition: codes of levels, and numbers of other axes. */
export interface PointColumns {
  readonly rowCount: number
  readonly axisCodes: readonly (Int32Array | Float64Array)[]
}

/** Where points go, and what is there already; a store's space is one. */
export interface PointSink {
  readonly codes: (axisIndex: number, values: readonly (number | string)[]) => Int32Array
  /** Indices of the rows that are not there yet. */
  readonly missingRows: (points: PointColumns) => Int32Array
  readonly write: (batch: PointColumns & {readonly metrics: MetricColumns}) => number
}

export interface SweepOptions {
  readonly sinkOf: (definition: SpaceDefinition) => PointSink
  readonly signal?: AbortSignal
  readonly onProgress?: (doneCount: number) => void
}

export interface SweepCounts {
  /** Points that the study describes, and those of them that were computed now. */
  readonly pointCount: number
  readonly computedCount: number
}

/** Rows stored in one transaction. */
const batchRows = 16_384

/** Evaluates every point of a study that its sink does not hold yet; an abort loses at most the batch in flight. */
export async function sweep(study: Study, options: SweepOptions): Promise<SweepCounts> {
  const counts = {pointCount: 0, computedCount: 0}
  for (const space of study.spaces) await sweepSpace(space, study.constraints, options, counts)
  return counts
}

type Counts = {-readonly [Name in keyof SweepCounts]: SweepCounts[Name]}

async function sweepSpace(
  space: DesignSpace,
  constraints: readonly Constraint[],
  {sinkOf, signal, onProgress}: SweepOptions,
  counts: Counts,
): Promise<void> {
  const sink = sinkOf(spaceIdentity(space))
  const stored = storedColumns(space, (axisIndex, values) => sink.codes(axisIndex, values), batchRows)
  const points = pointSet(space, constraints, batchRows)
  const run = pointRunner(space, constraints)
  const batch = pointBatch(space, batchRows)
  const metrics = metricColumns(batchRows)

  for (let first = 0; first < points.indexCount; first += batchRows) {
    signal?.throwIfAborted()
    const count = Math.min(batchRows, points.indexCount - first)
    points.fill(first, count, batch)
    stored.fill(batch)
    const missing = sink.missingRows({rowCount: batch.rowCount, axisCodes: stored.columns})
    if (missing.length > 0) {
      keepRows(batch, marked(missing, batch.rowCount))
      run(batch, metrics)
      stored.fill(batch)
      sink.write({rowCount: batch.rowCount, axisCodes: stored.columns, metrics})
      counts.computedCount += batch.rowCount
    }
    counts.pointCount += count
    onProgress?.(counts.pointCount)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function marked(rows: Int32Array, rowCount: number): Uint8Array {
  const marks = new Uint8Array(rowCount)
  for (const row of rows) marks[row] = 1
  return marks
}
