import type {Hierarchy} from '../../src/accelerator/hierarchy.js'
import type {Loop, LoopNest} from '../../src/mapping/loop-nest.js'
import type {Problem, ProblemTensor} from '../../src/workload/problem.js'

/** Counts over all instances of one level and tensor. */
export interface WalkedTraffic {
  tileWords: number
  reads: number
  fills: number
  updates: number
}

export interface WalkedNest {
  readonly stepCount: number
  /** Used of each level, and of the multiply-adders last. */
  readonly instanceCounts: readonly number[]
  /** By level, then tensor; undefined where it passes. */
  readonly traffic: readonly (readonly (WalkedTraffic | undefined)[])[]
}

interface WalkedLoop extends Loop {
  readonly level: number
  readonly isTemporal: boolean
  readonly stride: number
}

/** One step of one multiply-adder: the turn of every loop, and the index in every dimension. */
interface Point {
  readonly turns: readonly number[]
  readonly indices: readonly number[]
}

/** The words that an instance holds at one time: per rank from the least to the greatest index touched, and all between. */
interface Tile {
  readonly least: readonly number[]
  readonly greatest: readonly number[]
  readonly words: ReadonlySet<string>
}

/**
 * Walks every iteration of a nest, holds each instance's tile as a set of words, and counts what moves between such sets. It knows
 * nothing of strides that wrap, of factors that are perfect, or of any formula.
 */
export function walkNest(problem: Problem, hierarchy: Hierarchy, nest: LoopNest): WalkedNest {
  const loops = loopsOf(problem, nest)
  const points = pointsOf(problem, loops)
  const outside = (level: number, isTemporal: boolean) =>
    loops.flatMap((loop, at) => (loop.level < level && loop.isTemporal === isTemporal ? [at] : []))
  const name = (point: Point, at: readonly number[]) => at.map((each) => point.turns[each]).join()
  const different = (at: readonly number[]) => new Set(points.map((point) => name(point, at))).size
  const levelCount = nest.levels.length
  const traffic = nest.levels.map(({keeps}) => keeps.map((isKept) => (isKept ? {tileWords: 0, reads: 0, fills: 0, updates: 0} : undefined)))
  for (const [tensor, description] of problem.tensors.entries()) {
    let parent = 0
    traffic[0]![tensor]!.tileWords = tileOf(description, points).words.size
    for (let child = 1; child <= levelCount; child++) {
      const isLast = child === levelCount
      if (!isLast && !nest.levels[child]!.keeps[tensor]) continue
      const {isMulticast, isReducing} = hierarchy.levels[parent]!
      const parentSpace = outside(parent, false)
      const handed: Handed[] = []
      const time = outside(child, true)
      for (const own of grouped(points, (point) => name(point, outside(child, false))).values()) {
        const instance = name(own[0]!, parentSpace)
        const held = new Set<string>()
        let before: Tile | undefined
        let visits = 0
        for (const [moment, touched] of grouped(own, (point) => name(point, time))) {
          const tile = tileOf(description, touched)
          const isEvery = isLast || before === undefined
          const moved = isEvery ? tile.words.size : movedWords(before!, tile)
          const change = `${isLast || before === undefined ? '' : keyOf(before)}>${keyOf(tile)}`
          handed.push({instance, moment, change, moved, words: tile.words})
          visits += moved
          for (const word of tile.words) held.add(word)
          if (!isLast) traffic[child]![tensor]!.tileWords = Math.max(traffic[child]![tensor]!.tileWords, tile.words.size)
          before = tile
        }
        if (!isLast) traffic[child]![tensor]!.fills += description.isOutput ? visits - held.size : visits
      }
      const isShared = description.isOutput ? isReducing : isMulticast
      const served = traffic[parent]![tensor]!
      for (const own of grouped(handed, ({instance}) => instance).values()) {
        const counted = isShared ? [...grouped(own, ({moment, change}) => `${moment}:${change}`).values()].map((same) => same[0]!) : own
        const words = counted.reduce((total, {moved}) => total + moved, 0)
        const distinct = new Set(own.flatMap((each) => [...each.words])).size
        if (description.isOutput) {
          served.updates += words
          served.reads += words - distinct
        } else served.reads += words
      }
      parent = child
    }
  }
  return {
    stepCount: different(outside(levelCount, true)),
    instanceCounts: Array.from({length: levelCount + 1}, (_, level) => different(outside(level, false))),
    traffic,
  }
}

