import type {OperatorNode} from '../../workload/operator.js'
import type {GemmMachine} from './gemm-machine.js'
import {gemmIndex as at} from './gemm-parameters.js'
import {pipelineStageDepth, type Tiling} from './gemm-tiles.js'

/** What the operands and results of a product take, whatever its tiling. */
export interface ProductBytes {
  readonly operandBytes: number
  readonly readBytes: number
  readonly writtenBytes: number
  readonly resultCount: number
  /** Bytes of one element of the result. */
  readonly resultBytes: number
  /** Bytes between two uses of the same operands. */
  readonly inputFootprintBytes: number
  /** Operand bytes that the multiply-adds would fetch one by one. */
  readonly unsharedBytes: number
  /** Copies that it takes for one of full width: of operands into a core, and of results out of it. */
  readonly operandCopyCount: number
  readonly resultCopyCount: number
}

/** What one row's machine does under these parameters, in seconds and per core. */
export interface GemmRates {
  coreCount: number
  isPersistent: boolean
  /** Kernels copy operands in pieces of full width, beside their multiply-adds. */
  copiesWhole: boolean
  secondsPerOperation: number
  rampDepth: number
  secondsPerPortByte: number
  secondsPerCacheByte: number
  cacheReadRatio: number
  cacheWriteRatio: number
  sharedBytes: number
  keepingBytes: number
  secondsPerDramByte: number
  /** Of bytes that must come from the main memory once, whatever the tiling. */
  dramSeconds: number
  launchSeconds: number
  fillSeconds: number
  splitSeconds: number
  /** How much longer than a smaller tile the library lets its largest take. */
  favourRatio: number
}

/** The parts of a tiling's time. */
export interface GemmPhases {
  overheadSeconds: number
  unitSeconds: number
  portSeconds: number
  cacheSeconds: number
  dramSeconds: number
  totalSeconds: number
  /** By which the library chooses: the time, longer for tiles that it does not favour. */
  scoreSeconds: number
}

/** Sums what a product reads and writes. */
export function productBytes({demand: {contractions, reads, writes}}: OperatorNode, operandCopyCount: number): ProductBytes {
  const [readBytes, writtenBytes] = [reads, writes].map((accesses) => accesses.reduce((sum, {bytes}) => sum + bytes, 0)) as [number, number]
  const resultCount = contractions.reduce((sum, {m, n, batchCount}) => sum + m * n * batchCount, 0)
  return {
    operandBytes: contractions[0]!.operandBytes,
    readBytes,
    writtenBytes,
    resultCount,
    resultBytes: writtenBytes / resultCount,
    inputFootprintBytes: operandCopyCount * readBytes + writtenBytes,
    operandCopyCount: Math.max(...contractions.map(({k, operandBytes}) => copyCount(k * operandBytes))),
    resultCopyCount: Math.max(...contractions.map(({n, operandBytes}) => copyCount(n * operandBytes))),
    unsharedBytes: contractions.reduce((sum, {operationCount, operandBytes}) => sum + operationCount * operandBytes, 0),
  }
}

/** Bytes of one copy where all rows begin at a multiple of them. CUDA, cp.async and vectorised stores. */
const fullCopyBytes = 16

/** Rows whose length is no multiple of a full copy take several smaller ones for it: operands lie along the depth, results along the columns. */
function copyCount(rowBytes: number): number {
  let count = 1
  while (count < fullCopyBytes && (rowBytes * count) % fullCopyBytes !== 0) count *= 2
  return count
}

/** Fills the rates of one row at a clock; allocates nothing. */
export function setRates(
  rates: GemmRates,
  machine: GemmMachine,
  {readBytes, writtenBytes, inputFootprintBytes}: ProductBytes,
  values: Float64Array,
  hertz: number,
  row: number,
): void {
  const keepingBytes = machine.cacheBytes(row) * values[at.cacheShare]!
  rates.coreCount = machine.coreCount(row)
  rates.isPersistent = machine.offer(row).isPersistent
  rates.copiesWhole = machine.isMatrix
  rates.secondsPerOperation = 1 / (machine.operationsPerCycle(row) * hertz * values[at.peak]!)
  rates.rampDepth = values[at.ramp]!
  rates.secondsPerPortByte = 1 / (machine.stagedBytesPerCycle(row) * hertz * values[at.portShare]!)
  rates.secondsPerCacheByte = 1 / (machine.cacheBytesPerSecond(hertz, row) * values[at.cacheRate]!)
  rates.cacheReadRatio = missRatio(inputFootprintBytes, keepingBytes)
  rates.cacheWriteRatio = missRatio(readBytes + writtenBytes, keepingBytes)
  const missedBytes = readBytes * rates.cacheReadRatio + writtenBytes * rates.cacheWriteRatio
  rates.sharedBytes = machine.sharedBytes(row)
  rates.keepingBytes = keepingBytes > 0 ? keepingBytes : rates.sharedBytes
  rates.secondsPerDramByte = 1 / (machine.dramBytesPerSecond(hertz, row) * values[at.dramShare]!)
  rates.dramSeconds = missedBytes * rates.secondsPerDramByte
  rates.favourRatio = values[at.favour]!
  rates.launchSeconds = values[at.launch]! * 1e-6
  const slowdown = machine.nominalHertz(row) / hertz
  rates.fillSeconds = values[at.fill]! * 1e-6 * slowdown
  rates.splitSeconds = values[at.split]! * 1e-6 * slowdown
}

