import type {AttentionMachine} from './attention-machine.js'
import type {AttentionPlan} from './attention-plan.js'
import type {AttentionShape} from './attention-shape.js'

/** Registers of a thread at most, and bytes of one. */
const registersPerThread = 255
const registerBytes = 4

/** Threads that a core runs at once: of data-centre parts; Turing runs 1024, the smaller Ampere and Ada 1536 (CUDA programming guide). */
export const threadsPerCore = 2048

/** Both products of one tile with one block of keys on the matrix units of a core, padding included. */
export function productCycles({tile}: AttentionPlan, {headDim, valueHeadDim}: AttentionShape, on: AttentionMachine, row: number): number {
  return (2 * tile.rows * tile.keys * (headDim + valueHeadDim)) / on.matrixPerCycle(row)
}

/** One exponential for each score of a tile, on the special-function units of a core but for those that are emulated. */
export function exponentialCycles({tile}: AttentionPlan, on: AttentionMachine, row: number): number {
  return ((1 - tile.emulatedRatio) * tile.rows * tile.keys) / on.exponentialsPerCycle(row)
}

/** Bytes that come to a core in a cycle while so many cores ask the cache at once. */
export function fetchedBytesPerCycle(on: AttentionMachine, row: number, askingCount: number, bytesPerCycle: number): number {
  return Math.min(bytesPerCycle, on.stagedBytesPerCycle(row), on.cacheBytesPerCycle(row) / askingCount)
}

/** Thread blocks that a core holds at once, by its scratchpad and its registers. */
export function residentCount({tile, queryTileBytes, keyBlockBytes}: AttentionPlan, on: AttentionMachine, row: number): number {
  const byScratchpad = on.scratchpadBytes(row) / (queryTileBytes + keyBlockBytes)
  const byRegisters = on.registerBytes(row) / (tile.threads * registersPerThread * registerBytes)
  return Math.max(1, Math.floor(Math.min(byScratchpad, byRegisters, threadsPerCore / tile.threads)))
}

/** Whether a second block of keys fits, so that its load overlaps the products of the first. */
export function hidesLoads({tile, queryTileBytes, keyBlockBytes}: AttentionPlan, on: AttentionMachine, row: number): boolean {
  return !tile.isPipelined || queryTileBytes + 2 * keyBlockBytes <= on.scratchpadBytes(row)
}

/** Time of two overlapping streams of work: the longer one, and a little of the shorter (a p-norm; the maximum at infinity). */
export function overlapped(first: number, second: number, exponent: number): number {
  const longest = Math.max(first, second)
  if (longest === 0 || exponent === Number.POSITIVE_INFINITY) return longest
  return longest * (1 + (Math.min(first, second) / longest) ** exponent) ** (1 / exponent)
}

/** Sequences that a warp looks through at once (tile schedulers for sequences of varied length: 31 prefix sums a step). */
const sequencesPerStep = 31

/** Search of a thread block for its sequence, a step and a trip to memory each 31 sequences, where it does not know its place. */
export function searchSeconds({tile}: AttentionPlan, {batch}: AttentionShape, on: AttentionMachine, row: number): number {
  return tile.scheduling === 'search' ? Math.ceil(batch / sequencesPerStep) * on.tripSeconds(row) : 0
}
