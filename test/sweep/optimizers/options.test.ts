import {describe, expect, it} from 'vitest'
import type {Optimizer} from '../../../src/sweep/optimizers/optimizer.js'
import {optimizerKinds, optimizers} from '../../../src/sweep/optimizers/optimizers.js'
import {optimizerOptions} from '../../../src/sweep/optimizers/options.js'

const problem = {dimensionCount: 5, objectiveCount: 3, evaluationCount: 630}

describe('optimizerOptions', () => {
  it('takes what is given, and what is usual for the problem else', () => {
    expect(optimizerOptions('nsga-2', {population: 7}, problem)).toEqual({
      population: 7,
      crossoverRatio: 0.9,
      crossoverIndex: 20,
      mutationRatio: 0.2,
      mutationIndex: 5,
    })
    expect(optimizerOptions('nsga-2', {}, problem)['population']).toBe(32)
  })

  it('refuses an option of another optimizer, and names those there are', () => {
    expect(() => optimizerOptions('nsga-2', {populations: 7}, problem)).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_NAME',
        message: '"populations" is not a known option of nsga-2',
        suggestions: expect.arrayContaining(['did you mean population']),
      }),
    )
  })

  it.each([{population: 1}, {population: 2.5}, {population: Number.NaN}, {crossoverRatio: 1.1}])('refuses %o', (given) => {
    expect(() => optimizerOptions('nsga-2', given, problem)).toThrow(expect.objectContaining({code: 'BAD_VALUE'}))
  })

  it.each(optimizerKinds)('%s has usual values that it takes itself, for problems of every size', (kind) => {
    const {options}: Optimizer = optimizers[kind]
    for (const dimensionCount of [1, 7, 200])
      for (const objectiveCount of [1, 2, 3, 4, 5])
        for (const evaluationCount of [1, 30, 1e6]) {
          const sized = {dimensionCount, objectiveCount, evaluationCount}
          const usual = Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.usual(sized)]))
          expect(() => optimizerOptions(kind, usual, sized)).not.toThrow()
        }
  })
})
