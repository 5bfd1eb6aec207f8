import type {EncodedNest} from './encoded-nest.js'
import type {NestLayout} from './nest-layout.js'

/** A loop of more than one turn over one dimension; in lists outermost first. */
export interface DimensionLoop {
  readonly level: number
  readonly isTemporal: boolean
  readonly count: number
  readonly stride: number
}

/** The loops of one dimension of a nest, along x outside of those along y. */
export function dimensionLoops(
  {counts}: EncodedNest,
  {extents}: NestLayout,
  levelCount: number,
  dimensionCount: number,
  dimension: number,
): DimensionLoop[] {
  const loops: DimensionLoop[] = []
  for (let level = levelCount - 1; level >= 0; level--) {
    let stride = extents[(level + 1) * dimensionCount + dimension]!
    for (let way = 2; way >= 0; way--) {
      const count = counts[(3 * level + way) * dimensionCount + dimension]!
      if (count > 1) loops.push({level, isTemporal: way === 0, count, stride})
      stride *= count
    }
  }
  return loops.reverse()
}

/**
 * How much of a dimension is left where each combination of turns begins, cut to `span`, and how many combinations leave that much.
 * All that begin at least `span` before the end are alike; few are not, so the walk is short.
 */
export function remainders(loops: readonly DimensionLoop[], size: number, span: number): Map<number, number> {
  const wholeReach = loops.reduce((reach, {count, stride}) => reach + (count - 1) * stride, span)
  if (size >= wholeReach) return new Map([[span, loops.reduce((product, {count}) => product * count, 1)]])
  const found = new Map<number, number>()
  const reaches = [span]
  const turns = [1]
  for (const {count, stride} of loops.toReversed()) {
    reaches.unshift(reaches[0]! + (count - 1) * stride)
    turns.unshift(turns[0]! * count)
  }
  const add = (left: number, count: number) => found.set(left, (found.get(left) ?? 0) + count)
  const walk = (at: number, left: number): void => {
    if (left <= 0) return
    if (left >= reaches[at]!) return void add(span, turns[at]!)
    if (at === loops.length) return void add(left, 1)
    const {count, stride} = loops[at]!
    const wholeCount = left < reaches[at + 1]! ? 0 : Math.min(count, Math.floor((left - reaches[at + 1]!) / stride) + 1)
    if (wholeCount > 0) add(span, wholeCount * turns[at + 1]!)
    for (let turn = wholeCount; turn < count; turn++) walk(at + 1, left - turn * stride)
  }
  walk(0, size)
  return found
}

/** Combinations of turns that begin inside the dimension. */
export function startCount(loops: readonly DimensionLoop[], size: number): number {
  return remainders(loops, size, 1).get(1) ?? 0
}

/** Where the last combination of turns begins, when `left` is left of the dimension. */
export function lastStart(loops: readonly DimensionLoop[], left: number): number {
  let start = 0
  for (const {count, stride} of loops) start += Math.min(count - 1, Math.floor((left - 1 - start) / stride)) * stride
  return start
}

/** All combinations' starts, in no order, below `left`. */
export function startsOf(loops: readonly DimensionLoop[], left: number): number[] {
  let starts = [0]
  for (const {count, stride} of loops)
    starts = starts.flatMap((start) => Array.from({length: count}, (_, turn) => start + turn * stride).filter((each) => each < left))
  return starts
}
