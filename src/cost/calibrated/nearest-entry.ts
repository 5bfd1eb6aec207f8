import {type Dtype, dtypeBits} from '../../foundation/dtype.js'
import type {Launch} from '../../workload/kernel-run.js'
import type {OperatorClass, OperatorNode} from '../../workload/operator.js'
import type {ProfileEntry} from './profile.js'

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

export interface FoundEntry {
  readonly entry: ProfileEntry
  /** Of the very class and format. */
  readonly isExact: boolean
}

/** Classes whose kernels stream: the format changes their bytes, not the rate at which these pass. */
const streaming: ReadonlySet<OperatorClass> = new Set(['softmax', 'layernorm', 'elementwise', 'embedding', 'optimizer'])

/**
 * The entry for a class and format among those that stand nearest first: of the class, else of one that is built alike;
 * where kernels stream, of a framework's own for what a host queues, and of the device itself; of equal width, else of any;
 * of the nearest device; of the very format, and of kernels that were issued alike, where there is a choice.
 */
export function nearestEntry(
  entries: readonly ProfileEntry[],
  operatorClass: OperatorClass,
  dtype: Dtype,
  launch: Launch,
  device: string,
): FoundEntry | undefined {
  for (const candidate of [operatorClass, ...(alike[operatorClass] ?? [])]) {
    const isStreaming = streaming.has(candidate)
    const ofAll = entries.filter((entry) => entry.class === candidate)
    // A framework issues its own kernels; those that ran ahead of their host are of an engine.
    const ofMaker = preferred(ofAll, ({hidesHost = false}) => isStreaming && launch === 'queued' && !hidesHost)
    const ofClass = preferred(ofMaker, (entry) => isStreaming && entry.device === device)
    const ofWidth = preferred(ofClass, (entry) => dtypeBits[entry.dtype] === dtypeBits[dtype])
    const [first] = ofWidth
    if (first === undefined) continue
    const ofDevice = ofWidth.filter((entry) => entry.device === first.device)
    const choice = preferred(ofDevice, (entry) => entry.dtype === dtype)
    const entry = choice.find((each) => (each.launch === 'alone') === (launch === 'alone')) ?? choice[0]!
    return {entry, isExact: candidate === operatorClass && entry.dtype === dtype}
  }
  return undefined
}

/** Those that meet a claim, or all where none does. */
function preferred(entries: readonly ProfileEntry[], isPreferred: (entry: ProfileEntry) => boolean): readonly ProfileEntry[] {
  const some = entries.filter(isPreferred)
  return some.length > 0 ? some : entries
}

/** Sizes of an operator that lie outside of what an entry was measured at: "m 131072 above 65536". */
export function sizesBeyond({shape}: OperatorNode, {range}: ProfileEntry): string[] {
  return Object.entries(range).flatMap(([name, [least, most]]) => {
    const value = shape[name]
    if (typeof value !== 'number') return []
    if (value < least) return [`${name} ${value} below ${least}`]
    return value > most ? [`${name} ${value} above ${most}`] : []
  })
}

/** The entry that tells how long a host needs to issue a kernel of a class: of the nearest machine, whatever the format, which a host does not feel. */
export function nearestHostEntry(entries: readonly ProfileEntry[], operatorClass: OperatorClass, dtype: Dtype): ProfileEntry | undefined {
  const lone = entries.filter(({launch, hidesHost = false}) => launch === 'alone' && !hidesHost)
  for (const candidate of [operatorClass, ...(alike[operatorClass] ?? [])]) {
    const ofClass = lone.filter((entry) => entry.class === candidate)
    const ofDevice = ofClass.filter(({device}) => device === ofClass[0]?.device)
    const entry = ofDevice.find((each) => each.dtype === dtype) ?? ofDevice[0]
    if (entry !== undefined) return entry
  }
  return undefined
}

/** Whose measurements a time rests on: the device's own, those of its generation, or of another one. */
export type Kinship = 'own' | 'generation' | 'other'

/**
 * The mean error to expect, and at worst: at home that on unseen rows; within a generation that to begin with, and at worst
 * what the parameters showed on devices of other generations; from another generation the latter at once.
 */
export function expectedErrors({heldOut, transfer}: ProfileEntry, kinship: Kinship): {expectedMape: number; worstMape: number} {
  const elsewhere = Math.max(heldOut.mape, ...transfer.map(({mape}) => mape))
  return {expectedMape: kinship === 'other' ? elsewhere : heldOut.mape, worstMape: kinship === 'own' ? heldOut.mape : elsewhere}
}
