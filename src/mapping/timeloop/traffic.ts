import type {Problem} from '../../workload/problem.js'
import type {LoopNest} from '../loop-nest.js'
import type {FlatNest} from './flat-nest.js'
import {type Demand, type Replay, replayNest} from './replay.js'

/** What one instance moves of one tensor, in words; zeros where the level lets it pass. */
export interface Moved {
  readonly tileWords: number
  readonly reads: number
  readonly fills: number
  readonly updates: number
}

/** One level of one tensor on the way from what children ask to what a buffer does; innermost first. */
interface Row {
  readonly instances: number
  readonly fanoutCount: number
  tileWords: number
  /** Words that all visits together bring here, in one instance. */
  partWords: number
  shares: ReadonlyMap<number, number>
  reads: number
  /** Words that come from the level outward. */
  received: number
  passedDown: number
  passedHere: number
}

/** By level, outermost first, and tensor, as Timeloop 3.0.3 counts: its replay of the nest, then its way from demands to accesses. */
export function timeloopTraffic(problem: Problem, flat: FlatNest, nest: LoopNest): Moved[][] {
  const replay = replayNest(problem, flat)
  const keeps = nest.levels.toReversed().map((level) => level.keeps)
  const byTensor = problem.tensors.map(({isOutput}, tensor) => {
    const rows = rowsOf(replay, tensor)
    receive(rows)
    mask(
      rows,
      keeps.map((kept) => kept[tensor]!),
    )
    passOn(rows)
    return rows.map((row, level) => movedOf(row, isOutput, level === rows.length - 1)).toReversed()
  })
  return nest.levels.map((_, level) => byTensor.map((levels) => levels[level]!))
}

function rowsOf({nest, states}: Replay, tensor: number): Row[] {
  const demandAt = (at: number): Demand => states[at]!.demands[tensor]!
  const rows = nest.levels.map(({first, last, spatialCount, instances, fanoutCount}): Row => {
    const {wordsByShare, passedWords} = demandAt(spatialCount > 0 ? first + spatialCount - 1 : first)
    const shares = new Map(wordsByShare)
    return {
      instances,
      fanoutCount,
      tileWords: demandAt(last).tileWords,
      partWords: 0,
      shares,
      reads: sum(shares.values()),
      received: 0,
      passedDown: passedWords,
      passedHere: 0,
    }
  })
  let part = rows.at(-1)!.tileWords
  for (let level = rows.length - 1; level >= 0; level--) {
    rows[level]!.partWords = part
    if (level > 0) part = inner(part, rows[level - 1]!, nest, level, demandAt)
  }
  return rows
}

/** The part of a tensor that falls to one child, in whole words. */
function inner(part: number, {tileWords}: Row, {levels}: FlatNest, level: number, demandAt: (at: number) => Demand): number {
  const {first, spatialCount} = levels[level]!
  const all = spatialCount > 0 ? demandAt(first + spatialCount - 1).tileWords : tileWords
  return Math.floor((part * tileWords) / all)
}

function receive(rows: readonly Row[]): void {
  for (const [level, row] of rows.entries()) {
    const outer = rows[level + 1]
    if (outer !== undefined) for (const [share, words] of outer.shares) row.received += (words * share) / outer.fanoutCount
  }
}

/** Levels that let the tensor pass hand what their children ask to the next level outward. */
function mask(rows: readonly Row[], keeps: readonly boolean[]): void {
  for (const [level, row] of rows.entries()) {
    if (keeps[level]) continue
    const outer = rows[level + 1]!
    const asked = sum([...outer.shares].map(([share, words]) => share * words))
    const times = (row.reads * outer.fanoutCount) / asked
    outer.shares = new Map([...outer.shares].map(([share, words]) => [share, words * times]))
    outer.passedDown = 0
    outer.reads = sum(outer.shares.values())
    Object.assign(row, {tileWords: 0, partWords: 0, reads: 0, received: 0})
  }
}

/** What neighbours pass on is read by the one and written by the other. */
function passOn(rows: readonly Row[]): void {
  for (const [level, row] of rows.entries()) row.passedHere = (rows[level + 1]?.passedDown ?? 0) / row.instances
}

function movedOf(row: Row, isOutput: boolean, isOutermost: boolean): Moved {
  const {tileWords, partWords, received, passedHere} = row
  if (tileWords === 0) return {tileWords: 0, reads: 0, fills: 0, updates: 0}
  const reads = row.reads + passedHere
  const written = received + passedHere
  if (!isOutput) return {tileWords, reads: Math.round(reads), fills: Math.floor(written), updates: 0}
  return {
    tileWords,
    reads: Math.round(reads - partWords),
    fills: Math.round(isOutermost ? written : written - partWords),
    updates: Math.round(row.reads),
  }
}

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}
