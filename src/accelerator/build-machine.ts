import {nameHints} from '../foundation/nearest-name.js'
import type {Dimension} from '../foundation/quantity.js'
import type {TensorClass} from '../foundation/resource.js'
import {pointerTo, type SpecSource} from '../spec/yaml-source.js'
import {mappingTraits} from './build-mapping-traits.js'
import {computeUnit} from './build-unit.js'
import {field, type Leaves, type Raw, type RawQuantity, type Reader} from './field.js'
import type {
  ClockCurve,
  ClockDomain,
  Die,
  Link,
  Machine,
  MemoryKind,
  MemoryLevel,
  Power,
  Rate,
  Reduction,
  Thermal,
  Topology,
} from './machine.js'

/** The machine that checked data describes, each numeric field made by `leaves`. */
export function buildMachine<N>(source: SpecSource, leaves: Leaves<N>): Machine<N> {
  const data = source.data as Raw
  const clockNames = ['core', ...Object.keys(data['clocks'] as Raw).filter((name) => name !== 'core')]
  const section = <T>(key: string, build: (raw: Raw, pointer: string, name: string) => T): T[] =>
    Object.entries((data[key] ?? {}) as Record<string, Raw>)
      .filter(([name]) => !['source', 'estimate', 'range'].includes(name))
      .map(([name, raw]) => build(raw, pointerTo(`/${key}`, name), name))
  const clockIndex = (raw: unknown, pointer: string): number => {
    const index = clockNames.indexOf(String(raw))
    if (index < 0)
      throw source.error(pointer, `"${String(raw)}" is not one of this accelerator's clocks`, nameHints(String(raw), clockNames))
    return index
  }
  const reader = {source, leaves, clockIndex}
  const hostLaunch = (data['host'] as Raw | undefined)?.['launch'] as RawQuantity | undefined
  const ofMemory = (key: string, dimension: Dimension): N | undefined =>
    data[key] === undefined ? undefined : leaves.value(data[key] as RawQuantity, dimension, `/${key}`, 'nonnegative')
  return {
    clocks: clockNames.map((name) => clockDomain(reader, (data['clocks'] as Record<string, Raw>)[name]!, `/clocks/${name}`, name)),
    units: section('units', (raw, pointer, name) => computeUnit(reader, raw, pointer, name)),
    memories: section('memories', (raw, pointer, name) => memoryLevel(reader, raw, pointer, name)),
    links: section('links', (raw, pointer, name) => link(reader, raw, pointer, name)),
    power: power(reader, data['power'] as Raw),
    dies: section('dies', (raw, pointer, name) => die(reader, raw, pointer, name)),
    hostLaunchRatio: hostLaunch === undefined ? 1 : leaves.fixed(hostLaunch, 'ratio', '/host/launch', 'positive'),
    memoryDollarsPerByte: ofMemory('memoryPrice', 'dollarsPerByte'),
    memoryGramsPerByte: ofMemory('memoryCarbon', 'gramsPerByte'),
  }
}

function clockDomain<N>(reader: Reader<N>, raw: Raw, pointer: string, name: string): ClockDomain<N> {
  const of = field(reader, raw, pointer, {voltageScale: 1})
  const range = clockRange(reader, raw, pointer)
  return {
    name,
    ...range,
    hertz: range.maximumHertz,
    nominalHertz: of('nominal', 'hertz'),
    baseHertz: raw['base'] === undefined ? undefined : of('base', 'hertz'),
    voltage: {scaleRatio: of('voltageScale', 'ratio'), ...voltageCurve(reader, raw['voltage'], `${pointer}/voltage`)},
    energyVolts: of('energyVoltage', 'volts'),
    energyExponent: of('energyExponent', 'ratio', 'nonnegative'),
  }
}

/** A domain states its range and step, or a list of its states. */
function clockRange<N>(reader: Reader<N>, raw: Raw, pointer: string): Pick<ClockDomain<N>, 'minimumHertz' | 'maximumHertz' | 'steps'> {
  const {source, leaves} = reader
  const states = raw['states'] as readonly RawQuantity[] | undefined
  const range = ['minimum', 'maximum', 'step'].filter((key) => raw[key] !== undefined)
  if (states === undefined) {
    if (range.length < 3)
      throw source.error(pointer, 'a clock domain has either `states`, or `minimum`, `maximum` and `step`', [
        'add `states: [900 MHz, 1410 MHz]`',
      ])
    const of = field(reader, raw, pointer)
    return {
      minimumHertz: of('minimum', 'hertz'),
      maximumHertz: of('maximum', 'hertz'),
      steps: {kind: 'even', stepHertz: of('step', 'hertz')},
    }
  }
  if (range.length > 0)
    throw source.error(`${pointer}/${range[0]}`, `\`states\` and \`${range[0]}\` exclude each other`, ['keep one of the two'])
  const hertz = states.map((state, index) => leaves.fixed(state, 'hertz', `${pointer}/states/${index}`, 'positive'))
  const falling = hertz.findIndex((state, index) => index > 0 && state <= hertz[index - 1]!)
  if (falling > 0) throw source.error(`${pointer}/states/${falling}`, 'clock states must rise')
  const end = (index: number): N => leaves.value(states[index]!, 'hertz', `${pointer}/states/${index}`, 'positive')
  return {minimumHertz: end(0), maximumHertz: end(states.length - 1), steps: {kind: 'list', hertz}}
}

