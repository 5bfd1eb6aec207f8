import type {Column} from '../accelerator/machine.js'
import {type Constraint, constraintColumn} from './constraint.js'
import type {DesignSpace} from './design-space.js'
import {dimensionsOf, fillAlong} from './dimension.js'
import {gridOf} from './grid.js'
import {placement} from './placement.js'
import {shareFills} from './samplers/sampler.js'
import {axesOf} from './space-identity.js'

/** Points on their way from indices to results, filled in place and used again. */
export interface PointBatch {
  rowCount: number
  /** Which point of its set each row is. */
  readonly indices: Float64Array
  /** By axis of the space, pass first: the place of a level among the axis's values, or the value of an axis without levels. */
  readonly columns: readonly Column[]
}

/** The points of a space by index, none of them written down. */
export interface PointSet {
  readonly indexCount: number
  /** Fills a batch with the points among `count` indices from `first` on; how many there are before constraints remove some. */
  readonly fill: (first: number, count: number, batch: PointBatch) => number
}

/** A batch of up to so many points of a space. */
export function pointBatch(space: DesignSpace, rowCapacity: number): PointBatch {
  return {
    rowCount: 0,
    indices: new Float64Array(rowCapacity),
    columns: axesOf(space).map(() => new Float64Array(rowCapacity)),
  }
}

/** How many indices a space has: points, and in a grid such as repeat others; infinite for a grid over an axis without levels. */
export function indexCountOf(space: DesignSpace): number {
  return space.sampler.kind === 'grid' ? gridOf(axesOf(space)).indexCount : space.sampler.pointCount
}

/** The points of a space without those that a constraint of their design alone removes; up to `rowCapacity` are filled at a time. */
export function pointSet(space: DesignSpace, constraints: readonly Constraint[], rowCapacity: number): PointSet {
  const axes = axesOf(space)
  const place = placesOf(space)
  const {columnOf, settle, isPoint} = placement(axes, space.accelerator.parameters, rowCapacity, space.sampler.kind === 'grid')
  const claims = constraints.filter(({stage}) => stage === 'design').map((each) => constraintColumn(each, columnOf, rowCapacity))
  return {
    indexCount: indexCountOf(space),
    fill: (first, count, batch) => {
      batch.rowCount = count
      for (let row = 0; row < count; row++) batch.indices[row] = first + row
      place(first, count, batch.columns)
      settle(batch.columns, count)
      const pointCount = claims.length === 0 ? 0 : onesOf(isPoint, count)
      for (const claim of claims) {
        const met = claim(count)
        for (let row = 0; row < count; row++) if (met[row] !== 1) isPoint[row] = 0
      }
      keepRows(batch, isPoint)
      return claims.length === 0 ? batch.rowCount : pointCount
    },
  }
}

function onesOf(marks: Uint8Array, count: number): number {
  let sum = 0
  for (let row = 0; row < count; row++) sum += marks[row]!
  return sum
}

/** How the free axes of a space are placed at each index: digit by digit, or from a sample. */
export function placesOf(space: DesignSpace): (first: number, count: number, columns: readonly Column[]) => void {
  const {sampler} = space
  if (sampler.kind === 'grid') return gridOf(axesOf(space)).fill
  if (sampler.kind === 'searched') throw new RangeError(`no index tells what ${sampler.optimizer} asks for: that follows from results`)
  const dimensions = dimensionsOf(space)
  const fills = shareFills(
    sampler,
    dimensions.map(({name}) => name),
  )
  return (first, count, columns) => {
    for (const [index, dimension] of dimensions.entries()) {
      const column = columns[dimension.axisIndex]!
      fills[index]!(first, count, column)
      fillAlong(dimension, column, count, column)
    }
  }
}

/** Leaves the rows of a batch that are marked with 1, in their order, and of columns beside it. */
export function keepRows(batch: PointBatch, isKept: Uint8Array, beside: readonly Float64Array[] = []): void {
  const {rowCount, indices, columns} = batch
  let first = 0
  while (first < rowCount && isKept[first] === 1) first++
  if (first === rowCount) return
  for (const column of [indices, ...columns, ...beside]) {
    let kept = first
    for (let row = first; row < rowCount; row++) if (isKept[row] === 1) column[kept++] = column[row]!
  }
  for (let row = first; row < rowCount; row++) first += isKept[row]!
  batch.rowCount = first
}
