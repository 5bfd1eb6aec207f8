import type {EncodedNest} from '../mapping/encoded-nest.js'
import {boxWords, faultCode} from '../mapping/nest-layout.js'
import type {NestProgram} from '../mapping/nest-program.js'

/**
 * A mapping of which some dimensions are split and the others not yet; those count as dimensions of one turn. Slot 3 · level + way as in an
 * encoded nest, but slots of one dimension side by side.
 */
export interface PartialNest {
  readonly slotCount: number
  readonly counts: Int32Array
  /** Growth of the tile at each slot: the count, or less where a loop overshoots the size. */
  readonly ratios: Float64Array
  /** `extents[level · D + dimension]`, as in the layout of a nest. */
  readonly extents: Float64Array
  /** By dimension: whether the counts multiply to the size. */
  readonly isPerfect: Uint8Array
  placedBits: number
  keeps: Uint8Array
  /** By level: dimensions outermost first; undefined where the order may be any. */
  orders: readonly (Uint8Array | undefined)[]
}

/** Room for a partial mapping, with nothing placed. */
export function partialNest({levels: {levelCount}, tensors: {dimensionCount}}: NestProgram): PartialNest {
  const slotCount = 3 * levelCount
  return {
    slotCount,
    counts: new Int32Array(dimensionCount * slotCount).fill(1),
    ratios: new Float64Array(dimensionCount * slotCount).fill(1),
    extents: new Float64Array(levelCount * dimensionCount).fill(1),
    isPerfect: new Uint8Array(dimensionCount).fill(1),
    placedBits: 0,
    keeps: new Uint8Array(levelCount),
    orders: new Array<undefined>(levelCount).fill(undefined),
  }
}

/** Splits a dimension by the row of counts that starts at `start`. */
export function placeDimension(partial: PartialNest, size: number, dimension: number, rows: Int32Array, start: number): void {
  const {slotCount, counts, ratios, extents, isPerfect} = partial
  const dimensionCount = isPerfect.length
  const base = dimension * slotCount
  let inner = 1
  let product = 1
  for (let slot = slotCount - 1; slot >= 0; slot--) {
    const count = rows[start + slot]!
    const outer = Math.min(size, inner * count)
    counts[base + slot] = count
    ratios[base + slot] = outer / inner
    product *= count
    inner = outer
    if (slot % 3 === 0) extents[(slot / 3) * dimensionCount + dimension] = inner
  }
  isPerfect[dimension] = product === size ? 1 : 0
  partial.placedBits |= 1 << dimension
}

/** Takes a dimension's split back. */
export function liftDimension(partial: PartialNest, dimension: number): void {
  const {slotCount, counts, ratios, extents, isPerfect} = partial
  counts.fill(1, dimension * slotCount, (dimension + 1) * slotCount)
  ratios.fill(1, dimension * slotCount, (dimension + 1) * slotCount)
  for (let cell = dimension; cell < extents.length; cell += isPerfect.length) extents[cell] = 1
  isPerfect[dimension] = 1
  partial.placedBits &= ~(1 << dimension)
}

/** The code of what forbids every completion: the array, the room of a level, or nothing. */
export function partialFault({tensors, levels}: NestProgram, partial: PartialNest): number {
  const {slotCount, counts, extents, keeps} = partial
  for (let level = 0; level < levels.levelCount; level++) {
    let x = 1
    let y = 1
    for (let slot = 3 * level + 1; slot < counts.length; slot += slotCount) {
      x *= counts[slot]!
      y *= counts[slot + 1]!
    }
    if (x > levels.fanoutX[level]! || y > levels.fanoutY[level]!) return faultCode.fanoutX
  }
  for (let level = 0; level < levels.levelCount; level++) {
    if (levels.capacityBytes[level] === Number.POSITIVE_INFINITY) continue
    let bytes = 0
    for (let tensor = 0; tensor < tensors.tensorCount; tensor++)
      if ((keeps[level]! >> tensor) & 1)
        bytes += boxWords(tensors, tensor, extents, level * tensors.dimensionCount) * tensors.elementBytes[tensor]!
    if (bytes * levels.copyCounts[level]! > levels.capacityBytes[level]!) return faultCode.capacity
  }
  return faultCode.none
}

/** Writes the counts and keeps of a complete partial mapping into an encoded nest; its orders stay. */
export function encodePartial({slotCount, counts, keeps, isPerfect}: PartialNest, out: EncodedNest): void {
  const dimensionCount = isPerfect.length
  for (let dimension = 0; dimension < dimensionCount; dimension++)
    for (let slot = 0; slot < slotCount; slot++) out.counts[slot * dimensionCount + dimension] = counts[dimension * slotCount + slot]!
  out.keeps.set(keeps)
}
