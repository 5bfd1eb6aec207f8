import {type EncodedNest, encodedNest} from '../../src/mapping/encoded-nest.js'
import {listed} from '../../src/search/factorizations.js'
import type {Mapspace} from '../../src/search/mapspace.js'

/** Every mapping of a space in turn, one after the other in the same nest; orders of dimensions of size 1 are not told apart. */
export function* everyMapping({problem, constraints, factorizations, keeps}: Mapspace): Generator<EncodedNest> {
  const dimensionCount = problem.dimensions.length
  const levelCount = constraints.levels.length
  const nest = encodedNest(levelCount, dimensionCount)
  const orders = constraints.levels.map(({temporal: {outermost, innermost}}) => {
    const placed = [...outermost, ...innermost]
    const free = problem.dimensions.flatMap((_, dimension) => (placed.includes(dimension) ? [] : [dimension]))
    const still = free.filter((dimension) => problem.dimensions[dimension]!.size === 1)
    const turning = free.filter((dimension) => problem.dimensions[dimension]!.size > 1)
    return shuffles(turning).map((middle) => [...outermost, ...still, ...middle, ...innermost])
  })
  const rows = factorizations.map(listed)
  function* splits(dimension: number): Generator<void> {
    if (dimension === dimensionCount) {
      yield
      return
    }
    for (let start = 0; start < rows[dimension]!.length; start += 3 * levelCount) {
      for (let slot = 0; slot < 3 * levelCount; slot++) nest.counts[slot * dimensionCount + dimension] = rows[dimension]![start + slot]!
      yield* splits(dimension + 1)
    }
  }
  function* ordered(level: number): Generator<void> {
    if (level === levelCount) {
      yield
      return
    }
    for (const order of orders[level]!) {
      nest.order.set(order, level * dimensionCount)
      yield* ordered(level + 1)
    }
  }
  for (const choice of keeps) {
    nest.keeps.set(choice)
    for (const _ of splits(0)) for (const __ of ordered(0)) yield nest
  }
}

function shuffles(things: readonly number[]): number[][] {
  if (things.length === 0) return [[]]
  return things.flatMap((thing, index) => shuffles(things.toSpliced(index, 1)).map((rest) => [thing, ...rest]))
}
