import type {Accelerator} from '../accelerator/accelerator.js'
import type {Column, Machine} from '../accelerator/machine.js'
import {type LevelDemand, levelDemands, tileReadBytes} from '../mapping/traffic.js'
import type {KernelRun} from '../workload/kernel-run.js'
import type {Demand, OperatorNode, TensorAccess} from '../workload/operator.js'
import type {Busy, Counts, Fidelity, OperatorTime} from './operator-time.js'
import type {MemoryRates, Rates} from './rates.js'
import {executedOperations, type UnitWork, unitWork} from './unit-work.js'
import {linkIndex, sentBytes} from './wire.js'

/** One operator compiled over columns: what it executes and moves, and the time it takes. */
export interface OperatorProgram extends Counts {
  readonly count: number
  /** Computes what no clock moves: executed operations and bytes. */
  readonly prepare: (rowCount: number) => void
  readonly time: OperatorTime
  /** Adds the time of all its runs at these clocks, after `rates.refresh` at the same. */
  readonly addSeconds: (coreHertz: Column, total: Column, rowCount: number) => void
  readonly totalSeconds: Column
  readonly boundBy: Int32Array
  /** Of one run. */
  readonly busy: readonly Busy[]
  readonly sent: {readonly link: number; readonly bytes: number}
  /** Of one run. */
  readonly elementOperationCount: number
  /** What the kernels before and after it write and read, out of all that it reads and writes. */
  readonly activations: {readonly bytes: number; readonly readRatio: number; readonly writeRatio: number}
}

/** Attention computes its two products in one kernel, whose intermediate never leaves the chip. */
function isFused(node: OperatorNode): boolean {
  return node.class.startsWith('attention')
}

/** Compiles one operator of a pass. */
export function compileOperator(
  accelerator: Accelerator,
  machine: Machine<Column>,
  rates: Rates,
  node: OperatorNode,
  {fidelity, run}: {readonly fidelity: Fidelity; readonly run: KernelRun},
  rowCapacity: number,
): OperatorProgram {
  const column = (): Column => new Float64Array(rowCapacity)
  const works = unitWork(machine, node, accelerator.name)
  const demands = levelDemands(node.demand, isFused(node), machine)
  const executed = works.map((work) => ({unitIndex: work.unitIndex, dtype: work.dtype, operations: column()}))
  const moved = demands.map(() => ({readBytes: column(), writeBytes: column()}))
  const link = linkIndex(accelerator.machine, node, accelerator.name)
  const sent = {link, bytes: link < 0 ? 0 : sentBytes(node.demand.wire!)}

  const busy: Busy[] = []
  const fillBusy: ((rowCount: number) => void)[] = []
  for (const {unitIndex, dtype, operations} of executed) {
    const [seconds, perOperation] = [column(), rates.secondsPerOperation(unitIndex, dtype)]
    busy.push({kind: 'unit', boundIndex: unitIndex, seconds})
    fillBusy.push((rowCount) => {
      for (let row = 0; row < rowCount; row++) seconds[row] = operations[row]! * perOperation[row]!
    })
  }
  for (const [level, {readBytes, writeBytes}] of moved.entries()) {
    if (demands[level]!.readBytes === 0 && demands[level]!.writeBytes === 0) continue
    const seconds = column()
    const {isSharedPort} = machine.memories[level]!
    busy.push({kind: 'memory', boundIndex: machine.units.length + level, seconds})
    fillBusy.push((rowCount) => memorySeconds(rates.memories[level]!, isSharedPort, readBytes, writeBytes, seconds, rowCount))
  }
  if (link >= 0) {
    const [seconds, perByte] = [column(), rates.secondsPerLinkByte[link]!]
    busy.push({kind: 'link', boundIndex: machine.units.length + machine.memories.length + link, seconds})
    fillBusy.push((rowCount) => {
      for (let row = 0; row < rowCount; row++) seconds[row] = sent.bytes * perByte[row]!
    })
  }

  const time = fidelity.compile({accelerator, machine, node, run, busy, rowCapacity})
  const totalSeconds = column()
  const boundBy = new Int32Array(rowCapacity)
  const {count} = node
  const prepare = (rowCount: number): void => {
    for (const [index, work] of works.entries()) executedOperations(machine, work, executed[index]!.operations, rowCount)
    for (const [level, demand] of demands.entries()) {
      const {readBytes, writeBytes} = moved[level]!
      if (level === 0) innermostBytes(machine, works, demand, readBytes, rowCount)
      else streamedBytes(rates.memories[level]!, demand, readBytes, rowCount)
      writeBytes.fill(demand.writeBytes, 0, rowCount)
    }
    time.count?.({executed, moved}, rowCount)
  }
  const addSeconds = (coreHertz: Column, total: Column, rowCount: number): void => {
    for (const fill of fillBusy) fill(rowCount)
    time.kernel(coreHertz, totalSeconds, boundBy, rowCount)
    for (let row = 0; row < rowCount; row++) {
      totalSeconds[row]! *= count
      total[row]! += totalSeconds[row]!
    }
  }
  const {elementOperationCount = 0} = node.demand
  const activations = activationsOf(node.demand)
  return {count, time, prepare, addSeconds, totalSeconds, boundBy, busy, executed, moved, sent, elementOperationCount, activations}
}

function activationsOf({reads, writes}: Demand): OperatorProgram['activations'] {
  const bytesOf = (accesses: readonly TensorAccess[]): number => accesses.reduce((sum, {bytes}) => sum + bytes, 0)
  const isHanded = ({tensor}: TensorAccess): boolean => tensor === 'activations'
  const [read, written] = [bytesOf(reads.filter(isHanded)), bytesOf(writes.filter(isHanded))]
  const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)
  return {bytes: read + written, readRatio: ratio(read, bytesOf(reads)), writeRatio: ratio(written, bytesOf(writes))}
}

function streamedBytes(rates: MemoryRates, demand: LevelDemand, out: Column, rowCount: number): void {
  const {readBytes, readBytesPerRootByte, readBytesPerByte} = demand
  const {perRootInsideByte, perInsideByte} = rates
  for (let row = 0; row < rowCount; row++) {
    const streamed = readBytesPerRootByte * perRootInsideByte[row]! + readBytesPerByte * perInsideByte[row]!
    out[row] = streamed > readBytes ? streamed : readBytes
  }
}

/** The innermost level feeds the units: operands once per native tile, or each byte once. */
function innermostBytes(machine: Machine<Column>, works: readonly UnitWork[], demand: LevelDemand, out: Column, rowCount: number): void {
  out.fill(demand.readBytes, 0, rowCount)
  for (const {unitIndex, contractions} of works) {
    if (contractions.length === 0 || demand.readBytes === 0) continue
    const {m, n} = machine.units[unitIndex]!.tile
    for (let row = 0; row < rowCount; row++) {
      let bytes = 0
      for (const contraction of contractions) bytes += tileReadBytes(contraction, m[row]!, n[row]!)
      if (bytes > out[row]!) out[row] = bytes
    }
  }
}

function memorySeconds(
  {secondsPerReadByte, secondsPerWriteByte}: MemoryRates,
  isSharedPort: boolean,
  readBytes: Column,
  writeBytes: Column,
  out: Column,
  rowCount: number,
): void {
  for (let row = 0; row < rowCount; row++) {
    const read = readBytes[row]! * secondsPerReadByte[row]!
    const write = writeBytes[row]! * secondsPerWriteByte[row]!
    out[row] = isSharedPort ? read + write : read > write ? read : write
  }
}
