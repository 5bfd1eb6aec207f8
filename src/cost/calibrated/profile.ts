import {existsSync} from 'node:fs'
import path from 'node:path'
import type {Accelerator} from '../../accelerator/accelerator.js'
import {type Dtype, dtypeBits} from '../../foundation/dtype.js'
import {nameHints} from '../../foundation/nearest-name.js'
import {resolveFile} from '../../spec/catalogue.js'
import {checkSchema} from '../../spec/check-schema.js'
import {profileSchema} from '../../spec/schemas/profile.js'
import {YamlSource} from '../../spec/yaml-source.js'
import type {OperatorClass} from '../../workload/operator.js'
import {kernelModel} from './kernel-models.js'

/** The fitted parameters of one operator class on one device, with what they were fitted on. */
export interface ProfileEntry {
  readonly device: string
  readonly class: OperatorClass
  readonly dtype: Dtype
  /** In the order of the parameters of the class's model. */
  readonly parameters: Float64Array
  readonly rowCount: number
  /** Mean absolute percentage error of the plain roofline on the same rows, as a ratio. */
  readonly rooflineMape: number
  /** Mean absolute percentage error, as a ratio, on rows that the fit did not see. */
  readonly heldOutMape: number
}

const loaded = new Map<string, readonly ProfileEntry[]>()

/** The measured profile of an accelerator: its own entries, then those of what it extends. */
export function profileOf(accelerator: Accelerator): readonly ProfileEntry[] {
  const own = accelerator.files.flatMap((file) => entriesBeside(file))
  if (accelerator.profileOf === undefined) return own
  return [...own, ...entriesBeside(resolveFile('accelerator', accelerator.profileOf))]
}

/** Classes whose kernels are built alike: what a class that nobody measured borrows from, nearest first. */
const alike: Readonly<Partial<Record<OperatorClass, readonly OperatorClass[]>>> = {
  attention_backward: ['attention_prefill'],
  moe: ['gemm'],
  softmax: ['layernorm', 'elementwise'],
  layernorm: ['softmax', 'elementwise'],
  elementwise: ['layernorm', 'softmax'],
  optimizer: ['elementwise', 'layernorm'],
  embedding: ['elementwise'],
  send_receive: ['all_gather', 'reduce_scatter'],
}

/** The entry for a class and format: the very one, else one of equal width, else any of the class, else of a class that is built alike. */
export function profileEntry(
  entries: readonly ProfileEntry[],
  operatorClass: OperatorClass,
  dtype: Dtype,
): {entry: ProfileEntry; isExact: boolean} | undefined {
  for (const candidate of [operatorClass, ...(alike[operatorClass] ?? [])]) {
    const ofClass = entries.filter((entry) => entry.class === candidate)
    const exact = ofClass.find((entry) => entry.dtype === dtype)
    if (exact !== undefined) return {entry: exact, isExact: candidate === operatorClass}
    const near = ofClass.find((entry) => dtypeBits[entry.dtype] === dtypeBits[dtype]) ?? ofClass[0]
    if (near !== undefined) return {entry: near, isExact: false}
  }
  return undefined
}

function entriesBeside(acceleratorFile: string): readonly ProfileEntry[] {
  const file = path.join(path.dirname(acceleratorFile), 'profile.yaml')
  let entries = loaded.get(file)
  if (entries === undefined) {
    entries = existsSync(file) ? readProfile(file) : []
    loaded.set(file, entries)
  }
  return entries
}

interface RawProfile {
  readonly device: string
  readonly classes: readonly {
    readonly class: OperatorClass
    readonly dtype: Dtype
    readonly parameters: Readonly<Record<string, number>>
    readonly rows: number
    readonly rooflineMape: number
    readonly heldOutMape: number
  }[]
}

function readProfile(file: string): ProfileEntry[] {
  const source = YamlSource.read(file)
  checkSchema(source, profileSchema)
  const {device, classes} = source.data as RawProfile
  return classes.map((raw, index) => ({
    device,
    class: raw.class,
    dtype: raw.dtype,
    parameters: orderedParameters(source, `/classes/${index}/parameters`, raw.class, raw.parameters),
    rowCount: raw.rows,
    rooflineMape: raw.rooflineMape,
    heldOutMape: raw.heldOutMape,
  }))
}

/** A profile must hold exactly the parameters of its class's model: one made by another version is refused, not guessed at. */
function orderedParameters(
  source: YamlSource,
  pointer: string,
  operatorClass: OperatorClass,
  written: Readonly<Record<string, number>>,
): Float64Array {
  const names = Object.keys(kernelModel(operatorClass).parameters)
  const stranger = Object.keys(written).find((name) => !names.includes(name))
  if (stranger !== undefined)
    throw source.error(`${pointer}/${stranger}`, `"${stranger}" is not a parameter of ${operatorClass}`, nameHints(stranger, names))
  const missing = names.find((name) => written[name] === undefined)
  if (missing !== undefined)
    throw source.error(`${pointer}/${missing}`, `the parameter "${missing}" of ${operatorClass} is missing`, [
      'make the profile anew: ridge calibrate … --write',
    ])
  return Float64Array.from(names, (name) => written[name]!)
}
