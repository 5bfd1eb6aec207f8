import {describe, expect, it} from 'vitest'
import type {RawOptimizer} from '../../src/sweep/optimizer-choice.js'
import {evaluationCounts, type OptimizerChoice} from '../../src/sweep/optimizer-choice.js'
import {loadStudy} from '../../src/sweep/study.js'
import {refusal, smallStudy, studyOf, writeStudy} from './studies.js'

const searched = (optimizer: string): string => `${smallStudy}optimizer: ${optimizer}\n`

describe('the optimizer of a study', () => {
  it('is none where a study names none', () => {
    expect(studyOf(smallStudy).optimizer).toBeUndefined()
  })

  it('is read with its evaluations, seed and options', () => {
    expect(studyOf(searched('{kind: nsga-2, evaluations: 2.5 %, seed: 7, population: 12}')).optimizer).toEqual({
      kind: 'nsga-2',
      evaluations: {kind: 'share', ratio: 0.025},
      seed: 7,
      options: {population: 12},
    })
    expect(studyOf(searched('{kind: random, evaluations: 5000}')).optimizer).toEqual({
      kind: 'random',
      evaluations: {kind: 'number', evaluationCount: 5000},
      seed: 1,
      options: {},
    })
  })

  it.each([
    {written: '{kind: nsga2, evaluations: 10}', code: 'UNKNOWN_NAME', at: '/optimizer/kind', says: 'did you mean nsga-2'},
    {
      written: '{kind: nsga-2, evaluations: 10, populations: 4}',
      code: 'UNKNOWN_NAME',
      at: '/optimizer/populations',
      says: 'did you mean population',
    },
    {written: '{kind: nsga-2, evaluations: 10, population: 1}', code: 'BAD_VALUE', at: '/optimizer/population', says: 'designs that breed'},
    {written: '{kind: nsga-2, evaluations: 0}', code: 'BAD_VALUE', at: '/optimizer/evaluations', says: 'whole number above 0'},
    {written: '{kind: nsga-2, evaluations: 101 %}', code: 'BAD_VALUE', at: '/optimizer/evaluations', says: 'up to 100 %'},
    {written: '{kind: nsga-2, evaluations: 1.5}', code: 'BAD_VALUE', at: '/optimizer/evaluations', says: 'as in 5000'},
    {written: '{kind: nsga-2, evaluations: 10, seed: 1e300}', code: 'BAD_VALUE', at: '/optimizer/seed', says: 'whole number from 0'},
  ])('is refused in its place: $written', ({written, code, at, says}) => {
    const error = refusal(searched(written))
    expect(error.code).toBe(code)
    expect(error.message).toContain(at)
    expect(error.suggestions.join('\n')).toContain(says)
  })

  it('leaves no room for a sampler', () => {
    const error = refusal(`${searched('{kind: nsga-2, evaluations: 10}')}sampler: {kind: random, points: 6}\n`)
    expect(error.message).toContain('/sampler')
    expect(error.message).toContain('nsga-2 chooses the designs itself, and random leaves it none')
  })

  it('is no share of designs without number, whoever says so', () => {
    const endless = smallStudy.replace('[1410 MHz, 1980 MHz]', '{from: 1410 MHz, to: 1980 MHz}')
    const error = refusal(`${endless}optimizer: {kind: nsga-2, evaluations: 10 %}\n`)
    expect(error).toMatchObject({code: 'BAD_VALUE', exitCode: 3})
    expect(error.message).toMatch(
      /small\.yaml:12:\d+ \/optimizer\/evaluations\n {2}a share of infinitely many designs is no number of evaluations/,
    )
    expect(() => loadStudy(writeStudy(endless), {optimizer: {kind: 'random', evaluations: '10 %'}})).toThrow(
      expect.objectContaining({message: 'a share of infinitely many designs is no number of evaluations'}),
    )
  })

  const said = (optimizer: RawOptimizer): OptimizerChoice | undefined =>
    loadStudy(writeStudy(searched('{kind: nsga-2, evaluations: 1 %, seed: 7, population: 12}')), {optimizer}).optimizer

  it('gives way to what its reader says, its options to another optimizer', () => {
    expect(said({})).toMatchObject({kind: 'nsga-2', seed: 7, options: {population: 12}})
    expect(said({seed: 8})).toMatchObject({kind: 'nsga-2', seed: 8, options: {population: 12}})
    expect(said({kind: 'random', evaluations: '40'})).toEqual({
      kind: 'random',
      evaluations: {kind: 'number', evaluationCount: 40},
      seed: 7,
      options: {},
    })
  })

  it('takes no blame for what its reader says', () => {
    expect(() => said({evaluations: 'many'})).toThrow(
      expect.objectContaining({message: '"many" is neither a number of evaluations nor a share of all designs'}),
    )
    expect(() => loadStudy(writeStudy(smallStudy), {optimizer: {evaluations: '40'}})).toThrow('nothing says which optimizer searches')
    expect(() => loadStudy(writeStudy(smallStudy), {optimizer: {kind: 'random'}})).toThrow('nothing says how many designs')
  })
})

describe('evaluationCounts', () => {
  const choice = (evaluations: OptimizerChoice['evaluations']): OptimizerChoice => ({kind: 'random', evaluations, seed: 1, options: {}})
  const share = (ratio: number) => choice({kind: 'share', ratio})
  const number = (evaluationCount: number) => choice({kind: 'number', evaluationCount})

  it('shares evaluations out by how many designs there are, after ten for each space', () => {
    // 1 % of 126,012 is 1260; after 6, 6, 10 and 10 of them 1228 are left.
    expect(evaluationCounts(share(0.01), [6, 6, 63_000, 63_000])).toEqual([6, 6, 624, 624])
    expect(evaluationCounts(number(100), [1000, 3000])).toEqual([30, 70])
  })

  it.each([share(1), number(4100), number(1e9)])('evaluates every design where it may: %o', (all) => {
    expect(evaluationCounts(all, [100, 4000])).toEqual([100, 4000])
  })

  it('gives spaces without number as many each', () => {
    expect(evaluationCounts(number(100), [Number.POSITIVE_INFINITY, 1e6])).toEqual([50, 50])
    expect(evaluationCounts(number(50), [Number.POSITIVE_INFINITY, 3, Number.POSITIVE_INFINITY])).toEqual([23, 3, 24])
  })

  it('spends no more than it may, were it one', () => {
    expect(evaluationCounts(number(1), [100, 100, 100]).reduce((sum, count) => sum + count, 0)).toBe(1)
  })
})