/** Fills the phases of a tiling, as far as it takes to see that the library would not prefer it to another. */
export function setPhases(phases: GemmPhases, tiling: Tiling, rates: GemmRates, bytes: ProductBytes, other: GemmPhases): void {
  phases.scoreSeconds = Number.POSITIVE_INFINITY
  if (isSplitInVain(tiling, rates)) return
  const handicap = handicapOf(tiling, rates)
  const best = other.scoreSeconds / handicap
  const atOnce = rates.launchSeconds + reductionSeconds(tiling, rates, bytes.resultCount)
  if (atOnce + rates.dramSeconds >= best) return
  const blocks = blocksPerCore(tiling, rates)
  phases.unitSeconds = rampedOperations(tiling, rates) * rates.secondsPerOperation
  if (atOnce + phases.unitSeconds >= best) return
  phases.portSeconds = blocks * portBytes(tiling, rates, bytes) * rates.secondsPerPortByte
  phases.cacheSeconds = tiling.blockCount * tiling.requestedElementCount * bytes.operandBytes * rates.secondsPerCacheByte
  if (atOnce + Math.max(phases.portSeconds, phases.cacheSeconds) >= best) return
  phases.overheadSeconds = atOnce + fillCount(tiling, rates) * rates.fillSeconds
  phases.dramSeconds = rates.dramSeconds + rereadBytes(tiling, rates, bytes) * rates.secondsPerDramByte
  phases.totalSeconds = totalSeconds(phases)
  phases.scoreSeconds = handicap * phases.totalSeconds
}

/** What a tiling's time counts for in the choice: more where the library favours a larger tile, which has a block for every core. */
export function handicapOf({largerBlockCount}: Tiling, {coreCount, favourRatio}: GemmRates): number {
  return largerBlockCount >= coreCount ? favourRatio : 1
}

/** Bytes of a block through the port of its core: operands in, results out, in as many copies as their rows take. */
export function portBytes(
  {operandElementCount, elementCount}: Tiling,
  {copiesWhole}: GemmRates,
  {operandBytes, resultBytes, operandCopyCount, resultCopyCount}: ProductBytes,
): number {
  return (
    operandElementCount * operandBytes * (copiesWhole ? operandCopyCount : 1) +
    elementCount * resultBytes * (copiesWhole ? resultCopyCount : 1)
  )
}

/** Persistent blocks that are enough for all cores share the work evenly as they are: a split would only add to it. */
export function isSplitInVain({splitCount, blockCount}: Tiling, {isPersistent, coreCount}: GemmRates): boolean {
  return splitCount > 1 && isPersistent && blockCount >= splitCount * coreCount
}

/** Blocks whose time the fullest core takes, one after the other; persistent ones share the work evenly. */
export function blocksPerCore({blockCount, turnCount}: Tiling, {coreCount, isPersistent}: GemmRates): number {
  return isPersistent ? Math.max(1, blockCount / coreCount) : Math.ceil(blockCount / (coreCount * turnCount)) * turnCount
}

/** Times that the machine fills with resident blocks. */
export function waveCount({blockCount, residentCount}: Tiling, {coreCount}: GemmRates): number {
  return Math.ceil(blockCount / (coreCount * residentCount))
}

/** Partial results of fp32, written and read once for every share of the depth, after the start of the reduction. */
export function reductionSeconds({splitCount}: Tiling, {splitSeconds, secondsPerCacheByte}: GemmRates, resultCount: number): number {
  return splitCount === 1 ? 0 : splitSeconds + 8 * splitCount * resultCount * secondsPerCacheByte
}

/**
 * Operand bytes that come from the main memory again, since what stays on the chip at a time does not reach all results: those
 * of a wave of blocks, as far as the cache holds the slices that its blocks have under way, and those that the cache keeps
 * beyond a wave. 2mnk/√S words. Smith et al., "A Tight I/O Lower Bound for Matrix Multiplication", 2019.
 */
