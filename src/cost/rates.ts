import {voltsAt} from '../accelerator/clock.js'
import type {ClockDomain, Column, Machine, MemoryLevel, Rate} from '../accelerator/machine.js'
import type {Dtype} from '../foundation/dtype.js'
import {power} from '../foundation/power.js'
import {insideBytes} from '../mapping/traffic.js'
import {type Amounts, agrees, amounts, eachRow, firstRow, rowsUnder} from './amounts.js'

/** Reciprocal rates of a batch of machines at their clocks, shared by all operators. */
export interface Rates {
  /** Computes what no clock moves: storage inside each level. */
  readonly prepare: (rowCount: number) => void
  /** Computes rates at these core clocks. */
  readonly refresh: (coreHertz: Column, rowCount: number) => void
  /** Seconds per operation of all units of a kind together; made on first use. */
  readonly secondsPerOperation: (unitIndex: number, dtype: Dtype) => Column
  readonly memories: readonly MemoryRates[]
  readonly secondsPerLinkByte: readonly Column[]
}

export interface MemoryRates {
  readonly secondsPerReadByte: Column
  readonly secondsPerWriteByte: Column
  /** 1/√ and 1/ of the storage inside this level, which agree in the same rows; unused for the innermost. */
  readonly perRootInsideByte: Amounts
  readonly perInsideByte: Amounts
}

/** Compiles the reciprocal rates of a batch of machines. */
export function compileRates(machine: Machine<Column>, rowCapacity: number): Rates {
  const column = (): Column => new Float64Array(rowCapacity)
  const units = new Map<string, {unitIndex: number; dtype: Dtype; seconds: Column}>()
  const memories = machine.memories.map(() => ({
    secondsPerReadByte: column(),
    secondsPerWriteByte: column(),
    perRootInsideByte: amounts(rowCapacity),
    perInsideByte: amounts(rowCapacity),
  }))
  const secondsPerLinkByte = machine.links.map(column)

  const prepare = (rowCount: number): void => {
    for (const [level, {perRootInsideByte, perInsideByte}] of memories.entries()) {
      if (level > 0) perInside(machine, level, perRootInsideByte, perInsideByte, rowCount)
    }
    for (const [index, {count, bytesPerSecondPerDirection}] of machine.links.entries()) {
      const seconds = secondsPerLinkByte[index]!
      for (let row = 0; row < rowCount; row++) seconds[row] = 1 / (count[row]! * bytesPerSecondPerDirection[row]!)
    }
  }
  const refresh = (coreHertz: Column, rowCount: number): void => {
    const domainHertz = (clock: number): Column => (clock === 0 ? coreHertz : machine.clocks[clock]!.hertz)
    for (const {unitIndex, dtype, seconds} of units.values()) {
      const {count, operationsPerCycle, clock} = machine.units[unitIndex]!
      const [perCycle, hertz] = [operationsPerCycle[dtype]!, domainHertz(clock)]
      for (let row = 0; row < rowCount; row++) seconds[row] = 1 / (count[row]! * perCycle[row]! * hertz[row]!)
    }
    for (const [level, rates] of memories.entries()) {
      const memory = machine.memories[level]!
      const [hertz, nominalHertz] =
        memory.clock < 0 ? [undefined, undefined] : [domainHertz(memory.clock), machine.clocks[memory.clock]!.nominalHertz]
      secondsPerByte(memory, memory.read, hertz, nominalHertz, rates.secondsPerReadByte, rowCount)
      secondsPerByte(memory, memory.write, hertz, nominalHertz, rates.secondsPerWriteByte, rowCount)
    }
  }
  const secondsPerOperation = (unitIndex: number, dtype: Dtype): Column => {
    const key = `${unitIndex} ${dtype}`
    const known = units.get(key) ?? {unitIndex, dtype, seconds: column()}
    units.set(key, known)
    return known.seconds
  }
  return {prepare, refresh, secondsPerOperation, memories, secondsPerLinkByte}
}

function perInside(machine: Machine<Column>, level: number, perRoot: Amounts, perByte: Amounts, rowCount: number): void {
  const [root, byte] = [perRoot.values, perByte.values]
  insideBytes(machine, level, byte, rowCount)
  perRoot.rowMask = perByte.rowMask = agrees(byte, rowCount) ? firstRow : eachRow
  const rows = rowsUnder(perByte.rowMask, rowCount)
  for (let row = 0; row < rows; row++) {
    byte[row] = 1 / byte[row]!
    root[row] = Math.sqrt(byte[row]!)
  }
}

/** A rate per cycle goes with its clock; a rate per second is stated at its domain's nominal clock and goes with the clock over that. */
function secondsPerByte(
  memory: MemoryLevel<Column>,
  {amount, isPerCycle}: Rate<Column>,
  hertz: Column | undefined,
  nominalHertz: Column | undefined,
  out: Column,
  rowCount: number,
): void {
  const {instanceCount} = memory
  if (hertz === undefined) {
    for (let row = 0; row < rowCount; row++) out[row] = 1 / (instanceCount[row]! * amount[row]!)
  } else if (isPerCycle) {
    for (let row = 0; row < rowCount; row++) out[row] = 1 / (instanceCount[row]! * amount[row]! * hertz[row]!)
  } else {
    for (let row = 0; row < rowCount; row++) out[row] = 1 / (instanceCount[row]! * amount[row]! * (hertz[row]! / nominalHertz![row]!))
  }
}

/** (V / V of the stated energies)^exponent of a clock domain at a clock of a row. */
export function energyScaleAt({voltage, energyVolts, energyExponent}: ClockDomain<Column>, hertz: number, row: number): number {
  return power(voltsAt(voltage, hertz, row) / energyVolts[row]!, energyExponent[row]!)
}
