import type {Dtype} from '../../foundation/dtype.js'
import type {OperatorNode, TensorAccess} from '../operator.js'
import {access, contraction, elementWork, type OperatorKind, type OperatorOptions, operatorNode} from './operator-kind.js'

export interface AttentionOptions extends OperatorOptions {
  readonly batch: number
  readonly heads: number
  /** Key and value heads; each serves heads / kvHeads query heads. */
  readonly kvHeads?: number
  readonly headDim: number
  readonly valueHeadDim?: number
  readonly queryTokens: number
  /** Keys per sequence, those of the queries included. */
  readonly kvTokens: number
  readonly causal?: boolean
  /** A query sees at most this many keys, its own included; 0 sees all. */
  readonly window?: number
  /** Storage of queries, outputs and fresh keys. */
  readonly activationDtype?: Dtype
  readonly kvDtype?: Dtype
  /** Keys per sequence that lie in the KV cache before the operator runs; by default all that have no query. */
  readonly cachedTokens?: number
  /** The keys and values of the queries are written to the KV cache. */
  readonly writesKvCache?: boolean
  /** Latent form (MLA): values are the first valueHeadDim elements of the keys, so only keys are stored. */
  readonly sharesKeyValue?: boolean
}

export interface AttendedSpan {
  readonly queryTokens: number
  readonly kvTokens: number
  readonly causal?: boolean
  readonly window?: number
}

/** Exact number of (query, key) pairs that one head of one sequence attends to. */
export function attendedPairCount({queryTokens, kvTokens, causal = true, window = 0}: AttendedSpan): number {
  if (!causal) return queryTokens * (window > 0 ? Math.min(window, kvTokens) : kvTokens)
  const prefix = kvTokens - queryTokens
  const limit = window > 0 ? window : Number.POSITIVE_INFINITY
  // Queries that still see every key before them: position p = prefix + i sees p + 1 ≤ window keys.
  const growing = Math.max(0, Math.min(queryTokens, limit - prefix))
  const grown = growing === 0 ? 0 : growing * prefix + (growing * (growing + 1)) / 2
  return grown + (growing === queryTokens ? 0 : (queryTokens - growing) * limit)
}

/** Keys that at least one query sees. */
export function visibleKeyCount({queryTokens, kvTokens, window = 0}: AttendedSpan): number {
  return window > 0 ? Math.min(kvTokens, queryTokens + window - 1) : kvTokens
}

interface AttentionSizes {
  readonly pairCount: number
  readonly keyCount: number
  readonly rowCount: number
  readonly kvHeads: number
  readonly valueHeadDim: number
  readonly queryElements: number
  readonly outputElements: number
  /** Elements of the stored key and value of one token of one sequence. */
  readonly tokenElements: number
}

function sizesOf(options: AttentionOptions): AttentionSizes {
  const {batch, heads, headDim, queryTokens, kvHeads = heads, valueHeadDim = headDim, sharesKeyValue = false} = options
  const rowCount = batch * heads * queryTokens
  return {
    pairCount: batch * heads * attendedPairCount(options),
    keyCount: visibleKeyCount(options),
    rowCount,
    kvHeads,
    valueHeadDim,
    queryElements: rowCount * headDim,
    outputElements: rowCount * valueHeadDim,
    tokenElements: kvHeads * (headDim + (sharesKeyValue ? 0 : valueHeadDim)),
  }
}

