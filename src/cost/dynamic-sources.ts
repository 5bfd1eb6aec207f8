import type {Column, Machine, MemoryKind} from '../accelerator/machine.js'
import type {UnitKind} from '../foundation/resource.js'
import {type Amounts, amounts, compileRowMask, eachRow, firstRow, fixedAmount, type RowMask, rowsUnder} from './amounts.js'
import {compileCacheHits} from './cache-hits.js'
import type {Metric} from './metrics.js'
import type {OperatorProgram} from './operator-program.js'

/** Energy that goes with what a pass does, at the voltage of the stated energies. */
export interface DynamicSource {
  readonly name: string
  readonly metric: Metric
  /** Index of the clock domain whose voltage scales it; -1 where none does. */
  readonly clock: number
  readonly statedJoules: Amounts
  readonly joules: Column
  readonly prepare: (rowCount: number) => void
}

/** So much in each of so many runs, at an energy for one. */
interface Spent {
  readonly count: number
  readonly amounts: Amounts
  readonly joulesPerOne: Column
}

const unitMetric: Readonly<Record<UnitKind, Metric>> = {matrix: 'matrixJoules', vector: 'vectorJoules', special: 'specialJoules'}
const memoryMetric: Readonly<Record<MemoryKind, Metric>> = {
  register: 'registerJoules',
  scratchpad: 'scratchpadJoules',
  cache: 'cacheJoules',
  dram: 'dramJoules',
}

/** Compiles the energies of operations, elements, bytes of each memory level, and bytes on links. */
export function dynamicSources(machine: Machine<Column>, programs: readonly OperatorProgram[], rowCapacity: number): DynamicSource[] {
  const source = (name: string, metric: Metric, clock: number, spent: readonly Spent[]): DynamicSource => {
    const statedJoules = amounts(rowCapacity)
    const prepare = compileSum(spent, statedJoules)
    return {name, metric, clock, statedJoules, joules: new Float64Array(rowCapacity), prepare}
  }
  const {units, memories, links} = machine
  const elements = units.find((unit) => unit.joulesPerElement !== undefined)
  return [
    ...units.map((unit, index) => source(unit.name, unitMetric[unit.kind], unit.clock, spentOnUnit(machine, index, programs))),
    // Elements pass through the first unit that states what one costs.
    source('elements', 'elementJoules', elements?.clock ?? -1, spentOnElements(elements?.joulesPerElement, programs)),
    ...memories
      .slice(0, -1)
      .map(({name, kind, clock}, level) => source(name, memoryMetric[kind], clock, spentOnBytes(machine, level, programs))),
    mainMemorySource(machine, programs, rowCapacity),
    ...links.map(({name, joulesPerByte}, link) => source(name, 'linkJoules', -1, spentOnLink(link, joulesPerByte, programs))),
  ]
}

function spentOnUnit({units}: Machine<Column>, unitIndex: number, programs: readonly OperatorProgram[]): Spent[] {
  const {joulesPerOperation, arithmeticJoulesPerOperation} = units[unitIndex]!
  const spent: Spent[] = []
  for (const {count, executed, time} of programs) {
    for (const {unitIndex: index, dtype, operations} of executed) {
      if (index !== unitIndex) continue
      // Where accesses are counted one by one, only the arithmetic is left of an operation.
      const bare = time.count === undefined ? undefined : arithmeticJoulesPerOperation[dtype]
      spent.push({count, amounts: operations, joulesPerOne: bare ?? joulesPerOperation[dtype]!})
    }
  }
  return spent
}

function spentOnElements(joulesPerElement: Column | undefined, programs: readonly OperatorProgram[]): Spent[] {
  if (joulesPerElement === undefined) return []
  const elementCount = programs.reduce((sum, {count, elementOperationCount}) => sum + count * elementOperationCount, 0)
  return [{count: 1, amounts: fixedAmount(elementCount), joulesPerOne: joulesPerElement}]
}

function spentOnBytes({memories}: Machine<Column>, level: number, programs: readonly OperatorProgram[]): Spent[] {
  const {readJoulesPerByte, writeJoulesPerByte} = memories[level]!
  const spent: Spent[] = []
  for (const {count, moved} of programs) {
    spent.push({count, amounts: moved[level]!.readBytes, joulesPerOne: readJoulesPerByte})
    spent.push({count, amounts: moved[level]!.writeBytes, joulesPerOne: writeJoulesPerByte})
  }
  return spent
}

