import {describe, expect, it} from 'vitest'
import {loadHierarchy} from '../../src/accelerator/load-hierarchy.js'
import {hierarchyConstraints} from '../../src/mapping/hierarchy-constraints.js'
import {findMapping} from '../../src/search/find-mapping.js'
import {strategies, strategyNames} from '../../src/search/strategies/strategies.js'
import {loadProblem} from '../../src/workload/load-problem.js'
import type {Problem} from '../../src/workload/problem.js'
import {arrayHierarchy, matrixProduct} from '../support/array-hierarchy.js'

const gemm = matrixProduct([16, 8, 8])
const array = arrayHierarchy(512, 16, 4)
const [m, n, k] = [0, 1, 2]

/** A small convolution: filters, channels, a window of 3 by 3 over 6 by 6 results. */
function convolution(): Problem {
  const {tensors, dimensions, ...rest} = loadProblem('vgg16-conv3-2')
  const sizes: Readonly<Record<string, number>> = {R: 3, S: 3, P: 6, Q: 6}
  return {...rest, tensors, dimensions: dimensions.map(({name, size}) => ({name, size: size === 1 ? 1 : (sizes[name.toUpperCase()] ?? 4)}))}
}

describe('strategies', () => {
  it.each([
    {name: 'weight-stationary', stays: 1, around: [m], spread: [n, k]},
    {name: 'output-stationary', stays: 2, around: [k], spread: [m, n]},
    {name: 'input-stationary', stays: 0, around: [n], spread: [m, k]},
  ] as const)('$name keeps its operand innermost while the loops just outside do not touch it', ({name, stays, around, spread}) => {
    const {levels} = strategies[name].constraintsOf(gemm, array)
    expect(levels[2]!.keeps[stays]).toBe(true)
    expect(levels[1]!.temporal.innermost).toEqual(around)
    const mayTurn = levels[1]!.x.counts.flatMap((count, dimension) => (count === undefined ? [dimension] : []))
    expect(mayTurn).toEqual(spread)
  })

  it('row-stationary keeps a row of the filter inside, and slides along a row of inputs just outside', () => {
    const problem = convolution()
    const {levels} = strategies['row-stationary'].constraintsOf(problem, array)
    const window = problem.tensors
      .find(({ranks}) => ranks.some(({terms}) => terms.length === 2))!
      .ranks.find(({terms}) => terms.length === 2)!
    const outputs = problem.tensors.find(({isOutput}) => isOutput)!
    const moving = window.terms
      .map(({dimension}) => dimension)
      .find((dimension) => outputs.ranks.some(({terms}) => terms[0]!.dimension === dimension))!
    const inside = window.terms.map(({dimension}) => dimension).find((dimension) => dimension !== moving)!
    expect(levels[2]!.temporal.counts[inside]).toBe(3)
    expect(levels[1]!.temporal.innermost).toEqual([moving])
    expect(levels[1]!.x.counts[inside]).toBe(1)
  })

  it('row-stationary says what it needs where nothing slides', () => {
    expect(() => strategies['row-stationary'].constraintsOf(gemm, array)).toThrow(
      expect.objectContaining({
        code: 'STRATEGY_UNFIT',
        message: 'row-stationary needs a window that slides over the inputs, as of a convolution; gemm has none',
      }),
    )
  })

  it('say what they need of a machine with nowhere to stay', () => {
    const flat = {...array, levels: array.levels.slice(0, 1)}
    expect(() => strategies['weight-stationary'].constraintsOf(gemm, flat)).toThrow(
      expect.objectContaining({code: 'STRATEGY_UNFIT', message: 'weight-stationary needs a level inside of DRAM that can hold W'}),
    )
  })

  it.each(strategyNames)('%s maps a convolution onto Eyeriss, and no better than a search without it', async (name) => {
    const problem = convolution()
    const hierarchy = loadHierarchy('eyeriss', {dtype: problem.dtype})
    const find = (constraints: ReturnType<typeof hierarchyConstraints>) =>
      findMapping(problem, hierarchy, constraints, {aim: ['energy'], budget: {evaluationCount: 30_000}})
    const [fixed, free] = [
      await find(strategies[name].constraintsOf(problem, hierarchy)),
      await find(hierarchyConstraints(problem, hierarchy)),
    ]
    if (fixed.kind !== 'found' || free.kind !== 'found') throw new Error('nothing found')
    expect(fixed.energyJoules).toBeGreaterThanOrEqual(free.energyJoules * 0.99)
    expect(fixed.effort.mappingCount).toBeLessThan(free.effort.mappingCount)
  })
})
