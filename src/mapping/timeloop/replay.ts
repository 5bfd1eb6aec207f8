import type {Problem} from '../../workload/problem.js'
import {type Box, beyond, boxOf, isSame, moved, stepBetween, words} from './box.js'
import type {FlatLevel, FlatLoop, FlatNest} from './flat-nest.js'

/** What the children of one loop asked of it, of one tensor. */
export interface Demand {
  /** Of the largest tile. */
  tileWords: number
  /** Words by how many children one read of them serves. */
  readonly wordsByShare: Map<number, number>
  /** Words that children passed on to their neighbours, which no read served. */
  passedWords: number
}

interface LoopState {
  readonly demands: readonly Demand[]
  /** By tensor: the tile seen last, and the step that led to it where steps have been even. */
  readonly tiles: (Box | undefined)[]
  readonly steps: (readonly number[] | undefined)[]
  /** By child: what each was last given. */
  given: ReadonlyMap<number, readonly Box[]>
}

export interface Replay {
  readonly problem: Problem
  readonly nest: FlatNest
  readonly states: readonly LoopState[]
  /** Where the replay stands: turns of each loop, and the point of the problem. */
  readonly turns: number[]
  readonly point: number[]
}

/**
 * Walks a nest as Timeloop 3.0.3 does: of each loop in time the first turn, the second for all others, and, where counts do not divide, the
 * last two; of each array its first child, moved to where the others stand. What a tile brings anew is taken against the tile seen last,
 * unless the step there differs from the step before, standing still included: then all of it.
 */
export function replayNest(problem: Problem, nest: FlatNest): Replay {
  const replay: Replay = {
    problem,
    nest,
    states: nest.loops.map(() => ({
      demands: problem.tensors.map(() => ({tileWords: 0, wordsByShare: new Map(), passedWords: 0})),
      tiles: problem.tensors.map(() => undefined),
      steps: problem.tensors.map(() => undefined),
      given: new Map(),
    })),
    turns: nest.loops.map(() => 0),
    point: problem.dimensions.map(() => 0),
  }
  enter(replay, nest.levels.length - 1, nest.loops.length - 1, 1)
  return replay
}

/** One visit to a loop in time, or to the outermost one in space of a level, which stands for `times` alike: the words new to its tiles. */
function enter(replay: Replay, level: number, at: number, times: number): Box[] {
  const {nest, states, problem} = replay
  const {last, first, spatialCount} = nest.levels[level]!
  const isSpatial = at < first + spatialCount
  if (isSpatial) spread(replay, level, times)
  else turn(replay, level, at, times)
  const state = states[at]!
  return problem.tensors.map((tensor, index) => {
    const tile = boxOf(tensor, replay.point, reach(replay, at))
    if (isSpatial || at === last) state.demands[index]!.tileWords = Math.max(state.demands[index]!.tileWords, words(tile))
    return advance(state, index, tile)
  })
}

function advance(state: LoopState, tensor: number, tile: Box): Box {
  const before = state.tiles[tensor]
  state.tiles[tensor] = tile
  if (before === undefined) return tile
  const step = stepBetween(before, tile)
  const lastStep = state.steps[tensor]
  const isEven = lastStep === undefined || step.every((along, rank) => along === lastStep[rank])
  state.steps[tensor] = isEven ? step : undefined
  return isEven ? beyond(tile, before) : tile
}

function turn(replay: Replay, level: number, at: number, times: number): void {
  const {nest, states, turns, point} = replay
  const loop = nest.loops[at]!
  const count = countOf(replay, at)
  if (at === 0) {
    for (const demand of states[0]!.demands) add(demand.wordsByShare, 1, count * times)
    return
  }
  const {first} = nest.levels[level]!
  const inner = at === first ? level - 1 : level
  const start = point[loop.dimension]!
  const sums = states[at]!.demands.map(() => 0)
  let seen = sums
  turns[at] = 0
  for (const {turnCount, isRepeated} of runsOf(count, nest.isImperfect)) {
    const fresh = enter(replay, inner, at - 1, times * turnCount).map(words)
    seen = isRepeated ? seen : fresh
    for (const [tensor, fresh] of seen.entries()) sums[tensor]! += fresh * turnCount
    turns[at]! += turnCount
    point[loop.dimension]! += loop.stride * turnCount
  }
  point[loop.dimension] = start
  if (at === first) for (const [tensor, {wordsByShare}] of states[at]!.demands.entries()) add(wordsByShare, 1, sums[tensor]! * times)
}

interface Run {
  readonly turnCount: number
  /** Walked for what it leaves behind, but counted as the run before. */
  readonly isRepeated: boolean
}

function runsOf(count: number, isImperfect: boolean): Run[] {
  const run = (turnCount: number, isRepeated = false): Run => ({turnCount, isRepeated})
  if (!isImperfect) return count === 1 ? [run(1)] : [run(1), run(count - 1)]
  if (count < 4) return Array.from({length: count}, () => run(1))
  return [run(1), run(count - 3), run(1, true), run(1)]
}

