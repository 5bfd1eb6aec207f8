import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {passVariants} from '../../src/dvfs/pass-variants.js'
import {variantFrontier} from '../../src/dvfs/variant-frontier.js'
import {loadModel} from '../../src/workload/load-workload.js'

const accelerator = loadAccelerator('h100-sxm')
const model = loadModel('gpt2')

describe('variantFrontier', () => {
  it('joins batches by the energy of a token, each point an evaluation at its clock', () => {
    const variants = passVariants(model, {phase: 'decode', contextTokens: 512}, {batch: [1, 8]})
    const {energyOf, frontier, variants: outcomes, settings, leastEnergy} = variantFrontier(accelerator, variants, {})
    expect(energyOf).toBe('token')
    expect(settings).not.toHaveProperty('batch')
    expect(outcomes.map(({knobs}) => knobs)).toEqual([{batch: 1}, {batch: 8}])
    expect(new Set(frontier.map(({variant}) => variant['batch']))).toEqual(new Set([1, 8]))
    expect(leastEnergy).toEqual(frontier.at(-1))
    for (const {variant, clockHertz, latencySeconds, energyJoules} of [frontier[0]!, leastEnergy]) {
      const {workload} = variants.find(({knobs}) => knobs['batch'] === variant['batch'])!
      const alone = evaluate(accelerator, workload, {clockHertz})
      expect(latencySeconds).toBeCloseTo(alone.latencySeconds, 12)
      expect(energyJoules).toBeCloseTo(alone.joulesPerToken, 12)
    }
  })

  it('joins the formats of one operator, and picks what meets a bound', () => {
    const variants = passVariants(model, {phase: 'prefill', batch: 8, promptTokens: 512}, {dtype: ['bf16', 'fp8']})
    const result = variantFrontier(accelerator, variants, {operator: 'mlp_up', slowdownRatio: 0.1})
    expect(result.operator).toBe('mlp_up')
    expect(result.energyOf).toBe('pass')
    const inTime = result.frontier.filter(({latencySeconds}) => latencySeconds <= result.frontier[0]!.latencySeconds * 1.1)
    expect(result.cheapestInTime).toEqual(inTime.at(-1))
    expect(result.variants.every(({frontier}) => frontier.length > 0)).toBe(true)
  })

  it('says the fastest where a deadline cannot be met', () => {
    const variants = passVariants(model, {phase: 'decode'}, {batch: [1, 8]})
    expect(() => variantFrontier(accelerator, variants, {deadlineSeconds: 1e-6})).toThrow(
      expect.objectContaining({
        code: 'DEADLINE_UNMET',
        suggestions: [expect.stringMatching(/^the fastest possible is .* ms, at batch 1, clock 1980 MHz$/)],
      }),
    )
  })
})
