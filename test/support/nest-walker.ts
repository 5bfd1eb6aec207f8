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
  /** By level: words of all tensors that each instance reads and writes. */
  readonly ports: readonly (readonly PortWords[])[]
}

export interface PortWords {
  readWords: number
  writtenWords: number
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
  readonly words: ReadonlySet<number>
  readonly key: string
}

/** A tile that one child takes, or hands up. */
interface Handed {
  readonly instance: number
  /** The moment, the tile before and the tile after: children that agree in these share. */
  readonly event: string
  readonly movedWords: number
  readonly words: ReadonlySet<number>
}

/**
 * Walks every iteration of a nest, holds each instance's tile as a set of words, and counts what moves between such sets. It knows
 * nothing of strides that wrap, of factors that are perfect, or of any formula.
 */
export function walkNest(problem: Problem, hierarchy: Hierarchy, nest: LoopNest): WalkedNest {
  const loops = loopsOf(problem, nest)
  const points = pointsOf(problem, loops)
  const levelCount = nest.levels.length
  /** A number for the turns of the loops outside of a level, in time or in space. */
  const names = (level: number, isTemporal: boolean): number[] => {
    const chosen = loops.flatMap((loop, at) => (loop.level < level && loop.isTemporal === isTemporal ? [at] : []))
    return points.map(({turns}) => chosen.reduce((name, at) => name * loops[at]!.count + turns[at]!, 0))
  }
  const traffic = nest.levels.map(({keeps}) => keeps.map((isKept) => (isKept ? {tileWords: 0, reads: 0, fills: 0, updates: 0} : undefined)))
  const times = Array.from({length: levelCount + 1}, (_, level) => names(level, true))
  const places = Array.from({length: levelCount + 1}, (_, level) => names(level, false))
  const ports = nest.levels.map(() => new Map<number, PortWords>())
  for (const [tensor, description] of problem.tensors.entries()) {
    const indices = points.map((point) => indicesOf(description, point))
    let parent = 0
    traffic[0]![tensor]!.tileWords = tileOf(indices).words.size
    for (let child = 1; child <= levelCount; child++) {
      const isLast = child === levelCount
      if (!isLast && !nest.levels[child]!.keeps[tensor]) continue
      const own = isLast ? undefined : traffic[child]![tensor]!
      const handed: Handed[] = []
      for (const held of grouped(indices.keys(), (point) => places[child]![point]!)) {
        const fillsBefore = own?.fills ?? 0
        handed.push(...walkInstance(held, times[child]!, places[parent]!, indices, description.isOutput, own))
        if (own !== undefined) portOf(ports[child]!, places[child]![held[0]!]!).writtenWords += own.fills - fillsBefore
      }
      const {isMulticast, isReducing} = hierarchy.levels[parent]!
      serve(handed, description.isOutput, description.isOutput ? isReducing : isMulticast, traffic[parent]![tensor]!, ports[parent]!)
      parent = child
    }
  }
  return {
    stepCount: new Set(times[levelCount]).size,
    instanceCounts: places.map((each) => new Set(each).size),
    traffic,
    ports: ports.map((each) => [...each.values()]),
  }
}

function portOf(ports: Map<number, PortWords>, instance: number): PortWords {
  const own = ports.get(instance) ?? {readWords: 0, writtenWords: 0}
  ports.set(instance, own)
  return own
}

/** The tiles of one instance in turn; `own` is undefined for a multiply-adder, which holds nothing. */
function walkInstance(
  points: readonly number[],
  times: readonly number[],
  parents: readonly number[],
  indices: readonly (readonly number[])[],
  isOutput: boolean,
  own: WalkedTraffic | undefined,
): Handed[] {
  const instance = parents[points[0]!]!
  const everHeld = new Set<number>()
  let before: Tile | undefined
  let visitWords = 0
  const handed = grouped(points, (point) => times[point]!).map((touched) => {
    const tile = tileOf(touched.map((point) => indices[point]!))
    const movedWords = before === undefined ? tile.words.size : movedBetween(before, tile)
    const event = `${times[touched[0]!]!}:${before?.key ?? ''}>${tile.key}`
    visitWords += movedWords
    for (const word of tile.words) everHeld.add(word)
    if (own !== undefined) {
      own.tileWords = Math.max(own.tileWords, tile.words.size)
      before = tile
    }
    return {instance, event, movedWords, words: tile.words}
  })
  if (own !== undefined) own.fills += isOutput ? visitWords - everHeld.size : visitWords
  return handed
}

/** Adds what each instance of a level serves: one access for all children that share, or one for each. */
function serve(
  handed: readonly Handed[],
  isOutput: boolean,
  isShared: boolean,
  served: WalkedTraffic,
  ports: Map<number, PortWords>,
): void {
  for (const own of grouped(handed, ({instance}) => instance)) {
    const counted = isShared ? grouped(own, ({event}) => event).map((same) => same[0]!) : own
    const words = counted.reduce((total, {movedWords}) => total + movedWords, 0)
    const heldWords = isOutput ? new Set(own.flatMap((each) => [...each.words])).size : 0
    const port = portOf(ports, own[0]!.instance)
    served.reads += words - heldWords
    port.readWords += words - heldWords
    if (!isOutput) continue
    served.updates += words
    port.writtenWords += words
  }
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
    const {size} = dimensions[dimension]!
    const longer: Point[] = []
    for (const {turns, indices} of points) {
      for (let turn = 0; turn < count && indices[dimension]! + turn * stride < size; turn++)
        longer.push({turns: [...turns, turn], indices: indices.with(dimension, indices[dimension]! + turn * stride)})
    }
    points = longer
  }
  const wanted = dimensions.reduce((product, {size}) => product * size, 1)
  if (points.length !== wanted || new Set(points.map(({indices}) => indices.join())).size !== wanted)
    throw new Error('the loops do not visit every point once')
  return points
}

function indicesOf({ranks}: ProblemTensor, {indices}: Point): number[] {
  return ranks.map(({terms}) => terms.reduce((total, {dimension, coefficient}) => total + coefficient * indices[dimension]!, 0))
}

function tileOf(touched: readonly (readonly number[])[]): Tile {
  const least = [...touched[0]!]
  const greatest = [...touched[0]!]
  for (const indices of touched) {
    for (const [rank, index] of indices.entries()) {
      least[rank] = Math.min(least[rank]!, index)
      greatest[rank] = Math.max(greatest[rank]!, index)
    }
  }
  let words = [0]
  for (const [rank, first] of least.entries()) {
    const longer: number[] = []
    for (const word of words) for (let index = first; index <= greatest[rank]!; index++) longer.push(1000 * word + index)
    words = longer
  }
  return {least, greatest, words: new Set(words), key: `${least}-${greatest}`}
}

/** Nothing for the same tile, what is new after a move forward along one rank, and otherwise the whole tile. */
function movedBetween(before: Tile, after: Tile): number {
  const changed = after.least.flatMap((least, rank) =>
    least === before.least[rank] && after.greatest[rank] === before.greatest[rank] ? [] : [rank],
  )
  const isForward = changed.length === 1 && after.least[changed[0]!]! >= before.least[changed[0]!]!
  if (changed.length > 0 && !isForward) return after.words.size
  let newWords = 0
  for (const word of after.words) if (!before.words.has(word)) newWords++
  return newWords
}

/** In the order in which the groups first appear. */
function grouped<Item>(items: Iterable<Item>, key: (item: Item) => number | string): Item[][] {
  const groups = new Map<number | string, Item[]>()
  for (const item of items) {
    const name = key(item)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [item])
    else group.push(item)
  }
  return [...groups.values()]
}
