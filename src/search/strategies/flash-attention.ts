import type {FusedNest} from '../../mapping/fused-nest.js'
import type {ChainProblem} from '../../mapping/member-traffic.js'
import {type Fusion, fuseChain, fusionLevels} from '../fuse-chain.js'

/** What a person, or a library's kernel, fixes of the tiling. */
export interface FlashBlocks extends Omit<Fusion, 'fusionLevel' | 'homeLevel' | 'blockSizes'> {
  readonly rows: number
  readonly keys: number
}

/** FlashAttention-2's order: a group for each block of queries of each head, which walks the blocks of keys and values; Dao, 2023, algorithm 1. */
export function flashAttention(problem: ChainProblem, {rows, keys, ...blocks}: FlashBlocks): FusedNest | undefined {
  const blockSizes = {batch: 1, kvHead: 1, head: 1, row: rows, key: keys}
  return fuseChain(problem, {...fusionLevels(problem.hierarchy), ...blocks, blockSizes})
}
