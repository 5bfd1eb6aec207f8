import {lastStart, remainders, startCount, startsOf} from './dimension-loops.js'
import {reachedCount} from './loop-digits.js'
import type {Passage} from './passage.js'
import type {RankGroup} from './rank-groups.js'
import {product} from './tile-moves.js'

/**
 * Different words of the tiles of level `child`, summed over the instances of level `holder`, which is that level or one outward that it
 * hands them to: a word counts once for each instance, however often it returns.
 */
export function distinctWords(passage: Passage, holder: number): number {
  const {tensors, loops, digits, tensor} = passage
  let words = 1
  for (let dimension = 0; dimension < tensors.dimensionCount; dimension++) {
    if ((tensors.relevanceBits[dimension]! >> tensor) & 1) continue
    words *= startCount(
      loops[dimension]!.spatial.filter(({level}) => level < holder),
      tensors.sizes[dimension]!,
    )
  }
  for (const group of tensors.rankGroups[tensor]!)
    words *= isDirect(group)
      ? reachedCount(digits, group.dimensions[0]!, tensors.sizes[group.dimensions[0]!]!)
      : coveredWords(passage, holder, group)
  return words
}

/** Tiles of one dimension as it is never overlap, and together are all of it. */
export function isDirect({dimensions, ranks}: RankGroup): boolean {
  return dimensions.length === 1 && ranks.length === 1 && ranks[0]![0] === 1
}

function coveredWords({tensors, layout, loops, child}: Passage, holder: number, {dimensions, ranks}: RankGroup): number {
  const instances = dimensions.map((dimension) => {
    const outer = loops[dimension]!.all.filter(({level}) => level < child)
    const between = outer.filter(({level, isTemporal}) => isTemporal || level >= holder)
    const extent = layout.extents[child * tensors.dimensionCount + dimension]!
    const size = tensors.sizes[dimension]!
    const reach = extent + lastStart(between, Number.MAX_SAFE_INTEGER)
    const spread = remainders(
      outer.filter((loop) => !between.includes(loop)),
      size,
      reach,
    )
    return Array.from(spread, ([left, count]) => ({
      count,
      tiles: startsOf(between, left).map((start) => ({start, extent: Math.min(extent, left - start)})),
    }))
  })
  let total = 0
  for (const instance of product(instances)) {
    const boxes = product(instance.map(({tiles}) => tiles)).map((tiles) =>
      ranks.map((coefficients) => ({
        start: coefficients.reduce((sum, coefficient, place) => sum + coefficient * tiles[place]!.start, 0),
        extent: coefficients.reduce((sum, coefficient, place) => sum + coefficient * (tiles[place]!.extent - 1), 1),
      })),
    )
    total += unionWords(boxes) * instance.reduce((times, {count}) => times * count, 1)
  }
  return total
}

/** Words in any of the boxes: along the first rank, stretches between which the same boxes lie over each other. */
function unionWords(boxes: readonly (readonly {start: number; extent: number}[])[]): number {
  if (boxes.length === 0) return 0
  if (boxes[0]!.length === 0) return 1
  const edges = [...new Set(boxes.flatMap(([rank]) => [rank!.start, rank!.start + rank!.extent]))].sort((one, other) => one - other)
  let words = 0
  for (const [place, edge] of edges.slice(0, -1).entries()) {
    const over = boxes.filter(([rank]) => rank!.start <= edge && edge < rank!.start + rank!.extent).map((ranks) => ranks.slice(1))
    words += (edges[place + 1]! - edge) * unionWords(over)
  }
  return words
}
