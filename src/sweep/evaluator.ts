import type {Column} from '../accelerator/machine.js'
import {type MetricColumns, metricColumns} from '../cost/metrics.js'
import type {Constraint} from './constraint.js'
import type {DesignSpace} from './design-space.js'
import {type Dimension, dimensionsOf, fillAlong} from './dimension.js'
import {designJudge, type Judgement} from './judge.js'
import type {Objective} from './objective.js'
import {placement} from './placement.js'
import {pointRunner} from './point-runner.js'
import {type PointBatch, pointBatch} from './point-set.js'
import {axesOf} from './space-identity.js'

/** Results of designs and what their study thinks of them, a row each; overwritten by the next evaluation. */
export interface EvaluatedDesigns extends Judgement {
  /** Which design each row is, as a sweep would store it. */
  readonly points: PointBatch
  readonly metrics: MetricColumns
}

/** Designs of one space, by where they lie along each of its dimensions. */
export interface Evaluator {
  readonly space: DesignSpace
  readonly dimensions: readonly Dimension[]
  /** `shares[dimension][row]` lies in [0, 1): the same share of the way along the dimension. */
  readonly evaluate: (shares: readonly Column[], rowCount: number) => EvaluatedDesigns
}

/** Evaluates designs of a space anywhere, up to `rowCapacity` at a time, and what its study claims and wants of them. */
export function designEvaluator(
  space: DesignSpace,
  constraints: readonly Constraint[],
  rowCapacity: number,
  wanted: readonly Objective[] = [],
): Evaluator {
  const points = pointBatch(space, rowCapacity)
  const metrics = metricColumns(rowCapacity)
  const place = designPlacer(space, rowCapacity)
  const run = pointRunner(space)
  const judge = designJudge(space, constraints, wanted, rowCapacity)
  return {
    space,
    dimensions: dimensionsOf(space),
    evaluate: (shares, rowCount) => {
      place(shares, rowCount, points)
      run(points, metrics)
      return {points, metrics, ...judge(points, metrics)}
    },
  }
}

/** Puts up to so many designs where they lie along each dimension of a space, and the axes that follow after them. */
export function designPlacer(
  space: DesignSpace,
  rowCapacity: number,
): (shares: readonly Column[], rowCount: number, points: PointBatch) => void {
  const dimensions = dimensionsOf(space)
  const {settle} = placement(axesOf(space), space.accelerator.parameters, rowCapacity, false)
  return (shares, rowCount, points) => {
    points.rowCount = rowCount
    for (const [index, dimension] of dimensions.entries())
      fillAlong(dimension, shares[index]!, rowCount, points.columns[dimension.axisIndex]!)
    settle(points.columns, rowCount)
  }
}
