import type {Hierarchy} from '../accelerator/hierarchy.js'
import {unknownName} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'
import type {Constraints} from '../mapping/constraints.js'
import {type LoopWay, loopWays} from '../mapping/loop-nest.js'
import type {Problem} from '../workload/problem.js'

/** A loop of every mapping whose count is an axis, such as `globalBuffer.temporal.M`. */
interface LoopAxis {
  readonly level: string
  readonly way: LoopWay
  readonly dimension: string
}

const pattern = new RegExp(`^(.+)\\.(${loopWays.join('|')})\\.([A-Za-z]\\w*)$`)

/** The loop that an axis is named after; undefined where it is of something else. */
export function loopAxis(name: string): LoopAxis | undefined {
  const [, level, way, dimension] = pattern.exec(name) ?? []
  return level === undefined || dimension === undefined ? undefined : {level, way: way as LoopWay, dimension}
}

/** The count of a loop, as an axis has it. */
export function loopCountOf(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value
  throw new UserError(`"${String(value)}" is no count of a loop`, {code: 'BAD_VALUE', suggestions: ['write whole numbers above 0']})
}

/** Constraints with the counts of loops fixed that are axes, in place of what they say of these loops. */
export function withLoopCounts(
  constraints: Constraints,
  counts: Readonly<Record<string, unknown>>,
  problem: Problem,
  hierarchy: Hierarchy,
): Constraints {
  return Object.entries(counts).reduce((fixed, [name, value]) => {
    const axis = loopAxis(name)
    return axis === undefined ? fixed : withLoopCount(fixed, axis, loopCountOf(value), problem, hierarchy)
  }, constraints)
}

function withLoopCount(constraints: Constraints, axis: LoopAxis, count: number, problem: Problem, hierarchy: Hierarchy): Constraints {
  const levels = hierarchy.levels.map(({name}) => name)
  const dimensions = problem.dimensions.map(({name}) => name)
  const [level, dimension] = [levels.indexOf(axis.level), dimensions.indexOf(axis.dimension)]
  if (level < 0) throw unknownName(`level of ${hierarchy.name}`, axis.level, levels)
  if (dimension < 0) throw unknownName(`dimension of ${problem.name}`, axis.dimension, dimensions)
  const at = constraints.levels[level]!
  const loops = at[axis.way]
  return {
    ...constraints,
    levels: constraints.levels.with(level, {...at, [axis.way]: {...loops, counts: loops.counts.with(dimension, count)}}),
  }
}
