import {voltageColumn} from '../accelerator/clock.js'
import type {Column, Machine, MemoryLevel, Rate} from '../accelerator/machine.js'
import type {Dtype} from '../foundation/dtype.js'
import {insideBytes} from '../mapping/traffic.js'

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
  /** 1/√ and 1/ of the storage inside this level; unused for the innermost. */
  readonly perRootInsideByte: Column
  readonly perInsideByte: Column
}

/** Compiles the reciprocal rates of a batch of machines. */
export function compileRates(machine: Machine<Column>, rowCapacity: number): Rates {
  const column = (): Column => new Float64Array(rowCapacity)
  const units = new Map<string, {unitIndex: number; dtype: Dtype; seconds: Column}>()
  const memories = machine.memories.map(() => ({
    secondsPerReadByte: column(),
    secondsPerWriteByte: column(),
    perRootInsideByte: column(),
    perInsideByte: column(),
  }))
  const secondsPerLinkByte = machine.links.map(column)

  const prepare = (rowCount: number): void => {
    for (const [level, {perRootInsideByte, perInsideByte}] of memories.entries()) {
      if (level === 0) continue
      insideBytes(machine, level, perInsideByte, rowCount)
      for (let row = 0; row < rowCount; row++) {
        perInsideByte[row] = 1 / perInsideByte[row]!
        perRootInsideByte[row] = Math.sqrt(perInsideByte[row]!)
      }
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
  for (let row = 0; row < rowCount; row++) {
    const scale = hertz === undefined ? 1 : isPerCycle ? hertz[row]! : hertz[row]! / nominalHertz![row]!
    out[row] = 1 / (instanceCount[row]! * amount[row]! * scale)
  }
}

/** (V / V of the stated energies)^exponent of a clock domain, row by row. */
export function voltageEnergyScale(machine: Machine<Column>, domain: number, hertz: Column, out: Column, rowCount: number): void {
  const {voltage, energyVolts, energyExponent} = machine.clocks[domain]!
  voltageColumn(voltage, hertz, out, rowCount)
  for (let row = 0; row < rowCount; row++) out[row] = (out[row]! / energyVolts[row]!) ** energyExponent[row]!
}
