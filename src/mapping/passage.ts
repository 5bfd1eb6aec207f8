import {type DimensionLoop, dimensionLoops, startCount} from './dimension-loops.js'
import type {EncodedNest} from './encoded-nest.js'
import type {DigitNest} from './loop-digits.js'
import type {Moment, MoveSums} from './tile-moves.js'

/** The loops of one dimension, outermost first; without those in space outside of the one instance that is left, where one is. */
export interface SplitLoops {
  readonly all: readonly DimensionLoop[]
  readonly temporal: readonly DimensionLoop[]
  readonly spatial: readonly DimensionLoop[]
  /** By level, the multiply-adders' last: loops in time outside of it. */
  readonly temporalCounts: readonly number[]
}

/** A nest laid out for counts that no closed form gives, and what was counted so far. */
export interface ImperfectNest extends DigitNest {
  /** By dimension. */
  readonly loops: readonly SplitLoops[]
  readonly knownSums: Map<number, MoveSums>
  readonly knownTurns: Map<number, number>
  /** Moves looked at so far. */
  readonly seen: {moveCount: number}
}

/** One tensor between a level that keeps it and the next inward. */
export interface Passage extends ImperfectNest {
  readonly tensor: number
  readonly parent: number
  readonly child: number
}

/** The loops of a nest by dimension, with nothing counted yet. */
export function imperfectNest({tensors, layout, digits}: DigitNest, levelCount: number, nest: EncodedNest): ImperfectNest {
  const {dimensionCount} = tensors
  const loops = Array.from(tensors.sizes, (_, dimension) => {
    const all = dimensionLoops(nest, layout, levelCount, dimensionCount, dimension).filter(
      ({isTemporal, level}) => isTemporal || level >= digits.firstLevel,
    )
    const temporal = all.filter(({isTemporal}) => isTemporal)
    const temporalCounts = Array.from({length: levelCount + 1}, (_, end) => temporal.filter(({level}) => level < end).length)
    return {all, temporal, spatial: all.filter(({isTemporal}) => !isTemporal), temporalCounts}
  })
  return {tensors, layout, digits, loops, knownSums: new Map(), knownTurns: new Map(), seen: {moveCount: 0}}
}

/** One dimension of a passage at a step, when `turned` of its loops in time are outside of the step; or at its first tiles. */
export function momentOf(passage: Passage, dimension: number, turned: number, isTurning: boolean, isFirst: boolean): Moment {
  const {tensors, layout, loops, parent, child} = passage
  const {temporal, spatial, temporalCounts} = loops[dimension]!
  return {
    size: tensors.sizes[dimension]!,
    tileExtent: layout.extents[child * tensors.dimensionCount + dimension]!,
    outside: temporal.slice(0, turned),
    turning: isTurning ? temporal[turned] : undefined,
    inside: isFirst ? [] : temporal.slice(isTurning ? turned + 1 : turned, temporalCounts[child]),
    spread: spatial.filter(({level}) => level < parent),
    children: spatial.filter(({level}) => level >= parent && level < child),
  }
}

/** How often a dimension takes part in a step, over all instances of level `boundary`. */
export function turnsTaken({tensors, loops}: Passage, dimension: number, turned: number, isTurning: boolean, boundary: number): number {
  const {all, temporal} = loops[dimension]!
  const turning = isTurning ? temporal[turned]! : undefined
  const outside = temporal.slice(0, turned)
  const taking = all.flatMap((loop) => {
    if (loop === turning) return loop.count > 2 ? [{...loop, count: loop.count - 1}] : []
    return outside.includes(loop) || (!loop.isTemporal && loop.level < boundary) ? [loop] : []
  })
  return startCount(taking, tensors.sizes[dimension]! - (turning?.stride ?? 0))
}