interface Handed {
  readonly instance: string
  readonly moment: string
  readonly change: string
  readonly moved: number
  readonly words: ReadonlySet<string>
}

/** All loops outermost first; along x outside of along y. */
function loopsOf({dimensions}: Problem, {levels}: LoopNest): WalkedLoop[] {
  const inside = dimensions.map(() => 1)
  const loops: WalkedLoop[] = []
  for (const [level, {temporal, x, y}] of [...levels.entries()].reverse()) {
    for (const [way, each] of [y, x, temporal].entries()) {
      for (const loop of each.toReversed()) {
        loops.unshift({...loop, level, isTemporal: way === 2, stride: inside[loop.dimension]!})
        inside[loop.dimension] = Math.min(dimensions[loop.dimension]!.size, inside[loop.dimension]! * loop.count)
      }
    }
  }
  return loops
}

/** Every iteration in order, of every multiply-adder; those beyond the end of a dimension left out. */
function pointsOf({dimensions}: Problem, loops: readonly WalkedLoop[]): Point[] {
  let points: Point[] = [{turns: [], indices: dimensions.map(() => 0)}]
  for (const {dimension, count, stride} of loops) {
    points = points.flatMap(({turns, indices}) =>
      Array.from({length: count}, (_, turn) => ({
        turns: [...turns, turn],
        indices: indices.map((index, at) => (at === dimension ? index + turn * stride : index)),
      })).filter((point) => point.indices[dimension]! < dimensions[dimension]!.size),
    )
  }
  const wanted = dimensions.reduce((product, {size}) => product * size, 1)
  if (points.length !== wanted || new Set(points.map(({indices}) => indices.join())).size !== wanted)
    throw new Error('the loops do not visit every point once')
  return points
}

function tileOf({ranks}: ProblemTensor, points: readonly Point[]): Tile {
  const indices = points.map((point) =>
    ranks.map(({terms}) => terms.reduce((total, {dimension, coefficient}) => total + coefficient * point.indices[dimension]!, 0)),
  )
  const least = ranks.map((_, rank) => Math.min(...indices.map((each) => each[rank]!)))
  const greatest = ranks.map((_, rank) => Math.max(...indices.map((each) => each[rank]!)))
  let words = ['']
  for (const [rank, first] of least.entries())
    words = words.flatMap((word) => Array.from({length: greatest[rank]! - first + 1}, (_, at) => `${word},${first + at}`))
  return {least, greatest, words: new Set(words)}
}

/** Nothing for the same tile, what is new after a move forward along one rank, and otherwise the whole tile. */
function movedWords(before: Tile, after: Tile): number {
  const changed = after.least.flatMap((least, rank) =>
    least === before.least[rank] && after.greatest[rank] === before.greatest[rank] ? [] : [rank],
  )
  const isForward = changed.length === 1 && after.least[changed[0]!]! >= before.least[changed[0]!]!
  if (changed.length > 0 && !isForward) return after.words.size
  return [...after.words].filter((word) => !before.words.has(word)).length
}

function keyOf({least, greatest}: Tile): string {
  return `${least.join()}-${greatest.join()}`
}

/** In the order in which the groups first appear. */
function grouped<Item>(items: readonly Item[], key: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group === undefined) groups.set(key(item), [item])
    else group.push(item)
  }
  return groups
}
