import type {EncodedNest} from './encoded-nest.js'
import type {NestLayout} from './nest-layout.js'
import type {TensorTables} from './nest-tables.js'

/**
 * The loops of each dimension, innermost first: their turns are the digits of an index, each of its own base. Slots of dimension d run from
 * `d · slotCount` up to, but without, `ends[d]`; loops of one turn have none. Overwritten by each imperfect nest.
 */
export interface LoopDigits {
  readonly slotCount: number
  /** Loops in space outside of this level stay at their first turn, so that one instance of it is left; 0 for all instances. */
  firstLevel: number
  readonly ends: Int32Array
  readonly counts: Float64Array
  readonly strides: Float64Array
  /** Of a loop in time its place among those of the nest; of one in space −1 − its level. */
  readonly places: Int32Array
}

/** A nest whose loops are listed, with their digits. */
export interface DigitNest {
  readonly tensors: TensorTables
  readonly layout: NestLayout
  readonly digits: LoopDigits
}

/** Room for the loops of one nest. */
export function loopDigits(levelCount: number, dimensionCount: number): LoopDigits {
  const slotCount = 3 * levelCount
  const cells = slotCount * dimensionCount
  return {
    slotCount,
    firstLevel: 0,
    ends: new Int32Array(dimensionCount),
    counts: new Float64Array(cells),
    strides: new Float64Array(cells),
    places: new Int32Array(cells),
  }
}

/** Fills the digits of a nest whose loops are listed. */
export function fillDigits(
  digits: LoopDigits,
  {counts}: EncodedNest,
  {loopPlaces}: NestLayout,
  levelCount: number,
  dimensionCount: number,
): void {
  for (let dimension = 0; dimension < dimensionCount; dimension++) {
    let slot = dimension * digits.slotCount
    let stride = 1
    for (let level = levelCount - 1; level >= 0; level--) {
      for (let way = 2; way >= 0; way--) {
        const count = counts[(3 * level + way) * dimensionCount + dimension]!
        if (count === 1) continue
        digits.counts[slot] = count
        digits.strides[slot] = stride
        digits.places[slot] = way === 0 ? loopPlaces[level * dimensionCount + dimension]! : -1 - level
        stride *= count
        slot++
      }
    }
    digits.ends[dimension] = slot
  }
}

/**
 * Combinations of turns that begin at index `last` or before, of the first `placeEnd` loops in time and the loops in space outside of
 * `levelEnd`, with all others at their first turn.
 */
export function startCount(
  {slotCount, firstLevel, ends, counts, places}: LoopDigits,
  dimension: number,
  last: number,
  placeEnd: number,
  levelEnd: number,
): number {
  if (last < 0) return 0
  const end = ends[dimension]!
  let found = 1
  let all = 1
  let rest = last
  for (let slot = dimension * slotCount; slot < end; slot++) {
    const count = counts[slot]!
    const outer = Math.floor(rest / count)
    const turn = rest - outer * count
    const place = places[slot]!
    if (place < 0 ? -1 - place < levelEnd && -1 - place >= firstLevel : place < placeEnd) {
      found += turn * all
      all *= count
    } else if (turn > 0) found = all
    rest = outer
  }
  return found
}

/** Indices of a dimension that come up at all: its whole size in all instances together. */
export function reachedCount(digits: LoopDigits, dimension: number, size: number): number {
  if (digits.firstLevel === 0) return size
  return startCount(digits, dimension, size - 1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
}

/** Whether the counts of a dimension multiply to more than its size. */
export function overshoots({slotCount, ends, counts, strides}: LoopDigits, dimension: number, size: number): boolean {
  const slot = ends[dimension]! - 1
  return slot >= dimension * slotCount && strides[slot]! * counts[slot]! > size
}

/** Whether the instances of a level can differ in what they do: some dimension spreads over them and does not fill all. */
export function isUneven({tensors, digits}: DigitNest, level: number): boolean {
  const {slotCount, ends, places} = digits
  for (let dimension = 0; dimension < tensors.dimensionCount; dimension++) {
    if (!overshoots(digits, dimension, tensors.sizes[dimension]!)) continue
    for (let slot = dimension * slotCount; slot < ends[dimension]!; slot++) if (places[slot]! < 0 && -1 - places[slot]! < level) return true
  }
  return false
}
