import {type Archive, type Design, type SearchDimension, shareOf} from './archive.js'
import type {Draws} from './draws.js'
import type {Optimizer} from './optimizer.js'
import {bestRowsOf, roomiestFirst} from './ranks.js'
import {claimAny} from './sample.js'

/** Points of the coarse grid along each dimension: two, three and so on in turns, while all together stay within a count. */
function coarseCounts(dimensions: readonly SearchDimension[], mostCount: number): number[] {
  const counts = dimensions.map(() => 1)
  let product = 1
  for (let isGrowing = true; isGrowing; ) {
    isGrowing = false
    for (const [index, {levelCount}] of dimensions.entries()) {
      const next = (product / counts[index]!) * (counts[index]! + 1)
      if (counts[index]! >= levelCount || next > mostCount) continue
      counts[index]!++
      product = next
      isGrowing = true
    }
  }
  return counts
}

/** Where the points of a coarse grid lie: one in the middle, more from end to end. */
function coarseShare(place: number, count: number): number {
  return count === 1 ? 0.5 : within(place / (count - 1))
}

function within(share: number): number {
  return Math.min(1 - 2 ** -53, Math.max(0, share))
}

function claimGrid(archive: Archive, counts: readonly number[]): void {
  const total = counts.reduce((product, count) => product * count, 1)
  for (let index = 0; index < total; index++) {
    let rest = index
    archive.claim(
      counts.map((count) => {
        const place = rest % count
        rest = Math.floor(rest / count)
        return coarseShare(place, count)
      }),
    )
  }
}

/** Designs a step away from another along one dimension; every other level where levels have no order. */
function* neighbours(dimensions: readonly SearchDimension[], design: Design, steps: readonly number[]): Generator<Design> {
  for (const [index, dimension] of dimensions.entries()) {
    if (dimension.isOrdered) for (const sign of [-1, 1]) yield moved(design, index, sign * steps[index]!)
    else for (let level = 0; level < dimension.levelCount; level++) yield design.with(index, shareOf(dimension, level))
  }
}

/** Designs a step up in one dimension and a step down in another: along a constraint, neither alone leads on. */
function* trades(dimensions: readonly SearchDimension[], design: Design, steps: readonly number[]): Generator<Design> {
  for (const [up, {isOrdered}] of dimensions.entries())
    for (let down = 0; down < dimensions.length; down++)
      if (isOrdered && down !== up && dimensions[down]!.isOrdered) yield moved(moved(design, up, steps[up]!), down, -steps[down]!)
}

function moved(design: Design, index: number, step: number): Design {
  return design.with(index, within(design[index]! + step))
}

/** Claims designs around front rows until so many are claimed; says how many were. */
function claimAround(archive: Archive, best: Int32Array, steps: readonly number[], mostCount: number): number {
  const {dimensions} = archive
  const [first, front] = [archive.rowCount(), roomiestFirst(archive, best)]
  for (const around of [neighbours, trades]) {
    for (const row of front) {
      for (const design of around(dimensions, archive.designAt(row), steps)) {
        if (archive.rowCount() - first >= mostCount) return mostCount
        archive.claim(design)
      }
    }
  }
  return archive.rowCount() - first
}

export const narrowing: Optimizer<'coarseRatio' | 'round'> = {
  summary: 'a coarse grid, then ever smaller steps around its front',
  options: {
    coarseRatio: {
      meaning: 'share of the evaluations that the coarse grid may take',
      minimum: 0,
      maximum: 1,
      isInteger: false,
      usual: () => 0.05,
    },
    round: {
      meaning: 'designs around the front before the front is looked at again',
      minimum: 1,
      maximum: 100_000,
      isInteger: true,
      usual: ({evaluationCount}) => Math.max(1, Math.round(evaluationCount / 40)),
    },
  },
  *search(archive: Archive, draws: Draws, {coarseRatio, round}) {
    const counts = coarseCounts(archive.dimensions, Math.max(1, coarseRatio * archive.openCount()))
    claimGrid(archive, counts)
    yield
    const bestRows = bestRowsOf(archive)
    let steps = counts.map((count) => (count === 1 ? 0.5 : 1 / (count - 1)))
    for (let left = halvingCount(archive.dimensions, steps); archive.openCount() > 0; left = Math.max(0, left - 1)) {
      steps = steps.map((step, index) => Math.max(step / 2, 1 / archive.dimensions[index]!.levelCount))
      const end = archive.rowCount() + Math.ceil(archive.openCount() / Math.max(1, left))
      while (archive.rowCount() < end && claimAround(archive, bestRows(), steps, Math.min(round, end - archive.rowCount())) > 0) yield
      // Nothing is left around the front at the last step.
      if (left <= 1) for (let count = 0; count < round && claimAny(archive, draws); ) count++
      yield
    }
  },
}

/** How often steps are halved until each is a level, or a thousandth where there are no levels. */
function halvingCount(dimensions: readonly SearchDimension[], steps: readonly number[]): number {
  return Math.max(1, ...steps.map((step, index) => Math.ceil(Math.log2(step * Math.min(dimensions[index]!.levelCount, 1000)))))
}
