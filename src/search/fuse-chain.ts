import {copyCount, type Hierarchy} from '../accelerator/hierarchy.js'
import {cutNest} from '../mapping/cut-nest.js'
import type {FusedNest, OuterLevel} from '../mapping/fused-nest.js'
import type {Loop, LoopNest} from '../mapping/loop-nest.js'
import {type ChainProblem, wordsOf} from '../mapping/member-traffic.js'
import type {ChainTensor} from '../workload/chain.js'
import type {Problem} from '../workload/problem.js'
import {blockNest} from './block-nest.js'
import {type MemberTask, memberNest} from './member-nest.js'

/** How a chain is to be fused; the rest follows from the machine. */
export interface Fusion {
  readonly fusionLevel: number
  readonly homeLevel: number
  /** Extents of a block by name of a dimension that members share; whole where left out. */
  readonly blockSizes: Readonly<Record<string, number>>
  readonly bufferCount: 1 | 2
  readonly residentCount: number
  /** Groups that share the walk of one, whose partial results are combined afterwards. */
  readonly splitCount?: number
  /** Units work through whole blocks, however little of them there is, as kernels of one tile do. */
  readonly worksWhole?: boolean
  /** Members run in a plain nest, as kernels of a library's tile do; else the best that a short search finds. */
  readonly isPlain?: boolean
}

/** Where a machine can hold blocks: tiles of inputs at the innermost memory but registers, what passes at it or at registers inside. */
export function fusionLevels({levels}: Hierarchy): {readonly fusionLevel: number; readonly homeLevel: number} {
  const fusionLevel = Math.max(
    1,
    levels.findLastIndex(({kind, capacityBytes}, index) => index > 0 && kind !== 'register' && capacityBytes > 0),
  )
  const inside = levels[fusionLevel + 1]
  const holdsResults = inside !== undefined && inside.capacityBytes > 0 && inside.instanceCount === levels[fusionLevel]!.instanceCount
  return {fusionLevel, homeLevel: holdsResults ? fusionLevel + 1 : fusionLevel}
}

/** Dimensions that every member and the last result share make groups; those of what passes that the result does not have are walked. */
export function sharedDimensions({chain, dimensions, tensors}: ChainProblem): {
  readonly grid: readonly number[]
  readonly walk: readonly number[]
} {
  const namesIn = ({tensor, memberIndices}: ChainTensor): Set<string> => {
    const own = chain.members[memberIndices[0]!]!.problem.dimensions
    return new Set(tensor.ranks.flatMap(({terms}) => terms.map(({dimension}) => own[dimension]!.name)))
  }
  const passing = tensors.filter(({role}) => role === 'intermediate').map(namesIn)
  const results = tensors.filter(({role}) => role === 'output').map(namesIn)
  const shared = [...dimensions.keys()].filter((dimension) => passing.every((names) => names.has(dimensions[dimension]!.name)))
  const isResult = (dimension: number): boolean => results.every((names) => names.has(dimensions[dimension]!.name))
  return {grid: shared.filter(isResult), walk: shared.filter((dimension) => !isResult(dimension))}
}

/** A chain fused in blocks of its shared dimensions; undefined where some member finds no nest for its block. */
export function fuseChain(problem: ChainProblem, fusion: Fusion): FusedNest | undefined {
  const {hierarchy, dimensions, tensors, chain} = problem
  const {fusionLevel, homeLevel, bufferCount, residentCount, splitCount = 1, worksWhole = false, isPlain = false} = fusion
  const shared = sharedDimensions(problem)
  const workSizes = dimensions.map(({name, size}) => fusion.blockSizes[name] ?? size)
  const blockSizes = dimensions.map(({size}, dimension) => Math.min(size, workSizes[dimension]!))
  const loops = (places: readonly number[]): Loop[] =>
    places
      .map((dimension) => ({dimension, count: Math.ceil(dimensions[dimension]!.size / blockSizes[dimension]!)}))
      .filter(({count}) => count > 1)
  const walk = loops(shared.walk).map(({dimension, count}) => ({dimension, count: Math.ceil(count / splitCount)}))
  const splits = walk.map(({dimension, count}) => ({
    dimension,
    count: Math.ceil(dimensions[dimension]!.size / (count * blockSizes[dimension]!)),
  }))
  const grid = [...loops(shared.grid), ...splits.filter(({count}) => count > 1)]
  // Whether the fusion level holds the blocks of all members is for their analysis to say.
  const [top, ...inner] = hierarchy.levels.slice(fusionLevel)
  const inside = {...hierarchy, levels: [{...top!, capacityBytes: Number.POSITIVE_INFINITY}, ...inner]}
  const members: (LoopNest | undefined)[] = []
  for (const {problem: own, elementWork} of chain.members) {
    const extents = own.dimensions.map(
      ({name}) => (worksWhole ? workSizes : blockSizes)[dimensions.findIndex((dimension) => dimension.name === name)]!,
    )
    const block = {...own, dimensions: own.dimensions.map((dimension, index) => ({...dimension, size: extents[index]!}))}
    const passing = own.tensors.map(({name}) => tensors.some(({tensor, role}) => tensor.name === name && role === 'intermediate'))
    const home = homeLevel - fusionLevel
    const nest =
      elementWork !== undefined
        ? undefined
        : isPlain
          ? blockNest(block, inside, home)
          : fittingNest({problem: block, hierarchy: inside, homeLevel: home, passing}, sharedRoom(problem, fusion, blockSizes, own))
    if (elementWork === undefined && nest === undefined) return undefined
    members.push(nest && cutNest(nest, extents))
  }
  const nest = {fusionLevel, homeLevel, bufferCount, residentCount, grid, walk, blockSizes, members, ...(worksWhole && {workSizes})}
  return {...nest, ...cached(problem, grid, fusionLevel)}
}

