import {describe, expect, it} from 'vitest'
import {permutation} from '../../src/foundation/permutation.js'
import {shareOf, threefry} from '../../src/foundation/threefry.js'

const words = (key: readonly [number, number], low: number, high: number): number[] => {
  const out = new Uint32Array(2)
  threefry(key, low, high, out)
  return [...out]
}

describe('threefry', () => {
  it('gives the words that its authors publish: Random123, kat_vectors, threefry2x32 of 20 rounds', () => {
    expect(words([0, 0], 0, 0)).toEqual([0x6b200159, 0x99ba4efe])
    expect(words([0xffffffff, 0xffffffff], 0xffffffff, 0xffffffff)).toEqual([0x1cb996fc, 0xbb002be7])
    expect(words([0x13198a2e, 0x03707344], 0x243f6a88, 0x85a308d3)).toEqual([0xc4923a9c, 0x483df7a0])
  })

  it('makes shares of 53 bits, 1 itself left out', () => {
    expect(shareOf(Uint32Array.of(0, 0))).toBe(0)
    expect(shareOf(Uint32Array.of(0x80000000, 0))).toBe(0.5)
    expect(shareOf(Uint32Array.of(0xffffffff, 0xffffffff))).toBe(1 - 2 ** -53)
  })
})

describe('permutation', () => {
  it('takes every place once, of small, square, prime and odd counts', () => {
    for (const bound of [1, 2, 3, 4, 5, 9, 10, 97, 100, 1000, 4099, 65_537]) {
      const place = permutation('seed', bound)
      expect(new Set(Array.from({length: bound}, (_, index) => place(index))).size, String(bound)).toBe(bound)
    }
  })

  it('differs by seed, and leaves neighbours and places no trace of their order', () => {
    const count = 10_000
    const [a, b] = [permutation('1 x', count), permutation('2 x', count)]
    const places = Array.from({length: count}, (_, index) => a(index))
    expect(places.filter((place, index) => place === b(index)).length).toBeLessThan(20)
    expect(
      Math.abs(
        correlation(
          places,
          places.toSorted((x, y) => x - y),
        ),
      ),
    ).toBeLessThan(0.05)
    expect(Math.abs(correlation(places.slice(1), places.slice(0, -1)))).toBeLessThan(0.05)
  })

  it('stays among whole numbers beyond 32 bits', () => {
    const bound = 2 ** 40 + 7
    const place = permutation('seed', bound)
    const places = Array.from({length: 2000}, (_, index) => place(bound - 1 - index))
    expect(new Set(places).size).toBe(2000)
    expect(places.every((each) => Number.isInteger(each) && each >= 0 && each < bound)).toBe(true)
    expect(Math.max(...places)).toBeGreaterThan(2 ** 39)
  })
})

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [ma, mb] = [mean(a), mean(b)]
  const sum = (f: (index: number) => number): number => a.reduce((total, _, index) => total + f(index), 0)
  return sum((i) => (a[i]! - ma) * (b[i]! - mb)) / Math.sqrt(sum((i) => (a[i]! - ma) ** 2) * sum((i) => (b[i]! - mb) ** 2))
}
