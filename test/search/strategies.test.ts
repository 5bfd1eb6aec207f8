import * as fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Hierarchy} from '../../src/accelerator/hierarchy.js'
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

/** Two by two elements, which add up along either side. */
function squareArray(registerWords: number): Hierarchy {
  const row = arrayHierarchy(64, registerWords, 4)
  return {...row, levels: row.levels.with(1, {...row.levels[1]!, fanout: {x: 2, y: 2}})}
}

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

  it('row-stationary works off a run of what a product adds up, spreads further runs along y and rows of results along x', () => {
    const [dram, buffer, registers] = strategies['row-stationary'].constraintsOf(gemm, array).levels
    expect(registers).toMatchObject({temporal: {innermost: [k]}, keeps: [undefined, true, undefined]})
    expect(registers!.temporal.counts).toEqual([undefined, undefined, undefined])
    expect(buffer!.temporal.innermost).toEqual([m])
    expect(dram!.temporal.innermost).toEqual([])
    for (const {x, y} of [dram!, buffer!, registers!]) {
      expect(x.counts[k]).toBe(1)
      expect([y.counts[m], y.counts[n]]).toEqual([1, 1])
    }
    expect([buffer!.x.counts[m], buffer!.x.counts[n], buffer!.y.counts[k]]).toEqual([undefined, undefined, undefined])
  })

  it('row-stationary reads each weight and input once where runs of the sum fill the column and results the row', async () => {
    // 2 × 2 results of 4 terms on 2 by 2 elements with registers for 2 weights, 2 inputs and a sum: an element keeps a run of 2 weights of
    // one column of results, the run below adds up into the same column, and both rows of inputs pass by in 2 × 2 = 4 cycles.
    const product = matrixProduct([2, 2, 4])
    const square = squareArray(5)
    const found = await findMapping(product, square, strategies['row-stationary'].constraintsOf(product, square), {
      aim: ['latency', 'energy'],
    })
    if (found.kind !== 'found') throw new Error('nothing found')
    expect([found.isProved, found.analysis.cycles]).toEqual([true, 4])
    const reads = (level: number) => found.analysis.levels[level]!.tensors.map((tensor) => tensor.reads)
    expect(reads(0)).toEqual([2 * 4, 4 * 2, 0])
  })

  it('row-stationary keeps sums off x and rows off y, whatever the product, and costs no less than the best of all', async () => {
    const square = squareArray(8)
    await fc.assert(
      fc.asyncProperty(fc.tuple(fc.constantFrom(2, 4), fc.constantFrom(2, 3), fc.constantFrom(2, 3, 4)), async (sizes) => {
        const product = matrixProduct(sizes)
        const of = (constraints: ReturnType<typeof hierarchyConstraints>) => findMapping(product, square, constraints, {aim: ['energy']})
        const rows = await of(strategies['row-stationary'].constraintsOf(product, square))
        const all = await of(hierarchyConstraints(product, square))
        if (rows.kind !== 'found' || all.kind !== 'found') throw new Error('nothing found')
        expect(rows.energyJoules).toBeGreaterThanOrEqual(all.energyJoules * (1 - 1e-12))
        for (const {x, y} of rows.nest.levels) {
          expect(x.map(({dimension}) => dimension)).not.toContain(k)
          expect(y.filter(({dimension}) => dimension !== k)).toEqual([])
        }
      }),
      {numRuns: 8},
    )
  })

  it('row-stationary says what it needs where nothing is added up', () => {
    const outer = {
      ...gemm,
      tensors: gemm.tensors.map(({ranks, ...rest}) => ({...rest, ranks: ranks.filter(({terms}) => terms[0]!.dimension !== k)})),
    }
    expect(() => strategies['row-stationary'].constraintsOf(outer, array)).toThrow(
      expect.objectContaining({
        code: 'STRATEGY_UNFIT',
        message: 'row-stationary needs rows of inputs and weights to add up; gemm adds up nothing',
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
