import type {Constraint} from './constraint.js'
import type {DesignSpace} from './design-space.js'
import {designEvaluator, type EvaluatedDesigns} from './evaluator.js'
import type {Objective} from './objective.js'
import type {SearchTarget} from './optimize.js'
import {axesOf} from './space-identity.js'

/** The designs of a space as an optimizer searches them; `onEvaluated` may do as it likes with each batch of results. */
export function designTarget(
  space: DesignSpace,
  {constraints, objectives}: {readonly constraints: readonly Constraint[]; readonly objectives: readonly Objective[]},
  rowCapacity: number,
  onEvaluated: (designs: EvaluatedDesigns) => void = () => {},
): SearchTarget {
  const evaluator = designEvaluator(space, constraints, rowCapacity, objectives)
  const axes = axesOf(space)
  const dimensions = evaluator.dimensions.map((dimension) => ({
    levelCount: dimension.kind === 'level' ? dimension.levelCount : Number.POSITIVE_INFINITY,
    isOrdered: axes[dimension.axisIndex]!.values.every((value) => typeof value === 'number'),
  }))
  return {
    dimensions,
    objectiveCount: objectives.length,
    evaluate: (shares, rowCount) => {
      const results = {objectives: objectives.map(() => new Float64Array(rowCount)), violationRatios: new Float64Array(rowCount)}
      for (let first = 0; first < rowCount; first += rowCapacity) {
        const count = Math.min(rowCapacity, rowCount - first)
        const designs = evaluator.evaluate(
          shares.map((column) => column.subarray(first, first + count)),
          count,
        )
        for (const [index, {goal}] of objectives.entries()) {
          const sign = goal === 'min' ? 1 : -1
          for (let row = 0; row < count; row++) results.objectives[index]![first + row] = sign * designs.objectives[index]![row]!
        }
        results.violationRatios.set(designs.violationRatios.subarray(0, count), first)
        onEvaluated(designs)
      }
      return results
    },
  }
}