/** What the children of one instance ask, each once or shared among those that want the same. */
function spread(replay: Replay, level: number, times: number): void {
  const {nest, problem, states, point} = replay
  const flat = nest.levels[level]!
  const master = flat.first + flat.spatialCount - 1
  for (let at = flat.first; at <= master; at++) replay.turns[at] = 0
  const ones = problem.dimensions.map(() => 1)
  const first =
    flat.first === 0 ? problem.tensors.map((tensor) => boxOf(tensor, point, ones)) : enter(replay, level - 1, flat.first - 1, times)
  const children = new Map<number, Box[]>()
  place(
    replay,
    flat,
    master,
    0,
    point.map(() => 0),
    (child, offset) => {
      children.set(
        child,
        first.map((box, tensor) => moved(box, problem.tensors[tensor]!, offset)),
      )
    },
  )
  const state = states[master]!
  for (const [tensor, demand] of state.demands.entries()) ask(demand, flat, tensor, children, state.given, times)
  state.given = children
}

function place(
  replay: Replay,
  flat: FlatLevel,
  at: number,
  base: number,
  offset: readonly number[],
  visit: (child: number, offset: readonly number[]) => void,
): void {
  const {dimension, stride} = replay.nest.loops[at]!
  const count = countOf(replay, at)
  for (let index = 0; index < count; index++) {
    replay.turns[at] = index
    const there = offset.with(dimension, offset[dimension]! + index * stride)
    if (at === flat.first) visit(base * count + index, there)
    else place(replay, flat, at - 1, base * count + index, there, visit)
  }
}

/** Shared reads, or fewer ones beside what neighbours held a step before. */
function ask(
  demand: Demand,
  flat: FlatLevel,
  tensor: number,
  children: ReadonlyMap<number, readonly Box[]>,
  given: ReadonlyMap<number, readonly Box[]>,
  times: number,
): void {
  const boxes = [...children].map(([child, wanted]) => ({child, box: wanted[tensor]!}))
  const isHanded = ({child, box}: {readonly child: number; readonly box: Box}): boolean =>
    words(box) > 0 && neighbours(child, flat).some((other) => given.has(other) && isSame(given.get(other)![tensor]!, box))
  const handed = boxes.filter(isHanded)
  const all = sharesOf(boxes.map(({box}) => box))
  const rest = sharesOf(boxes.filter((wanted) => !handed.includes(wanted)).map(({box}) => box))
  const isLinked = total(rest) < total(all)
  for (const [share, count] of isLinked ? rest : all) add(demand.wordsByShare, share, count * times)
  if (isLinked) demand.passedWords += handed.reduce((sum, {box}) => sum + words(box), 0) * times
}

/** Up and down, left and right, where children fill the array row by row. */
function neighbours(child: number, {width, height}: FlatLevel): number[] {
  const [column, row] = [child % width, Math.floor(child / width)]
  return [
    ...(row > 0 ? [child - width] : []),
    ...(row < height - 1 ? [child + width] : []),
    ...(column > 0 ? [child - 1] : []),
    ...(column < width - 1 ? [child + 1] : []),
  ]
}

/** Distinct words, by how many boxes hold them. */
function sharesOf(boxes: readonly Box[]): Map<number, number> {
  const groups = new Map<string, {readonly box: Box; count: number}>()
  for (const box of boxes) {
    if (words(box) === 0) continue
    const key = `${box.low} ${box.high}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, {box, count: 1})
    else group.count++
  }
  const shares = new Map<number, number>()
  for (const {box, count} of groups.values()) add(shares, count, words(box))
  return shares
}

function total(shares: ReadonlyMap<number, number>): number {
  return [...shares.values()].reduce((sum, count) => sum + count, 0)
}

/** Turns of a loop where the replay stands. */
function countOf(replay: Replay, at: number): number {
  const {dimension, count, lastCount} = replay.nest.loops[at]!
  if (count === lastCount) return count
  return isAtEnd(replay, at + 1, dimension) ? lastCount : count
}

function reach(replay: Replay, at: number): readonly number[] {
  const {extents, lastExtents} = replay.nest.loops[at]!
  if (!replay.nest.isImperfect) return extents
  return extents.map((extent, dimension) => (isAtEnd(replay, at + 1, dimension) ? lastExtents[dimension]! : extent))
}

/** Whether all loops from one outward that run over a dimension take their last turn. */
function isAtEnd({nest, turns}: Replay, from: number, dimension: number): boolean {
  return nest.loops.every((loop: FlatLoop, at) => at < from || loop.dimension !== dimension || turns[at]! + 1 >= loop.lastCount)
}

function add(map: Map<number, number>, key: number, amount: number): void {
  map.set(key, (map.get(key) ?? 0) + amount)
}
