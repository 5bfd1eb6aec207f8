import type {Chain, ChainDimension, ChainRole, ChainTensor} from '../workload/chain.js'
import type {Rank} from '../workload/problem.js'
import {type CuttingLoop, type FusedNest, type SharedLoops, sharedLoops} from './fused-nest.js'
import {boxWords, moveTile, type TileWalk, tileWalk} from './tile-walk.js'
import {isVisible, type PlacedMask, placedMask, type Range, visibleRange, visitRanges, wholeRange} from './visit-ranges.js'

/** Words of one tensor that pass between a level and what is outside of it. */
export interface Passage {
  /** Of all tiles that the level holds in turn, only what is new of each. */
  readonly movedWords: number
  /** Come in: inputs, and partial results that return. */
  readonly fillWords: number
  /** Go out: results, finished or partial. */
  readonly updateWords: number
  /** Tiles that it holds in turn. */
  readonly tileCount: number
}

/** Groups of the grid that do the same. */
export interface GridClass {
  readonly groupCount: number
  /** Blocks of one group by their extents. */
  readonly blocks: readonly {readonly sizes: readonly number[]; readonly blockCount: number}[]
  /** Of one group, by tensor of the chain. */
  readonly passages: readonly Passage[]
}

export interface SharedTraffic {
  readonly loops: SharedLoops
  readonly classes: readonly GridClass[]
  /** By level outside the fusion level, by tensor of the chain: what passes its outer edge; undefined where it does not keep the tensor. */
  readonly outer: readonly (readonly (Passage | undefined)[])[]
}

interface Walked {
  readonly ranks: readonly Rank[]
  readonly role: ChainRole
  readonly isResult: boolean
}

/** What the shared loops of a fused chain move, counted block by block where pairs are masked. */
export function sharedTraffic(
  chain: Chain,
  dimensions: readonly ChainDimension[],
  tensors: readonly ChainTensor[],
  nest: FusedNest,
): SharedTraffic {
  const loops = sharedLoops(dimensions, nest)
  const mask = placedMask(chain.mask, dimensions)
  const walked = tensors.map((tensor) => walkedTensor(chain, dimensions, tensor))
  const classes = gridRanges(loops, dimensions, mask).map(({range, groupCount}) => gridClass(range, groupCount, loops.walk, walked, mask))
  const outer = nest.outer.map(({keeps}, level) => {
    if (level === 0) return tensors.map(() => undefined)
    const kept = tensors.map(({tensor, role}) => role !== 'intermediate' && keeps.includes(tensor.name))
    return kept.some(Boolean)
      ? outerPassages(loops.outer.slice(0, level).flat(), dimensions, walked, kept, mask, nest.blockSizes)
      : kept.map(() => undefined)
  })
  return {loops, classes: classes.filter(({blocks}) => blocks.length > 0), outer}
}

/** A chain's tensor with its ranks over the chain's dimensions. */
function walkedTensor(chain: Chain, dimensions: readonly ChainDimension[], {tensor, role, memberIndices}: ChainTensor): Walked {
  const own = chain.members[memberIndices[0]!]!.problem.dimensions
  const place = own.map(({name}) => dimensions.findIndex((dimension) => dimension.name === name))
  const ranks = tensor.ranks.map(({terms}) => ({
    terms: terms.map(({dimension, coefficient}) => ({dimension: place[dimension]!, coefficient})),
  }))
  return {ranks, role, isResult: chain.states.find((state) => state.tensor === tensor.name)?.isResult ?? true}
}

interface GridRange {
  readonly range: Range
  readonly groupCount: number
}

/** Ranges of the grid's groups; those that walk over as much count together. */
function gridRanges(
  {outer, grid, walk}: SharedLoops,
  dimensions: readonly ChainDimension[],
  mask: PlacedMask | undefined,
): readonly GridRange[] {
  const loops = [...outer.flat(), ...grid]
  let ranges: GridRange[] = [{range: wholeRange(dimensions), groupCount: 1}]
  for (const [dimension] of dimensions.entries()) {
    const own = loops.filter((loop) => loop.dimension === dimension)
    if (own.length === 0) continue
    const isMasked = dimension === mask?.rowIndex || dimension === mask?.keyIndex
    const spans = spansAlong(own, dimension, dimensions, isMasked)
    ranges = ranges.flatMap(({range, groupCount}) =>
      spans.map(({low, high, count}) => ({
        range: {low: range.low.with(dimension, low), high: range.high.with(dimension, high)},
        groupCount: groupCount * count,
      })),
    )
  }
  return mask === undefined ? ranges : alikeRanges(ranges, walk, mask)
}

