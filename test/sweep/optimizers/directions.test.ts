import {describe, expect, it} from 'vitest'
import {evenDirections} from '../../../src/sweep/optimizers/directions.js'

describe('evenDirections', () => {
  it.each([
    // Deb and Jain 2014, table I: 12 parts among 3 objectives, 6 among 5.
    {objectiveCount: 3, mostCount: 91, directionCount: 91},
    {objectiveCount: 3, mostCount: 104, directionCount: 91},
    {objectiveCount: 5, mostCount: 210, directionCount: 210},
    {objectiveCount: 2, mostCount: 10, directionCount: 10},
    {objectiveCount: 1, mostCount: 10, directionCount: 1},
  ])('has $directionCount for $objectiveCount objectives and room for $mostCount', ({objectiveCount, mostCount, directionCount}) => {
    const directions = evenDirections(objectiveCount, mostCount)
    expect(directions).toHaveLength(directionCount)
    expect(new Set(directions.map(String)).size).toBe(directionCount)
    for (const direction of directions) expect(direction.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
  })

  it('has each objective alone where room is for nothing else', () => {
    expect(evenDirections(3, 1)).toEqual([
      [0, 0, 1],
      [0, 1, 0],
      [1, 0, 0],
    ])
  })
})
