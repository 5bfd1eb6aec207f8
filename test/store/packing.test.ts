import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {bitsNeeded, initialBitCounts, keyShifts, packKeys, unpackedCode, widenedBitCounts} from '../../src/store/packing.js'

describe('packing', () => {
  it('needs no bit for one value, one for two, and one more past each power of two', () => {
    expect([0, 1, 2, 3, 4, 5, 65_536, 65_537].map(bitsNeeded)).toEqual([0, 0, 1, 2, 2, 3, 16, 17])
  })

  it('shares 53 bits among the axes, and gives none to 60 axes', () => {
    expect(initialBitCounts(2)).toEqual([16, 16])
    expect(initialBitCounts(8)).toEqual([6, 6, 6, 6, 6, 6, 6, 6])
    expect(initialBitCounts(60)).toEqual(new Array(60).fill(0))
  })

  it('gives back every code that it packed, below 2^53, and sorts keys as nested loops run', () => {
    const layouts = fc
      .array(fc.integer({min: 0, max: 31}), {minLength: 1, maxLength: 8})
      .filter((bits) => bits.reduce((a, b) => a + b) <= 53)
    const cases = layouts.chain((bits) =>
      fc.tuple(fc.constant(bits), fc.tuple(...bits.map((bit) => fc.integer({min: 0, max: 2 ** bit - 1})))),
    )
    fc.assert(
      fc.property(cases, ([bitCounts, codes]) => {
        const shifts = keyShifts(bitCounts)
        const keys = new Float64Array(1)
        packKeys(
          codes.map((code) => Int32Array.of(code)),
          shifts,
          keys,
        )
        expect(Number.isSafeInteger(keys[0])).toBe(true)
        expect(bitCounts.map((bits, axis) => unpackedCode(keys[0]!, shifts[axis]!, bits))).toEqual(codes)
      }),
    )
    expect(keyShifts([3, 2, 4])).toEqual([6, 4, 0])
  })

  it('takes bits for an axis that outgrew its own from those with most to spare', () => {
    expect(widenedBitCounts([2, 4], [5, 3])).toEqual([5, 4])
    const widened = widenedBitCounts([13, 13, 13, 13], [2 ** 20, 100, 100, 100])!
    expect(widened.reduce((a, b) => a + b)).toBe(53)
    expect(widened[0]).toBeGreaterThanOrEqual(20)
    expect(Math.min(...widened.slice(1))).toBeGreaterThanOrEqual(7)
  })

  it('finds no room for values that need 54 bits, and just fits 53', () => {
    expect(widenedBitCounts([26, 26], [2 ** 27, 2 ** 27])).toBeUndefined()
    expect(widenedBitCounts([26, 26], [2 ** 27, 2 ** 26])).toEqual([27, 26])
  })
})
