import type {ChainDimension, Mask} from '../workload/chain.js'
import type {CuttingLoop} from './fused-nest.js'

/** A place along each dimension. */
export type Corner = number[]

/** A box of a chain's dimensions: from `low` up to, but without, `high`. */
export interface Range {
  readonly low: Corner
  readonly high: Corner
}

/** The whole of a chain's dimensions. */
export function wholeRange(dimensions: readonly ChainDimension[]): Range {
  return {low: dimensions.map(() => 0), high: dimensions.map(({size}) => size)}
}

/** Calls `visit` for each step of the loops within a range, outermost loop first; the range is changed on the way and given back whole. */
export function visitRanges(loops: readonly CuttingLoop[], range: Range, visit: (range: Range) => void, depth = 0): void {
  const loop = loops[depth]
  if (loop === undefined) {
    visit(range)
    return
  }
  const {low, high} = range
  const {dimension, stepSize} = loop
  const [from, to] = [low[dimension]!, high[dimension]!]
  for (let start = from; start < to; start += stepSize) {
    low[dimension] = start
    high[dimension] = Math.min(to, start + stepSize)
    visitRanges(loops, range, visit, depth + 1)
  }
  low[dimension] = from
  high[dimension] = to
}

/** A mask by the places of its dimensions. */
export interface PlacedMask extends Mask {
  readonly rowIndex: number
  readonly keyIndex: number
}

/** The mask of a chain, its dimensions found. */
export function placedMask(mask: Mask | undefined, dimensions: readonly ChainDimension[]): PlacedMask | undefined {
  if (mask === undefined) return undefined
  const place = (name: string): number => dimensions.findIndex((dimension) => dimension.name === name)
  return {...mask, rowIndex: place(mask.rowDimension), keyIndex: place(mask.keyDimension)}
}

/** Whether any pair in the range counts: rows see intervals of keys that move on with them, so that the ends tell. */
export function isVisible(mask: PlacedMask | undefined, {low, high}: Range): boolean {
  if (mask === undefined) return true
  const {rowIndex: row, keyIndex: key} = mask
  return low[key]! <= positionOf(mask, high[row]! - 1) && high[key]! - 1 >= positionOf(mask, low[row]!) + 1 - mask.windowCount
}

/** The part of a range that blocks with a pair that counts span; `blockSizes` by dimension. */
export function visibleRange(mask: PlacedMask | undefined, {low, high}: Range, blockSizes: readonly number[]): Range {
  const clipped = {low: [...low], high: [...high]}
  if (mask === undefined) return clipped
  const {rowIndex: row, keyIndex: key, rowsPerPositionCount, prefixCount, windowCount} = mask
  const firstKey = positionOf(mask, low[row]!) + 1 - windowCount
  const firstRow = (low[key]! - prefixCount) * rowsPerPositionCount
  const lastRow = (high[key]! - 1 - prefixCount + windowCount) * rowsPerPositionCount - 1
  clip(clipped, key, firstKey, positionOf(mask, high[row]! - 1), blockSizes[key]!)
  clip(clipped, row, firstRow, lastRow, blockSizes[row]!)
  return clipped
}

function positionOf({rowsPerPositionCount, prefixCount}: PlacedMask, row: number): number {
  return prefixCount + Math.floor(row / rowsPerPositionCount)
}

/** Narrows one dimension to the whole blocks that hold its places from `first` to `last`; a single block stays as it is. */
function clip({low, high}: Range, dimension: number, first: number, last: number, blockSize: number): void {
  const start = low[dimension]!
  if (blockSize === Number.POSITIVE_INFINITY) return
  low[dimension] = Math.max(start, start + Math.floor((first - start) / blockSize) * blockSize)
  high[dimension] = Math.min(high[dimension]!, start + Math.ceil((last + 1 - start) / blockSize) * blockSize)
}
