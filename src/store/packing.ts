/** Keys stay exact as numbers of JavaScript: below 2^53. */
export const keyBitCount = 53

const initialAxisBitCount = 16
/** Codes travel in an `Int32Array`. */
const largestAxisBitCount = 31

/** Bits that tell `valueCount` values apart. */
export function bitsNeeded(valueCount: number): number {
  return valueCount <= 1 ? 0 : 32 - Math.clz32(valueCount - 1)
}

/** Bits that each axis of a new space gets: an equal share of the key, up to 65,536 values. */
export function initialBitCounts(axisCount: number): number[] {
  return new Array<number>(axisCount).fill(Math.min(initialAxisBitCount, Math.floor(keyBitCount / Math.max(1, axisCount))))
}

/**
 * Bits per axis once axes hold `valueCounts` values: what outgrew its field gets a few bits more,
 * taken from the axes with the most to spare when the key is full; nothing when the values need more bits than a key has.
 */
export function widenedBitCounts(bitCounts: readonly number[], valueCounts: readonly number[]): number[] | undefined {
  const needed = valueCounts.map(bitsNeeded)
  if (sum(needed) > keyBitCount || needed.some((bits) => bits > largestAxisBitCount)) return undefined
  const widened = needed.map((bits, axis) => (bits > bitCounts[axis]! ? Math.min(bits + 2, largestAxisBitCount) : bitCounts[axis]!))
  while (sum(widened) > keyBitCount) {
    const spare = widened.map((bits, axis) => bits - needed[axis]!)
    widened[spare.indexOf(Math.max(...spare))]! -= 1
  }
  return widened
}

/** Where each axis begins in the key; the first axis is the most significant, so keys sort as nested loops run. */
export function keyShifts(bitCounts: readonly number[]): number[] {
  const shifts = new Array<number>(bitCounts.length)
  let shift = 0
  for (let axis = bitCounts.length - 1; axis >= 0; axis--) {
    shifts[axis] = shift
    shift += bitCounts[axis]!
  }
  return shifts
}

/** Packs columns of codes into one key a row; `2 ** shift` stands for the shift, since `<<` stops at 32 bits. */
export function packKeys(axisCodes: readonly Int32Array[], shifts: readonly number[], keys: Float64Array): void {
  keys.fill(0)
  for (let axis = 0; axis < axisCodes.length; axis++) {
    const codes = axisCodes[axis]!
    const scale = 2 ** shifts[axis]!
    for (let row = 0; row < keys.length; row++) keys[row]! += codes[row]! * scale
  }
}

/** The code of one axis in a key. */
export function unpackedCode(key: number, shift: number, bitCount: number): number {
  return Math.floor(key / 2 ** shift) % 2 ** bitCount
}

function sum(values: readonly number[]): number {
  let total = 0
  for (const value of values) total += value
  return total
}
