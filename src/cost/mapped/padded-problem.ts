import type {Constraints, LoopConstraint} from '../../mapping/constraints.js'
import type {EncodedNest} from '../../mapping/encoded-nest.js'
import type {Problem} from '../../workload/problem.js'

/** By how much a size may grow to have small factors, over the size. */
const mostGrowthRatio = 1 / 16

/**
 * A problem whose sizes are whole numbers of what strategies fix along arrays, as of native tiles, with no prime factor above 7 in how many
 * where such a number is near: its loops divide it in many ways, and run the problem itself once the last turns that it does not need are
 * left out.
 */
export function paddedProblem(problem: Problem, strategies: readonly Constraints[]): Problem {
  const fixed = (count: LoopConstraint['counts'][number]): number => (typeof count === 'number' ? count : 1)
  const sideIn = ({levels}: Constraints, dimension: number): number =>
    levels.reduce((side, {x, y}) => side * fixed(x.counts[dimension]) * fixed(y.counts[dimension]), 1)
  const dimensions = problem.dimensions.map(({name, size}, dimension) => {
    const side = Math.max(...strategies.map((strategy) => sideIn(strategy, dimension)))
    return {name, size: side * smoothCount(Math.ceil(size / side))}
  })
  return {...problem, dimensions}
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