/** Where a walk passes rows or keys alone, what it sees of them is one stretch of whole blocks, so that its length tells all. */
function alikeRanges(ranges: readonly GridRange[], walk: readonly CuttingLoop[], mask: PlacedMask): readonly GridRange[] {
  const passes = (dimension: number): boolean => walk.some((loop) => loop.dimension === dimension)
  if (passes(mask.rowIndex) && passes(mask.keyIndex)) return ranges
  const blockSizes = ranges[0]!.range.low.map(
    (_, dimension) => walk.findLast((loop) => loop.dimension === dimension)?.stepSize ?? Number.POSITIVE_INFINITY,
  )
  const alike = new Map<string, GridRange>()
  for (const {range, groupCount} of ranges) {
    if (!isVisible(mask, range)) continue
    const {low, high} = visibleRange(mask, range, blockSizes)
    const key = low.map((from, dimension) => high[dimension]! - from).join()
    const known = alike.get(key)
    alike.set(key, known === undefined ? {range, groupCount} : {range: known.range, groupCount: known.groupCount + groupCount})
  }
  return [...alike.values()]
}

interface Span {
  readonly low: number
  readonly high: number
  readonly count: number
}

function spansAlong(loops: readonly CuttingLoop[], dimension: number, dimensions: readonly ChainDimension[], isMasked: boolean): Span[] {
  const spans = new Map<number, Span>()
  visitRanges(loops, wholeRange(dimensions), ({low, high}) => {
    const [from, to] = [low[dimension]!, high[dimension]!]
    const key = isMasked ? from : to - from
    spans.set(key, {low: isMasked ? from : 0, high: isMasked ? to : to - from, count: (spans.get(key)?.count ?? 0) + 1})
  })
  return [...spans.values()]
}

function gridClass(
  range: Range,
  groupCount: number,
  loops: readonly CuttingLoop[],
  tensors: readonly Walked[],
  mask: PlacedMask | undefined,
): GridClass {
  const walks = tensors.map(({ranks}) => tileWalk(ranks))
  const blocks = new Map<string, {sizes: readonly number[]; blockCount: number}>()
  const visited = {low: range.high.map(() => Number.POSITIVE_INFINITY), high: range.low.map(() => 0)}
  visitRanges(loops, range, (block) => {
    if (!isVisible(mask, block)) return
    for (const walk of walks) moveTile(walk, block)
    extend(visited, block)
    const sizes = block.high.map((high, dimension) => high - block.low[dimension]!)
    const key = sizes.join()
    const known = blocks.get(key)
    if (known === undefined) blocks.set(key, {sizes, blockCount: 1})
    else known.blockCount++
  })
  return {groupCount, blocks: [...blocks.values()], passages: tensors.map((tensor, index) => passageOf(tensor, walks[index]!, visited))}
}

function outerPassages(
  loops: readonly CuttingLoop[],
  dimensions: readonly ChainDimension[],
  tensors: readonly Walked[],
  kept: readonly boolean[],
  mask: PlacedMask | undefined,
  blockSizes: readonly number[],
): (Passage | undefined)[] {
  const walks = tensors.map(({ranks}) => tileWalk(ranks))
  const visited = {low: dimensions.map(() => Number.POSITIVE_INFINITY), high: dimensions.map(() => 0)}
  visitRanges(loops, wholeRange(dimensions), (range) => {
    if (!isVisible(mask, range)) return
    const seen = visibleRange(mask, range, blockSizes)
    for (const walk of walks) moveTile(walk, seen)
    extend(visited, seen)
  })
  return tensors.map((tensor, index) => (kept[index] ? passageOf(tensor, walks[index]!, visited) : undefined))
}

function extend({low, high}: Range, {low: from, high: to}: Range): void {
  for (let dimension = 0; dimension < low.length; dimension++) {
    low[dimension] = Math.min(low[dimension]!, from[dimension]!)
    high[dimension] = Math.max(high[dimension]!, to[dimension]!)
  }
}

/** What a tile's walk moves, by what the tensor is to the chain; words that return are those beyond the first visit of each. */
function passageOf({role, isResult, ranks}: Walked, {wordCount, changeCount}: TileWalk, visited: Range): Passage {
  const moved = {movedWords: wordCount, tileCount: changeCount}
  if (role === 'intermediate' || changeCount === 0) return {...moved, fillWords: 0, updateWords: 0}
  if (role === 'input') return {...moved, fillWords: wordCount, updateWords: 0}
  const returning = wordCount - boxWords(ranks, visited)
  return {...moved, fillWords: returning, updateWords: role === 'state' && !isResult ? returning : wordCount}
}
