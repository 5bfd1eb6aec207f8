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

  it('put operators that run as one in some beside the sum of their parts in others, bound as the longest of them', () => {
    const apart = pass('apart', {up: [4, 50, 'tensor'], act: [1, 5, 'hbm'], down: [2, 20, 'hbm']})
    const epilogue = pass('epilogue', {'up+act': [4, 51, 'tensor'], down: [2, 20, 'hbm']})
    const whole = pass('whole', {'up+act+down': [8, 60, 'l2']})
    const rows = (candidates: Parameters<typeof comparePasses>[0]) =>
      comparePasses(candidates).operators.map(({operator, secondsByCandidate, boundByCandidate}) => [
        operator,
        secondsByCandidate,
        boundByCandidate,
      ])
    expect(rows([apart, epilogue])).toEqual([
      ['down', [2, 2], ['hbm', 'hbm']],
      ['up+act', [5, 4], ['tensor', 'tensor']],
    ])
    expect(rows([apart, epilogue, whole])).toEqual([['up+act+down', [7, 6, 8], ['tensor', 'tensor', 'l2']]])
  })

  it('say nothing where nothing differs', () => {
    expect(comparePasses([fused, {...fused, name: 'again'}]).time.others).toEqual([{name: 'again', ratio: 1, causes: []}])
  })
})
