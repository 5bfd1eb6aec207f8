import {describe, expect, it} from 'vitest'
import type {OperatorNode} from '../../../src/workload/operator.js'
import {
  type AttentionOptions,
  attendedPairCount,
  attention,
  attentionKind,
  visibleKeyCount,
} from '../../../src/workload/operators/attention.js'

const matrixOperations = (node: OperatorNode): number => node.demand.contractions.reduce((sum, c) => sum + c.operationCount, 0)
const bytesOf = (accesses: OperatorNode['demand']['reads'], tensor: string): number =>
  accesses.reduce((sum, access) => sum + (access.tensor === tensor ? access.bytes : 0), 0)

const base: AttentionOptions = {batch: 2, heads: 8, kvHeads: 2, headDim: 64, queryTokens: 16, kvTokens: 16, dtype: 'bf16'}

/** Pairs and seen keys by looking at every one of them. */
function counted(queryTokens: number, kvTokens: number, window: number): {pairs: number; keys: number} {
  const seen = new Set<number>()
  let pairs = 0
  for (let i = 0; i < queryTokens; i++) {
    const position = kvTokens - queryTokens + i
    for (let j = 0; j <= position; j++) {
      if (window > 0 && j <= position - window) continue
      pairs++
      seen.add(j)
    }
  }
  return {pairs, keys: seen.size}
}

describe('attention', () => {
  it('counts exactly the pairs and the keys that a causal mask and a window leave', () => {
    for (const queryTokens of [1, 2, 5, 8]) {
      for (const prefix of [0, 1, 3, 9]) {
        for (const window of [0, 1, 2, 4, 7, 30]) {
          const span = {queryTokens, kvTokens: queryTokens + prefix, window}
          const expected = counted(queryTokens, queryTokens + prefix, window)
          expect(attendedPairCount(span), JSON.stringify(span)).toBe(expected.pairs)
          expect(visibleKeyCount(span), JSON.stringify(span)).toBe(expected.keys)
        }
      }
    }
  })

  it('costs 2·pairs·(headDim + valueHeadDim) a head, and every pair without a mask', () => {
    // 16·17/2 = 136 pairs, 16 heads of all sequences, 128 elements.
    expect(matrixOperations(attention(base))).toBe(2 * 136 * 16 * 128)
    expect(matrixOperations(attention({...base, causal: false}))).toBe(2 * 256 * 16 * 128)
    expect(matrixOperations(attention({...base, valueHeadDim: 32}))).toBe(2 * 136 * 16 * 96)
  })

  it('of a prompt does the matrix work of decoding it token by token', () => {
    const prefill = matrixOperations(attention({...base, window: 5}))
    let decode = 0
    for (let context = 1; context <= 16; context++)
      decode += matrixOperations(attention({...base, window: 5, queryTokens: 1, kvTokens: context}))
    expect(decode).toBe(prefill)
  })

  it('of a prompt in two parts does the work of the whole prompt', () => {
    const first = matrixOperations(attention({...base, queryTokens: 6, kvTokens: 6}))
    const second = matrixOperations(attention({...base, queryTokens: 10, kvTokens: 16}))
    expect(first + second).toBe(matrixOperations(attention(base)))
  })

  it('reads keys and values once for all query heads that share them, the prefix from the cache', () => {
    const {reads, writes} = attention({...base, queryTokens: 4, kvTokens: 16, kvDtype: 'fp8', writesKvCache: true}).demand
    // 12 cached tokens of 2 sequences, 2 heads, 64 + 64 elements of one byte.
    expect(bytesOf(reads, 'kvCache')).toBe(2 * 12 * 2 * 128)
    // Queries 2·4·8·64, fresh keys and values 2·4·2·128, two bytes each.
    expect(bytesOf(reads, 'activations')).toBe(2 * (4096 + 2048))
    expect(bytesOf(writes, 'kvCache')).toBe(2 * 4 * 2 * 128)
    expect(bytesOf(writes, 'activations')).toBe(2 * 4096)
  })

  it('with a window reads no more keys than it sees', () => {
    const {reads} = attention({...base, queryTokens: 1, kvTokens: 1000, window: 100}).demand
    expect(bytesOf(reads, 'kvCache')).toBe(2 * 99 * 2 * 128 * 2)
  })

  it('in latent form reads one vector a token, for keys and values of all heads', () => {
    const latent = attention({
      batch: 1,
      heads: 128,
      kvHeads: 1,
      headDim: 576,
      valueHeadDim: 512,
      queryTokens: 1,
      kvTokens: 101,
      sharesKeyValue: true,
      dtype: 'bf16',
    })
    expect(bytesOf(latent.demand.reads, 'kvCache')).toBe(100 * 576 * 2)
    expect(matrixOperations(latent)).toBe(2 * 101 * 128 * (576 + 512))
  })

  it('takes one exponential a pair and one reciprocal a row', () => {
    const special = attention(base).demand.work.find(({unit}) => unit === 'special')
    expect(special).toEqual({unit: 'special', dtype: 'fp32', operationCount: 136 * 16 + 16 * 16})
  })

  it('backward does two and a half times the forward products', () => {
    const [backward] = attentionKind.backward(base)
    expect(matrixOperations(backward!)).toBe(2.5 * matrixOperations(attention(base)))
    expect(backward!.class).toBe('attention_backward')
  })
})
