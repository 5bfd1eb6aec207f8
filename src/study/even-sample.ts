import {mixed} from '../store/row-index.js'
import type {JudgedSpace} from './judged-chunks.js'
import {byLabels} from './space-tally.js'

/** A point by its space, its place there, and what tells it apart. */
export interface PlacedPoint {
  readonly spaceIndex: number
  readonly positionIndex: number
  readonly labels: readonly number[]
}

interface Drawn extends PlacedPoint {
  readonly hash: number
}

/**
 * Points spread evenly over all feasible ones of some spaces: those with the least hashes of what tells them apart, so that the same
 * points are drawn in whatever order and pieces they were stored.
 */
export function evenSample(spaces: readonly JudgedSpace[], sampleCount: number): readonly PlacedPoint[] {
  let drawn: Drawn[] = []
  let worstHash = Number.POSITIVE_INFINITY
  const prune = (): void => {
    drawn = drawn.sort(byHash).slice(0, sampleCount)
    if (drawn.length === sampleCount) worstHash = drawn.at(-1)!.hash
  }
  for (const [spaceIndex, space] of spaces.entries()) {
    for (const {start, rows, labelColumns} of space.chunks()) {
      for (const row of rows) {
        let hash = spaceIndex
        for (const label of labelColumns) hash = mixed(hash, label[row]!)
        hash >>>= 0
        if (hash > worstHash) continue
        drawn.push({hash, spaceIndex, positionIndex: start + row, labels: labelColumns.map((label) => label[row]!)})
        if (drawn.length >= 2 * sampleCount + 1024) prune()
      }
    }
  }
  prune()
  return drawn
}

function byHash(left: Drawn, right: Drawn): number {
  return left.hash - right.hash || byPlace(left, right)
}

/** Spaces in their order, and points of a space as the study lists them. */
export function byPlace(left: PlacedPoint, right: PlacedPoint): number {
  return left.spaceIndex - right.spaceIndex || byLabels(left.labels, right.labels)
}
