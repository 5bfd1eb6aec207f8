import type {ArrayUse} from './systolic/array-use.js'

/** What one instance of a level moves of one tensor while the problem runs, in words, and what it holds. */
export interface TensorTraffic {
  readonly name: string
  readonly isKept: boolean
  /** Words of the largest tile. */
  readonly tileWords: number
  /** Words read for levels inward, or to be added to. */
  readonly reads: number
  /** Words written as they come from a level outward. */
  readonly fills: number
  /** Words written as results come from inward. */
  readonly updates: number
  /** Of one instance. */
  readonly energyJoules: number
}

export interface LevelAnalysis {
  readonly name: string
  /** Instances that the mapping uses; all figures of tensors are of one. */
  readonly instances: number
  /** Of all instances, all tensors. */
  readonly energyJoules: number
  readonly usedBytes: number
  /** Read and written in all instances. */
  readonly trafficBytes: number
  /** Cycles that the ports of this level's busiest instance would need on their own. */
  readonly cycles: number
  /** Cycles in which what is inside waits for this level's fills and drains, where it states its buffers. */
  readonly stallCycles?: number
  readonly tensors: readonly TensorTraffic[]
}

/** What a mapping does to a hierarchy. */
export interface NestAnalysis {
  readonly cycles: number
  readonly latencySeconds: number
  /** Multiply-adds over those that all multiply-adders could have done, each one in every step. */
  readonly utilizationRatio: number
  readonly energyJoules: number
  readonly operationCount: number
  readonly arithmeticJoules: number
  /** Cycles that the multiply-adders would need on their own. */
  readonly arithmeticCycles: number
  /** What sets the cycles: the arithmetic or a level, by name. */
  readonly boundBy: string
  /** Outermost first. */
  readonly levels: readonly LevelAnalysis[]
  /** Where the multiply-adders are a systolic array. */
  readonly systolic?: ArrayUse
}

/** Bytes that one instance of a level reads and writes of all its tensors. */
export function trafficBytesOf(traffic: readonly TensorTraffic[], tensors: readonly {readonly elementBits: number}[]): number {
  return traffic.reduce((bytes, {reads, fills, updates}, index) => bytes + ((reads + fills + updates) * tensors[index]!.elementBits) / 8, 0)
}
