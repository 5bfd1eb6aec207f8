import type {OperandRole, TensorClass} from '../foundation/resource.js'
import {pointerTo, type SpecSource} from '../spec/yaml-source.js'
import {field, type Leaves, type Raw, type RawQuantity} from './field.js'
import type {Arithmetic, Fanout, Hierarchy, HierarchyLevel} from './hierarchy.js'
import type {MemoryKind} from './machine.js'

const unlimited = 'unlimited'

interface Reader {
  readonly source: SpecSource
  readonly leaves: Leaves<number>
  readonly hertz: number
}

/** Whether a file describes levels for loop nests alone, and no accelerator in full. */
export function statesLevels({data}: {readonly data: unknown}): boolean {
  return typeof data === 'object' && data !== null && Object.hasOwn(data, 'levels')
}

/** The hierarchy that checked data states, at its own clock or another one. */
export function statedHierarchy(name: string, source: SpecSource, leaves: Leaves<number>, clockHertz?: number): Hierarchy {
  const data = source.data as Raw
  const ownHertz = fieldOf({source, leaves}, data, '')('clock', 'hertz')
  const hertz = clockHertz ?? ownHertz
  const levels: HierarchyLevel[] = []
  let instanceCount = 1
  for (const [levelName, raw] of Object.entries(data['levels'] as Record<string, Raw>)) {
    const level = statedLevel({source, leaves, hertz}, raw, levelName, instanceCount)
    levels.push(level)
    instanceCount *= level.fanout.x * level.fanout.y
  }
  const adders = arithmetic({source, leaves, hertz}, data['arithmetic'] as Raw, instanceCount)
  if (adders.systolic !== undefined) checkWires(source, levels)
  return {name, levels, arithmetic: adders, hertz}
}

/** The cells of a systolic array hand words on, which is multicast of what is read and reduction of sums. */
function checkWires(source: SpecSource, levels: readonly HierarchyLevel[]): void {
  const array = levels.findLast(({fanout}) => fanout.x * fanout.y > 1)
  if (array === undefined)
    throw source.error('/arithmetic/systolic', 'no level spreads over several cells', [
      'add `fanout: {x: 16, y: 16}` to the level that feeds the array',
    ])
  const lacking = array.isMulticast ? (array.isReducing ? undefined : 'reduction') : 'multicast'
  if (lacking === undefined) return
  throw source.error(pointerTo(pointerTo('/levels', array.name), lacking), 'cells of a systolic array hand words on to their neighbours', [
    `write \`${lacking}: true\`, or leave out systolic`,
  ])
}

function statedLevel(reader: Reader, raw: Raw, name: string, instanceCount: number): HierarchyLevel {
  const pointer = pointerTo('/levels', name)
  const of = fieldOf(reader, raw, pointer)
  const accessBits = raw['access'] === undefined ? undefined : of('access', 'bytes') * 8
  const fanout = statedFanout(reader, (raw['fanout'] ?? {}) as Raw, `${pointer}/fanout`)
  checkSpread(reader.source, raw, pointer, fanout)
  return {
    name,
    kind: raw['kind'] as MemoryKind,
    instanceCount,
    fanout,
    capacityBytes: isUnlimited(raw['capacity']) ? Number.POSITIVE_INFINITY : of('capacity', 'bytes'),
    accessBits,
    ...energies(reader, raw, pointer, accessBits),
    ...bandwidths(reader, raw, pointer),
    isMulticast: raw['multicast'] === true,
    isReducing: raw['reduction'] === true,
    bufferCount: raw['buffers'] as 1 | 2 | undefined,
    ...(raw['operands'] === undefined ? {} : {operands: raw['operands'] as readonly OperandRole[]}),
    ...(raw['bypass'] === undefined ? {} : {bypass: raw['bypass'] as readonly TensorClass[]}),
  }
}

function statedFanout({source, leaves}: Reader, raw: Raw, pointer: string): Fanout {
  const of = fieldOf({source, leaves}, raw, pointer)
  const along = (axis: 'x' | 'y'): number => (raw[axis] === undefined ? 1 : of(axis, 'count', 'whole'))
  return {x: along('x'), y: along('y')}
}

/** What an array under a level can share is a property of its wires, which nothing lets one guess. */
function checkSpread(source: SpecSource, raw: Raw, pointer: string, {x, y}: Fanout): void {
  if (x * y === 1) return
  const unsaid = ['multicast', 'reduction'].find((key) => raw[key] === undefined)
  if (unsaid === undefined) return
  const what = unsaid === 'multicast' ? 'one read can feed several of them' : 'results of several of them are added on their way'
  throw source.error(pointerTo(pointer, unsaid), `${x * y} instances stand under this level, but nothing says whether ${what}`, [
    `add \`${unsaid}: true\` or \`${unsaid}: false\``,
  ])
}

