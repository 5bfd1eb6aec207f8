import type {LoopConstraint} from '../mapping/constraints.js'
import type {Problem} from '../workload/problem.js'
import {bitsOf} from './mapspace.js'

/**
 * Temporal orders of one level that can differ in cost. Of a tensor held further in, what counts is which loops stand inside the innermost
 * loop that moves its tile (they turn for nothing, its run), and for a tensor with windows also how the loops follow each other while its
 * tile moves along one rank. Everything outside that turns in full, in any order.
 */
export interface LevelOrders {
  /** Orders of all dimensions, outermost first, that between them give each best set of runs, whatever loops are left at one turn. */
  readonly classes: readonly Uint8Array[]
  /** Orders to try of the loops that do turn, where their runs are to be those of a class. */
  readonly variants: (activeBits: number, orderClass: Uint8Array) => readonly Uint8Array[]
}

/** What orders need to know of a tensor: its dimensions, and the rank of each, −1 where it stands in several. */
interface TensorPattern {
  readonly relevant: number
  readonly rankOf: readonly number[]
  /** Bit d set: the dimension moves the tensor along a rank that another dimension moves too. */
  readonly sliding: number
}

/** The orders of a level with the given order constraints, for the tensors that levels further in hold. */
export function levelOrders(
  problem: Problem,
  {outermost, innermost}: LoopConstraint,
  heldTensors: readonly number[],
  allowsImperfect: boolean,
): LevelOrders {
  const dimensions = problem.dimensions.map((_, dimension) => dimension)
  const patterns = heldTensors.map((tensor) => patternOf(problem, tensor))
  const fixed = bitsOf([...outermost, ...innermost])
  const free = dimensions.filter((dimension) => ((fixed >> dimension) & 1) === 0)
  const isHeld = patterns.length > 0
  const groupOrders = isHeld ? coveringOrders(groupsOf(free, patterns), patterns) : [[free]]
  const classes = groupOrders.map((groups) => Uint8Array.from([...outermost, ...groups.flat(), ...innermost]))
  const known = new Map<string, readonly Uint8Array[]>()
  const hasWindows = patterns.some(({sliding}) => sliding !== 0)
  const variants = (activeBits: number, orderClass: Uint8Array): readonly Uint8Array[] => {
    if (!isHeld || !(hasWindows || allowsImperfect)) return [orderClass]
    const key = `${activeBits} ${orderClass.join(' ')}`
    const found = known.get(key)
    if (found !== undefined) return found
    const made = variantsOf(dimensions, activeBits, orderClass, {outermost, innermost}, patterns, allowsImperfect)
    known.set(key, made)
    return made
  }
  return {classes: allowsImperfect ? classes.slice(0, 1) : classes, variants}
}

function patternOf({dimensions, tensors}: Problem, tensor: number): TensorPattern {
  const {ranks} = tensors[tensor]!
  const ranksWith = dimensions.map((_, dimension) =>
    ranks.flatMap(({terms}, rank) => (terms.some((term) => term.dimension === dimension) ? [rank] : [])),
  )
  const sliding = ranks.filter(({terms}) => terms.filter(({dimension}) => dimensions[dimension]!.size > 1).length > 1)
  return {
    relevant: bitsOf(ranksWith.flatMap((found, dimension) => (found.length > 0 ? [dimension] : []))),
    rankOf: ranksWith.map((found) => (found.length === 1 ? found[0]! : -1)),
    sliding: bitsOf(sliding.flatMap(({terms}) => terms.map(({dimension}) => dimension))),
  }
}

/** Dimensions that the same tensors depend on, which can as well stand side by side; those that all depend on first, as they end every run. */
function groupsOf(dimensions: readonly number[], patterns: readonly TensorPattern[]): number[][] {
  const groups = new Map<number, number[]>()
  for (const dimension of dimensions) {
    const users = bitsOf(patterns.flatMap(({relevant}, index) => ((relevant >> dimension) & 1 ? [index] : [])))
    groups.set(users, [...(groups.get(users) ?? []), dimension])
  }
  return [...groups].sort(([one], [other]) => other - one).map(([, members]) => members)
}

