import type {MetricColumns} from '../cost/metrics.js'

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
