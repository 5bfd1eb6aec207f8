import {describe, expect, it} from 'vitest'
import {loadWorkload} from '../../src/workload/load-workload.js'
import {selectedOperators} from '../../src/workload/selected-operators.js'

const whole = loadWorkload('llama-3.1-8b', {phase: 'decode', batch: 2, contextTokens: 128})

describe('chosen operators of a pass', () => {
  it('run as in the pass, in its order, whatever the order of their names', () => {
    const {operators, tokenCount} = selectedOperators(whole, ['mlp_down', 'qkv_projection'])
    expect(operators.map(({name}) => name)).toEqual(['qkv_projection', 'mlp_down'])
    expect(operators).toEqual(whole.operators.filter(({name}) => ['qkv_projection', 'mlp_down'].includes(name)))
    expect(tokenCount).toBe(whole.tokenCount)
  })

  it('keep the weights of all their runs, and no cache', () => {
    const {residentBytes} = selectedOperators(whole, ['mlp_down'])
    // 32 layers of 14336 by 4096 weights of two bytes.
    expect(residentBytes.weights).toBe(32 * 14_336 * 4096 * 2)
    expect(residentBytes.kvCache).toBe(0)
    expect(residentBytes.activations).toBe(2 * (14_336 + 4096) * 2)
  })

  it('are refused by names that the pass does not have, with the near one', () => {
    expect(() => selectedOperators(whole, ['mlp_dwn'])).toThrow(
      expect.objectContaining({code: 'UNKNOWN_NAME', suggestions: expect.arrayContaining(['did you mean mlp_down'])}),
    )
  })
})
