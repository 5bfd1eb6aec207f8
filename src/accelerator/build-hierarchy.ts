import {type Dtype, dtypeBytes} from '../foundation/dtype.js'
import {unknownName} from '../foundation/nearest-name.js'
import {operandRoles, type UnitKind} from '../foundation/resource.js'
import {UserError} from '../foundation/user-error.js'
import type {Accelerator} from './accelerator.js'
import {voltageAt} from './clock.js'
import {findUnit, productKinds} from './find-unit.js'
import type {Arithmetic, Fanout, Hierarchy, HierarchyLevel, NativeTile} from './hierarchy.js'
import type {ComputeUnit, Machine, MemoryLevel, Rate} from './machine.js'

/** Of a partial sum, at the least. */
const sumBytes = 4

export interface HierarchyOptions {
  readonly dtype: Dtype
  /** By name; else the matrix unit of the format, else its vector unit. */
  readonly unit?: string | undefined
  /** Of the core; its highest by default. */
  readonly clockHertz?: number | undefined
}

/**
 * An accelerator as loop nests see it, in the cycles of the unit that computes their products. Levels that a file describes in no
 * more detail than a bound needs are taken so: each child is fed on its own, results are added where they are kept, and each memory
 * has its whole capacity for tiles. A matrix unit takes a step of its native tile at a time, reads each operand of it once, and adds
 * up its depth itself.
 */
export function hierarchyOf(accelerator: Accelerator, options: HierarchyOptions): Hierarchy {
  const {machine, name} = accelerator
  const unitIndex = options.unit === undefined ? undefined : namedUnit(machine, options.unit, options.dtype, name)
  return machineHierarchy(name, machine, {
    dtype: options.dtype,
    unitIndex: unitIndex ?? findUnit(machine, productKinds, options.dtype, 'this problem', name),
    coreHertz: options.clockHertz ?? machine.clocks[0]!.maximumHertz,
  })
}

function namedUnit({units}: Machine<number>, unit: string, dtype: Dtype, acceleratorName: string): number {
  const names = units.map(({name}) => name)
  if (!names.includes(unit)) throw unknownName(`unit of ${acceleratorName}`, unit, names)
  const formats = Object.keys(units[names.indexOf(unit)]!.operationsPerCycle)
  if (formats.includes(dtype)) return names.indexOf(unit)
  throw new UserError(`${unit} of ${acceleratorName} does not compute ${dtype}`, {
    code: 'UNSUPPORTED_DTYPE',
    suggestions: [`it computes ${formats.join(', ')}`],
  })
}

export interface MachinePoint {
  readonly dtype: Dtype
  readonly unitIndex: number
  readonly coreHertz: number
}

/**
 * The hierarchy of one machine at a core clock; its other domains run at the clocks that they are set to. Of memories that outnumber what
 * they feed, several are the banks of one; what no whole number of children divides stays unused.
 */
export function machineHierarchy(name: string, machine: Machine<number>, {dtype, unitIndex, coreHertz}: MachinePoint): Hierarchy {
  const unit = machine.units[unitIndex]!
  const hertzOf = (clock: number): number => (clock === 0 ? coreHertz : machine.clocks[clock]!.hertz)
  const scaleOf = (clock: number): number => (clock < 0 ? 1 : energyScale(machine, clock, hertzOf(clock)))
  const hertz = hertzOf(unit.clock)
  const array = arrayOf(unit, dtype, machine.memories[0]!.instanceCount)
  const levels = unit.systolic === undefined ? (array.tile === undefined ? [] : [nativeLevel(unit, array)]) : systolicLevels(unit, dtype)
  let child = {instanceCount: array.innerCount, fanout: array.fanout}
  for (const [index, memory] of machine.memories.entries()) {
    const instanceCount = Math.min(memory.instanceCount, child.instanceCount)
    const fanout = child.fanout ?? {x: Math.floor(child.instanceCount / instanceCount), y: 1}
    const place = {instanceCount, fanout, bankCount: memory.instanceCount / instanceCount}
    const cycle = (rate: Rate<number>): number => bytesPerSecond(machine, memory, rate, hertzOf) / hertz
    levels.push(...memoryLevels(memory, place, cycle, scaleOf(memory.clock), index === 0 && unit.kind === 'matrix'))
    child = {instanceCount, fanout: index === 0 ? array.spread : undefined}
  }
  const joulesPerOperation = 2 * (unit.arithmeticJoulesPerOperation[dtype] ?? unit.joulesPerOperation[dtype]!) * scaleOf(unit.clock)
  const {cyclesPerStep, tile} = array
  const instanceCount = unit.count * array.laneCount
  return {
    name,
    levels: levels.reverse(),
    arithmetic: {name: unit.name, instanceCount, joulesPerOperation, cyclesPerStep, ...(tile && {tile}), ...wires(unit)},
    ...elementUnits(machine, hertz, hertzOf, scaleOf),
    hertz,
  }
}

