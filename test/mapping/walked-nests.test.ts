import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {analyseNest} from '../../src/mapping/analyse-nest.js'
import {walkNest} from '../support/nest-walker.js'
import {anyNest, type NestCase} from './random-nest.js'

/** What a walk over every iteration counts, in the form of the analysis. */
function walked({problem, hierarchy, nest}: NestCase) {
  const {stepCount, instanceCounts, traffic} = walkNest(problem, hierarchy, nest)
  return {
    stepCount,
    levels: traffic.map((tensors, level) => ({
      instances: instanceCounts[level]!,
      tensors: tensors.map((words) => {
        if (words === undefined) return {tileWords: 0, reads: 0, fills: 0, updates: 0}
        const average = (total: number) => total / instanceCounts[level]!
        return {tileWords: words.tileWords, reads: average(words.reads), fills: average(words.fills), updates: average(words.updates)}
      }),
    })),
  }
}

function analysed({problem, hierarchy, nest}: NestCase) {
  const {cycles, levels} = analyseNest(problem, hierarchy, nest)
  return {
    stepCount: cycles,
    levels: levels.map(({instances, tensors}) => ({
      instances,
      tensors: tensors.map(({tileWords, reads, fills, updates}) => ({tileWords, reads, fills, updates})),
    })),
  }
}

describe('the analysis of a nest, against a walk over every iteration', () => {
  it.each([
    {factors: 'perfect', isPerfect: true},
    {factors: 'imperfect', isPerfect: false},
  ])('counts the same reads, fills, updates, tiles, instances and steps for $factors factors', ({isPerfect}) => {
    fc.assert(
      fc.property(anyNest(96, isPerfect), (each) => {
        expect(analysed(each)).toEqual(walked(each))
      }),
      {numRuns: 1500},
    )
  })
})