function voltageCurve<N>(reader: Reader<N>, raw: unknown, pointer: string) {
  if (Array.isArray(raw)) return {kind: 'table' as const, ...clockCurve(reader, raw as Raw[], pointer, 'voltage', 'volts')}
  const of = field(reader, raw as Raw, pointer)
  return {
    kind: 'parametric' as const,
    floorVolts: of('floor', 'volts'),
    kneeHertz: of('knee', 'hertz'),
    slopeVoltsPerHertz: of('slope', 'voltsPerHertz', 'nonnegative'),
  }
}

function clockCurve<N>({source, leaves}: Reader<N>, rows: readonly Raw[], pointer: string, key: string, dimension: Dimension): ClockCurve {
  const at = (row: Raw, index: number, name: string, of: Dimension): number =>
    leaves.fixed(row[name] as RawQuantity, of, `${pointer}/${index}/${name}`, 'positive')
  const clockHertz = rows.map((row, index) => at(row, index, 'clock', 'hertz'))
  const values = rows.map((row, index) => at(row, index, key, dimension))
  for (let i = 1; i < rows.length; i++) {
    if (clockHertz[i]! <= clockHertz[i - 1]!) throw source.error(`${pointer}/${i}/clock`, 'clocks of a curve must rise from row to row')
    if (values[i]! < values[i - 1]! * 0.98)
      throw source.error(`${pointer}/${i}/${key}`, `${key} falls while the clock rises`, [
        'check this row: beyond 2 % of noise the curve must not fall',
      ])
  }
  return {clockHertz, values}
}

function memoryLevel<N>(reader: Reader<N>, raw: Raw, pointer: string, name: string): MemoryLevel<N> {
  const of = field(reader, raw, pointer)
  const [isSharedPort, readKey, writeKey] = pair(reader.source, raw, pointer, 'bandwidth', 'readBandwidth', 'writeBandwidth')
  const [, readEnergyKey, writeEnergyKey] = pair(reader.source, raw, pointer, 'energy', 'readEnergy', 'writeEnergy')
  const rate = (key: string): Rate<N> => {
    const dimension = reader.leaves.dimensionOf(raw[key] as RawQuantity, ['bytesPerSecond', 'bytesPerCycle'], pointerTo(pointer, key))
    const isPerCycle = dimension === 'bytesPerCycle'
    if (isPerCycle && raw['clock'] === undefined)
      throw reader.source.error(pointerTo(pointer, key), 'a rate per cycle needs a clock', ['add `clock: core`'])
    return {amount: of(key, ['bytesPerSecond', 'bytesPerCycle']), isPerCycle}
  }
  return {
    name,
    kind: raw['kind'] as MemoryKind,
    instanceCount: of('instances', 'count', 'whole'),
    capacityBytes: of('capacity', 'bytes'),
    read: rate(readKey),
    write: rate(writeKey),
    isSharedPort,
    latencySeconds: of('latency', 'seconds', 'nonnegative'),
    threadCount: raw['threads'] === undefined ? undefined : of('threads', 'count', 'whole'),
    readJoulesPerByte: of(readEnergyKey, 'joulesPerByte', 'nonnegative'),
    writeJoulesPerByte: of(writeEnergyKey, 'joulesPerByte', 'nonnegative'),
    clock: raw['clock'] === undefined ? -1 : reader.clockIndex(raw['clock'], `${pointer}/clock`),
    bypass: (raw['bypass'] ?? []) as readonly TensorClass[],
    mapping: mappingTraits(reader, (raw['mapping'] ?? {}) as Raw, `${pointer}/mapping`),
  }
}

/** A level states either one figure for both directions, or one for each. */
function pair(source: SpecSource, raw: Raw, pointer: string, both: string, read: string, write: string): [boolean, string, string] {
  const hasBoth = raw[both] !== undefined
  const hasEach = raw[read] !== undefined && raw[write] !== undefined
  const hasAny = raw[read] !== undefined || raw[write] !== undefined
  if (hasBoth && !hasAny) return [true, both, both]
  if (hasEach && !hasBoth) return [false, read, write]
  throw source.error(pointerTo(pointer, both), `either ${both} or both of ${read} and ${write} must stand here`, [
    `give ${both}, or ${read} and ${write}`,
  ])
}

