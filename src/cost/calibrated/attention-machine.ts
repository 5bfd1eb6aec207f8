import type {Column, ComputeUnit, Machine, MemoryLevel} from '../../accelerator/machine.js'
import {UserError} from '../../foundation/user-error.js'
import type {OperatorNode, UnitKind} from '../../workload/operator.js'
import {type AttentionKernel, attentionKernelOf} from './attention-tiles.js'

/** What attention kernels ask of a machine, row by row. */
export interface AttentionMachine {
  readonly smCount: (row: number) => number
  readonly kernel: (row: number) => AttentionKernel
  /** Matrix operations that one SM completes in a cycle. */
  readonly matrixPerCycle: (row: number) => number
  /** Exponentials that one SM completes in a cycle. */
  readonly exponentialsPerCycle: (row: number) => number
  /** Thread blocks of the per-warp kernel that one SM's scratchpad holds, at most two. */
  readonly residentCount: (row: number, ctaBytes: number) => number
  /** Bytes that one SM stages in its scratchpad in a cycle. */
  readonly stagedBytesPerCycle: (row: number) => number
  /** Bytes that the cache nearest to memory hands out in a cycle. */
  readonly cacheBytesPerCycle: (row: number) => number
  readonly dramBytesPerSecond: (row: number) => number
  readonly matrixName: string
  readonly dramName: string
}

/** Binds a machine's columns to the quantities of attention kernels. */
export function attentionMachine(machine: Machine<Column>, node: OperatorNode): AttentionMachine {
  const [matrix, special] = [unitOf(machine, node, 'matrix'), unitOf(machine, node, 'special')]
  const sms = machine.memories[0]!.instanceCount
  const scratchpad = machine.memories.find(({kind}) => kind === 'scratchpad') ?? machine.memories[0]!
  const dram = machine.memories.at(-1)!
  const cache = machine.memories.findLast(({kind}) => kind === 'cache') ?? scratchpad
  const matrixRate = rateOf(matrix, node.dtype)
  const specialRate = rateOf(special, 'fp32')
  return {
    smCount: (row) => sms[row]!,
    kernel: (row) => attentionKernelOf(matrix.tile.m[row]!),
    matrixPerCycle: (row) => (matrix.count[row]! * matrixRate[row]!) / sms[row]!,
    exponentialsPerCycle: (row) => (special.count[row]! * specialRate[row]!) / sms[row]!,
    residentCount: (row, ctaBytes) => residents(scratchpad, sms, row, ctaBytes),
    stagedBytesPerCycle: (row) => bytesPerCycle(machine, scratchpad, row) / sms[row]!,
    cacheBytesPerCycle: (row) => bytesPerCycle(machine, cache, row),
    dramBytesPerSecond: (row) => dram.instanceCount[row]! * dram.read.amount[row]!,
    matrixName: matrix.name,
    dramName: dram.name,
  }
}

function bytesPerCycle({clocks}: Machine<Column>, {instanceCount, read, clock}: MemoryLevel<Column>, row: number): number {
  const hertz = read.isPerCycle ? 1 : clocks[Math.max(0, clock)]!.nominalHertz[row]!
  return (instanceCount[row]! * read.amount[row]!) / hertz
}

function residents({instanceCount, capacityBytes}: MemoryLevel<Column>, sms: Column, row: number, ctaBytes: number): number {
  const bytesPerSm = (instanceCount[row]! * capacityBytes[row]!) / sms[row]!
  return Math.max(1, Math.min(2, Math.floor(bytesPerSm / ctaBytes)))
}

function unitOf({units}: Machine<Column>, {name}: OperatorNode, kind: UnitKind): ComputeUnit<Column> {
  const unit = units.find((each) => each.kind === kind)
  if (unit === undefined) throw new UserError(`${name} needs a ${kind} unit`, {code: 'UNSUPPORTED_DTYPE'})
  return unit
}

function rateOf({name, operationsPerCycle}: ComputeUnit<Column>, dtype: OperatorNode['dtype']): Column {
  const rate = operationsPerCycle[dtype]
  if (rate === undefined) throw new UserError(`unit ${name} does not compute ${dtype}`, {code: 'UNSUPPORTED_DTYPE'})
  return rate
}
