import {describe, expect, it} from 'vitest'
import {regimesOf} from '../../src/validate/regimes.js'
import {attention} from '../../src/workload/operators/attention.js'
import {gemm} from '../../src/workload/operators/gemm.js'

const product = (m: number, k: number) => gemm({name: 'product', m, n: 1000, k, batchCount: 1, dtype: 'bf16', weights: true, count: 1})
const waves = (value: number) => [{name: 'waves', value, unit: ''}]

describe('regimesOf', () => {
  it('tells a matrix product by its time, size, depth, waves and operations', () => {
    expect(regimesOf(product(16, 256), 1e-5, waves(2))).toEqual(['time 1e1-1e2 us', 'm 2-16', 'k <=256', 'waves 2', 'flops 1e6-1e7'])
    expect(regimesOf(product(17, 257), 9.99e-6, waves(2.5))).toEqual(['time 1e0-1e1 us', 'm 17-256', 'waves 3-8', 'flops 1e6-1e7'])
    expect(regimesOf(product(257, 1000), 1e-3, waves(9))).toEqual(['time 1e3-1e4 us', 'm >256', 'waves >8', 'flops 1e8-1e9'])
  })

  it('counts a product with one row once, and leaves waves out that a model does not tell', () => {
    expect(regimesOf(product(1, 1000), 1e-6, [])).toEqual(['time 1e0-1e1 us', 'm=1'])
  })

  it.each([1, 10, 100, 1000, 10_000])('opens a decade with %i µs, however the unit was changed', (microseconds) => {
    const exponent = Math.round(Math.log10(microseconds))
    expect(regimesOf(product(1, 1), microseconds * 1e-6, [])[0]).toBe(`time 1e${exponent}-1e${exponent + 1} us`)
    expect(regimesOf(product(1, 1), microseconds / 1e6, [])[0]).toBe(`time 1e${exponent}-1e${exponent + 1} us`)
  })

  it('tells attention by its head and window', () => {
    const node = attention({
      name: 'a',
      batch: 1,
      heads: 8,
      kvHeads: 8,
      headDim: 64,
      queryTokens: 64,
      kvTokens: 64,
      window: 32,
      dtype: 'bf16',
    })
    expect(regimesOf(node, 1e-5, [])).toEqual(expect.arrayContaining(['headDim 64', 'window 32', 'seq<=128 batch=1']))
  })
})
