import {describe, expect, it} from 'vitest'
import {hierarchyOf} from '../../src/accelerator/build-hierarchy.js'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {chainProblem, heldTiles} from '../../src/mapping/chain-analysis.js'
import {hierarchyConstraints} from '../../src/mapping/hierarchy-constraints.js'
import {findMapping} from '../../src/search/find-mapping.js'
import {fuseChain} from '../../src/search/fuse-chain.js'
import {mappedChain} from '../../src/search/mapped-chain.js'
import type {Chain} from '../../src/workload/chain.js'
import {parseProblem} from '../../src/workload/load-problem.js'
import {smallHierarchy, smallLevels} from '../support/small-hierarchy.js'

const h100 = hierarchyOf(loadAccelerator('h100-sxm'), {dtype: 'bf16'})
const mlp = (m: number, f: number, e: number): Chain => {
  const up = parseProblem(
    'up',
    `dtype: bf16\ndimensions: {M: ${m}, F: ${f}, D: ${e}}\ntensors:\n  X: {indices: [M, D]}\n  U: {indices: [D, F], class: weights}\n  H: {indices: [M, F], output: true}\n`,
  )
  const down = parseProblem(
    'down',
    `dtype: bf16\ndimensions: {M: ${m}, E: ${e}, F: ${f}}\ntensors:\n  H: {indices: [M, F]}\n  W: {indices: [F, E], class: weights}\n  Y: {indices: [M, E], output: true}\n`,
  )
  return {name: 'mlp', members: [{problem: up}, {problem: down}], states: [], mask: undefined}
}
const search = {aim: ['latency'], seed: '0', budget: {evaluationCount: 20_000}} as const

describe('a mapped chain', () => {
  it.each([
    ['h100-sxm', mlp(2048, 14336, 4096), h100],
    ['a small array', mlp(16, 24, 8), smallLevels()],
  ])('unfused on %s takes what its members take alone, in sum, each in its share of the budget', async (_, chain, hierarchy) => {
    const whole = await mappedChain(chain, hierarchy, 'unfused', search)
    if (!whole.fits) throw new Error('single products fit')
    let [latencySeconds, energyJoules] = [0, 0]
    for (const {problem} of chain.members) {
      const options = {...search, aim: ['latency', 'energy'] as const, budget: {evaluationCount: 10_000}}
      const found = await findMapping(problem, hierarchy, hierarchyConstraints(problem, hierarchy), options)
      if (found.kind === 'infeasible') throw new Error(found.reason)
      latencySeconds += found.latencySeconds
      energyJoules += found.energyJoules
    }
    expect(whole.latencySeconds / latencySeconds).toBeCloseTo(1, 9)
    expect(whole.energyJoules / energyJoules).toBeCloseTo(1, 3)
  })

  it('is the better of fused and unfused: large layers run one by one, and attention-like ones stay inside', async () => {
    const ways = async (chain: Chain, strategy?: string) => {
      const mapped = await mappedChain(chain, h100, strategy, search)
      return {strategy: mapped.strategy, latencySeconds: mapped.fits ? mapped.latencySeconds : Number.POSITIVE_INFINITY}
    }
    for (const chain of [mlp(2048, 14336, 4096), mlp(16384, 512, 64)]) {
      const [fused, unfused, best] = [await ways(chain, 'fused'), await ways(chain, 'unfused'), await ways(chain)]
      expect(best.latencySeconds).toBe(Math.min(fused.latencySeconds, unfused.latencySeconds))
    }
    expect((await ways(mlp(2048, 14336, 4096))).strategy).toBe('unfused')
    expect((await ways(mlp(16384, 512, 64))).strategy).toBe('fused')
  })

  it('says what a member alone lacks where nothing runs', async () => {
    const levels = smallLevels()
    const none = {...levels, levels: levels.levels.with(2, {...levels.levels[2]!, capacityBytes: 1, isRequired: true})}
    await expect(mappedChain(mlp(16, 24, 8), none, undefined, search)).rejects.toMatchObject({code: 'INFEASIBLE'})
  })

  it('shares a memory that holds what passes among its members, so that their tiles fit beside each other', () => {
    const spread = '    fanout: {x: 4, y: 2}\n    multicast: true\n    reduction: true\n'
    const text = smallHierarchy
      .replace(spread, '')
      .replace('capacity: 16 B', `capacity: 1200 B\n${spread.trimEnd()}`)
      .replace('1 KiB', '64 KiB')
    const problem = chainProblem(mlp(16, 24, 8), smallLevels(text))
    const nest = fuseChain(problem, {fusionLevel: 1, homeLevel: 2, blockSizes: {M: 16, F: 24}, bufferCount: 1, residentCount: 1})!
    const {usedBytes, tileWords} = heldTiles(problem, nest)[2]!
    expect(usedBytes).toBeLessThanOrEqual(1200)
    expect(tileWords[2]).toBe(16 * 24)
  })

  it('ends when it is interrupted before anything is found', async () => {
    const reason = new Error('stopped')
    await expect(mappedChain(mlp(16, 24, 8), smallLevels(), undefined, {...search, signal: AbortSignal.abort(reason)})).rejects.toBe(reason)
  })
})
