import {describe, expect, it} from 'vitest'
import {DistinctNumbers, placeIn} from '../../src/study/distinct-numbers.js'

describe('distinct numbers', () => {
  it('keep each number once, in order, however often and in whatever order they came', () => {
    const numbers = new DistinctNumbers()
    for (let round = 0; round < 5; round++) for (let index = 0; index < 3000; index++) numbers.add((index * 1013) % 3000)
    expect([...numbers.sorted()]).toEqual(Array.from({length: 3000}, (_, index) => index))
    expect([...new DistinctNumbers().sorted()]).toEqual([])
  })

  it('are found where they stand', () => {
    const sorted = Float64Array.of(-3, 0, 1, 4, 2 ** 52)
    expect([...sorted].map((number) => placeIn(sorted, number))).toEqual([0, 1, 2, 3, 4])
  })
})
