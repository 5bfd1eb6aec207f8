import type {Hierarchy} from '../accelerator/hierarchy.js'
import type {Chain, ChainDimension, ChainTensor} from '../workload/chain.js'
import type {Problem, ProblemTensor} from '../workload/problem.js'
import {cutNest} from './cut-nest.js'
import {encodeNest} from './encode-nest.js'
import type {FusedNest} from './fused-nest.js'
import type {LoopNest} from './loop-nest.js'
import {faultCode} from './nest-layout.js'
import {compileNest, countNest, fitNest, type NestProgram} from './nest-program.js'
import type {GridClass, SharedTraffic} from './shared-traffic.js'
import {addTraffic, type TrafficTable, trafficTable} from './traffic-table.js'

/** A chain on a hierarchy, with what is looked up again and again. */
export interface ChainProblem {
  readonly chain: Chain
  readonly hierarchy: Hierarchy
  readonly dimensions: readonly ChainDimension[]
  readonly tensors: readonly ChainTensor[]
}

export interface MemberTraffic {
  /** Words that all instances of each level move, by tensor of the chain. */
  readonly words: TrafficTable
  /** What the member's products do in one block, by the block's sizes; undefined of element work. */
  readonly blockOf: ((sizes: readonly number[]) => InnerBlock) | undefined
  /** Points of all blocks together. */
  readonly pointCount: number
}

/** What one member moves from the fusion level inward, over all blocks. */
export function memberTraffic(problem: ChainProblem, nest: FusedNest, shared: SharedTraffic, member: number): MemberTraffic {
  const {problem: own, elementWork} = problem.chain.members[member]!
  const places = own.dimensions.map(({name}) => problem.dimensions.findIndex((dimension) => dimension.name === name))
  const words = trafficTable(problem.hierarchy.levels.length, problem.tensors.length)
  const inner = nest.members[member]
  const blockOf = inner === undefined ? undefined : innerBlocks(problem, nest, own, places, inner)
  let pointCount = 0
  for (const gridClass of shared.classes) {
    const factors = problem.tensors.map((tensor, index) => followFactors(problem, tensor, index, gridClass))
    for (const {sizes, blockCount} of gridClass.blocks) {
      const count = gridClass.groupCount * blockCount
      pointCount += count * places.reduce((points, place) => points * sizes[place]!, 1)
      if (blockOf !== undefined) addBlock(blockOf(sizes), words, count, factors)
      else if (elementWork !== undefined) addElements(problem, nest, words, own, elementWork.rescales, sizes, count)
    }
  }
  return {words, pointCount, blockOf}
}

/** Over all words of a tensor's tiles in the blocks of a group: the share that is new, and the share that no earlier block had. */
interface Follow {
  readonly changedRatio: number
  readonly freshRatio: number
}

function followFactors(
  {chain, dimensions}: ChainProblem,
  {tensor, memberIndices}: ChainTensor,
  index: number,
  {blocks, passages}: GridClass,
): Follow {
  const {movedWords, fillWords} = passages[index]!
  const {problem} = chain.members[memberIndices[0]!]!
  const places = problem.dimensions.map(({name}) => dimensions.findIndex((dimension) => dimension.name === name))
  const all = blocks.reduce(
    (sum, {sizes, blockCount}) =>
      sum +
      blockCount *
        wordsOf(
          tensor,
          places.map((place) => sizes[place]!),
        ),
    0,
  )
  return {changedRatio: movedWords / all, freshRatio: (tensor.isOutput ? movedWords - fillWords : movedWords) / all}
}

/** Words of the box that a tensor's ranks span over extents of its problem's dimensions. */
export function wordsOf({ranks}: ProblemTensor, extents: readonly number[]): number {
  return ranks.reduce(
    (words, {terms}) => words * terms.reduce((extent, {dimension, coefficient}) => extent + coefficient * (extents[dimension]! - 1), 1),
    1,
  )
}

export interface InnerBlock {
  readonly cycles: number
  /** Used under one of the fusion level, by level from there inward. */
  readonly instanceCounts: readonly number[]
  /** By level from the fusion level inward, by the member's tensor: words of all instances under one, and how they follow the blocks. */
  readonly entries: readonly InnerEntry[]
}

export interface InnerEntry {
  readonly level: number
  readonly tensor: number
  readonly isOutput: boolean
  /** This level's tile, and the next one inward, change only as the block does. */
  readonly followsBlock: boolean
  readonly isFollowed: boolean
  /** Of one instance. */
  readonly tileWords: number
  readonly readWords: number
  readonly fillWords: number
  readonly updateWords: number
  /** Distinct words of all instances' tiles in a block. */
  readonly distinctWords: number
}

