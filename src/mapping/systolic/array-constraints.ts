import type {Hierarchy} from '../../accelerator/hierarchy.js'
import type {Problem} from '../../workload/problem.js'
import {type Constraints, freeLoops, type LevelConstraint, type LoopConstraint} from '../constraints.js'
import {hierarchyConstraints} from '../hierarchy-constraints.js'
import {type Dataflow, streamedAxis} from './dataflow.js'
import {systolicArray} from './nest-folds.js'
import {dimensionsOfAxes, type ProductAxis} from './product.js'

/**
 * A dataflow as a partial mapping: its axes lie on the rows and columns of the systolic array, as far as these reach, and the third one
 * streams innermost. What else the machine rules out stays ruled out; where tiles are kept outside of the array is free.
 */
export function arrayConstraints(name: string, dataflow: Dataflow, problem: Problem, hierarchy: Hierarchy): Constraints {
  const array = systolicArray(hierarchy)
  if (array === undefined) throw new RangeError(`${hierarchy.name} has no systolic array`)
  const machine = hierarchyConstraints(problem, hierarchy)
  const axes = dimensionsOfAxes(problem)
  const side = (axis: ProductAxis, extent: number): LoopConstraint => sideOf(problem, axes[axis], extent)
  const still = {...freeLoops(problem.dimensions.length), counts: problem.dimensions.map(() => 1)}
  const levels = machine.levels.map((level, index): LevelConstraint => {
    if (index < array.level) return level
    if (index > array.level) return {...level, temporal: still}
    const temporal = {...level.temporal, innermost: axes[streamedAxis(dataflow)]}
    return {...level, temporal, x: side(dataflow.columns, array.columns), y: side(dataflow.rows, array.rows)}
  })
  return {...machine, name, levels, allowsImperfect: !dividesEvenly(problem, levels[array.level]!)}
}

/** Whether what is fixed of the sides leaves whole folds, so that no other count needs to be uneven. */
function dividesEvenly({dimensions}: Problem, {x, y}: LevelConstraint): boolean {
  return [x, y].every(({counts}) =>
    counts.every((count, dimension) => typeof count === 'number' && dimensions[dimension]!.size % count === 0),
  )
}

/** One dimension fills its side; several share it as the search finds best. */
function sideOf({dimensions}: Problem, along: readonly number[], extent: number): LoopConstraint {
  const isLong = (dimension: number): boolean => dimensions[dimension]!.size > 1
  const [only, ...others] = along.filter(isLong)
  const counts = dimensions.map(({size}, dimension) => {
    if (!along.includes(dimension) || !isLong(dimension)) return 1
    return others.length === 0 && dimension === only ? Math.min(size, extent) : undefined
  })
  return {...freeLoops(dimensions.length), counts}
}
