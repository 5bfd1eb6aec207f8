import {dtypeBytes} from '../../foundation/dtype.js'
import type {Collective, OperatorNode} from '../operator.js'
import {elementWork, type OperatorKind, type OperatorOptions, operatorNode} from './operator-kind.js'

export interface CollectiveOptions extends OperatorOptions {
  readonly collective: Collective
  /** The whole buffer as nccl-tests counts it. */
  readonly bytes: number
  readonly ranks: number
}

/** What one rank reads and writes of its own memory, as shares of the buffer, and the collective of the backward pass. */
const sides = {
  allreduce: {readRatio: () => 1, writeRatio: () => 1, isReduction: true, backward: 'allreduce'},
  all_gather: {readRatio: (ranks: number) => 1 / ranks, writeRatio: () => 1, isReduction: false, backward: 'reduce_scatter'},
  reduce_scatter: {readRatio: () => 1, writeRatio: (ranks: number) => 1 / ranks, isReduction: true, backward: 'all_gather'},
  alltoall: {readRatio: () => 1, writeRatio: () => 1, isReduction: false, backward: 'alltoall'},
  send_receive: {readRatio: () => 1, writeRatio: () => 1, isReduction: false, backward: 'send_receive'},
} as const satisfies Record<
  Collective,
  {readRatio: (ranks: number) => number; writeRatio: (ranks: number) => number; isReduction: boolean; backward: Collective}
>

/** An exchange between `ranks` devices, as one of them sees it. */
export function collective(options: CollectiveOptions): OperatorNode {
  const {collective: pattern, bytes, ranks, dtype} = options
  const {readRatio, writeRatio, isReduction} = sides[pattern]
  // A ring reduction adds each rank's share once at every other rank.
  const additions = isReduction ? ((bytes / dtypeBytes(dtype)) * (ranks - 1)) / ranks : 0
  return operatorNode(options, {
    kind: 'collective',
    class: pattern,
    shape: {collective: pattern, bytes, ranks},
    demand: {
      work: elementWork(options, additions, 0),
      contractions: [],
      reads: [{tensor: 'activations', bytes: bytes * readRatio(ranks)}],
      writes: [{tensor: 'activations', bytes: bytes * writeRatio(ranks)}],
      wire: {collective: pattern, bytes, rankCount: ranks},
    },
  })
}

export const collectiveKind: OperatorKind<CollectiveOptions> = {
  summary: 'an exchange between devices',
  build: collective,
  backward: (options) => [
    collective({...options, name: `${options.name ?? options.collective}_backward`, collective: sides[options.collective].backward}),
  ],
}