/** The member's nest on blocks of any size, each size analysed once. */
function innerBlocks(
  {chain, hierarchy, tensors}: ChainProblem,
  {fusionLevel, homeLevel}: FusedNest,
  own: Problem,
  places: readonly number[],
  nest: LoopNest,
): (sizes: readonly number[]) => InnerBlock {
  const inside = {...hierarchy, levels: hierarchy.levels.slice(fusionLevel)}
  const known = new Map<string, InnerBlock>()
  const indices = own.tensors.map(({name}) => tensors.findIndex(({tensor}) => tensor.name === name))
  const passes = own.tensors.map((_, index) => tensors[indices[index]!]!.role === 'intermediate')
  return (sizes) => {
    const extents = places.map((place) => sizes[place]!)
    const key = extents.join()
    const found = known.get(key)
    if (found !== undefined) return found
    const problem = {...own, dimensions: own.dimensions.map((dimension, index) => ({...dimension, size: extents[index]!}))}
    const cut = cutNest(nest, extents)
    const program = compileNest(problem, inside)
    const encoded = encodeNest(cut, extents.length)
    const fault = fitNest(program, encoded)
    if (fault === faultCode.uncovered || fault === faultCode.needless)
      throw new RangeError(`${chain.name}: the loops of ${own.name} do not cover its block`)
    countNest(program, encoded)
    const entries = inside.levels.flatMap((_, level) =>
      own.tensors.flatMap((_, tensor): InnerEntry[] => {
        const isHeld = level === 0 || cut.levels[level]!.keeps[tensor]!
        if (!isHeld || (passes[tensor] && fusionLevel + level < homeLevel)) return []
        return [
          {...entryOf(program, cut, level, tensor, homeLevel - fusionLevel), level: fusionLevel + level, tensor: indices[tensor]!},
        ].map((entry) => (passes[tensor] && fusionLevel + level === homeLevel ? {...entry, fillWords: 0} : entry))
      }),
    )
    const instanceCounts = [...program.counts.instanceCounts]
    const block = {cycles: program.counts.arithmeticCycles, instanceCounts, entries}
    known.set(key, block)
    return block
  }
}

/** Down to the level that holds what passes, tiles may stay from block to block; further in, members take each other's room. */
function entryOf({problem, counts}: NestProgram, nest: LoopNest, level: number, tensor: number, lastStaying: number): InnerEntry {
  const cell = level * problem.tensors.length + tensor
  const instances = counts.instanceCounts[level]!
  const child = nest.levels.findIndex(({keeps}, index) => index > level && keeps[tensor]!)
  const stepped = steppedWords(problem, nest, level, tensor)
  const tileWords = counts.tileWords[cell]!
  return {
    level,
    tensor,
    isOutput: problem.tensors[tensor]!.isOutput,
    followsBlock: level <= lastStaying && stepped === tileWords,
    isFollowed:
      child > 0 &&
      child <= lastStaying &&
      steppedWords(problem, nest, child, tensor) === counts.tileWords[child * problem.tensors.length + tensor]!,
    tileWords,
    readWords: instances * counts.readWords[cell]!,
    fillWords: instances * counts.fillWords[cell]!,
    updateWords: instances * counts.updateWords[cell]!,
    // What the outermost level is filled with comes from outside of the block.
    distinctWords: level === 0 ? 0 : instances * stepped,
  }
}

/** Words that one instance of a level holds of a tensor over all turns of the block's loops outside of it. */
function steppedWords({dimensions, tensors}: Problem, {levels}: LoopNest, level: number, tensor: number): number {
  const extents = dimensions.map(() => 1)
  for (const [index, {temporal, x, y}] of levels.entries())
    for (const {dimension, count} of index < level ? temporal : [...temporal, ...x, ...y]) extents[dimension]! *= count
  return wordsOf(
    tensors[tensor]!,
    extents.map((extent, dimension) => Math.min(extent, dimensions[dimension]!.size)),
  )
}

/** Blocks of one size: what follows the blocks counts as often as their tiles change; results that return are those beyond the first. */
function addBlock({entries}: InnerBlock, words: TrafficTable, count: number, factors: readonly Follow[]): void {
  for (const {level, tensor, isOutput, followsBlock, isFollowed, readWords, fillWords, updateWords, distinctWords} of entries) {
    const {changedRatio, freshRatio} = factors[tensor]!
    const own = followsBlock ? changedRatio : 1
    const child = isFollowed ? changedRatio : 1
    if (!isOutput) {
      addTraffic(words, level, tensor, count * readWords * child, count * fillWords * own, 0)
      continue
    }
    const updates = updateWords * child
    const reads = updates - (updateWords - readWords) * freshRatio
    const fills = (fillWords + distinctWords) * own - distinctWords * freshRatio
    addTraffic(words, level, tensor, count * reads, count * Math.max(0, fills), count * updates)
  }
}

/** Element work reads what it is given and writes what it makes where both are; what it carries on, and rescales, it reads and writes. */
function addElements(
  {dimensions, tensors, chain}: ChainProblem,
  {homeLevel, fusionLevel}: FusedNest,
  words: TrafficTable,
  own: Problem,
  rescales: string | undefined,
  sizes: readonly number[],
  count: number,
): void {
  for (const [index, {tensor, role, memberIndices}] of tensors.entries()) {
    const isOwn = own.tensors.some(({name}) => name === tensor.name)
    const isCarried = fusionLevel > 0 && (role === 'state' ? isOwn : tensor.name === rescales)
    if (!isCarried && (!isOwn || role === 'state')) continue
    const {problem} = chain.members[memberIndices[0]!]!
    const extents = problem.dimensions.map(({name}) => sizes[dimensions.findIndex((dimension) => dimension.name === name)]!)
    const moved = count * wordsOf(tensor, extents)
    const isMade = own.tensors.some(({name, isOutput}) => name === tensor.name && isOutput)
    addTraffic(words, homeLevel, index, isCarried || !isMade ? moved : 0, 0, isCarried || isMade ? moved : 0)
  }
}
