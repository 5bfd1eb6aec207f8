import {type EncodedNest, encodedNest} from '../mapping/encoded-nest.js'
import {faultCode} from '../mapping/nest-layout.js'
import {evaluateNest, type NestProgram} from '../mapping/nest-program.js'
import {type Best, offer} from './best.js'
import {type Factorizations, factorizationsOf, primeFactors, smallestInner} from './factorizations.js'
import type {Mapspace} from './mapspace.js'
import {objectives} from './objectives.js'

/** One walk through a mapspace: it takes steps that cost something less and less often, and ends where none helps. */
export interface Climb {
  readonly below: (bound: number) => number
  /** Steps from hot to cold, and what they may take. */
  readonly stepCount: number
  readonly limitCount: number
  /** Where to start; undefined for the mapping with the smallest tiles. */
  readonly start: EncodedNest | undefined
  /** By how much a step may be worse at first, about. */
  readonly heatRatio: number
  /** Makes no loop imperfect that was not. */
  readonly isPerfect: boolean
  readonly isOver: () => boolean
}

/** What a walk may change, as tables. */
export interface Ground {
  readonly space: Mapspace
  readonly program: NestProgram
  /** By dimension: its perfect splits, or all where it has no perfect one. */
  readonly perfect: readonly Factorizations[]
  /** By dimension that can move: its slots without a fixed count, and its primes. */
  readonly movable: readonly {readonly dimension: number; readonly slots: readonly number[]; readonly primes: readonly number[]}[]
  /** Pairs of a level and a tensor that may be kept or not. */
  readonly free: readonly {readonly level: number; readonly bit: number}[]
  /** Levels whose temporal loops have at least two free places. */
  readonly orders: readonly {readonly level: number; readonly first: number; readonly places: number}[]
}

const coldRatio = 1e-4

/** The ground that walks through a mapspace move on. */
export function groundOf(space: Mapspace, program: NestProgram): Ground {
  const {problem, constraints, factorizations} = space
  const dimensionCount = problem.dimensions.length
  return {
    space,
    program,
    perfect: factorizations.map((each) => {
      const perfect = factorizationsOf(each.size, each.rules, false)
      return perfect.count > 0 ? perfect : each
    }),
    movable: factorizations
      .map(({size, rules}, dimension) => ({
        dimension,
        slots: rules.flatMap(({fixedCount, maximumCount}, slot) => (fixedCount === undefined && maximumCount > 1 ? [slot] : [])),
        primes: [...new Set(primeFactors(size))],
      }))
      .filter(({slots, primes}) => slots.length > 1 && primes.length > 0),
    free: constraints.levels.flatMap(({keeps}, level) =>
      level === 0 ? [] : keeps.flatMap((keep, tensor) => (keep === undefined ? [{level, bit: 1 << tensor}] : [])),
    ),
    orders: constraints.levels
      .map(({temporal: {outermost, innermost}}, level) => ({
        level,
        first: level * dimensionCount + outermost.length,
        places: dimensionCount - outermost.length - innermost.length,
      }))
      .filter(({places, level}) => places > 1 && level < constraints.levels.length - 1),
  }
}

/** What a walk did: mappings evaluated, and what they took. */
export interface ClimbTally {
  evaluatedCount: number
  spentCount: number
}