export function rereadBytes(tiling: Tiling, rates: GemmRates, {operandBytes, readBytes, unsharedBytes}: ProductBytes): number {
  const sharedElementCount = tiling.elementCount + elementsPerSharedByte(tiling, rates, operandBytes) * rates.sharedBytes
  const keptElementCount = Math.min(sharedElementCount, waveElements(tiling, rates)) + rates.keepingBytes / operandBytes
  const bytes = unsharedBytes / Math.sqrt(keptElementCount)
  return bytes > readBytes ? (bytes - readBytes) * rates.cacheReadRatio : 0
}

/** Results of all blocks under way. */
export function waveElements({elementCount, residentCount}: Tiling, {coreCount}: GemmRates): number {
  return elementCount * (coreCount * residentCount)
}

/** Results beyond those of one block that each byte lets a wave share, until it holds the slices that all blocks have under way. */
export function elementsPerSharedByte({elementCount, residentCount}: Tiling, {coreCount}: GemmRates, operandBytes: number): number {
  const atOnceCount = coreCount * residentCount
  return (elementCount * (atOnceCount - 1)) / (2 * Math.sqrt(atOnceCount * elementCount) * pipelineStageDepth * operandBytes)
}

/** Operations of the fullest core, those that the ramp of each block costs among them. */
export function rampedOperations(tiling: Tiling, rates: GemmRates): number {
  return blocksPerCore(tiling, rates) * tiling.operationCount * (1 + rates.rampDepth * tiling.perDepth)
}

/** Times that the pipelines fill. */
export function fillCount(tiling: Tiling, rates: GemmRates): number {
  return waveCount(tiling, rates) * tiling.fillRatio
}

/** Share of the bytes that the cache no longer holds when their turn comes again: a smooth step at its capacity. */
function missRatio(footprintBytes: number, keepingBytes: number): number {
  const square = (footprintBytes / keepingBytes) ** 2
  const power = square ** 2 * square ** 2
  return power > 1e12 || keepingBytes === 0 ? 1 : power / (1 + power)
}

/** What waits for nothing else, then the overlap of the others. */
function totalSeconds({overheadSeconds, unitSeconds, portSeconds, cacheSeconds, dramSeconds}: GemmPhases): number {
  return overheadSeconds + softMaximum(unitSeconds, Math.max(portSeconds, cacheSeconds), dramSeconds)
}

/** Overlapping phases: the fourth root of the sum of fourth powers, a little above the longest. */
function softMaximum(one: number, two: number, three: number): number {
  const a = one * one
  const b = two * two
  const c = three * three
  return Math.sqrt(Math.sqrt(a * a + b * b + c * c))
}

/** What took longest: 0 what units and memories wait for, 1 the units, 2 the cache and its ports, 3 the main memory. */
export function longestPhase({overheadSeconds, unitSeconds, portSeconds, cacheSeconds, dramSeconds}: GemmPhases): number {
  const moving = Math.max(portSeconds, cacheSeconds)
  const longest = Math.max(unitSeconds, moving, dramSeconds)
  return longest < overheadSeconds ? 0 : longest === unitSeconds ? 1 : longest === moving ? 2 : 3
}

/** Copies phases in place. */
export function copyPhases(from: GemmPhases, to: GemmPhases): void {
  to.overheadSeconds = from.overheadSeconds
  to.unitSeconds = from.unitSeconds
  to.portSeconds = from.portSeconds
  to.cacheSeconds = from.cacheSeconds
  to.dramSeconds = from.dramSeconds
  to.totalSeconds = from.totalSeconds
  to.scoreSeconds = from.scoreSeconds
}

/** Not a whole number, so that the engine keeps these fields as floating-point ones from the start. */
const unset = Number.NaN

/** Phases to be filled. */
export function emptyPhases(): GemmPhases {
  return {
    overheadSeconds: unset,
    unitSeconds: unset,
    portSeconds: unset,
    cacheSeconds: unset,
    dramSeconds: unset,
    totalSeconds: unset,
    scoreSeconds: unset,
  }
}

/** Rates to be filled. */
export function emptyRates(): GemmRates {
  return {
    coreCount: unset,
    isPersistent: false,
    copiesWhole: false,
    secondsPerOperation: unset,
    rampDepth: unset,
    secondsPerPortByte: unset,
    secondsPerCacheByte: unset,
    cacheReadRatio: unset,
    cacheWriteRatio: unset,
    sharedBytes: unset,
    keepingBytes: unset,
    secondsPerDramByte: unset,
    dramSeconds: unset,
    launchSeconds: unset,
    fillSeconds: unset,
    splitSeconds: unset,
    favourRatio: unset,
  }
}
