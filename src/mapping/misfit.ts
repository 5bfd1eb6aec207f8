import {copyCount, type Hierarchy} from '../accelerator/hierarchy.js'
import type {Problem, ProblemTensor} from '../workload/problem.js'
import {addsUp, heldBits, isSummedOver} from './held-bits.js'
import type {LoopNest} from './loop-nest.js'
import {loopWays} from './loop-nest.js'
import {type LoopCut, smallerTiles} from './smaller-tiles.js'

/** A change that alone would make a level hold its tiles. */
export type Remedy =
  | {readonly kind: 'capacity'; readonly capacityBytes: number}
  | {readonly kind: 'cuts'; readonly cuts: readonly LoopCut[]}
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
  const copies = copyCount(hierarchy.levels[level]!)
  const extents = tileExtents(nest, problem, level)
  const isAddedTo = addsUp(nest, problem, level)
  const usedBytes = bytesOf(problem, nest.levels[level]!.keeps, extents, isAddedTo) * copies
  if (usedBytes <= capacityBytes) return []
  const tensors = problem.tensors
    .filter((_, tensor) => nest.levels[level]!.keeps[tensor])
    .map((tensor) => {
      const words = tileWords(tensor, extents)
      return {
        name: tensor.name,
        tileWords: words,
        tileBytes: (words * heldBits(tensor, isAddedTo) * copies) / 8,
      }
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

/** Bytes that tiles of such extents take of the tensors kept; tiles of a part of what is summed hold sums. */
function bytesOf(problem: Problem, keeps: readonly boolean[], extents: readonly number[], isAddedTo: boolean): number {
  const isPart = isAddedTo || problem.dimensions.some(({size}, each) => extents[each]! < size && isSummedOver(problem, each))
  const bits = problem.tensors.reduce(
    (sum, tensor, index) => sum + (keeps[index] ? tileWords(tensor, extents) * heldBits(tensor, isPart) : 0),
    0,
  )
  return bits / 8
}

function remediesAt(nest: LoopNest, problem: Problem, hierarchy: Hierarchy, level: number): Remedy[] {
  const {capacityBytes} = hierarchy.levels[level]!
  const copies = copyCount(hierarchy.levels[level]!)
  const isAddedTo = addsUp(nest, problem, level)
  const {keeps} = nest.levels[level]!
  const extents = tileExtents(nest, problem, level)
  const fits = (kept: readonly boolean[], of: readonly number[], count: number): boolean =>
    bytesOf(problem, kept, of, isAddedTo) * count <= capacityBytes
  const single: Remedy[] = copies === 2 && fits(keeps, extents, 1) ? [{kind: 'single-buffer'}] : []
  const room: Remedy = {kind: 'capacity', capacityBytes: Math.ceil(bytesOf(problem, keeps, extents, isAddedTo) * copies)}
  if (level === 0) return [...single, room]
  const cuts = smallerTiles(nest, problem, hierarchy, level, (of) => fits(keeps, of, copies))
  const passes = problem.tensors.flatMap(({name}, tensor): Remedy[] =>
    keeps[tensor] && fits(keeps.with(tensor, false), extents, copies) ? [{kind: 'bypass', tensor: name}] : [],
  )
  return [...cuts.map((each): Remedy => ({kind: 'cuts', cuts: each})), ...single, ...passes, room]
}
