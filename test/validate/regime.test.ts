import {describe, expect, it} from 'vitest'
import {traceRequest} from '../../src/trace/to-operator.js'
import {errorGroupOf} from '../../src/validate/regime.js'
import {rowStating, temporaryTraces} from '../trace/temporary-trace.js'

const write = temporaryTraces()

async function groupOf(cells: Readonly<Record<string, string | number>>) {
  const row = await rowStating(write, cells)
  return errorGroupOf(row, traceRequest(row))
}

const regimeOf = async (cells: Readonly<Record<string, string | number>>): Promise<string> => (await groupOf(cells)).regime

describe('errorGroupOf', () => {
  it('keeps device, op and dtype of the row beside the regime', async () => {
    expect(await groupOf({op: 'gemm', m: 1, n: 8, k: 8})).toEqual({device: 'a100', op: 'gemm', dtype: 'fp16', regime: 'm=1'})
    expect(await groupOf({op: 'gemm', dtype: ''})).toEqual({device: 'a100', op: 'gemm', dtype: 'unstated', regime: 'not predicted'})
  })
})

describe('the size regime', () => {
  it('of a matrix product is the decade of its operations, a power of ten opening its decade', async () => {
    expect(await regimeOf({op: 'gemm', m: 5, n: 100, k: 1000})).toBe('flops 1e6-1e7')
    expect(await regimeOf({op: 'gemm', m: 5, n: 100, k: 999})).toBe('flops 1e5-1e6')
    expect(await regimeOf({op: 'gemm', m: 2, n: 5, k: 10, batch: 10})).toBe('flops 1e3-1e4')
    expect(await regimeOf({op: 'gemm', m: 1, n: 5000, k: 5000})).toBe('m=1')
  })

  it.each([
    [128, 1, 'seq<=128 batch=1'],
    [129, 4, 'seq<=1024 batch>1'],
    [8192, 1, 'seq<=8192 batch=1'],
    [8193, 2, 'seq>8192 batch>1'],
  ])('of prefill attention over %i tokens in %i sequences is "%s"', async (seq, batch, regime) => {
    expect(await regimeOf({op: 'attention_prefill', batch, heads: 8, head_dim: 64, seq_q: seq, seq_kv: seq})).toBe(regime)
  })

  it.each([
    [256, 1, 'kv<=256 groups<=2'],
    [257, 2, 'kv<=2048 groups>2'],
    [16385, 1, 'kv>16384 groups<=2'],
  ])('of decode attention over %i keys in %i sequences with two key heads is "%s"', async (keys, batch, regime) => {
    expect(await regimeOf({op: 'attention_decode', batch, heads: 8, kv_heads: 2, head_dim: 64, seq_q: 1, seq_kv: keys})).toBe(regime)
  })

  it('of other kernels is the decade of bytes that they touch, of an exchange that of its buffer', async () => {
    expect(await regimeOf({op: 'softmax', m: 250, n: 1000})).toBe('bytes 1e6-1e7')
    expect(await regimeOf({op: 'softmax', m: 249, n: 1000})).toBe('bytes 1e5-1e6')
    expect(await regimeOf({op: 'allreduce', bytes: 4096, ranks: 4})).toBe('bytes 1e3-1e4')
  })

  it('of a pass is the decade of its new tokens', async () => {
    expect(await regimeOf({op: 'serve', model: 'gpt2', batch: 4, seq_q: 512})).toBe('tokens 1e3-1e4')
  })
})