/** Few orders of groups that give, for each choice of groups that turn, every set of runs that no other order betters. */
function coveringOrders(groups: readonly number[][], patterns: readonly TensorPattern[]): number[][][] {
  const everyOrder = permutations(groups.map((_, index) => index))
  const wanted = new Set<string>()
  const runsByOrder = everyOrder.map(() => new Set<string>())
  for (let active = 1; active < 1 << groups.length; active++) {
    const runs = everyOrder.map((order) => {
      const turning = order.filter((group) => (active >> group) & 1).flatMap((group) => groups[group]!)
      return patterns.map((pattern) => runOf(turning, pattern))
    })
    for (const [index, each] of runs.entries()) {
      if (runs.some((other) => exceeds(other, each))) continue
      const key = `${active}: ${each.join(' ')}`
      wanted.add(key)
      runsByOrder[index]!.add(key)
    }
  }
  const chosen: number[][][] = []
  while (wanted.size > 0) {
    const gains = runsByOrder.map((runs) => [...runs].filter((key) => wanted.has(key)).length)
    const best = gains.indexOf(Math.max(...gains))
    for (const key of runsByOrder[best]!) wanted.delete(key)
    chosen.push(everyOrder[best]!.map((group) => groups[group]!))
  }
  return chosen.length > 0 ? chosen : [[...groups]]
}

/** The loops inside the innermost one that moves the tensor's tile, as bits; loops outermost first. */
function runOf(order: readonly number[], {relevant}: TensorPattern): number {
  let run = 0
  for (let place = order.length - 1; place >= 0; place--) {
    if ((relevant >> order[place]!) & 1) break
    run |= 1 << order[place]!
  }
  return run
}

/** Whether runs hold all that others hold, and more. */
function exceeds(runs: readonly number[], others: readonly number[]): boolean {
  return runs.every((run, index) => (others[index]! & ~run) === 0) && runs.some((run, index) => run !== others[index])
}

function variantsOf(
  dimensions: readonly number[],
  activeBits: number,
  orderClass: Uint8Array,
  {outermost, innermost}: Pick<LoopConstraint, 'outermost' | 'innermost'>,
  patterns: readonly TensorPattern[],
  allowsImperfect: boolean,
): Uint8Array[] {
  const turns = (dimension: number): boolean => ((activeBits >> dimension) & 1) === 1
  const placed = bitsOf([...outermost, ...innermost])
  const free = dimensions.filter((dimension) => turns(dimension) && ((placed >> dimension) & 1) === 0)
  const runs = patterns.map((pattern) => runOf([...orderClass].filter(turns), pattern))
  const still = [...orderClass].filter((dimension) => !turns(dimension))
  const found = new Map<string, Uint8Array>()
  for (const middle of permutations(free)) {
    const order = [...outermost.filter(turns), ...middle, ...innermost.filter(turns)]
    if (!allowsImperfect && patterns.some((pattern, index) => runOf(order, pattern) !== runs[index])) continue
    const key = allowsImperfect ? order.join(' ') : patterns.map((pattern) => signature(order, pattern)).join(';')
    if (!found.has(key)) found.set(key, Uint8Array.from([...still, ...order]))
  }
  return [...found.values()]
}

/** The loops from the inside out up to where every step brings a whole new tile; those of the run in any order. */
function signature(order: readonly number[], {relevant, rankOf, sliding}: TensorPattern): string {
  const run: number[] = []
  let place = order.length - 1
  for (; place >= 0 && ((relevant >> order[place]!) & 1) === 0; place--) run.push(order[place]!)
  run.sort((one, other) => one - other)
  const moving: number[] = []
  if (place >= 0 && (sliding >> order[place]!) & 1) {
    const rank = rankOf[order[place]!]!
    for (; place >= 0 && rank >= 0; place--) {
      const dimension = order[place]!
      if ((relevant >> dimension) & 1 && rankOf[dimension] !== rank) break
      moving.push(dimension)
    }
  }
  return `${run.join(' ')}|${moving.join(' ')}`
}

/** All orders of a few things. */
function permutations<T>(things: readonly T[]): T[][] {
  if (things.length === 0) return [[]]
  return things.flatMap((thing, index) => permutations(things.toSpliced(index, 1)).map((rest) => [thing, ...rest]))
}
