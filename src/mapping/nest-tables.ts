import {copyCount, type Hierarchy, type HierarchyLevel} from '../accelerator/hierarchy.js'
import type {Problem, ProblemTensor, Rank} from '../workload/problem.js'
import {heldBits} from './held-bits.js'
import {type RankGroup, rankGroups} from './rank-groups.js'

/** A problem's tensors as flat tables. Level × tensor tables are read at `level · tensorCount + tensor`. */
export interface TensorTables {
  readonly tensorCount: number
  readonly dimensionCount: number
  readonly sizes: Float64Array
  /** Points of the iteration space. */
  readonly operationCount: number
  /** By dimension: bit t says that tensor t's words depend on it. */
  readonly relevanceBits: Uint8Array
  /** Dimensions of tensor t: from `dimensionStarts[t]` to `dimensionStarts[t + 1]`. */
  readonly dimensionStarts: Int32Array
  readonly tensorDimensions: Int32Array
  readonly isOutput: Uint8Array
  /** Each rank is one dimension, as it is, and its own: tiles never overlap, or leave words between them. */
  readonly isDirect: Uint8Array
  /** An output that is not direct. */
  readonly isOverlappingOutput: Uint8Array
  readonly overlappingOutputCount: number
  /** Some rank adds dimensions, so that tiles can overlap. */
  readonly isSliding: Uint8Array
  readonly slidingCount: number
  /** Two ranks share a dimension. */
  readonly isEntangled: Uint8Array
  readonly elementBytes: Float64Array
  /** As long as more is added. */
  readonly sumBytes: Float64Array
  /** The dimensions that results are summed over, where sums are wider than results. */
  readonly summedDimensions: Int32Array
  /** Ranks of tensor t: from `rankStarts[t]` to `rankStarts[t + 1]`. */
  readonly rankStarts: Int32Array
  /** `coefficients[rank · dimensionCount + dimension]`. */
  readonly coefficients: Float64Array
  /** The dimension of a rank that is one dimension as it is; −1 for the others. */
  readonly rankDimension: Int32Array
  /** By tensor. */
  readonly rankGroups: readonly (readonly RankGroup[])[]
}

/** What a hierarchy allows, and what it charges for the tensors of a problem. */
export interface LevelTables {
  readonly levelCount: number
  readonly fanoutX: Float64Array
  readonly fanoutY: Float64Array
  readonly capacityBytes: Float64Array
  /** Tiles of each kind that it has room for at a time. */
  readonly copyCounts: Float64Array
  /** 0 where words are replaced as they are used. */
  readonly bufferCounts: Uint8Array
  readonly hasBuffers: boolean
  /** Its words can take time: a port limits them, or it has buffers. */
  readonly isLimited: Uint8Array
  readonly isMulticast: Uint8Array
  readonly isReducing: Uint8Array
  /** 0 where nothing limits the rate. */
  readonly readCyclesPerByte: Float64Array
  readonly writeCyclesPerByte: Float64Array
  readonly sharedCyclesPerByte: Float64Array
  /** Level × tensor: words of one access, 0 where any number of words can move; and joules of one access, or word. */
  readonly wordsPerAccess: Float64Array
  readonly readJoules: Float64Array
  readonly fillJoules: Float64Array
  readonly updateJoules: Float64Array
  readonly arithmeticCount: number
  readonly joulesPerOperation: number
  readonly cyclesPerStep: number
  readonly joulesPerCycle: number
}

/** Flat tables of a problem. */
export function tensorTables({dimensions, tensors}: Problem): TensorTables {
  const dimensionCount = dimensions.length
  const ranks = tensors.flatMap((tensor) => tensor.ranks)
  const coefficients = new Float64Array(ranks.length * dimensionCount)
  for (const [rank, {terms}] of ranks.entries())
    for (const {dimension, coefficient} of terms) coefficients[rank * dimensionCount + dimension]! += coefficient
  const used = tensors.map((tensor) => [...new Set(tensor.ranks.flatMap((rank) => [...dimensionsOf(rank)]))])
  return {
    tensorCount: tensors.length,
    dimensionCount,
    sizes: Float64Array.from(dimensions, ({size}) => size),
    operationCount: dimensions.reduce((product, {size}) => product * size, 1),
    relevanceBits: Uint8Array.from(dimensions, (_, dimension) =>
      used.reduce((bits, each, tensor) => bits | (each.includes(dimension) ? 1 << tensor : 0), 0),
    ),
    dimensionStarts: startsOf(used),
    tensorDimensions: Int32Array.from(used.flat()),
    isOutput: Uint8Array.from(tensors, ({isOutput}) => (isOutput ? 1 : 0)),
    isDirect: Uint8Array.from(tensors, (tensor) => (isDirect(tensor) ? 1 : 0)),
    isOverlappingOutput: Uint8Array.from(tensors, (tensor) => (isOverlappingOutput(tensor) ? 1 : 0)),
    overlappingOutputCount: tensors.filter(isOverlappingOutput).length,
    isSliding: Uint8Array.from(tensors, (tensor) => (isSliding(tensor) ? 1 : 0)),
    slidingCount: tensors.filter(isSliding).length,
    isEntangled: Uint8Array.from(tensors, (tensor) => (isEntangled(tensor) ? 1 : 0)),
    elementBytes: Float64Array.from(tensors, ({elementBits}) => elementBits / 8),
    sumBytes: Float64Array.from(tensors, (tensor) => heldBits(tensor, tensor.isOutput) / 8),
    summedDimensions: summedDimensions(used, tensors, dimensionCount),
    rankStarts: startsOf(tensors.map((tensor) => tensor.ranks)),
    coefficients,
    rankDimension: Int32Array.from(ranks, ({terms}) => (terms.length === 1 && terms[0]!.coefficient === 1 ? terms[0]!.dimension : -1)),
    rankGroups: tensors.map(rankGroups),
  }
}

