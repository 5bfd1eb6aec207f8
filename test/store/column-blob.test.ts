import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {decodedCodes, decodedNumbers, encodedColumn} from '../../src/store/column-blob.js'

const byteCount = (values: readonly number[]): number => encodedColumn(Float64Array.from(values), values.length).bytes?.length ?? 0

describe('a stored column', () => {
  it('gives back every number, -0 as 0', () => {
    const cell = fc.oneof(fc.integer({min: -70_000, max: 70_000}), fc.double({noDefaultInfinity: true}), fc.constant(Number.NaN))
    const whole = fc.integer({min: 0, max: 300})
    fc.assert(
      fc.property(fc.oneof(fc.array(cell), fc.array(whole), fc.array(fc.constant(7))), (cells) => {
        const numbers = Float64Array.from(cells)
        const stored = encodedColumn(numbers, numbers.length)
        expect([...decodedNumbers(stored, numbers.length)]).toEqual(cells.map((number) => number + 0))
      }),
    )
  })

  it('gives back every code, also from bytes that lie at an odd place', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({min: 0, max: 2 ** 31 - 1}), {minLength: 1}), (list) => {
        const stored = encodedColumn(Int32Array.from(list), list.length)
        expect([...decodedCodes(stored, list.length)]).toEqual(list)
        const moved = stored.bytes === null ? null : Uint8Array.from([0, ...stored.bytes]).subarray(1)
        expect([...decodedNumbers({...stored, bytes: moved}, list.length)]).toEqual(list)
      }),
    )
  })

  it('takes no byte where all are equal, unknown, or one more than the one before', () => {
    expect(
      [
        [5, 5, 5],
        [Number.NaN, Number.NaN],
        [7, 8, 9, 10],
        [0.5, 1.5],
      ].map(byteCount),
    ).toEqual([0, 0, 0, 0])
  })

  it('takes as many bytes for a whole number as the range needs', () => {
    expect(
      [
        [0, 255, 3],
        [1000, 1256, 0],
        [0, 65_536, 1],
        [0, 2 ** 32, 1],
        [0, 0.5, 3],
        [1, Number.NaN, 3],
      ].map(byteCount),
    ).toEqual([3, 6, 12, 24, 24, 24])
  })

  it('refuses bytes that no column of so many rows has', () => {
    expect(() => decodedNumbers({minimum: 0, maximum: 9, bytes: new Uint8Array(7)}, 3)).toThrow(RangeError)
  })
})
