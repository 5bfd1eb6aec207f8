import type {AttentionMachine} from './attention-machine.js'
import type {AttentionShape} from './attention-shape.js'
import type {AttentionPlan} from './attention-tiles.js'

/** Bytes of an element in the tiles that a thread block stages; both kernels stage 16-bit operands. */
const stagedBytes = 2

/** Scratchpad of a thread block: a tile of queries and one of keys and of values (flash_fwd_kernel traits, kSmemSize). */
export function ctaScratchpadBytes({tileRows, tileKeys}: AttentionPlan, {headDim, valueHeadDim}: AttentionShape): number {
  return stagedBytes * (tileRows * headDim + tileKeys * (headDim + valueHeadDim))
}

/** Both products of one tile with one block of keys on the matrix units of an SM, padding included. */
export function productCycles(
  {tileRows, tileKeys}: AttentionPlan,
  {headDim, valueHeadDim}: AttentionShape,
  machine: AttentionMachine,
  row: number,
): number {
  return (2 * tileRows * tileKeys * (headDim + valueHeadDim)) / machine.matrixPerCycle(row)
}

/** One exponential for each score of a tile, on the special-function units of an SM. */
export function exponentialCycles({tileRows, tileKeys}: AttentionPlan, machine: AttentionMachine, row: number): number {
  return (tileRows * tileKeys) / machine.exponentialsPerCycle(row)
}

/** Keys and values of one block on their way into an SM, page by page; never faster than the cache serves all SMs that ask. */
export function gatherCycles(
  {tileKeys}: AttentionPlan,
  {headDim, valueHeadDim}: AttentionShape,
  machine: AttentionMachine,
  row: number,
  askingCount: number,
  efficiency: number,
): number {
  const bytes = stagedBytes * tileKeys * (headDim + valueHeadDim)
  return Math.max(bytes / (machine.stagedBytesPerCycle(row) * efficiency), (bytes * askingCount) / machine.cacheBytesPerCycle(row))
}

/** Thread blocks that an SM holds at once: the per-warp kernel is small enough for two, the warpgroup kernel fills it. */
export function residentCount(plan: AttentionPlan, shape: AttentionShape, machine: AttentionMachine, row: number): number {
  return machine.kernel(row) === 'warpgroup' ? 1 : machine.residentCount(row, ctaScratchpadBytes(plan, shape))
}

/** Time of two overlapping streams of work: the longer one, and a little of the shorter (a p-norm). */
export function overlapped(first: number, second: number, exponent: number): number {
  const longest = Math.max(first, second)
  return longest === 0 ? 0 : longest * (1 + (Math.min(first, second) / longest) ** exponent) ** (1 / exponent)
}
