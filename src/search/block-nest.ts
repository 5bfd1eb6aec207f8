import type {Hierarchy} from '../accelerator/hierarchy.js'
import {hierarchyConstraints} from '../mapping/hierarchy-constraints.js'
import type {Loop, LoopNest, NestLevel} from '../mapping/loop-nest.js'
import type {Problem} from '../workload/problem.js'

/**
 * A plain nest of one product on a block: the native tile and the arrays take columns and rows of the result; the rest of the result is at
 * `stationaryLevel`, where it stays while the depth goes by in time outside of it.
 */
export function blockNest(problem: Problem, hierarchy: Hierarchy, stationaryLevel: number): LoopNest {
  const {dimensions, tensors} = problem
  const {levels: constraints} = hierarchyConstraints(problem, hierarchy)
  const left = dimensions.map(({size}) => size)
  const places = [...dimensions.keys()]
  const output = tensors.find(({isOutput}) => isOutput)!
  const isSummed = (dimension: number): boolean => !output.ranks.some(({terms}) => terms.some((term) => term.dimension === dimension))
  const [results, depths] = [places.filter((place) => !isSummed(place)), places.filter(isSummed)]
  const take = (dimension: number, most: number): Loop[] => {
    const count = Math.min(left[dimension]!, most)
    left[dimension] = Math.ceil(left[dimension]! / count)
    return count > 1 ? [{dimension, count}] : []
  }
  const fixed = (counts: readonly (number | 'rest' | undefined)[]): Loop[] =>
    places.flatMap((place) => (typeof counts[place] === 'number' ? take(place, counts[place]) : []))
  const fill = (most: number): Loop[] => {
    let free = most
    return results.toReversed().flatMap((place) => {
      const loops = take(place, free)
      free = Math.floor(free / (loops[0]?.count ?? 1))
      return loops
    })
  }
  const levels: NestLevel[] = []
  for (const [index, level] of [...hierarchy.levels.entries()].reverse()) {
    const {x, y, keeps} = constraints[index]!
    const isNative = hierarchy.arithmetic.tile !== undefined && index === hierarchy.levels.length - 1
    const [alongY, alongX] = isNative ? [fixed(y.counts), fixed(x.counts)] : [fill(level.fanout.y), fill(level.fanout.x)]
    const inTime = index === 0 ? places : index === stationaryLevel ? results : []
    const temporal = [...inTime]
      .sort((a, b) => Number(depths.includes(b)) - Number(depths.includes(a)))
      .flatMap((place) => take(place, left[place]!))
    levels.unshift({temporal, x: alongX, y: alongY, keeps: keeps.map((kept) => kept !== false && (index === 0 || level.capacityBytes > 0))})
  }
  return {levels}
}
