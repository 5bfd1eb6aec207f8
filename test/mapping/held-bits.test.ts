import {describe, expect, it} from 'vitest'
import {hierarchyOf} from '../../src/accelerator/build-hierarchy.js'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {parseHierarchy} from '../../src/accelerator/load-hierarchy.js'
import {analyseNest} from '../../src/mapping/analyse-nest.js'
import {hierarchyConstraints} from '../../src/mapping/hierarchy-constraints.js'
import type {LoopNest} from '../../src/mapping/loop-nest.js'
import {misfits} from '../../src/mapping/misfit.js'
import {parseProblem} from '../../src/workload/load-problem.js'
import {smallHierarchy} from '../support/small-hierarchy.js'

const written = (sums: string): string =>
  `dtype: bf16\ndimensions: {M: 2, N: 2, K: 2}\ntensors:\n  a: {indices: [M, K]}\n  b: {indices: [K, N]}\n  c: {indices: [M, N], output: true${sums}}\n`
const hierarchy = parseHierarchy('small.yaml', smallHierarchy)
const [M, K] = [0, 2]
const level = (temporal: LoopNest['levels'][number]['temporal']): LoopNest['levels'][number] => ({
  temporal,
  x: [],
  y: [],
  keeps: [true, true, true],
})
/** All at once in the registers, or half of the sums at a time. */
const whole: LoopNest = {
  levels: [
    level([]),
    level([]),
    level([
      {dimension: M, count: 2},
      {dimension: 1, count: 2},
      {dimension: K, count: 2},
    ]),
  ],
}
const halves: LoopNest = {
  levels: [
    level([{dimension: K, count: 2}]),
    level([]),
    level([
      {dimension: M, count: 2},
      {dimension: 1, count: 2},
    ]),
  ],
}

describe('sums', () => {
  it('take their own width at every level inward of a loop over what is summed, and that of results elsewhere', () => {
    const problem = parseProblem('gemm.yaml', written(', sums: fp32'))
    const used = (nest: LoopNest): number[] => analyseNest(problem, hierarchy, nest).levels.map(({usedBytes}) => usedBytes)
    // Four words of each tensor at 2 B, but sums at 4 B where K turns.
    expect(used(whole)).toEqual([24, 24, 32])
    // Halves of two operands, 2 words each, and 4 sums.
    expect(used(halves)).toEqual([24, 24, 24])
    expect(analyseNest(parseProblem('gemm.yaml', written('')), hierarchy, whole).levels.map(({usedBytes}) => usedBytes)).toEqual([
      24, 24, 24,
    ])
  })

  it('decide what fits', () => {
    const nest = {levels: whole.levels}
    expect(misfits(nest, parseProblem('gemm.yaml', written(', sums: fp32')), hierarchy)).toMatchObject([
      {level: 'registers', usedBytes: 32},
    ])
  })

  it('belong to the output', () => {
    const text = written('').replace('b: {indices: [K, N]', 'b: {indices: [K, N], sums: fp32')
    expect(() => parseProblem('gemm.yaml', text)).toThrow(/nothing is added to b/)
  })
})

describe('a cache', () => {
  it('keeps all that passes it, where memories that programs address may be passed', () => {
    const h100 = hierarchyOf(loadAccelerator('h100-sxm'), {dtype: 'bf16'})
    const {levels} = hierarchyConstraints(parseProblem('gemm.yaml', written('')), h100)
    const keeps = (name: string) => levels[h100.levels.findIndex((each) => each.name === name)]!.keeps
    expect(keeps('l2')).toEqual([true, true, true])
    expect(keeps('shared')).toEqual([undefined, undefined, undefined])
  })
})
