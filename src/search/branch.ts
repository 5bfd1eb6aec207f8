import type {EncodedNest} from '../mapping/encoded-nest.js'
import {encodedNest} from '../mapping/encoded-nest.js'
import {faultCode} from '../mapping/nest-layout.js'
import {evaluateNest, type NestProgram} from '../mapping/nest-program.js'
import {type Best, isBeaten, offer} from './best.js'
import {type Bound, boundPartial} from './bound.js'
import {objectives} from './objectives.js'
import {encodePartial, liftDimension, type PartialNest, partialFault, partialNest, placeDimension} from './partial-nest.js'
import type {Region} from './regions.js'

/** Mappings that a search did not need to look at, by why. */
export interface Cuts {
  fanoutCount: number
  capacityCount: number
  boundCount: number
}

/** What exploring has done so far. */
export interface Tally {
  readonly cuts: Cuts
  /** Complete mappings evaluated, and partial ones bounded. */
  evaluatedCount: number
  boundedCount: number
  /** Both together, evaluations by what they took. */
  spentCount: number
  /** Splits of all dimensions that were evaluated, each in all orders of its class. */
  leafCount: number
}

/** Room to explore regions of one mapspace. */
export interface Explorer {
  readonly program: NestProgram
  readonly bound: Bound
  readonly partial: PartialNest
  readonly nest: EncodedNest
}

interface Visit {
  readonly explorer: Explorer
  readonly region: Region
  readonly best: Best
  readonly tally: Tally
  /** Bounds and evaluations after which to give up. */
  readonly stopCount: number
  readonly isOver: () => boolean
}

/** The splits of one dimension that are still open. */
interface Open {
  readonly dimension: number
  /** Where the rows of counts start. */
  readonly starts: Int32Array
  /** By row: the cycles, then the joules of each tensor, at least. */
  readonly bounds: Float64Array
  /** The least of each over the rows. */
  readonly least: Float64Array
}

/** Room for the regions of a program's mapspace. */
export function explorerOf(program: NestProgram, bound: Bound): Explorer {
  return {program, bound, partial: partialNest(program), nest: encodedNest(program.levels.levelCount, program.tensors.dimensionCount)}
}

/** Looks at every mapping of a region that could improve on the best; false where it gave up first. */
export function explore(explorer: Explorer, region: Region, best: Best, tally: Tally, limitCount: number, isOver: () => boolean): boolean {
  const {partial, program, bound} = explorer
  for (let dimension = 0; dimension < program.tensors.dimensionCount; dimension++) liftDimension(partial, dimension)
  partial.keeps = region.keeps
  partial.orders = bound.tables.allowsImperfect ? region.classes.map(() => undefined) : region.classes
  explorer.nest.keeps.set(region.keeps)
  const open = region.rows.map((rows, dimension) => ({
    dimension,
    starts: Int32Array.from({length: rows.length / partial.slotCount}, (_, index) => index * partial.slotCount),
    bounds: new Float64Array(0),
    least: new Float64Array(program.tensors.tensorCount + 1),
  }))
  return descend({explorer, region, best, tally, stopCount: tally.spentCount + limitCount, isOver}, open)
}

/** Drops the splits that can not improve on the best beside those placed, and goes on with each of the rest of the dimension with fewest. */
function descend(visit: Visit, given: readonly Open[]): boolean {
  const {explorer, region, tally} = visit
  if (given.length === 0) return evaluateLeaf(visit)
  if (tally.spentCount > visit.stopCount || visit.isOver()) return false
  const open = [...given]
  for (const [index, each] of given.entries()) {
    open[index] = fitting(visit, each, product(open, index))
    if (open[index].starts.length === 0) return true
  }
  for (let index = 0; given.length > 1 && index < open.length; index++) {
    open[index] = promising(visit, open, index)
    if (open[index]!.starts.length === 0) return true
  }
  const branch = open.reduce((fewest, each, index) => (each.starts.length < open[fewest]!.starts.length ? index : fewest), 0)
  const {dimension, starts, bounds} = open[branch]!
  const others = open.toSpliced(branch, 1)
  const size = explorer.program.tensors.sizes[dimension]!
  for (const row of ranked(visit, bounds, starts.length)) {
    if (isHopeless(visit, open, branch, row)) {
      tally.cuts.boundCount += product(open, branch)
      continue
    }
    placeDimension(explorer.partial, size, dimension, region.rows[dimension]!, starts[row]!)
    const isDone = descend(visit, others)
    liftDimension(explorer.partial, dimension)
    if (!isDone) return false
  }
  return true
}

