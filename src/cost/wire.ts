import type {Machine} from '../accelerator/machine.js'
import {UserError} from '../foundation/user-error.js'
import type {Collective, OperatorNode, Wire} from '../workload/operator.js'

/** Share of the buffer that each rank must send, at the least, by collective. Thakur et al., IJHPCA 19(1), 2005. */
const sentShare: Readonly<Record<Collective, (rankCount: number) => number>> = {
  allreduce: (n) => (2 * (n - 1)) / n,
  all_gather: (n) => (n - 1) / n,
  reduce_scatter: (n) => (n - 1) / n,
  alltoall: (n) => (n - 1) / n,
  send_receive: () => 1,
}

/** Hops that follow one another in a ring, or in a direct exchange. */
const hops: Readonly<Record<Collective, (rankCount: number) => number>> = {
  allreduce: (n) => 2 * (n - 1),
  all_gather: (n) => n - 1,
  reduce_scatter: (n) => n - 1,
  alltoall: () => 1,
  send_receive: () => 1,
}

/** Hops that an operator's exchange makes one after another. */
export function hopCount({collective, rankCount}: Wire): number {
  return rankCount <= 1 ? 0 : hops[collective](rankCount)
}

/** Bytes that one rank sends over its links for an operator. */
export function sentBytes({collective, bytes, rankCount}: Wire): number {
  return rankCount <= 1 ? 0 : bytes * sentShare[collective](rankCount)
}

/** The links that carry an operator's exchange: the first kind that joins so many devices. */
export function linkIndex(machine: Machine<number>, node: OperatorNode, acceleratorName: string): number {
  const {wire} = node.demand
  if (wire === undefined || wire.rankCount <= 1) return -1
  const index = machine.links.findIndex((link) => link.maximumRankCount >= wire.rankCount)
  if (index >= 0) return index
  const widest = machine.links.map((link) => `${link.name} joins ${link.maximumRankCount}`)
  throw new UserError(`no link of ${acceleratorName} joins ${wire.rankCount} devices, which ${node.name} needs`, {
    code: 'UNSUPPORTED_RANKS',
    suggestions: widest.length === 0 ? ['describe its `links`'] : [`use fewer ranks: ${widest.join(', ')}`],
  })
}
