import type {Column, Machine, MemoryKind, MemoryLevel, Rate} from '../../accelerator/machine.js'
import type {Dtype} from '../../foundation/dtype.js'
import type {UnitKind} from '../../foundation/resource.js'

/** The innermost memory of a kind. */
export function levelOf(machine: Machine<Column>, kind: MemoryKind): MemoryLevel<Column> | undefined {
  return machine.memories.find((level) => level.kind === kind)
}

/** The memory that holds the tensors: the outermost one. */
export function mainMemory(machine: Machine<Column>): MemoryLevel<Column> {
  return machine.memories.at(-1)!
}

/** Share of its peak that streams through the last cache reach. Chips and Cheese, measurements of A100 and H100: about a half. */
const cacheShare = 0.5

/** Compute cores that share no registers: streaming multiprocessors on a GPU. */
export function coreCounts(machine: Machine<Column>): Column {
  return (levelOf(machine, 'register') ?? levelOf(machine, 'scratchpad'))?.instanceCount ?? machine.units[0]!.count
}

/** Bytes a second that all instances of a level move in one direction, at the row's clock. */
export function levelBytesPerSecond(
  machine: Machine<Column>,
  level: MemoryLevel<Column>,
  rate: Rate<Column>,
  coreHertz: Column,
  row: number,
): number {
  const bytes = rate.amount[row]! * level.instanceCount[row]!
  return rate.isPerCycle ? bytes * clockHertz(machine, level.clock, coreHertz, row) : bytes
}

/** Share of a footprint that its last run left in the cache, after the other operand sets: a soft step at its capacity. */
export function keptRatioOf(machine: Machine<Column>, footprintBytes: number, operandCopyCount: number, row: number): number {
  const cache = levelOf(machine, 'cache')
  if (cache === undefined || operandCopyCount === Number.POSITIVE_INFINITY) return 0
  return 1 / (1 + ((footprintBytes * operandCopyCount) / (cache.capacityBytes[row]! * cache.instanceCount[row]!)) ** 4)
}

/** What the cache keeps comes at its rate, the rest through it from the main memory, at the lower rate of the two. */
export function readSeconds(
  machine: Machine<Column>,
  bytes: number,
  keptRatio: number,
  memoryEfficiency: number,
  coreHertz: Column,
  row: number,
): number {
  const memory = mainMemory(machine)
  const memoryRate = memoryEfficiency * levelBytesPerSecond(machine, memory, memory.read, coreHertz, row)
  const cache = levelOf(machine, 'cache')
  if (cache === undefined) return bytes / memoryRate
  const cacheRate = cacheShare * levelBytesPerSecond(machine, cache, cache.read, coreHertz, row)
  return (bytes * (1 - keptRatio)) / Math.min(memoryRate, cacheRate) + (bytes * keptRatio) / cacheRate
}

/** Seconds that a kind of unit needs for these operations in fp32, its only format here; none where the machine has no such unit. */
export function unitSecondsOf(
  machine: Machine<Column>,
  kind: UnitKind,
  operationCount: number,
): (coreHertz: Column, row: number) => number {
  const unit = machine.units.find((each) => each.kind === kind && each.operationsPerCycle.fp32 !== undefined)
  const rate = unit?.operationsPerCycle.fp32
  if (operationCount === 0 || unit === undefined || rate === undefined) return () => 0
  return (coreHertz, row) => operationCount / (unit.count[row]! * rate[row]! * clockHertz(machine, unit.clock, coreHertz, row))
}

/** The unit that multiplies matrices of a format, else the vector unit of it, and its operations a second. */
export function matrixOperationsPerSecond(
  machine: Machine<Column>,
  dtype: Dtype,
): {name: string; at: (coreHertz: Column, row: number) => number} {
  const of = (kind: UnitKind) => machine.units.find((unit) => unit.kind === kind && unit.operationsPerCycle[dtype] !== undefined)
  const unit = of('matrix') ?? of('vector')
  const rate = unit?.operationsPerCycle[dtype]
  if (unit === undefined || rate === undefined) return {name: 'overhead', at: () => Number.POSITIVE_INFINITY}
  return {name: unit.name, at: (coreHertz, row) => unit.count[row]! * rate[row]! * clockHertz(machine, unit.clock, coreHertz, row)}
}

/** The way of one access through all memories; the share that the cache holds stops there. */
export function tripSeconds(machine: Machine<Column>, keptRatio: number, row: number): number {
  let seconds = 0
  for (let i = 0; i < machine.memories.length; i++) {
    const level = machine.memories[i]!
    seconds += level.latencySeconds[row]! * (level.kind === 'dram' ? 1 - keptRatio : 1)
  }
  return seconds
}

/** A clock domain's clock: the core's is the row's own, the others run at their nominal one. */
function clockHertz(machine: Machine<Column>, clock: number, coreHertz: Column, row: number): number {
  return clock <= 0 ? coreHertz[row]! : machine.clocks[clock]!.nominalHertz[row]!
}
