import type {Column, ComputeUnit, Machine, MemoryLevel} from '../../accelerator/machine.js'
import {UserError} from '../../foundation/user-error.js'
import type {OperatorNode, UnitKind} from '../../workload/operator.js'
import {type AttentionKernel, attentionKernelOf} from './attention-kernels.js'
import {levelBytesPerSecond} from './machine-parts.js'

/** What attention kernels ask of a machine, row by row. */
export interface AttentionMachine {
  /** Cores that share no scratchpad: streaming multiprocessors on a GPU. */
  readonly coreCount: (row: number) => number
  readonly kernel: (row: number) => AttentionKernel
  /** Matrix operations that one core completes in a cycle. */
  readonly matrixPerCycle: (row: number) => number
  /** Exponentials that one core completes in a cycle, on special units, else on vector units. */
  readonly exponentialsPerCycle: (row: number) => number
  /** Element operations that one core completes in a cycle. */
  readonly vectorPerCycle: (row: number) => number
  readonly scratchpadBytes: (row: number) => number
  readonly registerBytes: (row: number) => number
  /** Bytes that one core stages in its scratchpad in a cycle. */
  readonly stagedBytesPerCycle: (row: number) => number
  /** Bytes that the cache nearest to memory holds, and hands out in a cycle to all cores; none and without limit where there is no cache. */
  readonly cacheBytes: (row: number) => number
  readonly cacheBytesPerCycle: (row: number) => number
  /** One access that finds its data in the cache. */
  readonly cacheTripSeconds: (row: number) => number
  /** One access that finds its data in memory, through the cache. */
  readonly tripSeconds: (row: number) => number
  readonly dramBytesPerSecond: (row: number) => number
  readonly matrixName: string
  /** What keys come from on their way into a core. */
  readonly stagingName: string
  readonly dramName: string
}

/** Binds a machine's columns to the quantities of attention kernels. */
export function attentionMachine(machine: Machine<Column>, node: OperatorNode): AttentionMachine {
  const matrix = productUnit(machine, node)
  const vector = rateOf(machine, 'vector', 'fp32')
  const exponential = rateOf(machine, 'special', 'fp32') ?? vector
  const {memories, clocks} = machine
  const scratchpad = memories.find(({kind}) => kind === 'scratchpad')
  const registers = memories.find(({kind}) => kind === 'register')
  const cores = (scratchpad ?? registers)?.instanceCount ?? matrix.unit.count
  const cache = memories.findLast(({kind}) => kind === 'cache')
  const dram = memories.at(-1)!
  return {
    coreCount: (row) => cores[row]!,
    kernel: (row) => attentionKernelOf(matrix.unit.tile.m[row]!, matrix.unit.tile.k[row]!),
    matrixPerCycle: (row) => perCore(matrix, cores, row),
    exponentialsPerCycle: (row) => (exponential === undefined ? Number.POSITIVE_INFINITY : perCore(exponential, cores, row)),
    vectorPerCycle: (row) => (vector === undefined ? Number.POSITIVE_INFINITY : perCore(vector, cores, row)),
    scratchpadBytes: (row) => capacityPerCore(scratchpad, cores, row),
    registerBytes: (row) => capacityPerCore(registers, cores, row),
    stagedBytesPerCycle: (row) => bytesPerCycle(machine, scratchpad, row) / cores[row]!,
    cacheBytes: (row) => (cache === undefined ? 0 : cache.instanceCount[row]! * cache.capacityBytes[row]!),
    cacheBytesPerCycle: (row) => bytesPerCycle(machine, cache, row),
    cacheTripSeconds: (row) => cache?.latencySeconds[row] ?? dram.latencySeconds[row]!,
    tripSeconds: (row) => (cache?.latencySeconds[row] ?? 0) + dram.latencySeconds[row]!,
    dramBytesPerSecond: (row) => levelBytesPerSecond(machine, dram, dram.read, clocks[0]!.nominalHertz[row]!, row),
    matrixName: matrix.unit.name,
    stagingName: (cache ?? scratchpad ?? dram).name,
    dramName: dram.name,
  }
}

interface UnitRate {
  readonly unit: ComputeUnit<Column>
  readonly rate: Column
}

function perCore({unit, rate}: UnitRate, cores: Column, row: number): number {
  return (unit.count[row]! * rate[row]!) / cores[row]!
}

function capacityPerCore(level: MemoryLevel<Column> | undefined, cores: Column, row: number): number {
  if (level === undefined) return Number.POSITIVE_INFINITY
  return (level.instanceCount[row]! * level.capacityBytes[row]!) / cores[row]!
}

function bytesPerCycle({clocks}: Machine<Column>, level: MemoryLevel<Column> | undefined, row: number): number {
  if (level === undefined) return Number.POSITIVE_INFINITY
  const {instanceCount, read, clock} = level
  const hertz = read.isPerCycle ? 1 : clocks[Math.max(0, clock)]!.nominalHertz[row]!
  return (instanceCount[row]! * read.amount[row]!) / hertz
}

/** The unit that multiplies matrices of the operator's format, else the vector unit of it. */
function productUnit(machine: Machine<Column>, {name, dtype}: OperatorNode): UnitRate {
  const found = rateOf(machine, 'matrix', dtype) ?? rateOf(machine, 'vector', dtype)
  if (found === undefined) throw new UserError(`${name}: no matrix or vector unit computes ${dtype}`, {code: 'UNSUPPORTED_DTYPE'})
  return found
}

function rateOf({units}: Machine<Column>, kind: UnitKind, dtype: OperatorNode['dtype']): UnitRate | undefined {
  for (const unit of units) {
    const rate = unit.operationsPerCycle[dtype]
    if (unit.kind === kind && rate !== undefined) return {unit, rate}
  }
  return undefined
}