/** Walks, and offers each mapping that it comes by. */
export function climb(ground: Ground, best: Best, {below, stepCount, limitCount, start, heatRatio, isPerfect, isOver}: Climb): ClimbTally {
  const {program, space} = ground
  const {counts, hierarchy} = program
  const here = encodedNest(program.levels.levelCount, program.tensors.dimensionCount)
  const trial = encodedNest(program.levels.levelCount, program.tensors.dimensionCount)
  const worse = comparison(best, below)
  copyInto(here, start ?? smallTiles(space, ground.perfect, below))
  const tally = {evaluatedCount: 0, spentCount: 0}
  const faultOf = (nest: EncodedNest): number => {
    const fault = evaluateNest(program, nest)
    tally.evaluatedCount++
    tally.spentCount += counts.effortCount
    return fault
  }
  for (let fault = faultOf(here); fault !== 0; fault = faultOf(here))
    if (tally.spentCount >= limitCount || fault !== faultCode.capacity || !passed(ground, here, below)) return tally
  let seconds = counts.cycles / hierarchy.hertz
  let joules = counts.energyJoules
  offer(best, seconds, joules, here)
  const cooling = (coldRatio / heatRatio) ** (1 / stepCount)
  let heat = heatRatio
  for (let step = 1; step < stepCount && tally.spentCount < limitCount; step++) {
    heat *= cooling
    if (step % 512 === 0 && isOver()) break
    copyInto(trial, here)
    for (let moves = 1 + below(2); moves > 0; moves--) move(ground, trial, !isPerfect && space.constraints.allowsImperfect, below)
    if (faultOf(trial) !== 0) continue
    const trialSeconds = counts.cycles / hierarchy.hertz
    offer(best, trialSeconds, counts.energyJoules, trial)
    const by = worse(trialSeconds, counts.energyJoules, seconds, joules)
    if (by > 0 && below(1 << 24) >= Math.exp(-by / heat) * (1 << 24)) continue
    seconds = trialSeconds
    joules = counts.energyJoules
    copyInto(here, trial)
  }
  return tally
}

/**
 * How a walk compares: on its way to a frontier by a share of time and the rest of energy that is its own; else by the aim, with a tenth of
 * the weight for each objective that follows, and energy last, which leads towards less time where time itself stays the same.
 */
function comparison({aim}: Best, below: (bound: number) => number): (...taken: [number, number, number, number]) => number {
  if (aim === 'frontier') {
    const share = below(17) / 16
    return (seconds, joules, otherSeconds, otherJoules) =>
      share * Math.log(seconds / otherSeconds) + (1 - share) * Math.log(joules / otherJoules)
  }
  const values = [...aim, 'energy' as const].map((name) => objectives[name].of)
  return (seconds, joules, otherSeconds, otherJoules) => {
    let weight = 1
    let sum = 0
    for (const value of values) {
      sum += weight * Math.log(value(seconds, joules) / value(otherSeconds, otherJoules))
      weight /= 10
    }
    return sum
  }
}

function smallTiles(
  {constraints, keeps, problem}: Mapspace,
  factorizations: readonly Factorizations[],
  below: (bound: number) => number,
): EncodedNest {
  const dimensionCount = problem.dimensions.length
  const nest = encodedNest(constraints.levels.length, dimensionCount)
  for (const [dimension, each] of factorizations.entries())
    for (const [slot, count] of smallestInner(each).entries()) nest.counts[slot * dimensionCount + dimension] = count
  for (const [level, {temporal}] of constraints.levels.entries()) {
    const placed = [...temporal.outermost, ...temporal.innermost]
    const free = problem.dimensions.flatMap((_, dimension) => (placed.includes(dimension) ? [] : [dimension]))
    nest.order.set([...temporal.outermost, ...free, ...temporal.innermost], level * dimensionCount)
  }
  nest.keeps.set(keeps[below(keeps.length)]!)
  return nest
}

/** Lets some tensor pass the level that was found too full, if one may. */
function passed({free, program}: Ground, {keeps}: EncodedNest, below: (bound: number) => number): boolean {
  const full = program.layout.faultLevel
  const kept = free.filter(({level, bit}) => level === full && (keeps[level]! & bit) !== 0)
  if (kept.length === 0) return false
  keeps[full]! ^= kept[below(kept.length)]!.bit
  return true
}

