import {copyCount} from '../accelerator/hierarchy.js'
import type {FusedNest} from './fused-nest.js'
import {sharedLoops} from './fused-nest.js'
import {type ChainProblem, type MemberTraffic, wordsOf} from './member-traffic.js'

/** What one instance of a level holds while a chain runs. */
export interface ChainTiles {
  /** Instances under one of the fusion level; 1 from there outward. */
  readonly instanceCount: number
  /** By tensor of the chain; 0 where the level lets it pass. */
  readonly tileWords: readonly number[]
  readonly usedBytes: number
}

/** What each level holds: tiles of all members at once down to where what passes is held, so that they stay for the next block. */
export function chainTiles(problem: ChainProblem, nest: FusedNest, members: readonly MemberTraffic[]): readonly ChainTiles[] {
  const {hierarchy, tensors} = problem
  const blocks = members.flatMap(({blockOf}) => (blockOf === undefined ? [] : [blockOf(nest.blockSizes)]))
  const streamed = streamedTensors(problem, nest)
  return hierarchy.levels.map((_, level) => {
    const instanceCount =
      level <= nest.fusionLevel ? 1 : Math.max(...blocks.map(({instanceCounts}) => instanceCounts[level - nest.fusionLevel]!))
    const tileWords = tensors.map((tensor, index) => {
      if (level < nest.fusionLevel) return outerTile(problem, nest, level, index)
      if (tensor.role === 'state' || (tensor.role === 'intermediate' && level === nest.homeLevel))
        return level === nest.homeLevel ? blockTile(problem, nest.blockSizes, index) : 0
      return Math.max(
        0,
        ...blocks.flatMap(({entries}) =>
          entries.filter((entry) => entry.level === level && entry.tensor === index).map((entry) => entry.tileWords),
        ),
      )
    })
    const bytesOf = (isHeld: (index: number) => boolean): number =>
      tileWords.reduce((sum, words, index) => {
        const copies = level === nest.fusionLevel && streamed[index] ? nest.bufferCount : copyCount(hierarchy.levels[level]!)
        return isHeld(index) ? sum + (copies * words * tensors[index]!.tensor.elementBits) / 8 : sum
      }, 0)
    // Inside of where what passes is held, members take each other's room.
    const usedBytes =
      level <= nest.homeLevel
        ? bytesOf(() => true)
        : Math.max(...members.map((_, member) => bytesOf((index) => tensors[index]!.memberIndices.includes(member))))
    return {instanceCount, tileWords, usedBytes: usedBytes * (level >= nest.fusionLevel ? nest.residentCount : 1)}
  })
}

/** Inputs that change within a walk. */
function streamedTensors({tensors, chain, dimensions}: ChainProblem, {walk}: FusedNest): readonly boolean[] {
  const walked = new Set(walk.map(({dimension}) => dimensions[dimension]!.name))
  return tensors.map(({tensor, role, memberIndices}) => {
    const own = chain.members[memberIndices[0]!]!.problem.dimensions
    return role === 'input' && tensor.ranks.some(({terms}) => terms.some(({dimension}) => walked.has(own[dimension]!.name)))
  })
}

function outerTile(problem: ChainProblem, nest: FusedNest, level: number, index: number): number {
  const {tensors, dimensions} = problem
  const {tensor, role} = tensors[index]!
  if (role === 'intermediate' || (level > 0 && !nest.outer[level]!.keeps.includes(tensor.name))) return 0
  const inside = {...nest, outer: nest.outer.map((outer, at) => (at < level ? {...outer, temporal: []} : outer))}
  return blockTile(problem, sharedLoops(dimensions, inside).spanSizes, index)
}

function blockTile({tensors, chain, dimensions}: ChainProblem, sizes: readonly number[], index: number): number {
  const {tensor, memberIndices} = tensors[index]!
  const own = chain.members[memberIndices[0]!]!.problem.dimensions
  return wordsOf(
    tensor,
    own.map(({name}) => sizes[dimensions.findIndex((dimension) => dimension.name === name)]!),
  )
}
