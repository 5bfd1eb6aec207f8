import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {forwardNode} from '../../src/workload/operators/table.js'
import {workloadOf} from '../support/tiny-machine.js'

/** A matrix product as large as those whose power was published. */
const product = workloadOf(forwardNode({kind: 'gemm', options: {m: 8192, n: 8192, k: 8192, dtype: 'bf16'}}))

describe('a large bf16 product on an H200 under 700 W', () => {
  // Measured on silicon, static power included (aiconfigurator): no constant of the file is fitted to these.
  it('takes 0.81 to 1.03 pJ a flop at 640 to 700 W, and runs at 672 to 818 Tflop/s', () => {
    const {energyJoules, flops, averageWatts, flopsPerSecond, throttled} = evaluate(loadAccelerator('h200-sxm'), product)
    expect(throttled).toBe(true)
    expect(energyJoules / flops).toBeGreaterThan(0.81e-12)
    expect(energyJoules / flops).toBeLessThan(1.03e-12)
    expect(averageWatts).toBeGreaterThan(640)
    expect(averageWatts).toBeLessThanOrEqual(700)
    expect(flopsPerSecond).toBeGreaterThan(672e12)
    expect(flopsPerSecond).toBeLessThan(818e12)
  })
})