/** Element work is done in fp32, exponentials by the vector units where there are no special ones. */
function elementUnits(
  {units}: Machine<number>,
  hertz: number,
  hertzOf: (clock: number) => number,
  scaleOf: (clock: number) => number,
): Pick<Hierarchy, 'elements'> {
  const of = (kind: UnitKind) => units.find((unit) => unit.kind === kind && unit.operationsPerCycle.fp32 !== undefined)
  const vector = of('vector')
  if (vector === undefined) return {}
  const special = of('special') ?? vector
  const rate = ({count, operationsPerCycle, clock}: ComputeUnit<number>): number =>
    (count * operationsPerCycle.fp32! * hertzOf(clock)) / hertz
  const joules = ({joulesPerOperation, clock}: ComputeUnit<number>): number => joulesPerOperation.fp32! * scaleOf(clock)
  const elements = {vectorPerCycle: rate(vector), specialPerCycle: rate(special)}
  return {elements: {...elements, vectorJoulesPerOperation: joules(vector), specialJoulesPerOperation: joules(special)}}
}

interface UnitArray {
  /** Multiply-adders of one unit, as many as one step takes. */
  readonly laneCount: number
  readonly cyclesPerStep: number
  /** What stands inside of all innermost memories, and how under one of them where that is known. */
  readonly innerCount: number
  readonly fanout: Fanout | undefined
  /** Of the level outside of the innermost memories, where these stand in the unit's array. */
  readonly spread: Fanout | undefined
  readonly tile: NativeTile | undefined
}

/**
 * How a unit's multiply-adders stand to the innermost memories. Units beside a memory step through native tiles. A unit over many memories,
 * as of processing elements, is the array in which they stand, and any loop may run along either of its sides.
 */
function arrayOf({tile, systolic, count, operationsPerCycle}: ComputeUnit<number>, dtype: Dtype, memoryCount: number): UnitArray {
  const addersPerCycle = operationsPerCycle[dtype]! / 2
  if (systolic !== undefined) {
    const laneCount = systolic.rows * systolic.columns
    return {laneCount, cyclesPerStep: laneCount / addersPerCycle, innerCount: count, fanout: undefined, spread: undefined, tile: undefined}
  }
  const tileCount = tile.m * tile.n * tile.k
  const laneCount = tileCount * Math.max(1, Math.ceil(addersPerCycle / tileCount))
  const base = {laneCount, cyclesPerStep: laneCount / addersPerCycle}
  if (count < memoryCount && tile.m * tile.n * count === memoryCount) {
    const fanout = {x: (count * laneCount) / memoryCount, y: 1}
    return {...base, innerCount: count * laneCount, fanout, spread: {x: tile.n, y: tile.m}, tile: undefined}
  }
  const innerCount = (count * laneCount) / tileCount
  return {...base, innerCount, fanout: undefined, spread: undefined, tile: tileCount === 1 ? undefined : tile}
}

/** Holds nothing: it spreads one step over the multiply-adders of a unit. */
function nativeLevel({name, tile: {m, n, k}}: ComputeUnit<number>, {innerCount}: UnitArray): HierarchyLevel {
  return {...wireLevel(`${name}Tile`, innerCount, {x: m, y: n * k}), operands: []}
}

/** The cells of an array, which hold a word of each operand, and its edge, which holds nothing; innermost first. */
function systolicLevels({name, count, systolic}: ComputeUnit<number>, dtype: Dtype): HierarchyLevel[] {
  const {rows, columns} = systolic!
  const wordBytes = dtypeBytes(dtype)
  const cells = wireLevel(`${name}Cells`, count * rows * columns, {x: 1, y: 1})
  return [
    {...cells, capacityBytes: 2 * wordBytes + Math.max(sumBytes, wordBytes)},
    {...wireLevel(name, count, {x: columns, y: rows}), operands: []},
  ]
}