function move(ground: Ground, nest: EncodedNest, mayOvershoot: boolean, below: (bound: number) => number): void {
  const {movable, free, orders, space} = ground
  const kind = below(16)
  if (kind === 0 && free.length > 0) {
    const {level, bit} = free[below(free.length)]!
    nest.keeps[level]! ^= bit
  } else if (kind < 4 && orders.length > 0) {
    const {first, places} = orders[below(orders.length)]!
    const one = first + below(places)
    const other = first + below(places)
    const kept = nest.order[one]!
    nest.order[one] = nest.order[other]!
    nest.order[other] = kept
  } else if (movable.length > 0) {
    const chosen = movable[below(movable.length)]!
    if (mayOvershoot && kind < 8) moveTurns(space, nest, chosen, below)
    else if (kind < 10) tradePlaces(ground, nest, below)
    else movePrime(space, nest, chosen, below)
  }
}

/** Lets two dimensions, or one, trade the counts of two slots: what is spread or kept inside changes hands. */
function tradePlaces({movable, space}: Ground, {counts}: EncodedNest, below: (bound: number) => number): void {
  const dimensionCount = space.problem.dimensions.length
  const {slots} = movable[below(movable.length)]!
  const one = slots[below(slots.length)]!
  const other = slots[below(slots.length)]!
  for (let trades = 1 + below(2); trades > 0; trades--) {
    const {dimension} = movable[below(movable.length)]!
    const {rules} = space.factorizations[dimension]!
    const [here, there] = [one * dimensionCount + dimension, other * dimensionCount + dimension]
    const [count, otherCount] = [counts[here]!, counts[there]!]
    if (rules[one]!.fixedCount !== undefined || rules[other]!.fixedCount !== undefined) continue
    if (otherCount > rules[one]!.maximumCount || count > rules[other]!.maximumCount) continue
    counts[here] = otherCount
    counts[there] = count
  }
}

/** Takes a prime factor from one loop of a dimension and gives it to another. */
function movePrime(
  space: Mapspace,
  {counts}: EncodedNest,
  {dimension, slots, primes}: Ground['movable'][number],
  below: (bound: number) => number,
): void {
  const dimensionCount = space.problem.dimensions.length
  const prime = primes[below(primes.length)]!
  const offset = below(slots.length)
  for (let index = 0; index < slots.length; index++) {
    const from = slots[(offset + index) % slots.length]!
    const taken = counts[from * dimensionCount + dimension]!
    if (taken % prime !== 0) continue
    const to = slots[below(slots.length)]!
    const given = counts[to * dimensionCount + dimension]! * prime
    if (to === from || given > space.factorizations[dimension]!.rules[to]!.maximumCount) return
    counts[from * dimensionCount + dimension] = taken / prime
    counts[to * dimensionCount + dimension] = given
    return
  }
}

/** Gives one loop of a dimension another count, and another loop what is then needed to cover the size. */
function moveTurns(
  space: Mapspace,
  {counts}: EncodedNest,
  {dimension, slots}: Ground['movable'][number],
  below: (bound: number) => number,
): void {
  const dimensionCount = space.problem.dimensions.length
  const {size, rules} = space.factorizations[dimension]!
  const from = slots[below(slots.length)]!
  const to = slots[below(slots.length)]!
  if (to === from) return
  const cell = from * dimensionCount + dimension
  const most = Math.min(size, rules[from]!.maximumCount)
  const near = below(2) === 0
  const count = near ? counts[cell]! + (below(2) === 0 ? 1 : -1) : 1 + below(most)
  if (count < 1 || count > most) return
  counts[cell] = count
  let others = 1
  for (let slot = 0; slot < rules.length; slot++) if (slot !== to) others *= counts[slot * dimensionCount + dimension]!
  counts[to * dimensionCount + dimension] = Math.min(Math.ceil(size / others), rules[to]!.maximumCount)
}

function copyInto(to: EncodedNest, from: EncodedNest): void {
  to.counts.set(from.counts)
  to.order.set(from.order)
  to.keeps.set(from.keeps)
}
