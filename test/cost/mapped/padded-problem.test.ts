import * as fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {hierarchyOf} from '../../../src/accelerator/build-hierarchy.js'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {paddedProblems, withoutPadding} from '../../../src/cost/mapped/padded-problem.js'
import {encodedNest} from '../../../src/mapping/encoded-nest.js'
import {hierarchyConstraints} from '../../../src/mapping/hierarchy-constraints.js'
import {faultCode} from '../../../src/mapping/nest-layout.js'
import {compileNest, fitNest} from '../../../src/mapping/nest-program.js'
import {operatorProblems} from '../../../src/workload/operator-problems.js'
import {forwardNode} from '../../../src/workload/operators/table.js'
import type {Problem} from '../../../src/workload/problem.js'

const h100 = hierarchyOf(loadAccelerator('h100-sxm'), {dtype: 'bf16'})
const productOf = (m: number, n: number, k: number) =>
  operatorProblems(forwardNode({kind: 'gemm', options: {m, n, k, dtype: 'bf16'}}))[0]!.problem
const padded = (problem: Problem) => paddedProblems(problem, h100, [hierarchyConstraints(problem, h100)])
const sizesOf = (problem: {readonly dimensions: readonly {readonly size: number}[]}): number[] => problem.dimensions.map(({size}) => size)

describe('paddedProblems', () => {
  it('rounds to native tiles, as many as split in many ways, and offers one that 132 cores share evenly', () => {
    // 64 rows, 8 columns, 16 deep. 2048 = 32 · 64; 4096 = 512 · 8, of which 528 = 4 · 132 is near; 1000 = 62.5 · 16, and 63 = 9 · 7.
    expect(padded(productOf(2048, 4096, 1000)).map(sizesOf)).toEqual([
      [2048, 4096, 1008],
      [2048, 528 * 8, 1008],
    ])
  })

  it('leaves sizes below a tile, and those with no such number near', () => {
    // 13 · 8 columns: 14 is more than a sixteenth away.
    expect(padded(productOf(64, 104, 7)).map(sizesOf)).toEqual([[64, 104, 7]])
  })

  it('has mappings that cover the problem itself with no turn too many, once those of the padding are left out', () => {
    const size = fc.integer({min: 1, max: 5000})
    fc.assert(
      fc.property(size, size, size, fc.infiniteStream(fc.nat()), (m, n, k, draws) => {
        const problem = productOf(m, n, k)
        for (const whole of padded(problem)) {
          const nest = encodedNest(h100.levels.length, 3)
          for (const [dimension, {size: wholeSize}] of whole.dimensions.entries()) {
            let rest = wholeSize
            for (let prime = 2; rest > 1; prime++)
              for (; rest % prime === 0; rest /= prime)
                nest.counts[3 * (draws.next().value % (3 * h100.levels.length)) + dimension]! *= prime
          }
          const fault = fitNest(compileNest(problem, h100), withoutPadding(nest, problem))
          expect([faultCode.uncovered, faultCode.needless]).not.toContain(fault)
        }
      }),
      {numRuns: 300},
    )
  })
})
