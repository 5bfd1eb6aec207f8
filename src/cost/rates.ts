import type {Column, Machine, MemoryLevel, Rate} from '../accelerator/machine.js'
import type {Dtype} from '../foundation/dtype.js'
import {insideBytes} from '../mapping/traffic.js'
import {type Amounts, agrees, amounts, eachRow, firstRow, rowsUnder} from './amounts.js'

/** How fast a resource is: the cycles that one operation or byte takes all of it, and how long a cycle is. */
export interface Pace {
  /** Seconds where no clock sets its rate. */
  readonly cyclesPerOne: Column
  /** The same column for all resources of a clock domain. */
  readonly secondsPerCycle: Column
  /** Least and most cycles of one over all rows. */
  least: number
  most: number
}

/** Paces of a batch of machines, shared by all operators. */
export interface Rates {
  /** Computes what the core clock does not move. */
  readonly prepare: (rowCount: number) => void
  /** Sets the core clock of each row. */
  readonly runAt: (coreHertz: Column, rowCount: number) => void
  /** Of all units of a kind together; made on first use. */
  readonly operations: (unitIndex: number, dtype: Dtype) => Pace
  readonly memories: readonly MemoryRates[]
  readonly links: readonly Pace[]
}

export interface MemoryRates {
  readonly read: Pace
  readonly write: Pace
  /** 1/√ and 1/ of the storage inside this level, which agree in the same rows; unused for the innermost. */
  readonly perRootInsideByte: Amounts
  readonly perInsideByte: Amounts
}

/** Compiles the paces of a batch of machines. */
export function compileRates(machine: Machine<Column>, rowCapacity: number): Rates {
  const column = (): Column => new Float64Array(rowCapacity)
  const ones = column().fill(1)
  const secondsPerCycle = machine.clocks.map(column)
  const paceOf = (clock: number): Pace => ({
    cyclesPerOne: column(),
    secondsPerCycle: secondsPerCycle[clock] ?? ones,
    least: 0,
    most: 0,
  })
  const units = new Map<string, {unitIndex: number; dtype: Dtype; pace: Pace}>()
  const memories = machine.memories.map(({clock}) => ({
    read: paceOf(clock),
    write: paceOf(clock),
    perRootInsideByte: amounts(rowCapacity),
    perInsideByte: amounts(rowCapacity),
  }))
  const links = machine.links.map(() => paceOf(-1))

  const prepare = (rowCount: number): void => {
    for (const {unitIndex, dtype, pace} of units.values()) {
      const {count, operationsPerCycle} = machine.units[unitIndex]!
      setPace(pace, count, operationsPerCycle[dtype]!, ones, rowCount)
    }
    for (const [level, rates] of memories.entries()) {
      const memory = machine.memories[level]!
      for (const way of ['read', 'write'] as const)
        setPace(rates[way], memory.instanceCount, memory[way].amount, cyclesPer(machine, memory, memory[way]) ?? ones, rowCount)
      if (level > 0) perInside(machine, level, rates, rowCount)
    }
    for (const [index, {count, bytesPerSecondPerDirection}] of machine.links.entries())
      setPace(links[index]!, count, bytesPerSecondPerDirection, ones, rowCount)
    for (let clock = 1; clock < machine.clocks.length; clock++) invert(machine.clocks[clock]!.hertz, secondsPerCycle[clock]!, rowCount)
  }
  const operations = (unitIndex: number, dtype: Dtype): Pace => {
    const key = `${unitIndex} ${dtype}`
    const known = units.get(key) ?? {unitIndex, dtype, pace: paceOf(machine.units[unitIndex]!.clock)}
    units.set(key, known)
    return known.pace
  }
  const runAt = (coreHertz: Column, rowCount: number): void => invert(coreHertz, secondsPerCycle[0]!, rowCount)
  return {prepare, runAt, operations, memories, links}
}

/** A rate per second is stated at its domain's nominal clock and goes with the clock over that. */
function cyclesPer({clocks}: Machine<Column>, {clock}: MemoryLevel<Column>, {isPerCycle}: Rate<Column>): Column | undefined {
  return isPerCycle ? undefined : clocks[clock]?.nominalHertz
}

/** The pace of so many instances, of which each does so much in some cycles. */
function setPace(pace: Pace, count: Column, amount: Column, cycles: Column, rowCount: number): void {
  const {cyclesPerOne} = pace
  let [least, most] = [Number.POSITIVE_INFINITY, 0]
  for (let row = 0; row < rowCount; row++) {
    const each = cycles[row]! / (count[row]! * amount[row]!)
    cyclesPerOne[row] = each
    if (each < least) least = each
    if (each > most) most = each
  }
  pace.least = least
  pace.most = most
}

function invert(hertz: Column, out: Column, rowCount: number): void {
  for (let row = 0; row < rowCount; row++) out[row] = 1 / hertz[row]!
}

function perInside(machine: Machine<Column>, level: number, {perRootInsideByte, perInsideByte}: MemoryRates, rowCount: number): void {
  const [root, byte] = [perRootInsideByte.values, perInsideByte.values]
  insideBytes(machine, level, byte, rowCount)
  perRootInsideByte.rowMask = perInsideByte.rowMask = agrees(byte, rowCount) ? firstRow : eachRow
  const rows = rowsUnder(perInsideByte.rowMask, rowCount)
  for (let row = 0; row < rows; row++) {
    byte[row] = 1 / byte[row]!
    root[row] = Math.sqrt(byte[row]!)
  }
}