function link<N>(reader: Reader<N>, raw: Raw, pointer: string, name: string): Link<N> {
  const of = field(reader, raw, pointer)
  const reduction = (raw['reduction'] ?? 'endpoints') as Reduction
  if (reduction === 'in-switch' && raw['topology'] !== 'switch')
    throw reader.source.error(`${pointer}/reduction`, `links of topology ${String(raw['topology'])} have no switch that could reduce`, [
      'use `topology: switch`, or `reduction: endpoints`',
    ])
  return {
    name,
    topology: raw['topology'] as Topology,
    reduction,
    count: of('count', 'count', 'whole'),
    bytesPerSecondPerDirection: of('bandwidthPerDirection', 'bytesPerSecond'),
    latencySeconds: of('latency', 'seconds', 'nonnegative'),
    joulesPerByte: of('energy', 'joulesPerByte', 'nonnegative'),
    maximumRankCount: of('maximumRanks', 'count', 'whole'),
  }
}

function power<N>(reader: Reader<N>, raw: Raw): Power<N> {
  const of = field(reader, raw, '/power', {idleScale: 1, regulation: 1})
  return {
    limitWatts: of('limit', 'watts'),
    minimumLimitWatts: of('minimumLimit', 'watts'),
    maximumLimitWatts: of('maximumLimit', 'watts'),
    regulationRatio: of('regulation', 'ratio'),
    responseSeconds: raw['response'] === undefined ? undefined : of('response', 'seconds'),
    idle: clockCurve(reader, raw['idle'] as Raw[], '/power/idle', 'power', 'watts'),
    idleScaleRatio: of('idleScale', 'ratio'),
    staticWatts: of('static', 'watts', 'nonnegative'),
    staticVolts: of('staticVoltage', 'volts'),
    clockingWatts: raw['clocking'] === undefined ? undefined : of('clocking', 'watts', 'nonnegative'),
    regulatorEfficiencyRatio: raw['regulatorEfficiency'] === undefined ? undefined : of('regulatorEfficiency', 'ratio', 'share'),
    thermal: raw['thermal'] === undefined ? undefined : thermal(reader, raw['thermal'] as Raw),
  }
}

function thermal<N>(reader: Reader<N>, raw: Raw): Thermal<N> {
  const of = field(reader, raw, '/power/thermal')
  const [stated, growth] = ['staticTemperature', 'staticGrowth'].map((key) => raw[key] !== undefined)
  if (stated !== growth)
    throw reader.source.error('/power/thermal', 'staticTemperature and staticGrowth belong together', [
      'give both, or leave both out: then heat does not move static power',
    ])
  return {
    ambientKelvins: of('ambient', 'kelvins'),
    kelvinsPerWatt: of('resistance', 'kelvinsPerWatt'),
    limitKelvins: raw['limit'] === undefined ? undefined : of('limit', 'kelvins'),
    leakage: stated
      ? {statedKelvins: of('staticTemperature', 'kelvins'), growthPerKelvin: of('staticGrowth', 'perKelvin', 'nonnegative')}
      : undefined,
  }
}

function die<N>(reader: Reader<N>, raw: Raw, pointer: string, name: string): Die<N> {
  const of = field(reader, raw, pointer, {count: 1})
  const components = Object.entries(raw['components'] as Record<string, Raw>).map(([component, part]) => {
    const ofPart = field(reader, part, `${pointer}/components/${component}`, {count: 1})
    return {
      name: component,
      componentCount: ofPart('count', 'count', 'wholeOrNone'),
      squareMillimetres: ofPart('area', 'squareMillimetres', 'nonnegative'),
    }
  })
  const base = {name, node: String(raw['node']), dieCount: of('count', 'count', 'whole'), components}
  if (raw['wafer'] === undefined) return base
  const wafer = field(reader, raw['wafer'] as Raw, `${pointer}/wafer`)
  return {
    ...base,
    wafer: {
      waferDollars: wafer('price', 'dollars'),
      diameterMillimetres: wafer('diameter', 'millimetres'),
      defectsPerSquareMillimetre: wafer('defectDensity', 'defectsPerSquareMillimetre', 'nonnegative'),
      clusterExponent: wafer('clusterExponent', 'ratio'),
      gramsPerSquareMillimetre:
        (raw['wafer'] as Raw)['carbon'] === undefined ? undefined : wafer('carbon', 'gramsPerSquareMillimetre', 'nonnegative'),
    },
  }
}
