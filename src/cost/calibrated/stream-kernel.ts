import type {Column, Machine} from '../../accelerator/machine.js'
import type {OperatorNode} from '../../workload/operator.js'
import type {Fact} from '../explanation.js'
import type {CompiledKernel, KernelContext} from './kernel-model.js'
import {
  bytesOf,
  coreCounts,
  keptRatioOf,
  kernelGapSeconds,
  levelOf,
  mainMemory,
  readSeconds,
  tripSeconds,
  unitRateOf,
} from './machine-parts.js'

/** Registers of a thread in a kernel that streams: 32 of 4 bytes, so that 256 KiB hold 2048 threads. */
const threadRegisterBytes = 128
/** Share of a core's own memory that keeps rows; the rest holds partial sums and what is being stored. Fitted once, for V100, T4 and A100 together. */
const ownShare = 0.62
/** Integer instructions that a core completes in a cycle: 16 in each of its four parts. NVIDIA's whitepapers, Volta to Hopper. */
const integerLaneCount = 64
/** Highest clock over the one of a mostly idle card whose base clock is not stated: between an A100's 1.8 and a T4's 2.7. */
const usualIdleRatio = 2.2

/** What one kind of streaming kernel asks, beside its bytes. */
export interface Stream {
  /** Accesses that a thread waits for, one after another, over all threads. */
  readonly accessCount: number
  /** Cycles in which a core does nothing but serve one thread, over all threads. */
  readonly serialCycleCount: number
  /** Instructions of functions that the vector units compute in tens of steps. */
  readonly instructionCount: number
  /** Instructions that find where elements stand, load, convert and store them. */
  readonly indexInstructionCount: number
  /** Bytes of distinct tensors: what a cache would have to hold for the next run. */
  readonly footprintBytes: number
  /** Share of all bytes that a cache serves which holds the footprint. */
  readonly servedRatio: number
  /** Bytes moved over bytes used: rows that begin within a sector touch one more. */
  readonly sectorRatio: number
  /** Bytes that are read once more, when the rows under way no longer fit into the core's own memory. */
  readonly rereadBytes: number
  /** Bytes that the cache hands out in whole sectors for elements that lie apart. */
  readonly scatteredBytes: number
  /** Bytes of its row that each thread stands for. */
  readonly underWayBytesPerThread: number
  /** The cache shortens the wait of each access; loads one element at a time by the read-only path show no such gain. */
  readonly isWaitShortened: boolean
  /** A block waits for all of one visit before the next, so that less of its waiting overlaps with streams. */
  readonly isStaged: boolean
}

/** How a class of kernels reads its column of parameters, in seconds and ratios. */
export interface StreamReading {
  /** Time of the host to issue the kernel. */
  readonly hostSeconds: (parameters: Float64Array) => number
  /** What a lone kernel shows of its launch. */
  readonly exposedSeconds: (parameters: Float64Array) => number
  readonly memoryShare: (parameters: Float64Array) => number
  readonly accessOverlap: (parameters: Float64Array) => number
  /** Length of lone kernels at which the card leaves its idle clock. */
  readonly busySeconds: (parameters: Float64Array) => number
}

