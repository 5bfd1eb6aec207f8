import type {Column} from '../accelerator/machine.js'
import type {Metric, MetricColumns} from '../cost/metrics.js'
import {type Claim, claimOf} from './claim.js'
import {type Constraint, isResult} from './constraint.js'
import type {DesignSpace} from './design-space.js'
import type {Objective} from './objective.js'
import {placement} from './placement.js'
import type {PointBatch} from './point-set.js'
import {axesOf} from './space-identity.js'

/** What a study thinks of designs, a row each; overwritten by the next judgement. */
export interface Judgement {
  /** How far each design is beyond its constraints, as a sum of relative excesses: 0 where it meets all, infinite where it has no numbers. */
  readonly violationRatios: Float64Array
  /** The part of it that is known before anything is timed: a sweep stores no design where that is above 0. */
  readonly earlyViolationRatios: Float64Array
  /** By objective asked for, what is to be made small or large. */
  readonly objectives: readonly Column[]
}

/** Judges up to so many designs of a space at a time, by where they stand and by their results. */
export function designJudge(
  space: DesignSpace,
  constraints: readonly Constraint[],
  wanted: readonly Objective[],
  rowCapacity: number,
): (points: PointBatch, metrics: MetricColumns) => Judgement {
  const violationRatios = new Float64Array(rowCapacity)
  const earlyViolationRatios = new Float64Array(rowCapacity)
  const {columnOf, settle} = placement(axesOf(space), space.accelerator.parameters, rowCapacity, false)
  const results = new Map<Metric, Column>()
  const resultOf = (name: Metric): Column => {
    const column = results.get(name) ?? new Float64Array(rowCapacity)
    results.set(name, column)
    return column
  }
  const named = (name: string): Column => (isResult(name) ? resultOf(name) : columnOf(name))
  const claimsOf = (isEarly: boolean): Claim[] =>
    constraints.filter(({stage}) => (stage !== 'timed') === isEarly).map((constraint) => claimOf(constraint, named, rowCapacity))
  const [early, late] = [claimsOf(true), claimsOf(false)]
  const goals = wanted.map(({column}) => column(named, rowCapacity))
  return ({columns, rowCount}, metrics) => {
    settle(columns, rowCount)
    for (const [name, column] of results) column.set(metrics[name].subarray(0, rowCount))
    earlyViolationRatios.fill(0, 0, rowCount)
    for (const claim of early) claim.addViolation(earlyViolationRatios, rowCount)
    violationRatios.set(earlyViolationRatios.subarray(0, rowCount))
    for (const claim of late) claim.addViolation(violationRatios, rowCount)
    return {violationRatios, earlyViolationRatios, objectives: goals.map((goal) => goal(rowCount))}
  }
}
