import {metricNames} from '../cost/metrics.js'
import {type Batch, batchIn, batchMemory, batchRows} from './batch.js'
import type {DesignSpace} from './design-space.js'
import type {PointBatch} from './point-set.js'
import type {PointSink} from './point-sink.js'
import {type SpaceDefinition, spaceIdentity} from './space-identity.js'
import {storedColumns} from './stored-columns.js'
import type {Study} from './study.js'

/** The way of one space's points into their sink. */
export interface Outlet {
  /** Rows whose points the sink does not hold yet, ascending. */
  readonly missingRows: (points: PointBatch) => Int32Array
  /** Takes a batch; small ones are held back, for some seconds at most, and written together. */
  readonly add: (batch: Pick<Batch, 'points' | 'metrics'>, isLastOfRange: boolean) => void
  /** Writes what was held back. */
  readonly flush: () => void
}

/** What a process that is killed may lose; shorter would leave a slow study's points in many small pieces. */
const mostHeldSeconds = 5

/** Opens a space's sink, and finds the codes that it knows the levels of the axes by. */
export function outletOf(study: Study, space: DesignSpace, sinkOf: (definition: SpaceDefinition) => PointSink): Outlet {
  const sink = sinkOf(spaceIdentity(space))
  const stored = storedColumns(space, (axisIndex, values) => sink.codes(axisIndex, values), batchRows)
  let held: Batch | undefined
  let writtenSeconds = performance.now() / 1000

  const write = ({points, metrics}: Pick<Batch, 'points' | 'metrics'>): void => {
    if (points.rowCount === 0) return
    stored.fill(points)
    sink.write({rowCount: points.rowCount, axisCodes: stored.columns, metrics})
    writtenSeconds = performance.now() / 1000
  }
  const flush = (): void => {
    if (held === undefined || held.points.rowCount === 0) return
    write(held)
    held.points.rowCount = 0
  }
  return {
    missingRows: (points) => {
      stored.fill(points)
      return sink.missingRows({rowCount: points.rowCount, axisCodes: stored.columns})
    },
    add: (batch, isLastOfRange) => {
      if (isLastOfRange && (held === undefined || held.points.rowCount === 0)) return write(batch)
      held ??= batchIn(batchMemory(study), space)
      if (held.points.rowCount + batch.points.rowCount > batchRows) flush()
      append(held, batch)
      if (isLastOfRange || performance.now() / 1000 - writtenSeconds > mostHeldSeconds) flush()
    },
    flush,
  }
}

function append(held: Batch, {points, metrics}: Pick<Batch, 'points' | 'metrics'>): void {
  const start = held.points.rowCount
  const move = (from: Float64Array, to: Float64Array): void => to.set(from.subarray(0, points.rowCount), start)
  move(points.indices, held.points.indices)
  for (const [axis, column] of points.columns.entries()) move(column, held.points.columns[axis]!)
  for (const name of metricNames) move(metrics[name], held.metrics[name])
  held.points.rowCount = start + points.rowCount
}
