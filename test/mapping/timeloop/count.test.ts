import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {parseHierarchy} from '../../../src/accelerator/load-hierarchy.js'
import {analyseNest} from '../../../src/mapping/analyse-nest.js'
import {parseMapping} from '../../../src/mapping/load-mapping.js'
import {parseProblem} from '../../../src/workload/load-problem.js'
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

const machine = `title: A buffer over three
source: book
sources: {book: {title: a book}}
clock: 1 GHz
levels:
  dram: {kind: dram, capacity: unlimited, bandwidth: unlimited, energy: 1 pJ/B}
  buffer:
    kind: scratchpad
    capacity: unlimited
    readBandwidth: 1.5 B/cycle
    writeBandwidth: unlimited
    energy: 1 pJ/B
    fanout: {x: 3, y: 1}
    multicast: true
    reduction: true
arithmetic: {name: mac, energy: 1 pJ}
`

/** A window of r over p, on words of a byte. */
function window(sizes: string, levels: string) {
  const tensors = '{weights: {indices: [r]}, inputs: {indices: [p + r]}, outputs: {indices: [p], output: true}}'
  const problem = parseProblem('window', `dtype: int8\ndimensions: ${sizes}\ntensors: ${tensors}\n`)
  const hierarchy = parseHierarchy('machine', machine)
  const {levels: found, ...totals} = analyseNest(
    problem,
    hierarchy,
    parseMapping(`counting: timeloop-3.0.3\nlevels: ${levels}\n`, problem, hierarchy),
  )
  return {...totals, traffic: found.map(({tensors}) => tensors.map(({reads, fills, updates}) => [reads, fills, updates]))}
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
      {numRuns: 250},
    )
  })

  it('slides a window: tiles that move on bring only what is new', () => {
    // Three tiles of 2 + 3 - 1 words, each 2 further on: 4 + 2 + 2. All weights come once.
    const {traffic} = window('{p: 6, r: 3}', '{dram: {temporal: [p 3]}, buffer: {temporal: [p 2, r 3]}}')
    expect(traffic[0]!.map(([reads]) => reads)).toEqual([3, 8, 0])
    expect(traffic[1]).toEqual([
      [18, 3, 0],
      [18, 8, 0],
      [12, 0, 18],
    ])
  })

  it('hands words on between neighbours, where that spares all reads', () => {
    // Three in a row take p + r at r = 0, 1: words 0 1 2, then 1 2 3. The first two come from the neighbour, so 4 reads, not 6; each
    // weight is read for all three.
    const {traffic} = window('{p: 3, r: 2}', '{buffer: {temporal: [r 2], x: [p 3]}}')
    expect(traffic[1]!.map(([reads]) => reads)).toEqual([2, 4, 3])
  })

  it('waits whole cycles for a level that is too slow', () => {
    // 18 + 18 + 12 words are read at 1.5 a cycle.
    const {cycles, utilizationRatio, boundBy} = window('{p: 6, r: 3}', '{dram: {temporal: [p 3]}, buffer: {temporal: [p 2, r 3]}}')
    expect({cycles, boundBy}).toEqual({cycles: 32, boundBy: 'buffer'})
    expect(utilizationRatio).toBe(18 / 3 / 32)
  })

  it('cuts the last tile short where factors do not divide, but not the cycles', () => {
    // 5 of p in tiles of 2, 2 and 1, of one weight.
    const {traffic, arithmeticCycles} = window('{p: 5, r: 1}', '{dram: {temporal: [p 3]}, buffer: {temporal: [p 2]}}')
    expect(traffic[0]!.map(([reads, , updates]) => [reads, updates])).toEqual([
      [1, 0],
      [5, 0],
      [0, 5],
    ])
    expect(arithmeticCycles).toBe(6)
  })
})
