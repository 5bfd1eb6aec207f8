import {describe, expect, it} from 'vitest'
import {nearestRow} from '../../src/frontier/nearest.js'

const sms = {values: [100, 132, 140, 131], fromValue: 132, spanValue: 40}
const l2 = {values: [50, 10, 50, 48], fromValue: 50, spanValue: 100}

describe('nearestRow', () => {
  it('counts each coordinate in its span', () => {
    // Squares of the ways: 0.64, 0.16, 0.04, and about 0.001.
    expect(nearestRow([sms, l2], 4, () => true)).toBe(3)
    expect(nearestRow([sms, l2], 4, (row) => row !== 3)).toBe(2)
    expect(nearestRow([sms, l2], 4, (row) => row < 2)).toBe(1)
  })

  it('counts 1 for a name that differs', () => {
    const dtype = {values: [0, 1, 1, 1], fromValue: 1, spanValue: 0}
    expect(nearestRow([sms, dtype], 4, (row) => row === 0 || row === 2)).toBe(2)
  })

  it('is the first of equally near rows, and none where none is allowed', () => {
    expect(nearestRow([{values: [3, 1], fromValue: 2, spanValue: 1}], 2, () => true)).toBe(0)
    expect(nearestRow([sms], 4, () => false)).toBe(-1)
  })
})
