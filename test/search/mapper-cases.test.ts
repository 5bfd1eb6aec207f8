import {describe, expect, it} from 'vitest'
import {findMapping} from '../../src/search/find-mapping.js'
import {mapperCases} from '../support/timeloop-mapper-cases.js'

const cases = mapperCases()

describe.skipIf(cases.length === 0)("Timeloop's mapper, on its own cases", () => {
  it('has four of them', () => {
    expect(cases).toHaveLength(4)
  })

  it.each(cases)(
    'finds nothing better than this search: $id',
    async ({problem, hierarchy, constraints, aim, bestCycles, bestPicojoules}) => {
      const result = await findMapping(problem, hierarchy, constraints, {aim, budget: {evaluationCount: 150_000}})
      if (result.kind !== 'found') throw new Error(result.reason)
      const picojoules = result.energyJoules * 1e12
      if (aim[0] === 'latency') expect(result.analysis.cycles).toBeLessThanOrEqual(bestCycles)
      if (aim[0] === 'energy' || result.analysis.cycles === bestCycles) expect(picojoules).toBeLessThanOrEqual(bestPicojoules * (1 + 1e-9))
    },
  )

  it('agrees where Timeloop looked at everything, and proves it', async () => {
    const {problem, hierarchy, constraints, bestPicojoules} = cases.find(({id}) => id.includes('EXHAUSTIVE'))!
    const result = await findMapping(problem, hierarchy, constraints, {aim: ['energy']})
    expect(result).toMatchObject({kind: 'found', isProved: true})
    if (result.kind === 'found') expect(result.energyJoules * 1e12).toBeCloseTo(bestPicojoules, 6)
  })
})

if (cases.length === 0) it.skip("Timeloop's mapper: the shared cases are not beside the repository", () => undefined)
