import type {Column, Machine} from '../../accelerator/machine.js'
import {dtypeBytes} from '../../foundation/dtype.js'
import type {OperatorNode, TensorAccess} from '../../workload/operator.js'
import type {KernelContext, KernelModel, KernelParameter} from './kernel-model.js'
import {coreCounts, keptRatioOf, levelOf, mainMemory, readSeconds, tripSeconds, unitSecondsOf} from './machine-parts.js'

/** Registers of a thread in a kernel that streams: 32 of 4 bytes, so that 256 KiB hold 2048 threads. */
const threadRegisterBytes = 128
/** Elements that a block of the vectorised row kernels takes at once: 128 threads, four fp32 each. PyTorch, layer_norm_kernel.cu. */
const rowBlockElements = 512
/** Longest row that one warp keeps in registers, in rounds of a power of two. PyTorch, PersistentSoftmax.cuh. */
const warpRowElements = 1024
/** Share of a launch that no work of a lone kernel hides; fitted once, for V100, T4 and A100 together. */
const exposedShare = 0.7
/** A clock that rises this many times at the most keeps the time rising with the work: e². */
const mostRiseRatio = 7
/** Threads of a block of the vectorised row kernels, which decides how many rows are under way. */
const rowBlockThreads = 128

/** Kernels of inference engines that load one element at a time (vLLM, csrc/activation_kernels.cu, pos_encoding_kernels.cu). */
const scalarFunctions = new Set(['swiglu', 'geglu', 'gelu-tanh', 'rope'])
/** Functions that eager frameworks hand a converted scalar or a named variant, which costs the host time. */
const argumentFunctions = new Set(['addu', 'mulu', 'divu', 'powu', 'relu', 'gelu'])

const floorSeconds: KernelParameter = {
  unit: 's',
  least: 1e-6,
  most: 1e-4,
  start: 2e-5,
  meaning: 'host time of a launch, below which nothing shows; zero where the host runs ahead',
}
const startSeconds: KernelParameter = {unit: 's', least: 1e-7, most: 6e-5, start: 8e-6, meaning: 'launch and ramp on the device'}
const memoryEfficiencyRatio: KernelParameter = {
  unit: '',
  least: 0.3,
  most: 1,
  start: 0.85,
  meaning: "streams' share of the main memory's bandwidth",
}
const waitOverlapRatio: KernelParameter = {
  unit: '',
  least: 0.05,
  most: 20,
  start: 1,
  meaning: 'accesses that a resident thread has under way at once',
}
const clockRiseSeconds: KernelParameter = {
  unit: 's',
  least: 1e-7,
  most: 4e-4,
  start: 4e-5,
  meaning: 'length of a lone kernel up to which an idle card has not raised its clock; nothing within a pass',
}
const argumentSeconds: KernelParameter = {
  unit: 's',
  least: 0,
  most: 5e-5,
  start: 4e-6,
  meaning: 'host time to convert a scalar argument',
}

/** What one kind of streaming kernel asks, beside its bytes. */
interface Stream {
  /** Accesses that a thread waits for, one after another. */
  readonly accessCount: number
  /** Bytes of distinct tensors: what a cache would have to hold for the next run. */
  readonly footprintBytes: number
  /** Bytes that are read a second time, when the rows under way no longer fit into the cache. */
  readonly rereadBytes: number
  /** Bytes of its row that each thread stands for. */
  readonly underWayBytesPerThread: number
  /** Tensors of the last run are found in the cache. */
  readonly isKept: boolean
  /** The cache shortens the wait of each access; loads one element at a time by the read-only path show no such gain. */
  readonly isWaitShortened: boolean
}

/** How a class of kernels reads its column of parameters. */
interface Reading {
  readonly floorSeconds: (parameters: Float64Array) => number
  readonly startSeconds: (parameters: Float64Array) => number
  readonly memoryEfficiencyRatio: (parameters: Float64Array) => number
  readonly waitOverlapRatio: (parameters: Float64Array) => number
  readonly clockRiseSeconds: (parameters: Float64Array) => number
}

const rowParameters = {floorSeconds, memoryEfficiencyRatio, waitOverlapRatio, clockRiseSeconds}
const rowReading: Reading = {
  floorSeconds: (parameters) => parameters[0]!,
  startSeconds: (parameters) => parameters[0]! * exposedShare,
  memoryEfficiencyRatio: (parameters) => parameters[1]!,
  waitOverlapRatio: (parameters) => parameters[2]!,
  clockRiseSeconds: (parameters) => parameters[3]!,
}

