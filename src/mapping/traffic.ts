import type {Column, Machine} from '../accelerator/machine.js'
import type {TensorClass} from '../foundation/resource.js'
import type {Contraction, Demand, TensorAccess} from '../workload/operator.js'

/**
 * Bytes that must cross one memory level, as a function of the storage inside it:
 * reads = max(compulsory, perRootByte / √inside + perByte / inside), writes = compulsory.
 */
export interface LevelDemand {
  readonly readBytes: number
  readonly writeBytes: number
  /** Of matrix products on their own: 2mnk/√S words. Smith et al., "A Tight I/O Lower Bound for Matrix Multiplication", 2019. */
  readonly readBytesPerRootByte: number
  /** Of fused attention: every block of queries streams the keys and values again. Dao et al., "FlashAttention", 2022, theorem 2. */
  readonly readBytesPerByte: number
}

/** What each memory level must move for an operator, innermost first. */
export function levelDemands(demand: Demand, isFused: boolean, machine: Machine<unknown>): LevelDemand[] {
  const streams = demand.contractions.map((contraction) => streamOf(contraction, isFused))
  const perRootByte = sum(streams.map((stream) => stream.perRootByte))
  const perByte = sum(streams.map((stream) => stream.perByte))
  const allReadBytes = sum(demand.reads.map((access) => access.bytes))
  return machine.memories.map(({bypass}) => {
    const readBytes = keptBytes(demand.reads, bypass)
    const keptRatio = allReadBytes === 0 ? 0 : readBytes / allReadBytes
    return {
      readBytes,
      writeBytes: keptBytes(demand.writes, bypass),
      readBytesPerRootByte: perRootByte * keptRatio,
      readBytesPerByte: perByte * keptRatio,
    }
  })
}

/** Storage that sits inside each level, under one instance of the level next to it; 0 for the innermost. */
export function insideBytes(machine: Machine<Column>, level: number, out: Column, rowCount: number): void {
  out.fill(0, 0, rowCount)
  const next = machine.memories[level - 1]
  if (next === undefined) return
  for (let inner = 0; inner < level; inner++) {
    const {capacityBytes, instanceCount} = machine.memories[inner]!
    for (let row = 0; row < rowCount; row++) out[row]! += (capacityBytes[row]! * instanceCount[row]!) / next.instanceCount[row]!
  }
}

/** Operations that a matrix unit of native tile tm × tn × tk executes for a product, padding included, either way round. */
export function paddedOperations({m, n, k, batchCount, operationCount}: Contraction, tm: number, tn: number, tk: number): number {
  const depth = Math.ceil(k / tk) * tk
  const straight = Math.ceil(m / tm) * tm * Math.ceil(n / tn) * tn
  const turned = Math.ceil(n / tm) * tm * Math.ceil(m / tn) * tn
  const usefulRatio = operationCount / (2 * m * n * k * batchCount)
  return 2 * Math.min(straight, turned) * depth * batchCount * usefulRatio
}

/** Bytes that a native tile fetches from the innermost level: each operand once per tile of the other. */
export function tileReadBytes({operationCount, operandBytes}: Contraction, tm: number, tn: number): number {
  return (operationCount / 2) * (1 / tm + 1 / tn) * operandBytes
}

function streamOf({m, n, k, operationCount, operandBytes}: Contraction, isFused: boolean): {perRootByte: number; perByte: number} {
  if (isFused) return {perRootByte: 0, perByte: (operationCount / 2) * Math.min(m, n, k) * operandBytes ** 2}
  return {perRootByte: operationCount * operandBytes ** 1.5, perByte: 0}
}

function keptBytes(accesses: readonly TensorAccess[], bypass: readonly TensorClass[]): number {
  return sum(accesses.filter(({tensor}) => !bypass.includes(tensor)).map(({bytes}) => bytes))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
