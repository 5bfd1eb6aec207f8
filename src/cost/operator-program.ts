import type {Accelerator} from '../accelerator/accelerator.js'
import type {Column, Machine} from '../accelerator/machine.js'
import {type LevelDemand, levelDemands, tileReadBytes} from '../mapping/traffic.js'
import type {KernelRun} from '../workload/kernel-run.js'
import type {Demand, OperatorNode, TensorAccess} from '../workload/operator.js'
import {type Amounts, amounts, compileRowMask, firstRow, fixedAmount, rowsUnder} from './amounts.js'
import type {Counts, Fidelity, Load, OperatorTime} from './operator-time.js'
import type {MemoryRates, Rates} from './rates.js'
import {type UnitWork, unitOperations, unitWork} from './unit-work.js'
import {linkIndex, sentBytes} from './wire.js'

/** One operator compiled over columns: what it executes and moves, and the time it takes. */
export interface OperatorProgram extends Counts {
  readonly count: number
  /** Computes what no clock moves: executed operations and bytes. */
  readonly prepare: (rowCount: number) => void
  readonly time: OperatorTime
  /** Time of one run, and what bounds it, at the clocks of the last pass. */
  readonly seconds: Column
  readonly boundBy: Int32Array
  /** Of one run. */
  readonly loads: readonly Load[]
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
  const works = unitWork(machine, node, accelerator.name)
  const demands = levelDemands(node.demand, isFused(node), machine)
  const executed = works.map(({unitIndex, dtype}) => ({unitIndex, dtype, operations: amounts(rowCapacity)}))
  const moved = demands.map(() => ({readBytes: amounts(rowCapacity), writeBytes: amounts(rowCapacity)}))
  const fills = [
    ...works.map((work, index) => operationsFill(machine, work, executed[index]!.operations)),
    ...demands.map((demand, level) =>
      level === 0
        ? innermostFill(machine, works, demand, moved[0]!.readBytes)
        : (rowCount: number) => streamedBytes(rates.memories[level]!, demand, moved[level]!.readBytes, rowCount),
    ),
  ]
  const link = linkIndex(accelerator.machine, node, accelerator.name)
  const sent = {link, bytes: link < 0 ? 0 : sentBytes(node.demand.wire!)}
  const loads = loadsOf(machine, rates, demands, {executed, moved}, sent)
  const time = fidelity.compile({accelerator, machine, node, run, loads, rowCapacity})
  const prepare = (rowCount: number): void => {
    for (const fill of fills) fill(rowCount)
    for (const [level, {writeBytes}] of demands.entries()) setFixed(moved[level]!.writeBytes, writeBytes)
    time.count?.({executed, moved}, rowCount)
    time.prepare?.()
  }
  return {
    count: node.count,
    time,
    prepare,
    seconds: new Float64Array(rowCapacity),
    boundBy: new Int32Array(rowCapacity),
    loads,
    executed,
    moved,
    sent,
    elementOperationCount: node.demand.elementOperationCount ?? 0,
    activations: activationsOf(node.demand),
  }
}

/** What an operator asks of each unit, memory and link that it uses; a memory with a port for each direction is asked for both apart. */
function loadsOf(
  machine: Machine<Column>,
  rates: Rates,
  demands: readonly LevelDemand[],
  {executed, moved}: Counts,
  sent: OperatorProgram['sent'],
): Load[] {
  const levels = moved.flatMap(({readBytes, writeBytes}, level): Load[] => {
    if (demands[level]!.readBytes === 0 && demands[level]!.writeBytes === 0) return []
    const boundIndex = machine.units.length + level
    const read = {amounts: readBytes, pace: rates.memories[level]!.read}
    const write = {amounts: writeBytes, pace: rates.memories[level]!.write}
    const parts = machine.memories[level]!.isSharedPort ? [{...read, and: write}] : [read, write]
    return parts.map((part) => ({boundIndex, ...part}))
  })
  const links = sent.link < 0 ? [] : [{amounts: fixedAmount(sent.bytes), pace: rates.links[sent.link]!}]
  return [
    ...executed.map(({unitIndex, dtype, operations}) => ({
      boundIndex: unitIndex,
      amounts: operations,
      pace: rates.operations(unitIndex, dtype),
    })),
    ...levels,
    ...links.map((load) => ({boundIndex: machine.units.length + machine.memories.length + sent.link, ...load})),
  ]
}

function activationsOf({reads, writes}: Demand): OperatorProgram['activations'] {
  const bytesOf = (accesses: readonly TensorAccess[]): number => accesses.reduce((sum, {bytes}) => sum + bytes, 0)
  const isHanded = ({tensor}: TensorAccess): boolean => tensor === 'activations'
  const [read, written] = [bytesOf(reads.filter(isHanded)), bytesOf(writes.filter(isHanded))]
  const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)
  return {bytes: read + written, readRatio: ratio(read, bytesOf(reads)), writeRatio: ratio(written, bytesOf(writes))}
}

function setFixed(out: Amounts, value: number): void {
  out.values[0] = value
  out.rowMask = firstRow
}

/** Operations that a unit executes, padding to its native tile included. */
function operationsFill(machine: Machine<Column>, work: UnitWork, out: Amounts): (rowCount: number) => void {
  const {m, n, k} = machine.units[work.unitIndex]!.tile
  const rowMask = compileRowMask(() => (work.contractions.length === 0 ? [] : [m, n, k]))
  return (rowCount) => {
    out.rowMask = rowMask(rowCount)
    const rows = rowsUnder(out.rowMask, rowCount)
    for (let row = 0; row < rows; row++) out.values[row] = unitOperations(work, m[row]!, n[row]!, k[row]!)
  }
}

/** The innermost level feeds the units: operands once per native tile, or each byte once. */
function innermostFill(
  machine: Machine<Column>,
  works: readonly UnitWork[],
  {readBytes}: LevelDemand,
  out: Amounts,
): (rowCount: number) => void {
  const tiled = readBytes === 0 ? [] : works.filter(({contractions}) => contractions.length > 0)
  const tiles = tiled.map(({unitIndex}) => machine.units[unitIndex]!.tile)
  const rowMask = compileRowMask(() => tiles.flatMap(({m, n}) => [m, n]))
  return (rowCount) => {
    out.rowMask = rowMask(rowCount)
    const rows = rowsUnder(out.rowMask, rowCount)
    for (let row = 0; row < rows; row++) {
      let most = readBytes
      for (const [index, {contractions}] of tiled.entries()) {
        const {m, n} = tiles[index]!
        let bytes = 0
        for (const contraction of contractions) bytes += tileReadBytes(contraction, m[row]!, n[row]!)
        if (bytes > most) most = bytes
      }
      out.values[row] = most
    }
  }
}

function streamedBytes({perRootInsideByte, perInsideByte}: MemoryRates, demand: LevelDemand, out: Amounts, rowCount: number): void {
  const {readBytes, readBytesPerRootByte, readBytesPerByte} = demand
  out.rowMask = readBytesPerRootByte === 0 && readBytesPerByte === 0 ? firstRow : perInsideByte.rowMask
  const rows = rowsUnder(out.rowMask, rowCount)
  const [perRoot, perByte, bytes] = [perRootInsideByte.values, perInsideByte.values, out.values]
  for (let row = 0; row < rows; row++) {
    const streamed = readBytesPerRootByte * perRoot[row]! + readBytesPerByte * perByte[row]!
    bytes[row] = streamed > readBytes ? streamed : readBytes
  }
}
