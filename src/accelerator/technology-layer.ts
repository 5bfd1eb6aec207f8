import {dtypes} from '../foundation/dtype.js'
import {quantityValue} from '../foundation/expression.js'
import {UserError} from '../foundation/user-error.js'
import type {LayeredSource} from '../spec/layered-source.js'
import {located} from '../spec/located.js'
import {YamlSource} from '../spec/yaml-source.js'
import type {Machine} from './machine.js'
import {type Scaled, type ScalingName, scalingNamed, scalingNames, type Technology} from './technology.js'

type Raw = Readonly<Record<string, unknown>>

/** How the energies of the die were carried to another technology. */
export interface TechnologyScaling {
  readonly method: ScalingName
  readonly from: Technology
  readonly to: Technology
  /** Scaled over described energy, by each way to scale that says something of all of them: least and greatest over the die. */
  readonly ratiosByMethod: Readonly<Partial<Record<ScalingName, readonly [leastRatio: number, greatestRatio: number]>>>
}

/** What says where energies are carried to, and how. */
const target = ['to', 'toVoltage', 'scaling'] as const

/** An energy of the die: where it is described, and what it is. */
interface DieEnergy {
  readonly path: readonly string[]
  readonly of: Scaled
}

/**
 * The layer that carries the energies of a die to the technology that the file or `--set` asks for: those of operations and
 * of elements and of memories on the die, not of DRAM and links, nor clocking, idle and static power, which no method tells. Nothing where none is asked for.
 */
export function technologyLayer(
  source: LayeredSource,
  machineOf: () => Machine<number>,
): {readonly layer: YamlSource; readonly scaling: TechnologyScaling} | undefined {
  const asked = (source.data as Raw)['technology'] as Raw | undefined
  const given = target.filter((key) => asked?.[key] !== undefined)
  if (asked === undefined || given.length === 0) return undefined
  const missing = target.find((key) => asked[key] === undefined)
  if (missing !== undefined)
    throw source.error(`/technology/${given[0]}`, `energies are carried over by all of ${target.join(', ')}; ${missing} is missing`, [
      'write them as in `to: 7 nm`, `toVoltage: 0.7 V`, `scaling: stillmaker-baas`',
    ])
  const method = String(asked['scaling']) as ScalingName
  const [from, to] = [technologyAt(source, asked, 'node', 'voltage'), technologyAt(source, asked, 'to', 'toVoltage')]
  const energies = dieEnergies(source.data as Raw, machineOf())
  const ratios = at(source, () => energies.map(({of}) => scalingNamed(method).ratio(from, to, of)))
  const data = energies.reduce<Raw>(
    (all, {path}, index) => merged(all, path, scaledText(source.data as Raw, path, ratios[index]!, from, to)),
    {
      sources: {technologyScaling: {title: scalingNamed(method).title}},
    },
  )
  return {
    layer: YamlSource.parse(JSON.stringify(data), `technology.scaling ${method}`),
    scaling: {method, from, to, ratiosByMethod: compared(energies, from, to)},
  }
}

function technologyAt(source: LayeredSource, asked: Raw, node: string, voltage: string): Technology {
  const value = (key: string, dimension: 'millimetres' | 'volts'): number => {
    const raw = asked[key] as string | {value: string}
    return located(source, `/technology/${key}`, () => quantityValue(typeof raw === 'object' ? raw.value : raw, dimension))
  }
  return {nodeMillimetres: value(node, 'millimetres'), volts: value(voltage, 'volts')}
}

function dieEnergies(data: Raw, machine: Machine<number>): DieEnergy[] {
  const units = machine.units.flatMap(({name, operationsPerCycle, joulesPerElement}): DieEnergy[] => [
    ...dtypes
      .filter((dtype) => operationsPerCycle[dtype] !== undefined)
      .map((dtype): DieEnergy => ({path: ['units', name, 'energyPerOperation', dtype], of: {kind: 'arithmetic', dtype}})),
    // An element passes through the instructions of its unit.
    ...(joulesPerElement === undefined
      ? []
      : [{path: ['units', name, 'energyPerElement'], of: {kind: 'arithmetic', dtype: 'fp32'}} satisfies DieEnergy]),
  ])
  const memories = machine.memories
    .filter(({kind}) => kind !== 'dram')
    .flatMap(({name, capacityBytes}) => {
      const raw = (data['memories'] as Record<string, Raw>)[name]!
      const keys = ['energy', 'readEnergy', 'writeEnergy'].filter((key) => raw[key] !== undefined)
      return keys.map((key): DieEnergy => ({path: ['memories', name, key], of: {kind: 'memory', capacityBytes}}))
    })
  return [...units, ...memories]
}

function scaledText(data: Raw, path: readonly string[], ratio: number, from: Technology, to: Technology): Raw {
  const raw = path.reduce<unknown>((inner, key) => (inner as Raw)[key], data)
  const text = typeof raw === 'object' ? (raw as {value: string | number}).value : raw
  return {value: `(${text}) * ${ratio}`, source: `technologyScaling, ${technologyName(from)} to ${technologyName(to)}`}
}

function compared(energies: readonly DieEnergy[], from: Technology, to: Technology): TechnologyScaling['ratiosByMethod'] {
  return Object.fromEntries(
    scalingNames.flatMap((name) => {
      try {
        const ratios = energies.map(({of}) => scalingNamed(name).ratio(from, to, of))
        return [[name, [Math.min(...ratios), Math.max(...ratios)]]]
      } catch (error) {
        if (error instanceof UserError) return []
        throw error
      }
    }),
  )
}

/** "45 nm at 0.9 V". */
export function technologyName({nodeMillimetres, volts}: Technology): string {
  return `${Number((nodeMillimetres * 1e6).toPrecision(6))} nm at ${Number(volts.toPrecision(6))} V`
}

function at<T>(source: LayeredSource, scale: () => T): T {
  try {
    return scale()
  } catch (error) {
    if (error instanceof UserError) throw source.error('/technology/scaling', error.message, error.suggestions, error.code)
    throw error
  }
}

function merged(all: Raw, [head, ...rest]: readonly string[], leaf: Raw): Raw {
  const inner = (all[head!] ?? {}) as Raw
  return {...all, [head!]: rest.length === 0 ? leaf : merged(inner, rest, leaf)}
}
