import type {Column} from '../accelerator/machine.js'
import type {Axis} from './axis.js'
import {axesOf} from './space-identity.js'
import type {DesignSpace} from './study.js'

/** Points on their way from indices to results, filled in place and used again. */
export interface PointBatch {
  rowCount: number
  /** Which point of its set each row is. */
  readonly indices: Float64Array
  /** By axis of the space, pass first: the place of a level among the axis's values. */
  readonly columns: readonly Column[]
}

/** The points of a space by index, none of them written down. */
export interface PointSet {
  readonly indexCount: number
  /** Fills a batch with the points among `count` indices from `first` on. */
  readonly fill: (first: number, count: number, batch: PointBatch) => void
}

/** A batch of up to so many points of a space. */
export function pointBatch(space: DesignSpace, rowCapacity: number): PointBatch {
  return {
    rowCount: 0,
    indices: new Float64Array(rowCapacity),
    columns: axesOf(space).map(() => new Float64Array(rowCapacity)),
  }
}

/** Every combination of levels: settings of the pass outermost, the last axis fastest. */
export function gridSet(space: DesignSpace): PointSet {
  const axes = axesOf(space)
  const strides = stridesOf(axes)
  return {
    indexCount: space.pointCount,
    fill: (first, count, batch) => {
      batch.rowCount = count
      for (let row = 0; row < count; row++) batch.indices[row] = first + row
      for (const [index, {values}] of axes.entries()) fillDigits(batch.columns[index]!, first, count, strides[index]!, values.length)
    },
  }
}

/** How many points lie between neighbours along each axis. */
function stridesOf(axes: readonly Axis[]): number[] {
  const strides = axes.map(() => 1)
  for (let axis = axes.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * axes[axis + 1]!.values.length
  return strides
}

function fillDigits(column: Column, first: number, count: number, stride: number, levelCount: number): void {
  let within = first % stride
  let digit = Math.floor(first / stride) % levelCount
  for (let row = 0; row < count; row++) {
    column[row] = digit
    within += 1
    if (within < stride) continue
    within = 0
    digit = digit + 1 === levelCount ? 0 : digit + 1
  }
}
