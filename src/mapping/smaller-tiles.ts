import type {Hierarchy} from '../accelerator/hierarchy.js'
import type {Problem} from '../workload/problem.js'
import type {LoopNest} from './loop-nest.js'
import {type LoopWay, loopWays} from './loop-nest.js'

/** A loop that makes fewer turns; the others are taken further out. */
export interface LoopCut {
  readonly dimension: string
  readonly level: string
  readonly way: LoopWay
  readonly fromCount: number
  readonly toCount: number
}

interface CutLoop {
  readonly dimension: number
  readonly level: number
  readonly way: LoopWay
  readonly count: number
}

/** Ways to cut loops that are looked at before no cut is offered. */
const maximumStateCount = 4000

/**
 * Cuts of the loops in and inside of a level with which its tiles fit, at most two that differ in their dimensions: first those that take
 * the fewest turns out, then those of the fewest loops, and of loops in time.
 */
export function smallerTiles(
  nest: LoopNest,
  problem: Problem,
  hierarchy: Hierarchy,
  level: number,
  fits: (extents: readonly number[]) => boolean,
): LoopCut[][] {
  const loops = nest.levels.flatMap((inner, at) =>
    at < level ? [] : loopWays.flatMap((way) => inner[way].map((loop): CutLoop => ({...loop, level: at, way}))),
  )
  const found: (readonly number[])[] = []
  const states = new Map<number, Map<string, readonly number[]>>([[1, new Map([['', loops.map(({count}) => count)]])]])
  for (let stateCount = 0; states.size > 0 && stateCount < maximumStateCount && found.length < 2; ) {
    const ratio = Math.min(...states.keys())
    const counts = [...states.get(ratio)!.values()].sort((a, b) => effort(loops, a) - effort(loops, b))
    states.delete(ratio)
    stateCount += counts.length
    for (const each of counts) {
      if (found.some((other) => touches(loops, each, other))) continue
      if (fits(extentsOf(problem, loops, each))) {
        if (found.length < 2) found.push(each)
      } else for (const [step, next] of furtherCuts(each)) remember(states, ratio * step, next)
    }
  }
  return found.map((counts) =>
    loops.flatMap(({dimension, level: at, way, count}, index) =>
      counts[index] === count
        ? []
        : [
            {
              dimension: problem.dimensions[dimension]!.name,
              level: hierarchy.levels[at]!.name,
              way,
              fromCount: count,
              toCount: counts[index]!,
            },
          ],
    ),
  )
}

/** Loops that are cut, those over an array counted more. */
function effort(loops: readonly CutLoop[], counts: readonly number[]): number {
  return loops.reduce((sum, {count, way}, index) => sum + (counts[index] === count ? 0 : way === 'temporal' ? 1 : 1.5), 0)
}

/** Whether one cuts all the dimensions that the other does. */
function touches(loops: readonly CutLoop[], counts: readonly number[], other: readonly number[]): boolean {
  const cut = (of: readonly number[]): Set<number> =>
    new Set(loops.flatMap(({dimension, count}, index) => (of[index] === count ? [] : [dimension])))
  const mine = cut(counts)
  return [...cut(other)].every((dimension) => mine.has(dimension))
}

function extentsOf({dimensions}: Problem, loops: readonly CutLoop[], counts: readonly number[]): number[] {
  const extents = dimensions.map(() => 1)
  for (const [index, {dimension}] of loops.entries()) extents[dimension]! *= counts[index]!
  return extents.map((extent, dimension) => Math.min(extent, dimensions[dimension]!.size))
}

/** Each count over each of its prime factors. */
function furtherCuts(counts: readonly number[]): [step: number, counts: readonly number[]][] {
  return counts.flatMap((count, index) =>
    primesOf(count).map((prime): [number, readonly number[]] => [prime, counts.with(index, count / prime)]),
  )
}

function primesOf(count: number): number[] {
  const primes: number[] = []
  let left = count
  for (let prime = 2; prime * prime <= left; prime++) {
    if (left % prime !== 0) continue
    primes.push(prime)
    while (left % prime === 0) left /= prime
  }
  return left > 1 ? [...primes, left] : primes
}

function remember(states: Map<number, Map<string, readonly number[]>>, ratio: number, counts: readonly number[]): void {
  const same = states.get(ratio) ?? new Map<string, readonly number[]>()
  states.set(ratio, same.set(counts.join(), counts))
}
