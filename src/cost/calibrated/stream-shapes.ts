import {dtypeBytes} from '../../foundation/dtype.js'
import type {OperatorNode} from '../../workload/operator.js'
import {bytesOf} from './machine-parts.js'
import type {Stream} from './stream-kernel.js'

/** Bytes that a vectorised access takes at once, and those that a memory delivers. PyTorch, layer_norm_kernel.cu and SoftMax.cu. */
const [vectorBytes, sectorBytes] = [16, 32]
/** Sectors of a warp's 128 bytes that begin within one, over those that begin with one: five for four. */
const straddlingRatio = 5 / 4
/** Threads of a block of the vectorised norm. PyTorch, layer_norm_kernel.cu: 4 warps of 32. */
const normBlockThreads = 128
/** Rounds of a block that the norm's reduction over its warps takes. */
const normReductionRounds = 2
/** Longest row that one warp keeps in registers. PyTorch, PersistentSoftmax.cuh. */
const warpRowElements = 1024
/** Cycles in which a softmax's block reductions read the value of one thread alone: two reductions, each one writes and one reads; fitted once. */
const serialCyclesPerThread = 3

/** Kernels of inference engines that load one element at a time (vLLM, csrc/activation_kernels.cu, pos_encoding_kernels.cu). */
const scalarFunctions = new Set(['swiglu', 'geglu', 'gelu-tanh', 'rope'])

/**
 * Instructions of one element where its function takes tens, within a third. Powers: a logarithm and an exponential in two floats each.
 * Error function: the polynomials of two ranges and an exponential. Quotients are exact. Hyperbolic tangent: an exponential, a quotient, a polynomial near 0.
 * Sigmoids: an exponential and a quotient. CUDA, powf, erff, tanhf, expf.
 */
const functionInstructionCounts: ReadonlyMap<string, number> = new Map([
  ['pow', 50],
  ['powu', 50],
  ['gelu', 40],
  ['tanh', 25],
  ['silu', 25],
  ['scale', 10],
])
/** Instructions of any element in a vectorised kernel: its share of loads and stores, and conversions. */
const plainInstructionCount = 5
/** A cast to a wider format chooses how to read each element by a format that it learns as it runs. PyTorch, MemoryAccess.cuh, LoadWithCast. */
const wideningInstructionCount = 45

/** Operands of an element, its result among them, and the dimensions in which they lie or repeat differently. */
interface Indexing {
  readonly operandCount: number
  readonly dimensionCount: number
}

/** Kernels that find out where each element stands in each operand. PyTorch, OffsetCalculator.cuh, IntegerDivider.cuh. */
const indexings: ReadonlyMap<string, Indexing> = new Map([
  // Scores with a mask that repeats over heads: sequences, heads, pairs.
  ['mask', {operandCount: 3, dimensionCount: 3}],
  ['scale', {operandCount: 3, dimensionCount: 1}],
  ['select', {operandCount: 4, dimensionCount: 3}],
  // Sequences, heads, tokens, elements of a head.
  ['permute', {operandCount: 2, dimensionCount: 4}],
  ['transpose', {operandCount: 2, dimensionCount: 4}],
  ['repeat', {operandCount: 2, dimensionCount: 4}],
])

/**
 * In each dimension a division through the upper half of a product (two slots of a plain instruction), its sum and shift, the remainder and
 * the test for the last one, then a multiply-add an operand; an operand's address, access and conversion take five more.
 */
function indexInstructionCount({operandCount, dimensionCount}: Indexing): number {
  return dimensionCount * (6 + operandCount) + 5 * operandCount
}

/** A stream of vectorised accesses, each byte once: nothing to wait for beyond the bytes. */
const plain = {
  accessCount: 0,
  serialCycleCount: 0,
  instructionCount: 0,
  indexInstructionCount: 0,
  servedRatio: 1,
  sectorRatio: 1,
  rereadBytes: 0,
  scatteredBytes: 0,
  underWayBytesPerThread: 0,
  isWaitShortened: false,
  isStaged: false,
} as const satisfies Partial<Stream>

/** Softmax over rows: short rows in the registers of a warp, long ones by a block in three visits. */
export function softmaxStream({demand, shape, dtype}: OperatorNode): Stream {
  const [m, n] = [Number(shape['m']), Number(shape['n'])]
  const size = dtypeBytes(dtype)
  // What a run writes does not push out what the next one reads.
  const kept = {
    footprintBytes: bytesOf({...demand, writes: []}),
    servedRatio: bytesOf({...demand, writes: []}) / bytesOf(demand),
    isStaged: true,
  }
  if (n <= warpRowElements) {
    const sectorRatio = (n * size) % sectorBytes === 0 ? 1 : straddlingRatio
    return {...plain, ...kept, sectorRatio, accessCount: m * n * crowdingRatio(n)}
  }
  const lanes = vectorBytes / size
  const threadCount = softmaxBlockThreads(n, lanes)
  const roundCount = softmaxRounds(n, lanes, threadCount)
  return {
    ...plain,
    ...kept,
    accessCount: 3 * m * roundCount * threadCount,
    serialCycleCount: serialCyclesPerThread * m * threadCount,
    rereadBytes: 2 * m * n * size,
    underWayBytesPerThread: (n * size) / threadCount,
  }
}

