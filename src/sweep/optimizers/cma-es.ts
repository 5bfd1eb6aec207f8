import type {Archive, Design} from './archive.js'
import {type AdaptingNormal, adaptingNormal} from './covariance.js'
import {evenDirections} from './directions.js'
import type {Draws} from './draws.js'
import type {Optimizer} from './optimizer.js'
import {bestRowsOf, isComparable, violationOf} from './ranks.js'
import {claimAny, claimSample} from './sample.js'

/** Which of two rows comes first. */
type Order = (a: number, b: number) => number

/** A search along one direction. */
interface Run {
  readonly weights: readonly number[]
  readonly normal: AdaptingNormal
  restCount: number
}

interface Sample {
  /** Where the distribution has it, which may lie beyond the ends of a dimension. */
  readonly place: readonly number[]
  readonly row: number
}

const startWidthRatio = 0.2
/** Below this share of a level, samples of a distribution no longer reach the next one. */
const leastWidthLevelRatio = 0.2
/** A distribution narrower than this has found its design; on a front another direction is worth more than the last digits. */
const smallestWidths = {one: 1e-9, many: 1e-3}
const mostRestCount = 3
/** So that no objective counts for nothing. */
const leastWeightRatio = 1e-3
const augmentationRatio = 0.05

/** The nearest share inside: what is beyond an end is mirrored at it. */
function mirrored(value: number): number {
  const folded = Math.abs(value) % 2
  return Math.min(1 - 2 ** -53, folded > 1 ? 2 - folded : folded)
}

function started(archive: Archive, start: Design, sampleCount: number): AdaptingNormal {
  const leastWidths = archive.dimensions.map(({levelCount}) => (Number.isFinite(levelCount) ? leastWidthLevelRatio / levelCount : 0))
  return adaptingNormal(start, startWidthRatio, sampleCount, leastWidths)
}

/**
 * For weights of the objectives, the order of rows: the infeasible last, by violation; the others by augmented Chebyshev distance from the
 * ideal on the scale of the front so far. Steuer and Choo, Mathematical Programming 26(3), 1983.
 */
function ordersOf(archive: Archive, best: Int32Array): (weights: readonly number[]) => Order {
  const objectives = archive.objectives()
  const rows = best.filter((row) => isComparable(archive, row))
  const scales = objectives.map((values) => {
    let [ideal, nadir] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (const row of rows) {
      ideal = Math.min(ideal, values[row]!)
      nadir = Math.max(nadir, values[row]!)
    }
    return {ideal, width: nadir > ideal ? nadir - ideal : 1}
  })
  return (weights) => {
    const distance = (row: number): number => {
      let [most, sum] = [0, 0]
      for (const [index, weight] of weights.entries()) {
        const {ideal, width} = scales[index]!
        const part = (Math.max(weight, leastWeightRatio) * (objectives[index]![row]! - ideal)) / width
        most = Math.max(most, part)
        sum += part
      }
      return most + augmentationRatio * sum
    }
    return (a, b) => {
      const [isA, isB] = [isComparable(archive, a), isComparable(archive, b)]
      if (isA && isB) return distance(a) - distance(b)
      return isA || isB ? Number(isB) - Number(isA) : violationOf(archive, a) - violationOf(archive, b)
    }
  }
}

/** A generation of a distribution, its new designs claimed; those known already cost nothing. */
function sampled(archive: Archive, normal: AdaptingNormal, draws: Draws): Sample[] {
  return Array.from({length: normal.sampleCount}, () => normal.sample(draws)).flatMap((place) => {
    const design = place.map(mirrored)
    archive.claim(design)
    const row = archive.rowOf(design)
    return row === undefined ? [] : [{place, row}]
  })
}

/** A search from the best design of its direction so far. */
function runFor(archive: Archive, best: Int32Array, weights: readonly number[], sampleCount: number): Run {
  const order = ordersOf(archive, best)(weights)
  const start = best.reduce((a, b) => (order(b, a) < 0 ? b : a))
  return {weights, normal: started(archive, archive.designAt(start), sampleCount), restCount: 0}
}

/** Moves a distribution towards the best of its samples; says whether it has come to rest: narrow, or without anything new. */
function isAtRest(run: Run, samples: readonly Sample[], order: Order, firstNew: number): boolean {
  const {normal, weights} = run
  run.restCount = samples.some(({row}) => row >= firstNew) ? 0 : run.restCount + 1
  if (samples.length === normal.sampleCount) normal.follow(samples.toSorted((a, b) => order(a.row, b.row)).map(({place}) => place))
  return run.restCount >= mostRestCount || normal.width() < (weights.length > 1 ? smallestWidths.many : smallestWidths.one)
}

/** One objective: anywhere, with twice the samples (Auger and Hansen, CEC 2005); more: along a direction at random. */
function nextRun(archive: Archive, best: Int32Array, {weights, normal: {sampleCount}}: Run, draws: Draws): Run {
  if (weights.length <= 1) return {weights, normal: started(archive, archive.dimensions.map(draws.share), 2 * sampleCount), restCount: 0}
  const parts = weights.map(() => -Math.log(1 - draws.share()))
  const sum = parts.reduce((total, part) => total + part, 0)
  return runFor(
    archive,
    best,
    parts.map((part) => part / sum),
    sampleCount,
  )
}

export const cmaEs: Optimizer<'directions' | 'samples'> = {
  summary: 'normal distributions that adapt to the slopes, one for each of some weightings (Hansen 2016)',
  options: {
    directions: {
      meaning: 'weightings of the objectives, each searched by itself',
      minimum: 1,
      maximum: 1000,
      isInteger: true,
      usual: ({objectiveCount}) => [1, 5, 10, 20, 35][objectiveCount - 1]!,
    },
    samples: {
      meaning: 'designs of each distribution and generation',
      minimum: 4,
      maximum: 100_000,
      isInteger: true,
      usual: ({dimensionCount}) => 4 + Math.floor(3 * Math.log(dimensionCount)),
    },
  },
  *search(archive, draws, {directions, samples}) {
    claimSample(archive, draws, Math.ceil(archive.openCount() / 10))
    yield
    const bestRows = bestRowsOf(archive)
    let runs: Run[] = []
    while (archive.openCount() > 0) {
      const {length} = archive.objectives()
      if (runs[0]?.weights.length !== length)
        runs = evenDirections(length, directions).map((weights) => runFor(archive, bestRows(), weights, samples))
      const firstNew = archive.rowCount()
      const generations = runs.map(({normal}) => sampled(archive, normal, draws))
      if (archive.rowCount() > firstNew || claimAny(archive, draws)) yield
      const best = bestRows()
      const orders = ordersOf(archive, best)
      runs = runs.map((run, index) =>
        isAtRest(run, generations[index]!, orders(run.weights), firstNew) ? nextRun(archive, best, run, draws) : run,
      )
    }
  },
}
