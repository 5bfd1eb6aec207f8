import path from 'node:path'
import type {UserError} from '../foundation/user-error.js'
import {resolveFile} from '../spec/catalogue.js'
import {checkSchema} from '../spec/check-schema.js'
import {baseLayers, extendedLayers, type Layers} from '../spec/extended-layers.js'
import {LayeredSource} from '../spec/layered-source.js'
import {acceleratorSchema} from '../spec/schemas/accelerator.js'
import {type SpecSource, YamlSource} from '../spec/yaml-source.js'
import type {Accelerator} from './accelerator.js'
import {buildMachine} from './build-machine.js'
import {idleWatts} from './clock.js'
import {sourcedConstants} from './constants.js'
import {generationOf} from './generation.js'
import {type Leaf, numberLeaves} from './leaves.js'
import type {Machine} from './machine.js'
import {builtOver, overridesOf} from './overrides.js'
import {buildParameters} from './parameters.js'
import {statesLevels} from './stated-hierarchy.js'
import {technologyLayer} from './technology-layer.js'

type Raw = Readonly<Record<string, unknown>>

export interface AcceleratorOptions {
  /** Values to put in place of the file's, by parameter name or dotted path: `{sms: '144', 'hbm.energy': '2 pJ/b'}`. */
  readonly set?: Readonly<Record<string, string>>
  /** The folder that a path is relative to; the working folder by default. */
  readonly from?: string
}

/** Loads a shipped accelerator by name, or one from a file; every problem carries its place. */
export function loadAccelerator(nameOrFile: string, options: AcceleratorOptions = {}): Accelerator {
  const file = resolveFile('accelerator', nameOrFile, options.from)
  const name = path.basename(file) === 'accelerator.yaml' ? path.basename(path.dirname(file)) : path.basename(file).replace(/\.ya?ml$/, '')
  return buildAccelerator(name, extendedLayers('accelerator', file), options.set ?? {})
}

/** Builds an accelerator from text that stands in no file, as tests and notebooks do. */
export function parseAccelerator(name: string, text: string, options: AcceleratorOptions = {}): Accelerator {
  const layer = YamlSource.parse(text, `${name}.yaml`)
  return buildAccelerator(name, [layer, ...baseLayers('accelerator', layer, options.from ?? process.cwd())], options.set ?? {})
}

function buildAccelerator(name: string, files: Layers, set: Readonly<Record<string, string>>): Accelerator {
  const described = new LayeredSource(files)
  if (statesLevels(described)) throw levelsAlone(described)
  checkSchema(described, acceleratorSchema)
  return builtOver(overridesOf(described, set), (overrides) => assembled(name, files, overrides, set))
}

function levelsAlone(source: SpecSource): UserError {
  const reason = 'this file describes levels for loop nests alone: it has no power, clock states or units, so that only ridge map reads it'
  return source.error('/levels', reason, ['map a problem on it: ridge map --accelerator FILE --problem NAME'], 'LEVELS_ALONE')
}

function assembled(name: string, files: Layers, overrides: readonly YamlSource[], changes: Readonly<Record<string, string>>): Accelerator {
  const described = new LayeredSource([...overrides, ...files] as readonly YamlSource[] as Layers)
  if (overrides.length > 0) checkSchema(described, acceleratorSchema)
  const parameters = buildParameters(described, ((described.data as Raw)['parameters'] ?? {}) as Parameters<typeof buildParameters>[1])
  const technology = technologyLayer(described, () => buildMachine(described, numberLeaves(described, parameters)))
  const source = technology === undefined ? described : new LayeredSource([technology.layer, ...described.layers])
  const leaves: Leaf[] = []
  const machine = buildMachine(
    source,
    numberLeaves(source, parameters, (leaf) => leaves.push(leaf)),
  )
  checkConsistency(source, machine)
  const own = parameters.ordered.filter((parameter) => parameter.expression.dependsOn.length === 0)
  const parameterLeaves = own.map(
    (p): Leaf => ({pointer: `/parameters/${p.name}`, expression: p.expression, dimension: 'count', value: p.baseValue}),
  )
  const set = new Set(overrides)
  return Object.freeze({
    name,
    title: String((source.data as Raw)['title']),
    source,
    files: files.flatMap((layer) => layer.path ?? []),
    parameters,
    machine,
    leaves,
    parameterConstants: sourcedConstants(source, parameterLeaves, parameters, set),
    constants: sourcedConstants(source, leaves, parameters, set),
    changes,
    technologyScaling: technology?.scaling,
    generation: generationOf(source, (source.data as Raw)['generation'] as string | undefined),
  })
}

function checkConsistency(source: SpecSource, machine: Machine<number>): void {
  for (const {name, minimumHertz, nominalHertz, maximumHertz} of machine.clocks) {
    if (minimumHertz > nominalHertz || nominalHertz > maximumHertz) {
      throw source.error(`/clocks/${name}`, 'minimum, nominal and maximum clock must rise in this order', [
        `they are ${minimumHertz / 1e6}, ${nominalHertz / 1e6} and ${maximumHertz / 1e6} MHz`,
      ])
    }
  }
  checkLimits(source, machine)
  if (machine.memories.length === 0)
    throw source.error('/memories', 'at least one memory level is needed', ['describe the levels from the fastest to main memory'])
}

function checkLimits(source: SpecSource, machine: Machine<number>): void {
  const {clocks, power} = machine
  const {minimumLimitWatts, limitWatts, maximumLimitWatts, regulationRatio, thermal} = power
  if (minimumLimitWatts > limitWatts || limitWatts > maximumLimitWatts)
    throw source.error('/power/limit', 'the power limit must lie between minimumLimit and maximumLimit', [
      `choose between ${minimumLimitWatts} W and ${maximumLimitWatts} W`,
    ])
  const leastWatts = idleWatts(machine, clocks[0]!.minimumHertz)
  if (limitWatts < leastWatts)
    throw source.error('/power/limit', `a limit of ${limitWatts} W is below the ${leastWatts} W of idle power at the lowest clock`, [
      'raise the limit, or lower the idle power',
    ])
  if (regulationRatio > 1)
    throw source.error('/power/regulation', `a controller holds at most its limit, but ${regulationRatio} of it is stated`, [
      'write the share as in `regulation: 0.964`',
    ])
  if (thermal?.limitKelvins !== undefined && thermal.limitKelvins <= thermal.ambientKelvins)
    throw source.error(
      '/power/thermal/limit',
      `no power keeps the chip at ${celsius(thermal.limitKelvins)} in an ambient of ${celsius(thermal.ambientKelvins)}`,
      ['state a limit above the ambient temperature'],
    )
}

function celsius(kelvins: number): string {
  return `${Number((kelvins - 273.15).toPrecision(6))} degC`
}