/** Softmax over rows: short rows in the registers of a warp, long ones by a block in three visits. */
export const softmaxTime: KernelModel<keyof typeof rowParameters> = {
  parameters: rowParameters,
  compile: (context) => streamKernel(context, softmaxStream(context.node), rowReading),
}

/** LayerNorm and RMSNorm: a block a row, which it reads twice. */
export const normTime: KernelModel<keyof typeof rowParameters> = {
  parameters: rowParameters,
  compile: (context) => streamKernel(context, normStream(context.node), rowReading),
}

/** Functions of each element: vectorised ones stream, those that load one element at a time wait for the memory. */
export const elementwiseTime: KernelModel<'floorSeconds' | 'startSeconds' | 'memoryEfficiencyRatio' | 'argumentSeconds'> = {
  parameters: {floorSeconds, startSeconds, memoryEfficiencyRatio, argumentSeconds},
  compile: (context) => {
    const hasArgument = argumentFunctions.has(String(context.node.shape['function']))
    return streamKernel(context, elementwiseStream(context.node), {
      floorSeconds: (parameters) => parameters[0]! + (hasArgument ? parameters[3]! : 0),
      startSeconds: (parameters) => parameters[1]!,
      memoryEfficiencyRatio: (parameters) => parameters[2]!,
      waitOverlapRatio: () => 1,
      clockRiseSeconds: () => 0,
    })
  },
}

/** Rows looked up by id: id, row and result one after another, one element a thread. */
export const embeddingTime: KernelModel<'floorSeconds' | 'startSeconds' | 'waitOverlapRatio'> = {
  parameters: {floorSeconds, startSeconds, waitOverlapRatio},
  compile: (context) =>
    streamKernel(context, embeddingStream(context.node), {
      floorSeconds: (parameters) => parameters[0]!,
      startSeconds: (parameters) => parameters[1]!,
      memoryEfficiencyRatio: () => 1,
      waitOverlapRatio: (parameters) => parameters[2]!,
      clockRiseSeconds: () => 0,
    }),
}

function softmaxStream({demand, shape, dtype}: OperatorNode): Stream {
  const [m, n] = [Number(shape['m']), Number(shape['n'])]
  const isShort = n <= warpRowElements
  const size = dtypeBytes(dtype)
  // Blocks take the next power of two of threads for four elements each; input and output share the core's memory.
  const threadCount = Math.min(1024, 2 ** Math.ceil(Math.log2(n / 4)))
  return {
    accessCount: m * (isShort ? 2 ** Math.ceil(Math.log2(Math.max(32, n))) : 3 * n),
    footprintBytes: bytesOf(demand),
    rereadBytes: isShort ? 0 : 2 * m * n * size,
    underWayBytesPerThread: isShort ? 0 : (2 * n * size) / threadCount,
    isKept: false,
    isWaitShortened: false,
  }
}

function normStream({demand, shape, dtype}: OperatorNode): Stream {
  const [m, n] = [Number(shape['m']), Number(shape['n'])]
  const size = dtypeBytes(dtype)
  const isScalar = shape['function'] === 'rmsnorm'
  const elements = bytesOf(demand) / size
  if (isScalar) {
    // Two visits with a weight beside the second, and the sum with what came before it stays in the cache too.
    return {
      accessCount: 2 * elements,
      footprintBytes: 1.5 * bytesOf(demand),
      rereadBytes: 0,
      underWayBytesPerThread: 0,
      isKept: true,
      isWaitShortened: true,
    }
  }
  // Two visits in whole rounds of a block, and its reduction, which takes as long as another one.
  const accessCount = 2 * m * (Math.ceil(n / rowBlockElements) + 1) * rowBlockElements
  return {
    accessCount,
    footprintBytes: bytesOf(demand),
    rereadBytes: m * n * size,
    underWayBytesPerThread: (n * size) / rowBlockThreads,
    isKept: false,
    isWaitShortened: false,
  }
}

function elementwiseStream({demand, shape, dtype}: OperatorNode): Stream {
  const name = String(shape['function'])
  const bytes = bytesOf(demand)
  const isRotary = name === 'rope'
  // Queries and keys turn in place; sine and cosine come beside each pair.
  const accessCount = scalarFunctions.has(name) ? (bytes / dtypeBytes(dtype)) * (isRotary ? 1.25 : 1) : 0
  return {
    accessCount,
    footprintBytes: isRotary ? bytes / 2 : bytes,
    rereadBytes: 0,
    underWayBytesPerThread: 0,
    isKept: true,
    isWaitShortened: false,
  }
}

