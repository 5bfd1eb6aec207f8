import type {Hierarchy} from '../accelerator/hierarchy.js'
import type {Problem, ProblemTensor} from '../workload/problem.js'
import type {LoopNest} from './loop-nest.js'
import {type LoopWay, loopWays} from './mapping-fault.js'

/** A change that alone would make a level hold its tiles. */
export type Remedy =
  | {readonly kind: 'capacity'; readonly capacityBytes: number}
  | {
      readonly kind: 'count'
      readonly dimension: string
      readonly level: string
      readonly way: LoopWay
      readonly fromCount: number
      readonly toCount: number
    }
  | {readonly kind: 'bypass'; readonly tensor: string}
  | {readonly kind: 'single-buffer'}

/** A level that does not hold the tiles which a mapping keeps there. */
export interface Misfit {
  readonly level: string
  readonly capacityBytes: number
  readonly usedBytes: number
  readonly overBytes: number
  /** The tiles it would keep, with all their buffers, largest first. */
  readonly tensors: readonly {readonly name: string; readonly tileWords: number; readonly tileBytes: number}[]
  /** The smallest changes first: less in a tile, one buffer, a tensor that passes, more capacity. */
  readonly remedies: readonly Remedy[]
}

/** The levels that do not hold what a mapping keeps there, innermost first, as what is inside decides what is outside. */
export function misfits(nest: LoopNest, problem: Problem, hierarchy: Hierarchy): Misfit[] {
  return hierarchy.levels.flatMap((_, level) => misfitAt(nest, problem, hierarchy, level)).toReversed()
}

function misfitAt(nest: LoopNest, problem: Problem, hierarchy: Hierarchy, level: number): Misfit[] {
  const {name, capacityBytes} = hierarchy.levels[level]!
  const usedBytes = bytesAt(nest, problem, hierarchy, level)
  if (usedBytes <= capacityBytes) return []
  const extents = tileExtents(nest, problem, level)
  const tensors = problem.tensors
    .filter((_, tensor) => nest.levels[level]!.keeps[tensor])
    .map((tensor) => {
      const words = tileWords(tensor, extents)
      return {name: tensor.name, tileWords: words, tileBytes: (words * tensor.elementBits * hierarchy.levels[level]!.bufferCount) / 8}
    })
    .sort((a, b) => b.tileBytes - a.tileBytes)
  return [
    {
      level: name,
      capacityBytes,
      usedBytes,
      overBytes: usedBytes - capacityBytes,
      tensors,
      remedies: remediesAt(nest, problem, hierarchy, level),
    },
  ]
}

/** Extents of the tile that a level holds: all of its own loops and of those inside. */
export function tileExtents(nest: LoopNest, {dimensions}: Problem, level: number): number[] {
  const extents = dimensions.map(() => 1)
  for (const inner of nest.levels.slice(level))
    for (const way of loopWays) for (const {dimension, count} of inner[way]) extents[dimension]! *= count
  return extents.map((extent, dimension) => Math.min(extent, dimensions[dimension]!.size))
}

/** Words of the box that a tensor's ranks span. */
export function tileWords({ranks}: ProblemTensor, extents: readonly number[]): number {
  return ranks.reduce(
    (words, {terms}) => words * (1 + terms.reduce((reach, {dimension, coefficient}) => reach + coefficient * (extents[dimension]! - 1), 0)),
    1,
  )
}

function bytesAt(
  nest: LoopNest,
  problem: Problem,
  hierarchy: Hierarchy,
  level: number,
  bufferCount = hierarchy.levels[level]!.bufferCount,
): number {
  const extents = tileExtents(nest, problem, level)
  const bits = problem.tensors.reduce(
    (sum, tensor, index) => sum + (nest.levels[level]!.keeps[index] ? tileWords(tensor, extents) * tensor.elementBits : 0),
    0,
  )
  return (bits / 8) * bufferCount
}

function remediesAt(nest: LoopNest, problem: Problem, hierarchy: Hierarchy, level: number): Remedy[] {
  const {capacityBytes, bufferCount} = hierarchy.levels[level]!
  const fits = (changed: LoopNest, buffers = bufferCount): boolean => bytesAt(changed, problem, hierarchy, level, buffers) <= capacityBytes
  const counts = level === 0 ? [] : countRemedies(nest, problem, hierarchy, level, fits)
  const passes = problem.tensors.flatMap(({name}, tensor): Remedy[] =>
    level > 0 && nest.levels[level]!.keeps[tensor] && fits(withoutTensor(nest, level, tensor)) ? [{kind: 'bypass', tensor: name}] : [],
  )
  const single: Remedy[] = bufferCount === 2 && fits(nest, 1) ? [{kind: 'single-buffer'}] : []
  return [
    ...counts.slice(0, 2),
    ...single,
    ...passes,
    {kind: 'capacity', capacityBytes: Math.ceil(bytesAt(nest, problem, hierarchy, level))},
  ]
}

/** Loops in or inside a level that fit once some of their turns are taken outside of it; of each dimension the one that changes least. */
function countRemedies(
  nest: LoopNest,
  problem: Problem,
  hierarchy: Hierarchy,
  level: number,
  fits: (changed: LoopNest) => boolean,
): Extract<Remedy, {kind: 'count'}>[] {
  const found = nest.levels.flatMap((inner, at) =>
    at < level
      ? []
      : loopWays.flatMap((way) =>
          inner[way].flatMap(({dimension, count}) => {
            const toCount = divisorsBelow(count).find((less) => fits(withCount(nest, at, way, dimension, less)))
            if (toCount === undefined) return []
            const [name, place] = [problem.dimensions[dimension]!.name, hierarchy.levels[at]!.name]
            return [{kind: 'count' as const, dimension: name, level: place, way, fromCount: count, toCount}]
          }),
        ),
  )
  const least = found.toSorted(
    (a, b) => a.fromCount / a.toCount - b.fromCount / b.toCount || Number(a.way !== 'temporal') - Number(b.way !== 'temporal'),
  )
  return least.filter(({dimension}, index) => least.findIndex((other) => other.dimension === dimension) === index)
}

/** Largest first. */
function divisorsBelow(count: number): number[] {
  const small: number[] = []
  for (let divisor = 1; divisor * divisor <= count; divisor++) if (count % divisor === 0) small.push(divisor)
  const all = [...small, ...small.map((divisor) => count / divisor)]
  return [...new Set(all)].filter((divisor) => divisor < count).sort((a, b) => b - a)
}

function withCount({levels}: LoopNest, level: number, way: LoopWay, dimension: number, count: number): LoopNest {
  const changed = (index: number) => levels[index]![way].map((loop) => (loop.dimension === dimension ? {dimension, count} : loop))
  return {levels: levels.map((each, index) => (index === level ? {...each, [way]: changed(index)} : each))}
}

function withoutTensor({levels}: LoopNest, level: number, tensor: number): LoopNest {
  return {
    levels: levels.map((each, index) => (index === level ? {...each, keeps: each.keeps.map((isKept, t) => isKept && t !== tensor)} : each)),
  }
}
