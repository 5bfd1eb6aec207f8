import type {Hierarchy} from '../../accelerator/hierarchy.js'
import type {FusedNest, OuterLevel} from '../../mapping/fused-nest.js'
import type {Loop} from '../../mapping/loop-nest.js'
import {type ChainProblem, wordsOf} from '../../mapping/member-traffic.js'
import type {ChainTensor} from '../../workload/chain.js'
import {blockNest} from '../block-nest.js'

/** What a person, or a library's kernel, fixes of the tiling; the rest follows from the machine. */
export interface FlashBlocks {
  readonly rows: number
  readonly keys: number
  readonly bufferCount: 1 | 2
  readonly residentCount: number
}

/** Where a machine can hold attention's blocks: tiles of queries, keys and values at one level, scores and outputs at it or at registers inside. */
export function flashLevels({levels}: Hierarchy): {readonly fusionLevel: number; readonly homeLevel: number} {
  const fusionLevel = Math.max(
    1,
    levels.findLastIndex(({kind, capacityBytes}, index) => index > 0 && kind !== 'register' && capacityBytes > 0),
  )
  const inside = levels[fusionLevel + 1]
  const holdsResults = inside !== undefined && inside.capacityBytes > 0 && inside.instanceCount === levels[fusionLevel]!.instanceCount
  return {fusionLevel, homeLevel: holdsResults ? fusionLevel + 1 : fusionLevel}
}

/**
 * FlashAttention-2's order: a group for each block of queries of each head, which walks the blocks of keys and values; Dao, 2023,
 * algorithm 1. Caches outside keep the heads that fit.
 */
export function flashAttention(problem: ChainProblem, {rows, keys, bufferCount, residentCount}: FlashBlocks): FusedNest {
  const {hierarchy, dimensions, chain} = problem
  const {fusionLevel, homeLevel} = flashLevels(hierarchy)
  const extents: Readonly<Record<string, number>> = {row: rows, key: keys, batch: 1, kvHead: 1, head: 1}
  const blockSizes = dimensions.map(({name, size}) => Math.min(size, extents[name] ?? size))
  const loops = (...names: readonly string[]): Loop[] =>
    dimensions.flatMap(({name, size}, dimension) => {
      const count = Math.ceil(size / blockSizes[dimension]!)
      return names.includes(name) && count > 1 ? [{dimension, count}] : []
    })
  const inside = {...hierarchy, levels: hierarchy.levels.slice(fusionLevel)}
  const members = chain.members.map(({problem: own, elementWork}) => {
    if (elementWork !== undefined) return undefined
    const sizes = own.dimensions.map((dimension) => ({
      ...dimension,
      size: blockSizes[dimensions.findIndex(({name}) => name === dimension.name)]!,
    }))
    return blockNest({...own, dimensions: sizes}, inside, homeLevel - fusionLevel)
  })
  const grid = loops('batch', 'kvHead', 'head', 'row')
  const nest = {fusionLevel, homeLevel, bufferCount, residentCount, grid, walk: loops('key'), blockSizes, members}
  return {...nest, ...cached(problem, grid, fusionLevel)}
}

/**
 * A cache keeps what is read again and again for as many heads, then sequences, as fit, and what is read once where there is room; the rest
 * of the loops over heads goes outside.
 */
function cached(problem: ChainProblem, grid: readonly Loop[], fusionLevel: number): Pick<FusedNest, 'outer' | 'grid'> {
  const {hierarchy, dimensions, tensors} = problem
  const passing = tensors.filter(({role}) => role !== 'intermediate')
  const outer: OuterLevel[] = Array.from({length: fusionLevel}, (_, level) => ({temporal: [], keeps: level === 0 ? namesOf(passing) : []}))
  const cache = hierarchy.levels.findIndex(({instanceCount}, level) => level > 0 && level < fusionLevel && instanceCount === 1)
  if (cache < 0) return {outer, grid}
  const place = (name: string): number => dimensions.findIndex((dimension) => dimension.name === name)
  const sizes = dimensions.map(({size}) => size)
  for (const name of ['', 'batch', 'kvHead']) {
    if (name !== '') sizes[place(name)] = 1
    const kept = [passing, passing.filter(({tensor}) => tensor.class === 'kvCache')].find(
      (some) => tileBytes(problem, some, sizes) <= hierarchy.levels[cache]!.capacityBytes,
    )
    if (kept === undefined) continue
    const isOutside = ({dimension}: Loop): boolean => sizes[dimension] === 1
    outer[0] = {temporal: grid.filter(isOutside), keeps: namesOf(passing)}
    outer[cache] = {temporal: [], keeps: namesOf(kept)}
    return {outer, grid: grid.filter((loop) => !isOutside(loop))}
  }
  return {outer, grid}
}

function namesOf(tensors: readonly ChainTensor[]): readonly string[] {
  return tensors.map(({tensor}) => tensor.name)
}

function tileBytes({dimensions, chain}: ChainProblem, tensors: readonly ChainTensor[], sizes: readonly number[]): number {
  return tensors.reduce((sum, {tensor, memberIndices}) => {
    const own = chain.members[memberIndices[0]!]!.problem.dimensions
    const extents = own.map(({name}) => sizes[dimensions.findIndex((dimension) => dimension.name === name)]!)
    return sum + (wordsOf(tensor, extents) * tensor.elementBits) / 8
  }, 0)
}

/** The unfused counterpart: each member on its own, what passes between them through the outermost level. */
export function unfusedNest({hierarchy, chain, dimensions}: ChainProblem): FusedNest {
  const stationary = Math.max(
    1,
    hierarchy.levels.findLastIndex(({capacityBytes}) => capacityBytes > 0),
  )
  return {
    fusionLevel: 0,
    homeLevel: 0,
    bufferCount: 1,
    residentCount: 1,
    outer: [],
    grid: [],
    walk: [],
    blockSizes: dimensions.map(({size}) => size),
    members: chain.members.map(({problem, elementWork}) =>
      elementWork === undefined ? blockNest(problem, hierarchy, stationary) : undefined,
    ),
  }
}