/** Fused attention: scores, softmax and weighted values in one kernel, nothing of size queries × keys in memory. */
export function attention(options: AttentionOptions): OperatorNode {
  const {batch, heads, headDim, queryTokens, kvTokens, dtype, activationDtype = dtype, kvDtype = activationDtype} = options
  const {causal = true, window = 0, writesKvCache = false} = options
  const sizes = sizesOf(options)
  const {pairCount, kvHeads, valueHeadDim} = sizes
  const rows = (queryTokens * heads) / kvHeads
  const writes = [access('activations', sizes.outputElements, activationDtype)]
  if (writesKvCache) writes.push(access('kvCache', batch * queryTokens * sizes.tokenElements, kvDtype))
  return operatorNode(options, {
    kind: 'attention',
    class: queryTokens === 1 && causal ? 'attention_decode' : 'attention_prefill',
    shape: {batch, heads, kvHeads, headDim, valueHeadDim, queryTokens, kvTokens, window, causal},
    demand: {
      // Softmax, per pair: scale, running maximum, subtract, sum; one exponential. Per row: valueHeadDim products with one reciprocal.
      work: elementWork(options, 4 * pairCount + sizes.outputElements, pairCount + sizes.rowCount),
      contractions: [
        contraction(rows, sizes.keyCount, headDim, batch * kvHeads, dtype, 2 * pairCount * headDim),
        contraction(rows, valueHeadDim, sizes.keyCount, batch * kvHeads, dtype, 2 * pairCount * valueHeadDim),
      ],
      reads: [access('activations', sizes.queryElements, activationDtype), ...keyReads(options, sizes, activationDtype, kvDtype)],
      writes,
    },
  })
}

/** The oldest keys come from the cache; those computed in this pass are still activations. */
function keyReads(options: AttentionOptions, sizes: AttentionSizes, activationDtype: Dtype, kvDtype: Dtype): TensorAccess[] {
  const {batch, queryTokens, kvTokens, cachedTokens = kvTokens - queryTokens} = options
  const fresh = Math.min(sizes.keyCount, kvTokens - cachedTokens)
  const cached = sizes.keyCount - fresh
  const reads: TensorAccess[] = []
  if (cached > 0) reads.push(access('kvCache', batch * cached * sizes.tokenElements, kvDtype))
  if (fresh > 0) reads.push(access('activations', batch * fresh * sizes.tokenElements, activationDtype))
  return reads
}

/**
 * Backward of fused attention: five products (scores again, dV, dP, dQ, dK), so 2.5 times the forward when head sizes are equal.
 * Dao, "FlashAttention-2", 2023, algorithm 2.
 */
function attentionBackward(options: AttentionOptions): OperatorNode[] {
  const {
    batch,
    heads,
    headDim,
    queryTokens,
    kvTokens,
    dtype,
    name = 'attention',
    activationDtype = dtype,
    causal = true,
    window = 0,
  } = options
  const sizes = sizesOf(options)
  const {pairCount, kvHeads, valueHeadDim, keyCount} = sizes
  const rows = (queryTokens * heads) / kvHeads
  const products = batch * kvHeads
  const scores = 2 * pairCount * headDim
  const values = 2 * pairCount * valueHeadDim
  const keyElements = batch * keyCount * sizes.tokenElements
  return [
    operatorNode(
      {...options, name: `${name}_backward`},
      {
        kind: 'attention',
        class: 'attention_backward',
        shape: {batch, heads, kvHeads, headDim, valueHeadDim, queryTokens, kvTokens, window, causal},
        demand: {
          // Per pair: scale and subtract before one exponential, dP − D, times P, times the scale. Per output element: D = Σ dO ∘ O.
          work: elementWork(options, 5 * pairCount + 2 * sizes.outputElements, pairCount),
          contractions: [
            contraction(rows, keyCount, headDim, products, dtype, scores),
            contraction(keyCount, valueHeadDim, rows, products, dtype, values),
            contraction(rows, keyCount, valueHeadDim, products, dtype, values),
            contraction(rows, headDim, keyCount, products, dtype, scores),
            contraction(keyCount, headDim, rows, products, dtype, scores),
          ],
          reads: [
            access('activations', sizes.queryElements + 2 * sizes.outputElements + keyElements, activationDtype),
            access('activations', sizes.rowCount, 'fp32'),
          ],
          writes: [access('activations', sizes.queryElements + keyElements, activationDtype)],
        },
      },
    ),
  ]
}

export const attentionKind: OperatorKind<AttentionOptions> = {
  summary: 'fused attention: prefill with a cached prefix, decode, backward; multi-head, grouped, latent, windowed',
  build: attention,
  backward: attentionBackward,
}