const energyDimensions = ['joulesPerByte', 'joules'] as const
const rateDimensions = ['bytesPerCycle', 'bytesPerSecond'] as const
const energyKeys = ['readEnergy', 'fillEnergy', 'updateEnergy'] as const
type EnergyKey = (typeof energyKeys)[number]

/** The nearest statement of each: its own, that of writes, that of both. */
function energies(reader: Reader, raw: Raw, pointer: string, accessBits: number | undefined) {
  const statedBy = (key: EnergyKey): string => {
    const keys = key === 'readEnergy' ? [key, 'energy'] : [key, 'writeEnergy', 'energy']
    const stated = keys.find((each) => raw[each] !== undefined)
    if (stated !== undefined) return stated
    throw reader.source.error(pointerTo(pointer, key), `nothing states the energy of ${key.replace('Energy', 's')}`, [
      `add energy, or ${key === 'readEnergy' ? key : `writeEnergy or ${key}`}, as in \`6.4 pJ/B\``,
    ])
  }
  const used = energyKeys.map(statedBy)
  const idle = ['energy', 'writeEnergy'].find((key) => raw[key] !== undefined && !used.includes(key))
  if (idle !== undefined) {
    const others = [...new Set(idle === 'energy' ? used : used.slice(1))]
    throw reader.source.error(pointerTo(pointer, idle), `${idle} has no effect beside ${listed(others)}`, [
      `leave ${idle} out, or state it in place of ${listed(others)}`,
    ])
  }
  const joulesPerByte = (key: EnergyKey): number => energyPerByte(reader, raw, pointer, statedBy(key), accessBits)
  return {
    readJoulesPerByte: joulesPerByte('readEnergy'),
    fillJoulesPerByte: joulesPerByte('fillEnergy'),
    updateJoulesPerByte: joulesPerByte('updateEnergy'),
  }
}

function listed(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB', {type: 'conjunction'}).format(names)
}

/** Stated per byte, or of one access, whose width must then be known. */
function energyPerByte({source, leaves}: Reader, raw: Raw, pointer: string, key: string, accessBits: number | undefined): number {
  const at = pointerTo(pointer, key)
  const stated = leaves.value(raw[key] as RawQuantity, energyDimensions, at, 'nonnegative')
  if (leaves.dimensionOf(raw[key] as RawQuantity, energyDimensions, at) === 'joulesPerByte') return stated
  if (accessBits !== undefined) return stated / (accessBits / 8)
  throw source.error(at, 'this is the energy of one access, but nothing says how wide one is', [
    'add `access: 64 b`, or state the energy per byte or bit',
  ])
}

function bandwidths(reader: Reader, raw: Raw, pointer: string) {
  const rate = (key: string): number => {
    const written = raw[key] as RawQuantity | undefined
    if (written === undefined || isUnlimited(written)) return Number.POSITIVE_INFINITY
    const at = pointerTo(pointer, key)
    const amount = reader.leaves.value(written, rateDimensions, at, 'positive')
    return reader.leaves.dimensionOf(written, rateDimensions, at) === 'bytesPerCycle' ? amount : amount / reader.hertz
  }
  const isShared = raw['bandwidth'] !== undefined
  const missing = isShared ? undefined : ['readBandwidth', 'writeBandwidth'].find((key) => raw[key] === undefined)
  if (missing !== undefined)
    throw reader.source.error(pointerTo(pointer, missing), `nothing states the ${missing === 'readBandwidth' ? 'read' : 'write'} rate`, [
      'add bandwidth, or readBandwidth and writeBandwidth; `bandwidth: unlimited` where nothing limits it',
    ])
  return {
    readBytesPerCycle: rate('readBandwidth'),
    writeBytesPerCycle: rate('writeBandwidth'),
    sharedBytesPerCycle: rate('bandwidth'),
  }
}

function arithmetic({source, leaves}: Reader, raw: Raw, instanceCount: number): Arithmetic {
  const of = fieldOf({source, leaves}, raw, '/arithmetic')
  return {
    name: String(raw['name']),
    instanceCount,
    joulesPerOperation: of('energy', 'joules', 'nonnegative'),
    cyclesPerStep: raw['cyclesPerStep'] === undefined ? 1 : of('cyclesPerStep', 'count', 'whole'),
    ...(raw['systolic'] === undefined ? {} : {systolic: {isPreloading: (raw['systolic'] as Raw)['preload'] === true}}),
  }
}

function fieldOf(reader: Pick<Reader, 'source' | 'leaves'>, raw: Raw, pointer: string) {
  return field<number>({...reader, clockIndex: () => 0}, raw, pointer)
}

function isUnlimited(written: unknown): boolean {
  return written === unlimited || (typeof written === 'object' && written !== null && (written as Raw)['value'] === unlimited)
}