function spentOnLink(linkIndex: number, joulesPerByte: Column, programs: readonly OperatorProgram[]): Spent[] {
  const bytes = programs.reduce((sum, {count, sent}) => sum + (sent.link === linkIndex ? count * sent.bytes : 0), 0)
  return [{count: 1, amounts: fixedAmount(bytes), joulesPerOne: joulesPerByte}]
}

/** Compiles a sum of amounts, each at its energy for one. */
function compileSum(spent: readonly Spent[], out: Amounts): (rowCount: number) => void {
  const joulesMask = compileRowMask(() => [...new Set(spent.map(({joulesPerOne}) => joulesPerOne))])
  return (rowCount) => {
    out.rowMask = maskOfAmounts(spent) === eachRow ? eachRow : joulesMask(rowCount)
    const rows = rowsUnder(out.rowMask, rowCount)
    out.values.fill(0, 0, rows)
    for (let index = 0; index < spent.length; index++) addSpent(spent[index]!, out.values, rows)
  }
}

function maskOfAmounts(spent: readonly Spent[]): RowMask {
  for (let index = 0; index < spent.length; index++) if (spent[index]!.amounts.rowMask === eachRow) return eachRow
  return firstRow
}

function addSpent({count, amounts: {values, rowMask}, joulesPerOne}: Spent, out: Column, rowCount: number): void {
  for (let row = 0; row < rowCount; row++) out[row]! += count * values[row & rowMask]! * joulesPerOne[row]!
}

/** What the last cache hands on from one kernel to the next never reaches the main memory. */
function mainMemorySource(machine: Machine<Column>, programs: readonly OperatorProgram[], rowCapacity: number): DynamicSource {
  const {name, kind, clock, readJoulesPerByte, writeJoulesPerByte} = machine.memories.at(-1)!
  const level = machine.memories.length - 1
  const hits = compileCacheHits(machine, rowCapacity)
  const streams = programs.map(({count, moved, activations: {bytes, readRatio, writeRatio}}) => ({
    count,
    moved: moved[level]!,
    hits: hits.of(bytes),
    readRatio,
    writeRatio,
  }))
  const statedJoules = amounts(rowCapacity)
  const joulesMask = compileRowMask(() => [readJoulesPerByte, writeJoulesPerByte])
  const prepare = (rowCount: number): void => {
    hits.prepare(rowCount)
    statedJoules.rowMask = maskOfStreams(streams) === eachRow ? eachRow : joulesMask(rowCount)
    const rows = rowsUnder(statedJoules.rowMask, rowCount)
    statedJoules.values.fill(0, 0, rows)
    for (const stream of streams) addStream(stream, readJoulesPerByte, writeJoulesPerByte, statedJoules.values, rows)
  }
  return {name, metric: memoryMetric[kind], clock, statedJoules, joules: new Float64Array(rowCapacity), prepare}
}

interface Stream {
  readonly count: number
  readonly moved: {readonly readBytes: Amounts; readonly writeBytes: Amounts}
  readonly hits: Amounts
  readonly readRatio: number
  readonly writeRatio: number
}

function maskOfStreams(streams: readonly Stream[]): RowMask {
  for (let index = 0; index < streams.length; index++) {
    const {hits, moved} = streams[index]!
    if (hits.rowMask === eachRow || moved.readBytes.rowMask === eachRow || moved.writeBytes.rowMask === eachRow) return eachRow
  }
  return firstRow
}

function addStream(
  {count, moved, hits, readRatio, writeRatio}: Stream,
  readJoules: Column,
  writeJoules: Column,
  out: Column,
  rowCount: number,
): void {
  const [read, readMask] = [moved.readBytes.values, moved.readBytes.rowMask]
  const [write, writeMask] = [moved.writeBytes.values, moved.writeBytes.rowMask]
  const [hit, hitMask] = [hits.values, hits.rowMask]
  for (let row = 0; row < rowCount; row++) {
    const hitRatio = hit[row & hitMask]!
    const reads = read[row & readMask]! * (1 - readRatio * hitRatio) * readJoules[row]!
    const writes = write[row & writeMask]! * (1 - writeRatio * hitRatio) * writeJoules[row]!
    out[row]! += count * (reads + writes)
  }
}