/** Threads that registers would hold of 32 each, over those that they hold: a lane keeps its part of the row beside 16 others. */
function crowdingRatio(n: number): number {
  const keptElements = 2 ** Math.ceil(Math.log2(Math.max(1, n))) / 32
  return Math.max(1, (keptElements + 16) / 32)
}

/** Half or more of a row in vectors: the power of two at or above half of the row's vectors. PyTorch, SoftMax.cu, SoftMax_getBlockSize. */
function softmaxBlockThreads(n: number, lanes: number): number {
  const most = Math.min(1024, Math.floor(n / lanes)) / 2
  return Math.max(32, 2 ** Math.ceil(Math.log2(most)))
}

/** Rounds of a block over a row: one to reach a whole vector, vectors, and what remains one by one. PyTorch, SoftMax.cu, ilpReduce. */
function softmaxRounds(n: number, lanes: number, threadCount: number): number {
  const vectorElements = lanes * threadCount
  return (n % lanes === 0 ? 0 : 1) + Math.floor(n / vectorElements) + Math.ceil((n % vectorElements) / threadCount)
}

/** LayerNorm: a block a row, read twice. RMSNorm of inference engines: one element at a time. */
export function normStream({demand, shape, dtype}: OperatorNode): Stream {
  const [m, n] = [Number(shape['m']), Number(shape['n'])]
  const size = dtypeBytes(dtype)
  const bytes = bytesOf(demand)
  if (shape['function'] === 'rmsnorm') {
    // Two visits with a weight beside the second, and the sum with what came before it stays in the cache too.
    return {...plain, accessCount: (2 * bytes) / size, footprintBytes: 1.5 * bytes, isWaitShortened: true}
  }
  const roundCount = normRounds((n * size) / vectorBytes) + normReductionRounds
  return {
    ...plain,
    accessCount: m * normBlockThreads * roundCount,
    footprintBytes: Number.POSITIVE_INFINITY,
    rereadBytes: m * n * size,
    underWayBytesPerThread: (n * size) / normBlockThreads,
  }
}

/**
 * Rounds of a block that visits a row of so many vectors twice. Loops are unrolled by four: where the last of four rounds ends
 * within a warp, that warp runs the unrolled rounds for some lanes and three single ones for the others.
 */
function normRounds(vectorCount: number): number {
  const roundCount = Math.ceil(vectorCount / normBlockThreads)
  const isSplit = roundCount % 4 === 0 && Math.ceil(vectorCount) % 32 !== 0
  return 2 * roundCount + (isSplit ? 3 : 0)
}

/** Functions of each element: vectorised ones stream, those that load one element at a time wait for the memory. */
export function elementwiseStream({demand, shape, dtype}: OperatorNode): Stream {
  const name = String(shape['function'])
  const bytes = bytesOf(demand)
  const count = Number(shape['parameters'] ?? Number(shape['m']) * Number(shape['n']))
  const stream = {
    ...plain,
    footprintBytes: bytes,
    instructionCount: count * (functionInstructionCounts.get(name) ?? 0),
    indexInstructionCount: count * placingInstructionCount(name, demand),
  }
  if (name === 'transpose') return {...stream, scatteredBytes: count * sectorBytes}
  if (!scalarFunctions.has(name)) return stream
  const elementCount = bytes / dtypeBytes(dtype)
  // Queries and keys turn in place; sine and cosine come beside each pair.
  return name === 'rope'
    ? {...plain, footprintBytes: bytes / 2, accessCount: 1.25 * elementCount}
    : {...plain, footprintBytes: bytes, accessCount: elementCount}
}

/** Rows looked up by id: id, row and result one after another, one element a thread. */
export function embeddingStream({shape}: OperatorNode): Stream {
  const elementCount = Number(shape['tokens']) * Number(shape['hidden'])
  return {...plain, footprintBytes: Number.POSITIVE_INFINITY, accessCount: elementCount * (1 + 2 * Number(shape['tables']))}
}

/** Instructions of one element beside its function. */
function placingInstructionCount(name: string, demand: OperatorNode['demand']): number {
  if (name === 'typecast' && isWidening(demand)) return wideningInstructionCount
  const indexing = indexings.get(name)
  return indexing === undefined ? plainInstructionCount : indexInstructionCount(indexing)
}

function isWidening({reads, writes}: OperatorNode['demand']): boolean {
  return bytesOf({reads: [], writes}) > bytesOf({reads, writes: []})
}
