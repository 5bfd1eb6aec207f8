import type {Column, ComputeUnit, Machine, MemoryKind, MemoryLevel, Rate} from '../../accelerator/machine.js'
import type {Dtype} from '../../foundation/dtype.js'
import type {UnitKind} from '../../foundation/resource.js'
import type {Demand} from '../../workload/operator.js'

/** From the end of one kernel to the start of the next on the device. The study's fits of graph-launched GEMM: 1.5 us on L40S to 2.0 on H100. */
export const kernelGapSeconds = 1.8e-6
/** Share of its peak that streams through the last cache reach. Chips and Cheese, measurements of A100 and H100: about a half. */
const cacheShare = 0.5

/** The innermost memory of a kind. */
export function levelOf(machine: Machine<Column>, kind: MemoryKind): MemoryLevel<Column> | undefined {
  const {memories} = machine
  // A loop, since it runs for every row of a batch.
  for (let i = 0; i < memories.length; i++) if (memories[i]!.kind === kind) return memories[i]
  return undefined
}

/** The memory that holds the tensors: the outermost one. */
export function mainMemory(machine: Machine<Column>): MemoryLevel<Column> {
  return machine.memories.at(-1)!
}

/** Compute cores that share no registers: streaming multiprocessors on a GPU. */
export function coreCounts(machine: Machine<Column>): Column {
  return (levelOf(machine, 'register') ?? levelOf(machine, 'scratchpad'))?.instanceCount ?? machine.units[0]!.count
}

/** Bytes a second that all instances of a level move in one direction. */
export function levelBytesPerSecond(
  machine: Machine<Column>,
  level: MemoryLevel<Column>,
  rate: Rate<Column>,
  coreHertz: number,
  row: number,
): number {
  const bytes = rate.amount[row]! * level.instanceCount[row]!
  if (level.clock < 0) return bytes
  const hertz = clockHertz(machine, level.clock, coreHertz, row)
  return rate.isPerCycle ? bytes * hertz : (bytes * hertz) / machine.clocks[level.clock]!.nominalHertz[row]!
}

/** Share of a footprint that its last run left in the cache, after the other operand sets: a soft step at its capacity. */
export function keptRatioOf(machine: Machine<Column>, footprintBytes: number, operandCopyCount: number, row: number): number {
  if (operandCopyCount === Number.POSITIVE_INFINITY) return 0
  const cache = levelOf(machine, 'cache')
  if (cache === undefined) return 0
  return 1 / (1 + ((footprintBytes * operandCopyCount) / (cache.capacityBytes[row]! * cache.instanceCount[row]!)) ** 4)
}

/** What the cache keeps comes at its rate, the rest through it from the main memory, at the lower rate of the two. */
export function readSeconds(
  machine: Machine<Column>,
  bytes: number,
  keptRatio: number,
  memoryShare: number,
  coreHertz: number,
  row: number,
): number {
  const memory = mainMemory(machine)
  const memoryRate = memoryShare * levelBytesPerSecond(machine, memory, memory.read, coreHertz, row)
  const cache = levelOf(machine, 'cache')
  if (cache === undefined) return bytes / memoryRate
  const cacheRate = cacheShare * levelBytesPerSecond(machine, cache, cache.read, coreHertz, row)
  return (bytes * (1 - keptRatio)) / Math.min(memoryRate, cacheRate) + (bytes * keptRatio) / cacheRate
}

/** A unit and its operations a second at a core clock. */
export interface UnitRate {
  readonly name: string
  readonly operationsPerSecond: (coreHertz: number, row: number) => number
}

/** Units of a kind that compute this format, or fp32 in its place. */
export function unitRateOf(machine: Machine<Column>, kind: UnitKind, dtype: Dtype): UnitRate | undefined {
  const of = (format: Dtype) => rateOf(machine, (unit) => unit.kind === kind, format)
  return of(dtype) ?? of('fp32')
}

/** The unit that multiplies matrices of a format, else the vector unit of it. */
export function matrixRateOf(machine: Machine<Column>, dtype: Dtype): UnitRate | undefined {
  return rateOf(machine, ({kind}) => kind === 'matrix', dtype) ?? rateOf(machine, ({kind}) => kind === 'vector', dtype)
}

function rateOf(machine: Machine<Column>, isMeant: (unit: ComputeUnit<Column>) => boolean, dtype: Dtype): UnitRate | undefined {
  const unit = machine.units.find((each) => isMeant(each) && each.operationsPerCycle[dtype] !== undefined)
  const rate = unit?.operationsPerCycle[dtype]
  if (unit === undefined || rate === undefined) return undefined
  const operationsPerSecond = (coreHertz: number, row: number): number =>
    unit.count[row]! * rate[row]! * clockHertz(machine, unit.clock, coreHertz, row)
  return {name: unit.name, operationsPerSecond}
}

/** The way of one access through all memories at nominal clocks; the share that the cache holds stops there. */
export function tripSeconds(machine: Machine<Column>, keptRatio: number, row: number): number {
  let seconds = 0
  for (let i = 0; i < machine.memories.length; i++) {
    const level = machine.memories[i]!
    seconds += level.latencySeconds[row]! * (level.kind === 'dram' ? 1 - keptRatio : 1)
  }
  return seconds
}

/** Bytes that an operator reads and writes, each once. */
export function bytesOf({reads, writes}: Pick<Demand, 'reads' | 'writes'>): number {
  return [...reads, ...writes].reduce((bytes, each) => bytes + each.bytes, 0)
}

/** A clock domain's clock: the core's is the row's own. */
function clockHertz(machine: Machine<Column>, clock: number, coreHertz: number, row: number): number {
  return clock <= 0 ? coreHertz : machine.clocks[clock]!.hertz[row]!
}