/** The splits for which arrays and capacities have room and whose own bound may improve on the best; bounds filled. */
function fitting({explorer, region, best, tally}: Visit, {dimension, starts}: Open, otherCount: number): Open {
  const {program, partial, bound} = explorer
  const width = program.tensors.tensorCount + 1
  const size = program.tensors.sizes[dimension]!
  const kept = new Int32Array(starts.length)
  const bounds = new Float64Array(starts.length * width)
  const least = new Float64Array(width).fill(Number.POSITIVE_INFINITY)
  let count = 0
  for (const start of starts) {
    placeDimension(partial, size, dimension, region.rows[dimension]!, start)
    const fault = partialFault(program, partial)
    if (fault === faultCode.fanoutX) tally.cuts.fanoutCount += otherCount
    if (fault === faultCode.capacity) tally.cuts.capacityCount += otherCount
    if (fault !== faultCode.none) continue
    boundPartial(program, partial, bound)
    tally.boundedCount++
    tally.spentCount++
    let joules = bound.fixedJoules
    for (const each of bound.tensorJoules) joules += each
    if (isBeaten(best, bound.cycles / program.hierarchy.hertz, joules)) {
      tally.cuts.boundCount += otherCount
      continue
    }
    const at = count * width
    bounds[at] = bound.cycles
    bounds.set(bound.tensorJoules, at + 1)
    for (let column = 0; column < width; column++) least[column] = Math.min(least[column]!, bounds[at + column]!)
    kept[count++] = start
  }
  liftDimension(partial, dimension)
  return {dimension, starts: kept.slice(0, count), bounds, least}
}

/** The splits that may improve on the best beside the best splits of each other dimension. */
function promising(visit: Visit, open: readonly Open[], index: number): Open {
  const {dimension, starts, bounds, least} = open[index]!
  const width = least.length
  const kept = new Int32Array(starts.length)
  let count = 0
  for (let row = 0; row < starts.length; row++) {
    if (isHopeless(visit, open, index, row)) continue
    bounds.copyWithin(count * width, row * width, (row + 1) * width)
    kept[count++] = starts[row]!
  }
  visit.tally.cuts.boundCount += (starts.length - count) * product(open, index)
  return {dimension, starts: kept.slice(0, count), bounds, least}
}

function isHopeless({explorer, best}: Visit, open: readonly Open[], index: number, row: number): boolean {
  const {bounds, least} = open[index]!
  const width = least.length
  let cycles = bounds[row * width]!
  for (let other = 0; other < open.length; other++) if (other !== index) cycles = Math.max(cycles, open[other]!.least[0]!)
  let joules = explorer.bound.fixedJoules
  for (let column = 1; column < width; column++) {
    let tensorJoules = bounds[row * width + column]!
    for (let other = 0; other < open.length; other++)
      if (other !== index) tensorJoules = Math.max(tensorJoules, open[other]!.least[column]!)
    joules += tensorJoules
  }
  return isBeaten(best, cycles / explorer.program.hierarchy.hertz, joules)
}

/** Rows by their own bounds, the most promising first. */
function ranked({best, explorer}: Visit, bounds: Float64Array, rowCount: number): number[] {
  const width = explorer.bound.tensorJoules.length + 1
  const objective = objectives[best.aim === 'frontier' ? 'edp' : best.aim[0]!]
  const values = Float64Array.from({length: rowCount}, (_, row) => {
    let joules = explorer.bound.fixedJoules
    for (let column = 1; column < width; column++) joules += bounds[row * width + column]!
    return objective.of(bounds[row * width]!, joules)
  })
  return Array.from(values.keys()).sort((one, other) => values[one]! - values[other]!)
}

/** Evaluates the splits placed in every order of their class that can differ in cost. */
function evaluateLeaf({explorer, region, best, tally, stopCount, isOver}: Visit): boolean {
  const {program, partial, nest, bound} = explorer
  const {dimensionCount} = program.tensors
  encodePartial(partial, nest)
  const choices = region.orders.map(({variants}, level) => {
    let active = 0
    for (let dimension = 0; dimension < dimensionCount; dimension++)
      if (nest.counts[3 * level * dimensionCount + dimension]! > 1) active |= 1 << dimension
    return variants(active, region.classes[level]!)
  })
  tally.leafCount++
  const choose = (level: number): boolean => {
    if (level < choices.length)
      return choices[level]!.every((order) => {
        nest.order.set(order, level * dimensionCount)
        return choose(level + 1)
      })
    // Orders of imperfect loops can be very many.
    if (bound.tables.allowsImperfect && (tally.spentCount > stopCount || (tally.evaluatedCount % 512 === 511 && isOver()))) return false
    const fault = evaluateNest(program, nest)
    tally.evaluatedCount++
    tally.spentCount += program.counts.effortCount
    if (fault === 0) offer(best, program.counts.cycles / program.hierarchy.hertz, program.counts.energyJoules, nest)
    return true
  }
  return choose(0)
}

/** Ways to combine the splits of all dimensions but one. */
function product(open: readonly Open[], but: number): number {
  return open.reduce((total, {starts}, index) => (index === but ? total : total * starts.length), 1)
}
