import {seedOf} from '../../foundation/random.js'
import {threefry} from '../../foundation/threefry.js'
import {joeKuo} from './joe-kuo.js'
import type {ShareFill} from './share-fill.js'

const bitCount = 32
/** Dimensions that the table of direction numbers reaches. */
export const sobolDimensionCount = joeKuo.length + 1
/** Points that 32 bits tell apart. */
export const sobolPointCount = 2 ** bitCount

/**
 * One dimension of Sobol's sequence, its points in the order of Gray codes: Antonov and Saleev, USSR Computational Mathematics and
 * Mathematical Physics 19(1), 1979. A seed above zero flips the same random bits of all points of a dimension, which keeps their nets.
 */
export function sobolFill(dimensionIndex: number, seedIndex: number): ShareFill {
  const directions = directionNumbers(dimensionIndex)
  const shift = seedIndex === 0 ? 0 : shiftOf(dimensionIndex, seedIndex)
  return (first, count, out) => {
    let bits = shift
    const gray = (first ^ (first >>> 1)) >>> 0
    for (let bit = 0; bit < bitCount; bit++) if ((gray >>> bit) & 1) bits ^= directions[bit]!
    for (let row = 0; row < count; row++) {
      out[row] = (bits >>> 0) / sobolPointCount
      bits ^= directions[trailingOnes(first + row)]!
    }
  }
}

/** The bit in which the Gray codes of a number and the next one differ. */
function trailingOnes(value: number): number {
  const flipped = ~value
  return flipped === 0 ? bitCount - 1 : 31 - Math.clz32(flipped & -flipped)
}

function directionNumbers(dimensionIndex: number): Uint32Array {
  const directions = new Uint32Array(bitCount)
  if (dimensionIndex === 0) return directions.map((_, bit) => 2 ** (bitCount - 1 - bit))
  const [degree, coefficients, ...first] = joeKuo[dimensionIndex - 1]!
  for (const [bit, number] of first.entries()) directions[bit] = number * 2 ** (bitCount - 1 - bit)
  for (let bit = degree; bit < bitCount; bit++) {
    let next = directions[bit - degree]! ^ (directions[bit - degree]! >>> degree)
    for (let back = 1; back < degree; back++) if ((coefficients >>> (degree - 1 - back)) & 1) next ^= directions[bit - back]!
    directions[bit] = next
  }
  return directions
}

function shiftOf(dimensionIndex: number, seedIndex: number): number {
  const words = new Uint32Array(2)
  threefry([seedOf('sobol'), seedIndex], dimensionIndex, 0, words)
  return words[0]!
}
