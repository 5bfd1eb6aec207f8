import {batchRows, type DesignTask} from './batch.js'
import type {DesignSpace} from './design-space.js'
import {dimensionsOf, searchDimensionsOf} from './dimension.js'
import {designPlacer, type EvaluatedDesigns} from './evaluator.js'
import {inOrder} from './in-order.js'
import {designJudge} from './judge.js'
import type {SearchTarget} from './optimize.js'
import type {DesignKey} from './optimizers/archive.js'
import {newPace} from './pace.js'
import {pointBatch} from './point-set.js'
import {axesOf} from './space-identity.js'
import type {Study} from './study.js'
import type {Team} from './team.js'

export interface DesignTargetOptions {
  /** Takes each batch of results, in their order, and may do as it likes with them. */
  readonly onEvaluated?: (designs: EvaluatedDesigns) => void
  /** Designs that are left to evaluate, with those under way. */
  readonly leftCount?: () => number
  readonly signal?: AbortSignal | undefined
}

/** The designs of one space of a study as an optimizer searches them, and a team evaluates them. */
export function designTarget(
  study: Pick<Study, 'spaces' | 'constraints' | 'objectives'>,
  spaceIndex: number,
  team: Team,
  {onEvaluated = () => {}, leftCount = () => 0, signal}: DesignTargetOptions = {},
): SearchTarget {
  const {spaces, constraints, objectives} = study
  const space = spaces[spaceIndex]!
  const place = designPlacer(space, batchRows)
  const judge = designJudge(space, constraints, objectives, batchRows)
  const pace = newPace(batchRows)

  /** Designs piece by piece, each as it is asked for: so many that every thread has some, and that none takes long. */
  function* pieces(shares: readonly Float64Array[], rowCount: number): Generator<{readonly first: number; readonly task: DesignTask}> {
    for (let first = 0; first < rowCount; ) {
      const count = Math.min(pace.rowCount(), Math.ceil(rowCount / team.threadCount), rowCount - first)
      const points = pointBatch(space, count)
      place(
        shares.map((column) => column.subarray(first, first + count)),
        count,
        points,
      )
      yield {first, task: {kind: 'designs', spaceIndex, points}}
      first += count
    }
  }

  return {
    dimensions: searchDimensionsOf(space),
    objectiveCount: objectives.length,
    keyOf: designKey(space),
    evaluate: async (shares, rowCount) => {
      const results = {objectives: objectives.map(() => new Float64Array(rowCount)), violationRatios: new Float64Array(rowCount)}
      for await (const {piece, batch} of inOrder(team, pieces(shares, rowCount), leftCount, signal)) {
        const {points, metrics, askedCount, seconds} = batch!
        const judgement = judge(points, metrics)
        for (const [index, {goal}] of objectives.entries()) {
          const sign = goal === 'min' ? 1 : -1
          for (let row = 0; row < askedCount; row++)
            results.objectives[index]![piece.first + row] = sign * judgement.objectives[index]![row]!
        }
        results.violationRatios.set(judgement.violationRatios.subarray(0, askedCount), piece.first)
        pace.observe(askedCount, seconds)
        onEvaluated({points, metrics, ...judgement})
      }
      return results
    },
  }
}

/** Tells designs apart by where their axes end up, where one varies in places only or is drawn, and may be rounded; undefined elsewhere. */
function designKey(space: DesignSpace): DesignKey | undefined {
  if (axesOf(space).every(({when, rule}) => when === undefined && rule.kind !== 'drawn')) return undefined
  const place = designPlacer(space, 1)
  const point = pointBatch(space, 1)
  const shares = dimensionsOf(space).map(() => new Float64Array(1))
  return (design) => {
    for (const [index, share] of design.entries()) shares[index]![0] = share
    place(shares, 1, point)
    return point.columns.map((column) => column[0]!).join(' ')
  }
}
