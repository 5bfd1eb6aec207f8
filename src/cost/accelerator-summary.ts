import type {Accelerator, Constant} from '../accelerator/accelerator.js'
import {designBatch} from '../accelerator/accelerator.js'
import {clockStates, curveAt, voltageAt} from '../accelerator/clock.js'
import type {ClockDomain, Column, Machine, Rate} from '../accelerator/machine.js'
import type {Dtype} from '../foundation/dtype.js'
import type {UnitKind} from '../foundation/resource.js'
import {compileMaking} from './die.js'

/** Rates at the highest clocks, capacities of the whole device, and the constants they come from. */
export interface AcceleratorSummary {
  readonly kind: 'accelerator'
  readonly name: string
  readonly title: string
  readonly files: readonly string[]
  readonly generation: string | null
  readonly parameters: readonly {readonly name: string; readonly text: string; readonly describes: string}[]
  readonly units: readonly UnitSummary[]
  readonly memories: readonly MemorySummary[]
  readonly links: readonly LinkSummary[]
  readonly clocks: readonly ClockSummary[]
  readonly power: PowerSummary
  readonly dieSquareMillimetres: number | null
  readonly deviceDollars: number | null
  /** Carbon dioxide equivalent of making dies and memory. */
  readonly embodiedGrams: number | null
  readonly constants: readonly Constant[]
}

export interface UnitSummary {
  readonly name: string
  readonly kind: UnitKind
  readonly count: number
  readonly clock: string
  readonly tile: {readonly m: number; readonly n: number; readonly k: number}
  readonly peaks: readonly PeakSummary[]
}

export interface PeakSummary {
  readonly dtype: Dtype
  readonly flopsPerSecond: number
  readonly joulesPerFlop: number
  /** Operational intensity at which this peak and the main memory's rate meet. */
  readonly ridgeFlopsPerByte: number
}

export interface MemorySummary {
  readonly name: string
  readonly kind: string
  readonly instanceCount: number
  readonly capacityBytes: number
  readonly readBytesPerSecond: number
  readonly writeBytesPerSecond: number
  readonly latencySeconds: number
  readonly readJoulesPerByte: number
  readonly writeJoulesPerByte: number
  readonly bypass: readonly string[]
}

export interface LinkSummary {
  readonly name: string
  readonly topology: string
  readonly count: number
  readonly bytesPerSecondPerDirection: number
  readonly latencySeconds: number
  readonly joulesPerByte: number
  readonly maximumRankCount: number
}

export interface ClockSummary {
  readonly name: string
  readonly minimumHertz: number
  readonly nominalHertz: number
  readonly maximumHertz: number
  /** Distance of states, or null where they are listed. */
  readonly stepHertz: number | null
  readonly stateCount: number
  readonly minimumVolts: number
  readonly maximumVolts: number
}

export interface PowerSummary {
  readonly limitWatts: number
  readonly minimumLimitWatts: number
  readonly maximumLimitWatts: number
  /** At the lowest and at the highest core clock. */
  readonly minimumIdleWatts: number
  readonly maximumIdleWatts: number
  readonly staticWatts: number
  /** At the nominal core clock and the voltage of its energies; null where not stated. */
  readonly clockingWatts: number | null
  /** Of one element-operation; null where not stated. */
  readonly joulesPerElement: number | null
}

/** What an accelerator amounts to, for `show`. */
export function acceleratorSummary(accelerator: Accelerator): AcceleratorSummary {
  const {machine, name, title, files, parameters, constants} = accelerator
  const made = {dieSquareMillimetres: new Float64Array(1), deviceDollars: new Float64Array(1), embodiedGrams: new Float64Array(1)}
  compileMaking(designBatch(accelerator, [], 1).machine, 1)(made, 1)
  const known = ([value]: Column): number | null => (Number.isFinite(value) ? value! : null)
  return {
    kind: 'accelerator',
    name,
    title,
    files,
    generation: accelerator.generation?.title ?? null,
    parameters: parameters.ordered.map(({name: parameter, expression, describes}) => ({name: parameter, text: expression.text, describes})),
    units: machine.units.map((unit) => unitSummary(machine, unit)),
    memories: machine.memories.map((memory) => memorySummary(machine, memory)),
    links: machine.links.map((link) => ({...link, bytesPerSecondPerDirection: link.count * link.bytesPerSecondPerDirection})),
    clocks: machine.clocks.map(clockSummary),
    power: powerSummary(machine),
    dieSquareMillimetres: known(made.dieSquareMillimetres),
    deviceDollars: known(made.deviceDollars),
    embodiedGrams: known(made.embodiedGrams),
    constants,
  }
}

function unitSummary(machine: Machine<number>, unit: Machine<number>['units'][number]): UnitSummary {
  const {name, kind, count, tile} = unit
  const {name: clock, maximumHertz} = machine.clocks[unit.clock]!
  const main = memorySummary(machine, machine.memories.at(-1)!)
  const peaks = (Object.entries(unit.operationsPerCycle) as [Dtype, number][]).map(([dtype, perCycle]): PeakSummary => {
    const flopsPerSecond = count * perCycle * maximumHertz
    const joulesPerFlop = unit.joulesPerOperation[dtype]!
    return {dtype, flopsPerSecond, joulesPerFlop, ridgeFlopsPerByte: flopsPerSecond / main.readBytesPerSecond}
  })
  return {name, kind, count, clock, tile, peaks}
}

function memorySummary(machine: Machine<number>, memory: Machine<number>['memories'][number]): MemorySummary {
  const {name, kind, instanceCount, capacityBytes, latencySeconds, readJoulesPerByte, writeJoulesPerByte, bypass} = memory
  const perSecond = ({amount, isPerCycle}: Rate<number>): number => {
    const domain = machine.clocks[memory.clock]
    const scale = domain === undefined ? 1 : domain.maximumHertz / (isPerCycle ? 1 : domain.nominalHertz)
    return instanceCount * amount * scale
  }
  return {
    name,
    kind,
    instanceCount,
    capacityBytes: capacityBytes * instanceCount,
    readBytesPerSecond: perSecond(memory.read),
    writeBytesPerSecond: perSecond(memory.write),
    latencySeconds,
    readJoulesPerByte,
    writeJoulesPerByte,
    bypass,
  }
}

function clockSummary(domain: ClockDomain<number>): ClockSummary {
  const {name, minimumHertz, nominalHertz, maximumHertz, steps} = domain
  const [minimumVolts, maximumVolts] = [voltageAt(domain, minimumHertz), voltageAt(domain, maximumHertz)]
  const stepHertz = steps.kind === 'even' ? steps.stepHertz : null
  return {name, minimumHertz, nominalHertz, maximumHertz, stepHertz, stateCount: clockStates(domain).length, minimumVolts, maximumVolts}
}

function powerSummary({power, clocks, units}: Machine<number>): PowerSummary {
  const {limitWatts, minimumLimitWatts, maximumLimitWatts, staticWatts, clockingWatts, idle, idleScaleRatio} = power
  const {minimumHertz, maximumHertz} = clocks[0]!
  return {
    limitWatts,
    minimumLimitWatts,
    maximumLimitWatts,
    minimumIdleWatts: curveAt(idle, minimumHertz) * idleScaleRatio,
    maximumIdleWatts: curveAt(idle, maximumHertz) * idleScaleRatio,
    staticWatts,
    clockingWatts: clockingWatts ?? null,
    joulesPerElement: units.find(({joulesPerElement}) => joulesPerElement !== undefined)?.joulesPerElement ?? null,
  }
}
