import {type Dtype, dtypeBits} from '../../foundation/dtype.js'
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

/** The entry for a class and format: the very one, else one of equal width, else any of the class, else of a class that is built alike. */
export function nearestEntry(entries: readonly ProfileEntry[], operatorClass: OperatorClass, dtype: Dtype): FoundEntry | undefined {
  for (const candidate of [operatorClass, ...(alike[operatorClass] ?? [])]) {
    const ofClass = entries.filter((entry) => entry.class === candidate)
    const exact = ofClass.find((entry) => entry.dtype === dtype)
    if (exact !== undefined) return {entry: exact, isExact: candidate === operatorClass}
    const near = ofClass.find((entry) => dtypeBits[entry.dtype] === dtypeBits[dtype]) ?? ofClass[0]
    if (near !== undefined) return {entry: near, isExact: false}
  }
  return undefined
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

/** The mean error to expect of a borrowed entry: the worst that its parameters showed where nothing was fitted, or on unseen rows. */
export function expectedMape({heldOut, transfer}: ProfileEntry, isOwn: boolean): number {
  return isOwn ? heldOut.mape : Math.max(heldOut.mape, ...transfer.map(({mape}) => mape))
}