/** A nest that fits its share of the home; where there is none, one that fits it alone, of which what does not fit is told. */
function fittingNest(task: MemberTask, shareBytes: number): LoopNest | undefined {
  const {hierarchy, homeLevel} = task
  if (homeLevel === 0) return memberNest(task)
  const home = hierarchy.levels[homeLevel]!
  const shared = {...hierarchy, levels: hierarchy.levels.with(homeLevel, {...home, capacityBytes: shareBytes})}
  return memberNest({...task, hierarchy: shared}) ?? memberNest(task)
}

/** Bytes at home for a member: what passes inside and is its own, and an even share of what all that passes leaves. */
function sharedRoom(
  problem: ChainProblem,
  {homeLevel, residentCount}: Fusion,
  blockSizes: readonly number[],
  {tensors: own}: Problem,
): number {
  const {hierarchy, tensors, chain} = problem
  const level = hierarchy.levels[homeLevel]!
  const staying = tensors.filter(({role}) => role === 'intermediate' || role === 'state')
  const bytes = (some: readonly ChainTensor[]): number => copyCount(level) * tileBytes(problem, some, blockSizes)
  const productCount = chain.members.filter(({elementWork}) => elementWork === undefined).length
  const passing = staying.filter(({role, tensor}) => role === 'intermediate' && own.some(({name}) => name === tensor.name))
  return Math.max(0, level.capacityBytes / residentCount - bytes(staying)) / productCount + bytes(passing)
}

/** The unfused counterpart: each member on its own, what passes between them through the outermost level. */
export function unfusedNest(problem: ChainProblem): FusedNest | undefined {
  return fuseChain(problem, {fusionLevel: 0, homeLevel: 0, blockSizes: {}, bufferCount: 1, residentCount: 1})
}

/** Inputs that some loop of the grid does not step, so that its groups read the same. */
function isReread({chain, dimensions}: ChainProblem, {tensor, role, memberIndices}: ChainTensor, grid: readonly Loop[]): boolean {
  const own = chain.members[memberIndices[0]!]!.problem.dimensions
  const names = new Set(tensor.ranks.flatMap(({terms}) => terms.map(({dimension}) => own[dimension]!.name)))
  return role === 'input' && grid.some(({dimension}) => !names.has(dimensions[dimension]!.name))
}

/**
 * A cache keeps all that passes, or what groups read again, for as many of the grid's inner loops as fit; the loops outside of those go
 * outside of it.
 */
function cached(problem: ChainProblem, grid: readonly Loop[], fusionLevel: number): Pick<FusedNest, 'outer' | 'grid'> {
  const {hierarchy, dimensions, tensors} = problem
  const passing = tensors.filter(({role}) => role !== 'intermediate')
  const outer: OuterLevel[] = Array.from({length: fusionLevel}, (_, level) => ({temporal: [], keeps: level === 0 ? namesOf(passing) : []}))
  const cache = hierarchy.levels.findIndex(({instanceCount}, level) => level > 0 && level < fusionLevel && instanceCount === 1)
  if (cache < 0) return {outer, grid}
  const sizes = dimensions.map(({size}) => size)
  // Loops outside of all others first; the innermost of the grid stays inside, or nothing would be read again.
  for (const outside of [undefined, ...grid.slice(0, -1)]) {
    if (outside !== undefined) sizes[outside.dimension] = 1
    const kept = [passing, passing.filter((tensor) => isReread(problem, tensor, grid))].find(
      (some) => some.length > 0 && tileBytes(problem, some, sizes) <= hierarchy.levels[cache]!.capacityBytes,
    )
    if (kept === undefined) continue
    const isOutside = ({dimension}: Loop): boolean => sizes[dimension] === 1 && dimensions[dimension]!.size > 1
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
