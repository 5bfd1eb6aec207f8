import {existsSync} from 'node:fs'
import path from 'node:path'
import type {Accelerator} from '../../accelerator/accelerator.js'
import type {Generation} from '../../accelerator/generation.js'
import type {Dtype} from '../../foundation/dtype.js'
import {nameHints} from '../../foundation/nearest-name.js'
import {resolveFile} from '../../spec/catalogue.js'
import {checkSchema} from '../../spec/check-schema.js'
import {profileSchema} from '../../spec/schemas/profile.js'
import {pointerTo, YamlSource} from '../../spec/yaml-source.js'
import type {OperatorClass} from '../../workload/operator.js'
import type {KernelParameter} from './kernel-model.js'
import {kernelModels} from './kernel-models.js'

/** How far predictions are from measurements, as ratios of the measurement. */
export interface ProfileErrors {
  readonly mape: number
  readonly median: number
  readonly p90: number
  readonly bias: number
}

/** The fitted parameters of one operator class on one device, with what they were fitted on. */
export interface ProfileEntry {
  readonly device: string
  readonly class: OperatorClass
  readonly dtype: Dtype
  /** In the order of the parameters of the class's model. */
  readonly parameters: Float64Array
  readonly rowCount: number
  /** How its kernels were issued when they were measured. */
  readonly launch: 'graph' | 'alone'
  /** The host ran ahead of what was timed, so that it says nothing of the host's own time. */
  readonly hidesHost?: boolean
  readonly roofline: ProfileErrors
  readonly fitted: ProfileErrors
  /** On rows that a fit did not see. */
  readonly heldOut: ProfileErrors
  /** On other devices, with nothing fitted to them. */
  readonly transfer: readonly {readonly device: string; readonly rows: number; readonly mape: number}[]
  /** Least and greatest of each size of a shape that was measured. */
  readonly range: Readonly<Record<string, readonly [number, number]>>
}

const loaded = new Map<string, readonly ProfileEntry[]>()

/** What was measured that tells of an accelerator, nearest first: itself and what it extends, then its generation, then what that follows. */
export function profileOf({files, generation}: Accelerator): readonly ProfileEntry[] {
  const near = [...files, ...measuredIn(generation).map((device) => resolveFile('accelerator', device))]
  return [...new Set(near.map(profileFile))].flatMap(entriesOf)
}

/** Where the profile of an accelerator's file stands: beside it, under its name where one folder may hold several. */
export function profileFile(accelerator: string): string {
  const name = path.basename(accelerator)
  return path.join(
    path.dirname(accelerator),
    name === 'accelerator.yaml' ? 'profile.yaml' : `${name.replace(/\.ya?ml$/i, '')}.profile.yaml`,
  )
}

/** Reads a profile anew when it is next asked for. */
export function forgetProfile(file: string): void {
  loaded.delete(file)
}

function measuredIn(generation: Generation | undefined): readonly string[] {
  return generation === undefined ? [] : [...generation.measured, ...measuredIn(generation.follows)]
}

/** What a profile holds; nothing where there is none. */
export function entriesOf(file: string): readonly ProfileEntry[] {
  let entries = loaded.get(file)
  if (entries === undefined) {
    entries = existsSync(file) ? readProfile(file) : []
    loaded.set(file, entries)
  }
  return entries
}

interface RawEntry extends Omit<ProfileEntry, 'device' | 'parameters' | 'rowCount' | 'transfer'> {
  readonly rows: number
  readonly transfer?: ProfileEntry['transfer']
  readonly parameters: Readonly<Record<string, {readonly value: number; readonly unit: string}>>
}

function readProfile(file: string): ProfileEntry[] {
  const source = YamlSource.read(file)
  checkSchema(source, profileSchema)
  const {device, classes} = source.data as {readonly device: string; readonly classes: readonly RawEntry[]}
  return classes.map(({rows, parameters, transfer = [], ...entry}, index) => ({
    ...entry,
    device,
    transfer,
    rowCount: rows,
    parameters: orderedParameters(source, `/classes/${index}`, entry.class, parameters),
  }))
}

const makeAnew = 'make the profile anew: ridge calibrate … --write'

/** A profile must hold exactly the parameters of its class's model, in their units and bounds: one of another version is refused, not guessed at. */
function orderedParameters(
  source: YamlSource,
  pointer: string,
  operatorClass: OperatorClass,
  written: RawEntry['parameters'],
): Float64Array {
  const model = Object.hasOwn(kernelModels, operatorClass) ? kernelModels[operatorClass] : undefined
  if (model === undefined) {
    const hints = nameHints(operatorClass, Object.keys(kernelModels))
    throw source.error(`${pointer}/class`, `"${operatorClass}" is not a class of kernels`, hints)
  }
  const names = Object.keys(model.parameters)
  const within = `${pointer}/parameters`
  const stranger = Object.keys(written).find((name) => !names.includes(name))
  if (stranger !== undefined) {
    const hints = [...nameHints(stranger, names), makeAnew]
    throw source.error(pointerTo(within, stranger), `"${stranger}" is not a parameter of ${operatorClass}`, hints)
  }
  return Float64Array.from(names, (name) => {
    const parameter = written[name]
    if (parameter === undefined) throw source.error(within, `the parameter "${name}" of ${operatorClass} is missing`, [makeAnew])
    return checkedValue(source, pointerTo(within, name), name, parameter, model.parameters[name]!)
  })
}

function checkedValue(
  source: YamlSource,
  pointer: string,
  name: string,
  {value, unit}: RawEntry['parameters'][string],
  expected: KernelParameter,
): number {
  if (unit !== expected.unit)
    throw source.error(`${pointer}/unit`, `"${name}" is in ${expected.unit || 'no unit'}, not in ${unit || 'none'}`, [makeAnew])
  if (value >= expected.least && value <= expected.most) return value
  throw source.error(`${pointer}/value`, `"${name}" is ${value}, but lies between ${expected.least} and ${expected.most}`, [makeAnew])
}
