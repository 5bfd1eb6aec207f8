import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {bar, formatBeside, formatCapacity, formatDuration, formatPercent, formatQuantity} from '../../src/cli/text.js'

describe('formatQuantity', () => {
  it.each([
    [3.2e-6, 's', '3.2 µs'],
    [3.35e12, 'B/s', '3.35 TB/s'],
    [412, 'W', '412 W'],
    [1.41e9, 'Hz', '1.41 GHz'],
    [0.9e-12, 'J/b', '0.9 pJ/b'],
    [31.2e-12, 'J/B', '31.2 pJ/B'],
    [989.4e12, 'flop/s', '989 Tflop/s'],
    [999.9, 'W', '1 kW'],
    [0.99996e-3, 's', '1 ms'],
    [-0.0125, 'J', '-12.5 mJ'],
    [0, 's', '0 s'],
    [0.75, 'V', '0.75 V'],
    [814, 'mm²', '814 mm²'],
    [0.00927, 'J s', '9.27 mJ s'],
    [0.002, 's²', '0.002 s²'],
    [0.5, 'mm', '0.5 mm'],
    [9346, 'USD', '9346 USD'],
    [25_165_824, 'B', '25.2 MB'],
    [0.5, 'B', '0.5 B'],
    [132, '', '132'],
    [8_030_261_248, '', '8.03 G'],
    [25_400, '/s', '25.4 k/s'],
    [150, 's', '2.5 min'],
    [Number.NaN, 's', '–'],
    [undefined, 'W', '–'],
    [Number.POSITIVE_INFINITY, 'W', '∞ W'],
  ])('writes %d %s as "%s"', (value, unit, text) => {
    expect(formatQuantity(value, unit)).toBe(text)
  })

  it('keeps every value within half a percent', () => {
    const powers = {a: -18, f: -15, p: -12, n: -9, µ: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18}
    fc.assert(
      fc.property(fc.double({min: 1e-17, max: 9e20, noNaN: true}), (watts) => {
        const [, number, prefix] = /^(\S+) (\D?)W$/.exec(formatQuantity(watts, 'W')) ?? []
        const readBack = Number(number) * 10 ** powers[prefix as keyof typeof powers]
        expect(Math.abs(readBack - watts)).toBeLessThanOrEqual(0.00501 * watts)
      }),
    )
  })
})

describe('formatCapacity', () => {
  it.each([
    [25_165_824, '24 MiB'],
    [80e9, '80 GB'],
    [80 * 2 ** 30, '80 GiB'],
    [50 * 2 ** 20, '50 MiB'],
    [64_000, '64 kB'],
    [1024, '1 KiB'],
    [512, '512 B'],
    [123_456_789, '118 MiB'],
    [123_456_789_012, '123 GB'],
    [undefined, '–'],
  ])('writes %d bytes as "%s"', (bytes, text) => {
    expect(formatCapacity(bytes)).toBe(text)
  })
})

describe('formatBeside', () => {
  it.each([
    [136 * 1024 ** 3, 80 * 1024 ** 3, '136 GiB'],
    [1.5 * 1024 ** 2, 80 * 1024 ** 3, '1.5 MiB'],
    [1023.6 * 1024 ** 2, 80 * 1024 ** 3, '1024 MiB'],
    [512, 24 * 1024 ** 2, '512 B'],
    [146e9, 80e9, '146 GB'],
  ])('writes %d bytes beside a capacity of %d in one family of units', (bytes, capacityBytes, text) => {
    expect(formatBeside(bytes, capacityBytes)).toBe(text)
  })
})

describe('formatDuration', () => {
  it.each([
    [0.85, '850 ms'],
    [12.4, '12 s'],
    [204, '3.4 min'],
    [9000, '2.5 h'],
    [270_000, '3.1 d'],
  ])('writes %d seconds as "%s"', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text)
  })
})

describe('formatPercent', () => {
  it.each([
    [0.1234, '12.3 %'],
    [0.0012, '0.12 %'],
    [1, '100 %'],
    [-0.05, '-5 %'],
    [null, '–'],
  ])('writes the ratio %d as "%s"', (ratio, text) => {
    expect(formatPercent(ratio)).toBe(text)
  })
})

describe('bar', () => {
  it('is as wide as asked for, whatever the ratio', () => {
    fc.assert(fc.property(fc.double(), fc.integer({min: 1, max: 60}), (ratio, width) => void expect(bar(ratio, width)).toHaveLength(width)))
  })

  it('fills half of its width at one half, to an eighth of a column', () => {
    expect(bar(0.5, 4)).toBe('██  ')
    expect(bar(0.53125, 4)).toBe('██▏ ')
    expect(bar(2, 3)).toBe('███')
  })
})
