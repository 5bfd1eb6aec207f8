import {describe, expect, it} from 'vitest'
import type {Evaluation} from '../../src/cost/evaluate.js'
import {comparePasses} from '../../src/cost/pass-comparison.js'

/** A pass of operators by name: seconds, joules and what bounds each. */
function pass(name: string, operators: Readonly<Record<string, readonly [seconds: number, joules: number, boundBy: string]>>) {
  const costs = Object.entries(operators).map(([operator, [latencySeconds, energyJoules, boundBy]]) => ({
    name: operator,
    latencySeconds,
    energyJoules,
    boundBy,
  }))
  const sum = (of: 'latencySeconds' | 'energyJoules'): number => costs.reduce((all, cost) => all + cost[of], 0)
  return {
    name,
    latencySeconds: sum('latencySeconds'),
    energyJoules: sum('energyJoules'),
    operators: costs,
  } as unknown as {readonly name: string} & Evaluation
}

const eager = pass('eager', {scores: [2, 10, 'hbm'], softmax: [3, 20, 'hbm'], up: [4, 50, 'tensor']})
const fused = pass('fused', {attention: [1, 9, 'tensor'], up: [4, 51, 'tensor']})

describe('ways to run a pass side by side', () => {
  it('have a row for every operator that any of them has', () => {
    const {operators} = comparePasses([eager, fused])
    expect(operators.map(({operator, secondsByCandidate}) => [operator, secondsByCandidate])).toEqual([
      ['scores', [2, null]],
      ['softmax', [3, null]],
      ['up', [4, 4]],
      ['attention', [null, 1]],
    ])
  })

  it('name the best, and the operators that cover half of what the others take more', () => {
    const {time, energy} = comparePasses([eager, fused])
    expect(time).toEqual({
      best: 'fused',
      others: [{name: 'eager', ratio: 9 / 5, causes: [{operator: 'softmax', moreRatio: 3 / 5, boundBy: 'hbm', bestBoundBy: null}]}],
    })
    expect(energy.best).toBe('fused')
    expect(energy.others[0]).toMatchObject({ratio: 80 / 60, causes: [{operator: 'softmax', moreRatio: 20 / 60}]})
  })

  it('say nothing where nothing differs', () => {
    expect(comparePasses([fused, {...fused, name: 'again'}]).time.others).toEqual([{name: 'again', ratio: 1, causes: []}])
  })
})
