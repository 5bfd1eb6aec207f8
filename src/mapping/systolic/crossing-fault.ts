import type {Hierarchy} from '../../accelerator/hierarchy.js'
import type {Problem} from '../../workload/problem.js'
import {encodeNest} from '../encode-nest.js'
import type {LoopNest} from '../loop-nest.js'
import type {MappingFault} from '../nest-fault.js'
import {tensorTables} from '../nest-tables.js'
import {stayingBits, systolicArray} from './nest-folds.js'

/** The fault of loops on a systolic array that leave two tensors a word of their own in each cell, or none that stays. */
export function crossingFaults(nest: LoopNest, problem: Problem, hierarchy: Hierarchy): MappingFault[] {
  const array = systolicArray(hierarchy)
  if (array === undefined) return []
  if (stayingBits(array, tensorTables(problem), encodeNest(nest, problem.dimensions.length)) > 0) return []
  const {x, y} = nest.levels[array.level]!
  const named = (loops: typeof x): string => loops.map(({dimension}) => problem.dimensions[dimension]!.name).join(', ') || 'nothing'
  const [way, first] = y[0] === undefined ? (['x', x[0]!] as const) : (['y', y[0]] as const)
  return [
    {
      level: array.level,
      way,
      dimension: first.dimension,
      reason: `no tensor can stay in the cells of a systolic array with ${named(x)} along x and ${named(y)} along y: another one would need a word of its own in each cell`,
      hint: 'spread dimensions of one tensor, those that it shares with one other tensor along x, and those with the other one along y',
    },
  ]
}
