import {describe, expect, it} from 'vitest'
import {nearestRow} from '../../src/frontier/nearest.js'

// Ways from (0, 0): 5, 1, √2 and 1.
const coordinates = [Float64Array.of(3, 1, 1, 0), Float64Array.of(4, 0, 1, -1)]

describe('nearestRow', () => {
  it('is the row at the end of the shortest straight way, and the first of equally near ones', () => {
    expect(nearestRow(coordinates, [0, 0], 4)).toEqual({rowIndex: 1, distanceRatio: 1})
    expect(nearestRow(coordinates, [1, 1], 3)).toEqual({rowIndex: 2, distanceRatio: 0})
    expect(nearestRow(coordinates, [6, 8], 1)).toEqual({rowIndex: 0, distanceRatio: 5})
  })

  it('is not there where there is no row', () => {
    expect(nearestRow(coordinates, [0, 0], 0)).toBeUndefined()
  })
})