/** Launch, and the slower of memory and waiting threads, the corner rounded: streams overlap with what they wait for. */
export function streamKernel(context: KernelContext, stream: Stream, reading: StreamReading): CompiledKernel {
  const {machine, parameters, run, boundIndex} = context
  const [overheadBound, latencyBound, memoryBound] = [boundIndex('overhead'), boundIndex('latency'), boundIndex(mainMemory(machine).name)]
  const terms = streamTerms(context, stream, reading)
  const isAlone = run.launch === 'alone'
  const hostSeconds = (): number => reading.hostSeconds(parameters)
  const startAt = (row: number): number => (isAlone ? reading.exposedSeconds(parameters) : kernelGapSeconds + tripSeconds(machine, 0, row))
  const workOf = (streamSeconds: number, waitSeconds: number, coreHertz: number, row: number): number => {
    const work = terms.together(streamSeconds, waitSeconds, coreHertz, row)
    if (!isAlone) return work
    const busySeconds = reading.busySeconds(parameters) - startAt(row)
    if (work >= busySeconds) return work
    // The cores of a card that is mostly idle run at a lower clock, its memory does not, until kernels are long enough to keep it busy.
    const idleHertz = coreHertz / idleRatio(machine, row)
    const idle = terms.together(streamSeconds, terms.waitAt(idleHertz, row), idleHertz, row)
    return Math.min(idle, busySeconds)
  }
  const workAt = (coreHertz: number, row: number): number =>
    workOf(terms.streamAt(coreHertz, row), terms.waitAt(coreHertz, row), coreHertz, row)
  const time = (coreHertz: Column, seconds: Column, boundBy: Int32Array, rowCount: number): void => {
    const floor = isAlone ? hostSeconds() : 0
    for (let row = 0; row < rowCount; row++) {
      const [streamSeconds, waitSeconds] = [terms.streamAt(coreHertz[row]!, row), terms.waitAt(coreHertz[row]!, row)]
      const work = workOf(streamSeconds, waitSeconds, coreHertz[row]!, row)
      const total = startAt(row) + work
      seconds[row] = total > floor ? total : floor
      const isWaiting = waitSeconds > streamSeconds || terms.instructionAt(coreHertz[row]!, row) > streamSeconds
      boundBy[row] = total > floor && 2 * work > total ? (isWaiting ? latencyBound : memoryBound) : overheadBound
    }
  }
  const facts = (coreHertz: number, row: number): Fact[] => [
    {name: 'bytes moved', value: terms.movedAt(row), unit: 'B'},
    {name: 'share kept in the cache', value: terms.keptAt(row), unit: 'ratio'},
    {name: 'rows under way kept by their core', value: rowsKeptRatio(machine, stream.underWayBytesPerThread, row), unit: 'ratio'},
    {name: 'sectors touched over bytes used', value: stream.sectorRatio, unit: 'ratio'},
    {name: 'resident threads', value: coreCounts(machine)[row]! * residentThreads(machine, row), unit: 'threads'},
    {name: 'accesses waited for', value: stream.accessCount, unit: 'accesses'},
    {name: 'streaming', value: terms.streamAt(coreHertz, row) * 1e6, unit: 'us'},
    {name: 'waiting', value: terms.waitAt(coreHertz, row) * 1e6, unit: 'us'},
    {name: 'instructions', value: terms.instructionAt(coreHertz, row) * 1e6, unit: 'us'},
    {name: 'work', value: workAt(coreHertz, row) * 1e6, unit: 'us'},
    {name: 'start', value: startAt(row) * 1e6, unit: 'us'},
    {name: 'host', value: hostSeconds() * 1e6, unit: 'us'},
    {name: 'bandwidth reached', value: bytesOf(context.node.demand) / workAt(coreHertz, row) / 1e9, unit: 'GB/s'},
  ]
  // A host that queues ahead goes on to the next kernel where one that waits for a lone kernel does not.
  return {time, hostSeconds: () => reading.exposedSeconds(parameters), facts}
}

/** What streams, what waits and what computes, at a core clock. */
interface StreamTerms {
  readonly keptAt: (row: number) => number
  readonly movedAt: (row: number) => number
  readonly streamAt: (coreHertz: number, row: number) => number
  readonly waitAt: (coreHertz: number, row: number) => number
  readonly instructionAt: (coreHertz: number, row: number) => number
  /** Streams and waits together with the instructions at a clock. */
  readonly together: (streamSeconds: number, waitSeconds: number, coreHertz: number, row: number) => number
}

