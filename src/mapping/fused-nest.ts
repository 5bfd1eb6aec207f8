import type {ChainDimension} from '../workload/chain.js'
import type {Loop, LoopNest} from './loop-nest.js'

/** A level outside the one that a chain is fused in: loops in time that step what it hands inward, and what it keeps of what passes. */
export interface OuterLevel {
  readonly temporal: readonly Loop[]
  readonly keeps: readonly string[]
}

/**
 * How a chain runs fused through a level: its members take turns on blocks of their shared dimensions, and what passes between them never
 * leaves the level. The grid is the blocks' groups, numbered in the order of its loops and dealt to the instances of that level, each to
 * the one that is free first; an instance starts each group with nothing, and walks its blocks in time. Loops count dimensions of the chain.
 */
export interface FusedNest {
  /** Index of the level in its hierarchy; at 0 nothing is fused, members run one after the other, and only `members` counts. */
  readonly fusionLevel: number
  /** Index of the level that holds what passes between members: the fusion level, or one inside it. */
  readonly homeLevel: number
  /** Buffers at the fusion level of each tile that changes during a walk; 2 let the next one come while members work. */
  readonly bufferCount: 1 | 2
  /** Groups that one instance has under way at once. */
  readonly residentCount: number
  /** Of the levels outside it, outermost first. */
  readonly outer: readonly OuterLevel[]
  readonly grid: readonly Loop[]
  readonly walk: readonly Loop[]
  /** By dimension of the chain: extent of one block. */
  readonly blockSizes: readonly number[]
  /** What units work through for any block, however little of it there is, as kernels of one tile do; undefined where they work on what there is. */
  readonly workSizes?: readonly number[]
  /** Of one block, by member, its levels from the fusion level inward; undefined of element work, which is done where its tensors are. */
  readonly members: readonly (LoopNest | undefined)[]
}

/** A loop that cuts a range of a dimension into steps, the last of which may be smaller. */
export interface CuttingLoop {
  readonly dimension: number
  readonly stepSize: number
}

export interface SharedLoops {
  /** By level outside the fusion level. */
  readonly outer: readonly (readonly CuttingLoop[])[]
  readonly grid: readonly CuttingLoop[]
  readonly walk: readonly CuttingLoop[]
  /** What all loops span, by dimension; a mapping covers its chain where that reaches every size. */
  readonly spanSizes: readonly number[]
}

/** The steps of all shared loops, which follow from the block inside them. */
export function sharedLoops(dimensions: readonly ChainDimension[], nest: FusedNest): SharedLoops {
  const spanSizes = [...nest.blockSizes]
  const cut = (loops: readonly Loop[]): CuttingLoop[] =>
    loops
      .toReversed()
      .map(({dimension, count}) => {
        const stepSize = spanSizes[dimension]!
        spanSizes[dimension] = Math.min(dimensions[dimension]!.size, stepSize * count)
        return {dimension, stepSize}
      })
      .reverse()
  const walk = cut(nest.walk)
  const grid = cut(nest.grid)
  const outer = nest.outer
    .toReversed()
    .map(({temporal}) => cut(temporal))
    .reverse()
  return {outer, grid, walk, spanSizes}
}