function embeddingStream({demand, shape}: OperatorNode): Stream {
  const elements = Number(shape['tokens']) * Number(shape['hidden'])
  const accessCount = elements * (1 + 2 * Number(shape['tables']))
  return {accessCount, footprintBytes: bytesOf(demand), rereadBytes: 0, underWayBytesPerThread: 0, isKept: false, isWaitShortened: false}
}

function bytesOf({reads, writes}: OperatorNode['demand']): number {
  const sum = (accesses: readonly TensorAccess[]): number => accesses.reduce((bytes, each) => bytes + each.bytes, 0)
  return sum(reads) + sum(writes)
}

/** max(host, launch + the slower of memory and waiting threads), the corner rounded: streams overlap with what they wait for. */
function streamKernel(
  {machine, node, parameters, run, boundIndex}: KernelContext,
  stream: Stream,
  reading: Reading,
): (coreHertz: Column, seconds: Column, boundBy: Int32Array, rowCount: number) => void {
  const [overheadBound, memoryBound] = [boundIndex('overhead'), boundIndex(mainMemory(machine).name)]
  const specialSeconds = unitSecondsOf(machine, 'special', specialCount(node))
  const bytes = bytesOf(node.demand)
  const isAlone = Number.isFinite(run.operandCopyCount)
  return (coreHertz, seconds, boundBy, rowCount) => {
    const floor = reading.floorSeconds(parameters)
    const start = reading.startSeconds(parameters)
    const efficiency = reading.memoryEfficiencyRatio(parameters)
    const overlap = reading.waitOverlapRatio(parameters)
    const rise = isAlone ? reading.clockRiseSeconds(parameters) : 0
    for (let row = 0; row < rowCount; row++) {
      const keptRatio = stream.isKept ? keptRatioOf(machine, stream.footprintBytes, run.operandCopyCount, row) : 0
      const rereadBytes = stream.rereadBytes * (1 - rowsKeptRatio(machine, stream.underWayBytesPerThread, row))
      const streamSeconds = readSeconds(machine, bytes + rereadBytes, keptRatio, efficiency, coreHertz, row)
      const accessSeconds = waitingSeconds(machine, stream.accessCount, stream.isWaitShortened ? keptRatio : 0, row) / overlap
      const waitSeconds = atRisingClock(machine, accessSeconds, rise, row) + specialSeconds(coreHertz, row)
      const workSeconds = Math.cbrt(streamSeconds ** 3 + waitSeconds ** 3)
      const total = start + workSeconds
      seconds[row] = total > floor ? total : floor
      boundBy[row] = total > floor && workSeconds > start ? memoryBound : overheadBound
    }
  }
}

/** Short work runs before an idle card has raised its clock from the lowest. */
function atRisingClock({clocks}: Machine<Column>, workSeconds: number, riseSeconds: number, row: number): number {
  if (riseSeconds === 0) return workSeconds
  const {maximumHertz, minimumHertz} = clocks[0]!
  const ratio = Math.min(mostRiseRatio, maximumHertz[row]! / minimumHertz[row]! - 1)
  return workSeconds * (1 + ratio * Math.exp(-workSeconds / riseSeconds))
}

/** Share of the rows under way that a core's own memory still holds for another visit: a soft step at its capacity. */
function rowsKeptRatio(machine: Machine<Column>, bytesPerThread: number, row: number): number {
  const own = levelOf(machine, 'scratchpad')
  if (own === undefined || bytesPerThread === 0) return 1
  return 1 / (1 + ((residentThreads(machine, row) * bytesPerThread) / own.capacityBytes[row]!) ** 4)
}

/** Little's law: every resident thread waits one trip through the memories for each of its accesses. */
function waitingSeconds(machine: Machine<Column>, accessCount: number, keptRatio: number, row: number): number {
  if (accessCount === 0) return 0
  return (accessCount * tripSeconds(machine, keptRatio, row)) / (coreCounts(machine)[row]! * residentThreads(machine, row))
}

/** Threads that the registers of one core hold; a core without registers of its own streams without waiting threads. */
function residentThreads(machine: Machine<Column>, row: number): number {
  const registers = levelOf(machine, 'register')
  return registers === undefined ? Number.POSITIVE_INFINITY : registers.capacityBytes[row]! / threadRegisterBytes
}

function specialCount({demand}: OperatorNode): number {
  return demand.work.reduce((sum, {unit, operationCount}) => sum + (unit === 'special' ? operationCount : 0), 0)
}
