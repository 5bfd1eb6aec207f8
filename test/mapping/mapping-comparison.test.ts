import {describe, expect, it} from 'vitest'
import {parseMapping} from '../../src/mapping/load-mapping.js'
import {mappedProblem} from '../../src/mapping/mapped-problem.js'
import {compareMappings, type MappingCandidate} from '../../src/mapping/mapping-comparison.js'
import {smallGemm, smallLevels} from '../support/small-hierarchy.js'

const [problem, hierarchy] = [smallGemm(), smallLevels()]
const candidate = (name: string, text: string): MappingCandidate => ({
  name,
  mapped: mappedProblem(parseMapping(text, problem, hierarchy), problem, hierarchy),
})

/** All data once into the buffer, and eight multiply-adders at work. */
const spread = candidate(
  'spread',
  `levels:
  buffer: {temporal: [M 2, N 2, K 6], x: [M 4], y: [N 2]}
`,
)
/** The same loops, with everything in time. */
const serial = candidate(
  'serial',
  `levels:
  buffer: {temporal: [M 8, N 4, K 6]}
`,
)
const tooLarge = candidate(
  'too-large',
  `levels:
  registers: {temporal: [M 8, N 4, K 6]}
`,
)

describe('mappings side by side', () => {
  it('name the least of time and energy, whatever the order of the candidates', () => {
    for (const candidates of [
      [spread, serial],
      [serial, spread],
    ] as const) {
      const {time, energy} = compareMappings(candidates)
      expect(time?.best).toBe('spread')
      expect(energy?.best).toBe('spread')
    }
  })

  it('lay out every level and tensor, all instances together, so that columns add up to each energy', () => {
    const {candidates, levels, tensors} = compareMappings([spread, serial])
    for (const [index, each] of candidates.entries()) {
      if (!each.fits) throw new Error('both fit')
      const ofLevels = levels.reduce((sum, {joulesByCandidate}) => sum + joulesByCandidate[index]!, 0)
      expect(ofLevels).toBeCloseTo(each.energyJoules, 18)
      const ofTensors = tensors.reduce((sum, {joulesByCandidate}) => sum + joulesByCandidate[index]!, 0)
      expect(ofTensors + each.arithmeticJoules).toBeCloseTo(each.energyJoules, 18)
      expect(tensors.find(({level, tensor}) => level === 'dram' && tensor === problem.tensors[0]!.name)?.readWordsByCandidate[index]).toBe(
        48,
      )
    }
    expect(levels.map(({level}) => level)).toEqual(['dram', 'buffer', 'registers', 'mac'])
  })

  it('say which tensor takes more: causes are real differences, and cover half of the gap or more', () => {
    const {energy} = compareMappings([spread, serial])
    const [gap] = energy!.others
    const joulesOf = (each: MappingCandidate): number => (each.mapped.fits ? each.mapped.energyJoules : Number.NaN)
    expect(gap!.moreJoules).toBeCloseTo(joulesOf(serial) - joulesOf(spread), 20)
    expect(gap!.ratio).toBeCloseTo(joulesOf(serial) / joulesOf(spread), 12)
    expect(gap!.causes.reduce((sum, {moreJoules}) => sum + moreJoules, 0)).toBeGreaterThanOrEqual(gap!.moreJoules / 2)
    // Alone, each product reads both operands from the buffer; spread, four rows share B and two columns share A.
    expect(gap!.causes[0]).toMatchObject({level: 'buffer', words: {kind: 'reads', wordCount: 192}})
  })

  it('say what bounds the slower one: one multiply-adder where eight could work', () => {
    const {time} = compareMappings([spread, serial])
    expect(time!.others).toEqual([
      expect.objectContaining({name: 'serial', boundBy: 'mac', tensor: null, instanceCount: 1, bestInstanceCount: 8}),
    ])
  })

  it('keep a mapping that does not fit beside the others, with nothing but why', () => {
    const {candidates, time, levels} = compareMappings([tooLarge, spread])
    expect(candidates[0]).toMatchObject({name: 'too-large', fits: false, misfits: [{level: 'registers'}]})
    expect(levels[0]!.joulesByCandidate[0]).toBeNull()
    expect(time).toEqual({best: 'spread', others: []})
    expect(compareMappings([tooLarge])).toMatchObject({time: null, energy: null, levels: [], tensors: []})
  })
})
