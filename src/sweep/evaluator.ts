import type {Column} from '../accelerator/machine.js'
import {type MetricColumns, metricColumns} from '../cost/metrics.js'
import {type Claim, claimOf} from './claim.js'
import {type Constraint, isResult} from './constraint.js'
import type {DesignSpace} from './design-space.js'
import {type Dimension, dimensionsOf, fillAlong} from './dimension.js'
import type {Objective} from './objective.js'
import {placement} from './placement.js'
import {pointRunner} from './point-runner.js'
import {type PointBatch, pointBatch} from './point-set.js'
import {axesOf} from './space-identity.js'

/** Results of designs, a row each; overwritten by the next evaluation. */
export interface EvaluatedDesigns {
  /** Which design each row is, as a sweep would store it. */
  readonly points: PointBatch
  readonly metrics: MetricColumns
  /** How far each design is beyond its constraints, as a sum of relative excesses: 0 where it meets all, infinite where it has no numbers. */
  readonly violationRatios: Float64Array
  /** The part of it that is known before anything is timed: a sweep stores no design where that is above 0. */
  readonly earlyViolationRatios: Float64Array
  /** By objective asked for, what is to be made small or large. */
  readonly objectives: readonly Column[]
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
  const dimensions = dimensionsOf(space)
  const points = pointBatch(space, rowCapacity)
  const metrics = metricColumns(rowCapacity)
  const violationRatios = new Float64Array(rowCapacity)
  const earlyViolationRatios = new Float64Array(rowCapacity)
  const run = pointRunner(space)
  const {columnOf, settle} = placement(axesOf(space), space.accelerator.parameters, rowCapacity, false)
  const named = (name: string): Column => (isResult(name) ? metrics[name] : columnOf(name))
  const claimsOf = (isEarly: boolean): Claim[] =>
    constraints.filter(({stage}) => (stage !== 'timed') === isEarly).map((constraint) => claimOf(constraint, named, rowCapacity))
  const [early, late] = [claimsOf(true), claimsOf(false)]
  const goals = wanted.map(({column}) => column(named, rowCapacity))
  return {
    space,
    dimensions,
    evaluate: (shares, rowCount) => {
      points.rowCount = rowCount
      for (const [index, dimension] of dimensions.entries())
        fillAlong(dimension, shares[index]!, rowCount, points.columns[dimension.axisIndex]!)
      settle(points.columns, rowCount)
      run(points, metrics)
      earlyViolationRatios.fill(0, 0, rowCount)
      for (const claim of early) claim.addViolation(earlyViolationRatios, rowCount)
      violationRatios.set(earlyViolationRatios.subarray(0, rowCount))
      for (const claim of late) claim.addViolation(violationRatios, rowCount)
      return {points, metrics, violationRatios, earlyViolationRatios, objectives: goals.map((goal) => goal(rowCount))}
    },
  }
}
