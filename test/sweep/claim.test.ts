import {describe, expect, it} from 'vitest'
import {designEvaluator} from '../../src/sweep/evaluator.js'
import {search} from '../../src/sweep/search.js'
import {loadStudy} from '../../src/sweep/study.js'
import {sweptPoints, writeStudy} from './studies.js'

const text = (constraint: string): string => `title: t
spaces:
  - accelerator: ./machine.yaml
    axes:
      sms: [96, 112, 132, 144]
workloads: [{model: gpt2, phase: decode}]
constraints: ["${constraint}"]
objectives: [latencySeconds]
`

describe('claims', () => {
  it.each([
    ['sms < 132', [0, 0, Number.EPSILON, 12 / 144]],
    ['sms != 132', [0, 0, Number.EPSILON, 0]],
    ['sms <= 112', [0, 0, 20 / 132, 32 / 144]],
    ['sms < 132 and sms > 96', [1, 0, 1, 1]],
  ])('of %s tell how far each design is beyond it, and one at a strict bound is', (constraint, expected) => {
    const {spaces, constraints} = loadStudy(writeStudy(text(constraint)))
    const {evaluate} = designEvaluator(spaces[0]!, constraints, 4)
    const {violationRatios} = evaluate([Float64Array.of(0.1, 0.3, 0.6, 0.9)], 4)
    for (const [row, ratio] of expected.entries()) expect(violationRatios[row]).toBeCloseTo(ratio, 15)
    expect(Array.from(violationRatios.subarray(0, 4), (ratio) => ratio > 0)).toEqual(expected.map((ratio) => ratio > 0))
  })

  it('let a search store what a sweep would', async () => {
    const study = loadStudy(writeStudy(text('sms < 132')), {optimizer: {kind: 'random', evaluations: '100 %'}})
    const found = await sweptPoints(study, {}, (each, options) => search(each, study.optimizer!, options))
    expect(found.map(({sms}) => sms).sort()).toEqual((await sweptPoints(study)).map(({sms}) => sms).sort())
  })
})
