import {beforeAll, describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {evaluate} from '../../../src/cost/evaluate.js'
import type {Dtype} from '../../../src/foundation/dtype.js'
import {type StrategyName, strategies} from '../../../src/search/strategies/strategies.js'
import {forwardNode} from '../../../src/workload/operators/table.js'
import {workloadOf} from '../../support/tiny-machine.js'

const product = (m: number, n: number, k: number, dtype: Dtype) => workloadOf(forwardNode({kind: 'gemm', options: {m, n, k, dtype}}))
const seconds = (accelerator: string, workload: ReturnType<typeof product>, evaluationCount: number, name?: StrategyName): number => {
  const mapping = {evaluationCount, ...(name !== undefined && {constraintsOf: strategies[name].constraintsOf})}
  return evaluate(loadAccelerator(accelerator), workload, {fidelity: 'mapped', mapping}).latencySeconds
}
const onArrays = ['weight-stationary', 'output-stationary', 'input-stationary'] as const

describe('a free search of a product', () => {
  const workload = product(2048, 28_672, 4096, 'bf16')
  let free: number
  beforeAll(() => {
    free = seconds('systolic-edge', workload, 8000)
  })

  it.each(onArrays)('is no slower on a systolic array than %s found with an eighth as many tries', (name) => {
    expect(free).toBeLessThanOrEqual(seconds('systolic-edge', workload, 1000, name) * (1 + 1e-12))
  })

  it.each([...onArrays, 'row-stationary'] as const)('is no slower on a GPU than %s found with an eighth as many tries', (name) => {
    const small = product(2048, 6144, 4096, 'bf16')
    expect(seconds('h100-sxm', small, 8000)).toBeLessThanOrEqual(seconds('h100-sxm', small, 1000, name) * (1 + 1e-12))
  })
})

describe('a dataflow on a systolic array', () => {
  it.each(onArrays)('maps sizes that its sides do not divide: %s', (name) => {
    const [odd, padded] = [product(100, 1000, 333, 'bf16'), product(128, 1024, 384, 'bf16')]
    expect(seconds('systolic-edge', odd, 1000, name)).toBeLessThanOrEqual(seconds('systolic-edge', padded, 1000, name) * (1 + 1e-12))
  })
})
