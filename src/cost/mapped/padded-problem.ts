import type {Hierarchy} from '../../accelerator/hierarchy.js'
import type {Constraints} from '../../mapping/constraints.js'
import type {EncodedNest} from '../../mapping/encoded-nest.js'
import {hierarchyConstraints} from '../../mapping/hierarchy-constraints.js'
import type {Problem} from '../../workload/problem.js'

/** By how much a size may grow to have small factors, or to be dealt evenly, over the size. */
const mostGrowthRatio = 1 / 16

/**
 * A problem with sizes that loops divide in many ways, which run the problem itself once the last turns that it does not need are left out:
 * whole numbers of native tiles and of what strategies fix along arrays, as many as have no prime factor above 7 where such a number is near; and, where one is near too, with one
 * dimension that all instances of the innermost memory share evenly, since powers of two leave a third of 108 idle.
 */
export function paddedProblems(
  problem: Problem,
  hierarchy: Hierarchy,
  strategies: readonly Constraints[] = [hierarchyConstraints(problem, hierarchy)],
): Problem[] {
  const instanceCount = hierarchy.levels.findLast(({capacityBytes}) => capacityBytes > 0)!.instanceCount
  const sides = problem.dimensions.map((_, dimension) => Math.max(...strategies.map((strategy) => fixedSide(strategy, dimension))))
  const tileCounts = problem.dimensions.map(({size}, dimension) => Math.ceil(size / sides[dimension]!))
  const smooth = tileCounts.map(smoothCount)
  const sharedCounts = tileCounts.map((count) => Math.ceil(count / instanceCount) * instanceCount)
  const growths = sharedCounts.map((count, dimension) => count / tileCounts[dimension]! - 1)
  const shared = growths.indexOf(Math.min(...growths))
  const isNear = growths[shared]! <= mostGrowthRatio && sharedCounts[shared] !== smooth[shared]
  const counts = isNear ? [smooth, smooth.with(shared, sharedCounts[shared]!)] : [smooth]
  return counts.map((each) => ({
    ...problem,
    dimensions: problem.dimensions.map(({name}, dimension) => ({name, size: sides[dimension]! * each[dimension]!})),
  }))
}

/** How much of a dimension lies along arrays for certain. */
function fixedSide({levels}: Constraints, dimension: number): number {
  const fixed = levels.flatMap(({x, y}) => [x.counts[dimension], y.counts[dimension]]).filter((count) => typeof count === 'number')
  return fixed.reduce((side, count) => side * count, 1)
}

/** The mapping of a padded problem without the turns that the problem itself does not need. */
export function withoutPadding({counts, order, keeps}: EncodedNest, {dimensions}: Problem): EncodedNest {
  const needed = counts.slice()
  for (const [dimension, {size}] of dimensions.entries()) {
    let covered = 1
    for (let slot = keeps.length * 3 - 1; slot >= 0; slot--) {
      const at = slot * dimensions.length + dimension
      needed[at] = Math.min(counts[at]!, Math.ceil(size / covered))
      covered = Math.min(size, covered * needed[at]!)
    }
  }
  return {counts: needed, order, keeps}
}

/** The next whole number without a prime factor above 7, or the number itself where none is near. */
function smoothCount(count: number): number {
  for (let near = count; near <= count * (1 + mostGrowthRatio); near++) if (isSmooth(near)) return near
  return count
}

function isSmooth(count: number): boolean {
  let rest = count
  for (const prime of [2, 3, 5, 7]) while (rest % prime === 0) rest /= prime
  return rest === 1
}
