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

  it.each([
    {factors: 'perfect', isPerfect: true},
    {factors: 'imperfect', isPerfect: false},
  ])('takes the cycles of the ports of the busiest instance, for $factors factors', ({isPerfect}) => {
    const rate = fc.constantFrom(0.25, 1, 3, Number.POSITIVE_INFINITY)
    fc.assert(
      fc.property(anyNest(96, isPerfect), rate, rate, rate, ({problem, hierarchy, nest}, read, write, shared) => {
        const ports = {readBytesPerCycle: read, writeBytesPerCycle: write, sharedBytesPerCycle: shared}
        const limited = {...hierarchy, levels: hierarchy.levels.map((level) => ({...level, ...ports}))}
        const {stepCount, ports: walked} = walkNest(problem, limited, nest)
        const cycles = walked.map((instances) =>
          Math.max(
            ...instances.map(({readWords, writtenWords}) =>
              Math.max(readWords / read, writtenWords / write, (readWords + writtenWords) / shared),
            ),
          ),
        )
        const found = analyseNest(problem, limited, nest)
        for (const [level, {cycles: own}] of found.levels.entries()) expect(own).toBeCloseTo(Math.max(0, cycles[level]!), 6)
        expect(found.cycles).toBeCloseTo(Math.max(stepCount, ...cycles), 6)
      }),
      {numRuns: 1500},
    )
  })
})
