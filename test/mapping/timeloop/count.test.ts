import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {analyseNest} from '../../../src/mapping/analyse-nest.js'
import {anyNest, type NestCase} from '../random-nest.js'

const products = ['product', 'product of batches', 'product by a vector', 'outer product']

function counted({problem, hierarchy, nest}: NestCase, counting?: 'timeloop-3.0.3') {
  const shared = {...hierarchy, levels: hierarchy.levels.map((level) => ({...level, isMulticast: true, isReducing: true}))}
  const {cycles, energyJoules, levels} = analyseNest(problem, shared, {...nest, ...(counting === undefined ? {} : {counting})})
  return {
    cycles,
    energyJoules,
    levels: levels.map(({instances, tensors}) => [
      instances,
      ...tensors.map(({tileWords, reads, fills, updates}) => ({tileWords, reads, fills, updates})),
    ]),
  }
}

describe('counting as Timeloop 3.0.3', () => {
  it('is counting as hardware runs, for products, factors that divide, and no neighbours among the multiply-adders', () => {
    const cases = anyNest(4096, true).filter(({problem, nest}) => {
      const {x, y} = nest.levels.at(-1)!
      return products.includes(problem.name) && x.length + y.length === 0
    })
    fc.assert(
      fc.property(cases, (each) => {
        expect(counted(each, 'timeloop-3.0.3')).toEqual(counted(each))
      }),
      {numRuns: 500},
    )
  })
})
