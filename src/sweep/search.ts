import {metricNames} from '../cost/metrics.js'
import {UserError} from '../foundation/user-error.js'
import {designTarget} from './design-target.js'
import type {EvaluatedDesigns} from './evaluator.js'
import {optimize} from './optimize.js'
import {evaluationCounts, type OptimizerChoice} from './optimizer-choice.js'
import {outletOf} from './outlet.js'
import {keepRows} from './point-set.js'
import type {Study} from './study.js'
import type {SweepCounts, SweepOptions} from './sweep.js'
import {teamOf} from './team.js'

/** Evaluations that an optimizer spends on a study. */
export function evaluationCountOf({spaces}: Pick<Study, 'spaces'>, choice: OptimizerChoice): number {
  return evaluationCounts(
    choice,
    spaces.map(({pointCount}) => pointCount),
  ).reduce((sum, count) => sum + count, 0)
}

/** Refuses to share a study among machines that have only parts of what an optimizer learns from. */
export function refuseShared({optimizer}: Study): void {
  if (optimizer === undefined) return
  throw new UserError(`${optimizer.kind} learns from all results together, so that no shard can search by itself`, {
    code: 'OPTIMIZER_SHARED',
    suggestions: ['leave out --shard and --engine', 'or leave the optimizer out, to evaluate every design'],
  })
}

/**
 * Searches each space of a study by itself, with its share of the evaluations, and stores what it evaluates. The same choice asks for the
 * same designs again, so that a search that was interrupted ends as it would have; designs that are stored already are not stored twice.
 */
export async function search(
  study: Study,
  choice: OptimizerChoice,
  {sinkOf, signal, onProgress, ...teamOptions}: Omit<SweepOptions, 'shard'>,
): Promise<SweepCounts> {
  const {kind, options, seed} = choice
  const counts = evaluationCounts(
    choice,
    study.spaces.map(({pointCount}) => pointCount),
  )
  const allCount = counts.reduce((sum, count) => sum + count, 0)
  const team = teamOf(study, teamOptions)
  let [doneCount, foundCount, removedCount] = [0, 0, 0]
  try {
    for (const [spaceIndex, space] of study.spaces.entries()) {
      const evaluationCount = counts[spaceIndex]!
      if (evaluationCount === 0) continue
      const outlet = outletOf(study, space, sinkOf)
      let placeIndex = 0
      const onEvaluated = ({points, metrics, earlyViolationRatios}: EvaluatedDesigns): void => {
        const columns = metricNames.map((name) => metrics[name])
        const isDesign = Uint8Array.from(points.indices.subarray(0, points.rowCount), (_, row) => Number(earlyViolationRatios[row] === 0))
        const askedCount = points.rowCount
        for (let row = 0; row < askedCount; row++) points.indices[row] = placeIndex++
        keepRows(points, isDesign, columns)
        const designCount = points.rowCount
        removedCount += askedCount - designCount
        const isMissing = new Uint8Array(designCount)
        for (const row of outlet.missingRows(points)) isMissing[row] = 1
        keepRows(points, isMissing, columns)
        foundCount += designCount - points.rowCount
        outlet.add({points, metrics}, false)
        doneCount += askedCount
        onProgress?.(doneCount, foundCount)
      }
      const target = designTarget(study, spaceIndex, team, {onEvaluated, leftCount: () => allCount - doneCount, signal})
      await optimize(target, {kind, options, seed, evaluationCount}).finally(outlet.flush)
    }
  } finally {
    await team.dismiss()
  }
  return {pointCount: doneCount, computedCount: doneCount - foundCount - removedCount, removedCount}
}
