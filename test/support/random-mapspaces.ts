import fc from 'fast-check'
import type {Hierarchy, HierarchyLevel} from '../../src/accelerator/hierarchy.js'
import {type Constraints, freeConstraints} from '../../src/mapping/constraints.js'
import type {Problem, ProblemTensor} from '../../src/workload/problem.js'

export interface MapspaceCase {
  readonly problem: Problem
  readonly hierarchy: Hierarchy
  readonly constraints: Constraints
}

const shapes: readonly ((sizes: readonly number[]) => Problem)[] = [matrixProduct, windowed, strided, outer, batched]

/** Problems, hierarchies and constraints so small that every mapping can be tried. */
export const mapspaceCases: fc.Arbitrary<MapspaceCase> = fc
  .record({
    shape: fc.constantFrom(...shapes),
    sizes: fc.array(fc.constantFrom(1, 2, 2, 3, 4), {minLength: 3, maxLength: 3}),
    levels: fc.array(levelCases(), {minLength: 2, maxLength: 3}),
    keeps: fc.array(fc.constantFrom(true, false, undefined), {minLength: 6, maxLength: 6}),
    order: fc.constantFrom<readonly number[]>([], [], [0], [1, 2]),
    isOuter: fc.boolean(),
    allowsImperfect: fc.boolean(),
  })
  .map(({shape, sizes, levels, keeps, order, isOuter, allowsImperfect}) => {
    const problem = shape(allowsImperfect ? sizes.map((size) => Math.min(size, 3)) : sizes)
    const innermost = levels.length - 1
    const hierarchy: Hierarchy = {
      name: 'tiny',
      hertz: 1,
      levels: levels.map((level, index) => (index === 0 ? {...level, capacityBytes: Number.POSITIVE_INFINITY} : level)),
      arithmetic: {
        name: 'mac',
        instanceCount: levels.reduce((all, {fanout}) => all * fanout.x * fanout.y, 1),
        joulesPerOperation: 1,
        cyclesPerStep: 1,
      },
    }
    const free = freeConstraints(levels.length, problem.dimensions.length, problem.tensors.length)
    const constraints: Constraints = {
      ...free,
      allowsImperfect,
      levels: free.levels.map((level, index) => ({
        ...level,
        temporal: index === innermost - 1 ? {...level.temporal, ...(isOuter ? {outermost: order} : {innermost: order})} : level.temporal,
        keeps: index === 0 ? level.keeps : level.keeps.map((_, tensor) => keeps[(index - 1) * 3 + tensor]),
      })),
    }
    return {problem, hierarchy, constraints}
  })

function levelCases(): fc.Arbitrary<HierarchyLevel> {
  const energies = fc.constantFrom(0, 1, 3, 10)
  const rates = fc.constantFrom(0.5, 2, Number.POSITIVE_INFINITY)
  return fc.record({
    name: fc.constant('level'),
    kind: fc.constant('scratchpad' as const),
    instanceCount: fc.constant(1),
    fanout: fc.constantFrom({x: 1, y: 1}, {x: 1, y: 1}, {x: 2, y: 1}, {x: 4, y: 2}),
    capacityBytes: fc.constantFrom(4, 8, 16, 1000),
    accessBits: fc.constantFrom(undefined, undefined, 16),
    readJoulesPerByte: energies,
    fillJoulesPerByte: energies,
    updateJoulesPerByte: energies,
    readBytesPerCycle: rates,
    writeBytesPerCycle: rates,
    sharedBytesPerCycle: rates,
    isMulticast: fc.boolean(),
    isReducing: fc.boolean(),
    bufferCount: fc.constantFrom<undefined | 1 | 2>(undefined, 1, 2),
  })
}

function tensor(name: string, ranks: readonly (readonly (readonly [number, number])[])[], isOutput = false): ProblemTensor {
  return {
    name,
    class: name === 'W' ? 'weights' : 'activations',
    elementBits: 8,
    isOutput,
    ranks: ranks.map((terms) => ({terms: terms.map(([dimension, coefficient]) => ({dimension, coefficient}))})),
  }
}

function problemOf(name: string, sizes: readonly number[], tensors: readonly ProblemTensor[]): Problem {
  return {name, dimensions: sizes.map((size, dimension) => ({name: 'MNK'[dimension]!, size})), tensors}
}

export function matrixProduct(sizes: readonly number[]): Problem {
  return problemOf('gemm', sizes, [
    tensor('A', [[[0, 1]], [[2, 1]]]),
    tensor('W', [[[2, 1]], [[1, 1]]]),
    tensor('C', [[[0, 1]], [[1, 1]]], true),
  ])
}

/** K, R, P: weights K·R, inputs R+P, outputs K·P. */
export function windowed(sizes: readonly number[]): Problem {
  return problemOf('conv', sizes, [
    tensor('W', [[[0, 1]], [[1, 1]]]),
    tensor('I', [
      [
        [1, 1],
        [2, 1],
      ],
    ]),
    tensor('O', [[[0, 1]], [[2, 1]]], true),
  ])
}

function strided(sizes: readonly number[]): Problem {
  return problemOf('strided', sizes, [
    tensor('W', [[[0, 1]], [[1, 1]]]),
    tensor('I', [
      [
        [1, 1],
        [2, 2],
      ],
      [[0, 1]],
    ]),
    tensor('O', [[[0, 1]], [[2, 1]]], true),
  ])
}

function outer(sizes: readonly number[]): Problem {
  return problemOf('outer', sizes, [tensor('A', [[[0, 1]]]), tensor('W', [[[1, 1]]]), tensor('C', [[[2, 1]]], true)])
}

function batched(sizes: readonly number[]): Problem {
  return problemOf('batched', sizes, [
    tensor('A', [[[0, 1]], [[2, 2]]]),
    tensor('W', [[[0, 1]], [[1, 1]], [[1, 1]]]),
    tensor('C', [[[0, 1]], [[1, 1]]], true),
  ])
}