function summedDimensions(used: readonly (readonly number[])[], tensors: Problem['tensors'], dimensionCount: number): Int32Array {
  const output = tensors.findIndex(({isOutput, elementBits, sumBits}) => isOutput && (sumBits ?? elementBits) !== elementBits)
  if (output < 0) return new Int32Array(0)
  return Int32Array.from(Array.from({length: dimensionCount}, (_, dimension) => dimension).filter((each) => !used[output]!.includes(each)))
}

/** Flat tables of a hierarchy for the tensors of a problem. */
export function levelTables({levels, arithmetic, joulesPerCycle = 0}: Hierarchy, {tensors}: Problem): LevelTables {
  const each = (value: (level: HierarchyLevel) => number) => Float64Array.from(levels, value)
  const charged = (joulesPerByte: (level: HierarchyLevel) => number) =>
    Float64Array.from(levels.flatMap((level) => tensors.map((tensor) => joulesPerByte(level) * chargedBytes(level, tensor))))
  return {
    levelCount: levels.length,
    fanoutX: each(({fanout}) => fanout.x),
    fanoutY: each(({fanout}) => fanout.y),
    capacityBytes: each(({capacityBytes}) => capacityBytes),
    copyCounts: each(copyCount),
    bufferCounts: Uint8Array.from(levels, ({bufferCount}) => bufferCount ?? 0),
    hasBuffers: levels.some(({bufferCount}) => bufferCount !== undefined),
    isLimited: Uint8Array.from(levels, (level) => (isLimited(level) ? 1 : 0)),
    isMulticast: Uint8Array.from(levels, ({isMulticast}) => (isMulticast ? 1 : 0)),
    isReducing: Uint8Array.from(levels, ({isReducing}) => (isReducing ? 1 : 0)),
    readCyclesPerByte: each(({readBytesPerCycle}) => 1 / readBytesPerCycle),
    writeCyclesPerByte: each(({writeBytesPerCycle}) => 1 / writeBytesPerCycle),
    sharedCyclesPerByte: each(({sharedBytesPerCycle}) => 1 / sharedBytesPerCycle),
    wordsPerAccess: Float64Array.from(levels.flatMap((level) => tensors.map((tensor) => wordsPerAccess(level, tensor)))),
    readJoules: charged((level) => level.readJoulesPerByte),
    fillJoules: charged((level) => level.fillJoulesPerByte),
    updateJoules: charged((level) => level.updateJoulesPerByte),
    arithmeticCount: arithmetic.instanceCount,
    joulesPerOperation: arithmetic.joulesPerOperation,
    cyclesPerStep: arithmetic.cyclesPerStep,
    joulesPerCycle,
  }
}

function isLimited({readBytesPerCycle, writeBytesPerCycle, sharedBytesPerCycle, bufferCount}: HierarchyLevel): boolean {
  return Number.isFinite(Math.min(readBytesPerCycle, writeBytesPerCycle, sharedBytesPerCycle)) || bufferCount !== undefined
}

/** Where each list begins when they stand one after the other, and where the last ends. */
function startsOf(lists: readonly (readonly unknown[])[]): Int32Array {
  const starts = new Int32Array(lists.length + 1)
  for (const [at, {length}] of lists.entries()) starts[at + 1] = starts[at]! + length
  return starts
}

function isSliding({ranks}: ProblemTensor): boolean {
  return ranks.some((rank) => dimensionsOf(rank).size > 1)
}

function dimensionsOf({terms}: Rank): Set<number> {
  return new Set(terms.map(({dimension}) => dimension))
}

function isDirect(tensor: ProblemTensor): boolean {
  return !isEntangled(tensor) && tensor.ranks.every(({terms}) => terms.length === 1 && terms[0]!.coefficient === 1)
}

/** Whether tiles of results can overlap, or have gaps. */
export function isOverlappingOutput(tensor: ProblemTensor): boolean {
  return tensor.isOutput && !isDirect(tensor)
}

function isEntangled({ranks}: ProblemTensor): boolean {
  const dimensions = ranks.flatMap((rank) => [...dimensionsOf(rank)])
  return new Set(dimensions).size < dimensions.length
}

/** An element wider than an access takes several. */
function wordsPerAccess({accessBits}: HierarchyLevel, {elementBits}: ProblemTensor): number {
  if (accessBits === undefined) return 0
  return accessBits >= elementBits ? Math.floor(accessBits / elementBits) : 1 / Math.ceil(elementBits / accessBits)
}

function chargedBytes({accessBits}: HierarchyLevel, {elementBits}: ProblemTensor): number {
  return (accessBits ?? elementBits) / 8
}
