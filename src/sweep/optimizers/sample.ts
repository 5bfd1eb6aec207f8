import {type Archive, type Design, designCount, type SearchDimension, shareOf} from './archive.js'
import type {Draws} from './draws.js'

/** Thoughts of a random design before an unclaimed one is looked for in order; where there is no order, before there is none. */
const [tryCount, lastTryCount] = [20, 10_000]

/** Claims a Latin hypercube of designs, and random ones for those of it that fall together. */
export function claimSample(archive: Archive, draws: Draws, count: number): void {
  const orders = archive.dimensions.map(() => draws.shuffled(count))
  for (let index = 0; index < count; index++) {
    const design = orders.map((order) => (order[index]! + draws.share()) / count)
    if (!archive.claim(design)) claimAny(archive, draws)
  }
}

/** Claims a design at random; false where none is open. */
export function claimAny(archive: Archive, draws: Draws): boolean {
  if (archive.openCount() === 0) return false
  const {dimensions} = archive
  const claimDrawn = (mostCount: number): boolean => {
    for (let count = 0; count < mostCount; count++) if (archive.claim(dimensions.map(draws.share))) return true
    return false
  }
  if (claimDrawn(tryCount)) return true
  // Most designs have rows, so there are few in all.
  const total = designCount(dimensions)
  if (Number.isFinite(total) ? claimNext(archive, draws.below(total), total) : claimDrawn(lastTryCount)) return true
  archive.close()
  return false
}

/** Claims the first unclaimed design from a place on, round to it. */
function claimNext(archive: Archive, start: number, total: number): boolean {
  for (let step = 0; step < total; step++) if (archive.claim(designOf(archive.dimensions, (start + step) % total))) return true
  return false
}

function designOf(dimensions: readonly SearchDimension[], index: number): Design {
  let rest = index
  return dimensions.map((dimension) => {
    const level = rest % dimension.levelCount
    rest = Math.floor(rest / dimension.levelCount)
    return shareOf(dimension, level)
  })
}