function wires({systolic}: ComputeUnit<number>): Pick<Arithmetic, 'systolic'> {
  return systolic === undefined ? {} : {systolic: {isPreloading: systolic.isPreloading}}
}

/** Energies of registers and wires within a unit stand with those of its operations. */
function wireLevel(name: string, instanceCount: number, fanout: Fanout): HierarchyLevel {
  return {
    name,
    kind: 'register',
    instanceCount,
    fanout,
    capacityBytes: 0,
    accessBits: undefined,
    readJoulesPerByte: 0,
    fillJoulesPerByte: 0,
    updateJoulesPerByte: 0,
    readBytesPerCycle: Number.POSITIVE_INFINITY,
    writeBytesPerCycle: Number.POSITIVE_INFINITY,
    sharedBytesPerCycle: Number.POSITIVE_INFINITY,
    isMulticast: true,
    isReducing: true,
    bufferCount: undefined,
  }
}

interface Place {
  readonly instanceCount: number
  readonly fanout: Fanout
  readonly bankCount: number
}

/** One level, or one for each partition, innermost first: each passes on what it does not hold, and the outermost does the spreading. */
function memoryLevels(
  memory: MemoryLevel<number>,
  {instanceCount, fanout, bankCount}: Place,
  bytesPerCycle: (rate: Rate<number>) => number,
  energyScale: number,
  feedsTiles: boolean,
): HierarchyLevel[] {
  const {name, kind, mapping, isSharedPort, bypass} = memory
  const partitions = operandRoles.filter((role) => mapping.partitionBytes[role] !== undefined)
  const [read, write] = [bytesPerCycle(memory.read) * bankCount, bytesPerCycle(memory.write) * bankCount]
  const portCount = Math.max(1, partitions.length)
  const whole = {
    name,
    kind,
    instanceCount,
    fanout,
    capacityBytes: memory.capacityBytes * bankCount,
    accessBits: mapping.accessBytes === undefined ? undefined : mapping.accessBytes * 8,
    readJoulesPerByte: memory.readJoulesPerByte * energyScale,
    fillJoulesPerByte: memory.writeJoulesPerByte * energyScale,
    updateJoulesPerByte: memory.writeJoulesPerByte * energyScale,
    readBytesPerCycle: isSharedPort ? Number.POSITIVE_INFINITY : read / portCount,
    writeBytesPerCycle: isSharedPort ? Number.POSITIVE_INFINITY : write,
    sharedBytesPerCycle: isSharedPort ? read / portCount : Number.POSITIVE_INFINITY,
    isMulticast: mapping.isMulticast ?? feedsTiles,
    isReducing: mapping.isReducing ?? feedsTiles,
    bufferCount: mapping.bufferCount,
    operands: mapping.operands,
    bypass,
    // What misses a cache comes through it.
    ...(kind === 'cache' && {isRequired: true}),
  }
  if (partitions.length === 0) return [whole]
  // Outputs innermost, as they change at every step.
  return partitions.toReversed().map((role, index) => ({
    ...whole,
    name: `${name}.${role}`,
    fanout: index === 0 ? fanout : {x: 1, y: 1},
    capacityBytes: mapping.partitionBytes[role]! * bankCount,
    operands: [role],
    isRequired: true,
  }))
}

/** As in `rates.ts` of cost: a rate per cycle goes with its clock, one per second with its clock over the nominal one. */
function bytesPerSecond(
  {clocks}: Machine<number>,
  {clock}: MemoryLevel<number>,
  {amount, isPerCycle}: Rate<number>,
  hertzOf: (clock: number) => number,
): number {
  if (clock < 0) return amount
  return isPerCycle ? amount * hertzOf(clock) : (amount * hertzOf(clock)) / clocks[clock]!.nominalHertz
}

/** Dynamic energy of a domain at a clock over that at its stated voltage. */
function energyScale({clocks}: Machine<number>, clock: number, hertz: number): number {
  const domain = clocks[clock]!
  return (voltageAt(domain, hertz) / domain.energyVolts) ** domain.energyExponent
}