function streamTerms({machine, node, parameters, run}: KernelContext, stream: Stream, reading: StreamReading): StreamTerms {
  const bytes = bytesOf(node.demand) * stream.sectorRatio
  const vector = unitRateOf(machine, 'vector', 'fp32')
  const special = unitRateOf(machine, 'special', node.dtype)
  const specialCount = special === undefined ? 0 : specialCountOf(node)
  const keptAt = (row: number): number => stream.servedRatio * keptRatioOf(machine, stream.footprintBytes, run.operandCopyCount, row)
  const movedAt = (row: number): number => bytes + stream.rereadBytes * (1 - rowsKeptRatio(machine, stream.underWayBytesPerThread, row))
  const streamAt = (coreHertz: number, row: number): number =>
    readSeconds(machine, movedAt(row), keptAt(row), reading.memoryShare(parameters), coreHertz, row) +
    (stream.scatteredBytes === 0 ? 0 : readSeconds(machine, stream.scatteredBytes, 1, 1, coreHertz, row))
  const indexAt = (coreHertz: number, row: number): number =>
    stream.indexInstructionCount / (coreCounts(machine)[row]! * integerLaneCount * coreHertz)
  const waitAt = (coreHertz: number, row: number): number => {
    const {accessCount, serialCycleCount, isWaitShortened} = stream
    const slowdown = machine.clocks[0]!.nominalHertz[row]! / coreHertz
    const keptRatio = accessCount > 0 && isWaitShortened ? keptAt(row) : 0
    const accessSeconds =
      accessCount === 0 ? 0 : (waitingSeconds(machine, accessCount, keptRatio, row) * slowdown) / reading.accessOverlap(parameters)
    const serialSeconds = serialCycleCount === 0 ? 0 : serialCycleCount / (coreCounts(machine)[row]! * coreHertz)
    const specialSeconds = specialCount === 0 ? 0 : specialCount / special!.operationsPerSecond(coreHertz, row)
    return accessSeconds + serialSeconds + indexAt(coreHertz, row) + specialSeconds
  }
  // A multiply-add counts as two operations, an instruction of any other kind takes its place.
  const instructionAt = (coreHertz: number, row: number): number =>
    indexAt(coreHertz, row) + (vector === undefined ? 0 : (2 * stream.instructionCount) / vector.operationsPerSecond(coreHertz, row))
  // Between a load and a store, functions of some threads hide behind the bytes of others; what must come before a load does so less.
  const together = (streamSeconds: number, waitSeconds: number, coreHertz: number, row: number): number =>
    Math.max(roundedMaximum(streamSeconds, waitSeconds, stream.isStaged), instructionAt(coreHertz, row))
  return {keptAt, movedAt, streamAt, waitAt, instructionAt, together}
}

/** Highest clock over the base clock, at which a card runs that is mostly idle. */
function idleRatio({clocks}: Machine<Column>, row: number): number {
  const {maximumHertz, baseHertz} = clocks[0]!
  return baseHertz === undefined ? usualIdleRatio : Math.max(1, maximumHertz[row]! / baseHertz[row]!)
}

/** Two phases that overlap but for a part where they are equal: a norm of the third power, or of the second. */
function roundedMaximum(one: number, two: number, isRounder: boolean): number {
  if (two === 0) return one
  return isRounder ? Math.sqrt(one * one + two * two) : Math.cbrt(one * one * one + two * two * two)
}

/** Share of the rows under way that a core's own memory still holds for another visit: a soft step at its capacity. */
function rowsKeptRatio(machine: Machine<Column>, bytesPerThread: number, row: number): number {
  if (bytesPerThread === 0) return 1
  const own = levelOf(machine, 'scratchpad')
  if (own === undefined) return 1
  return 1 / (1 + ((residentThreads(machine, row) * bytesPerThread) / (ownShare * own.capacityBytes[row]!)) ** 4)
}

/** Little's law: every resident thread waits one trip through the memories for each of its accesses. */
function waitingSeconds(machine: Machine<Column>, accessCount: number, keptRatio: number, row: number): number {
  return (accessCount * tripSeconds(machine, keptRatio, row)) / (coreCounts(machine)[row]! * residentThreads(machine, row))
}

/** Threads that one core keeps under way: as many as its registers hold, within its limit; a core without registers of its own streams without waiting threads. */
function residentThreads(machine: Machine<Column>, row: number): number {
  const registers = levelOf(machine, 'register')
  if (registers === undefined) return Number.POSITIVE_INFINITY
  return Math.min(registers.capacityBytes[row]! / threadRegisterBytes, registers.threadCount?.[row] ?? Number.POSITIVE_INFINITY)
}

function specialCountOf({demand}: OperatorNode): number {
  return demand.work.reduce((sum, {unit, operationCount}) => sum + (unit === 'special' ? operationCount : 0), 0)
}
