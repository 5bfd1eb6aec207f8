import {describe, expect, it} from 'vitest'
import {oneAtATime} from '../../src/sweep/one-at-a-time.js'

describe('oneAtATime', () => {
  it('asks for the base and for each place of each coordinate, the others at the base, in one go', () => {
    const asked: number[][] = []
    const {baseValues, profiles} = oneAtATime(
      (columns, rowCount) => {
        for (let row = 0; row < rowCount; row++) asked.push(columns.map((column) => column[row]!))
        return [columns[0]!.map((x, row) => x * columns[1]![row]!), columns[1]!]
      },
      [2, 10],
      [Float64Array.of(1, 3), Float64Array.of(20)],
    )
    expect(asked).toEqual([
      [2, 10],
      [1, 10],
      [3, 10],
      [2, 20],
    ])
    expect(baseValues).toEqual([20, 10])
    expect(profiles).toEqual([
      [Float64Array.of(10, 30), Float64Array.of(10, 10)],
      [Float64Array.of(40), Float64Array.of(20)],
    ])
  })
})
