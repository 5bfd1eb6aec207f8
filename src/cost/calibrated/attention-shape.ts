import type {OperatorNode} from '../../workload/operator.js'

/** What a fused attention kernel is launched with. */
export interface AttentionShape {
  readonly batch: number
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  readonly valueHeadDim: number
  readonly queryTokens: number
  readonly kvTokens: number
  readonly window: number
  readonly causal: boolean
  /** Queries and outputs. */
  readonly queryBytes: number
  /** Keys and values that some query sees. */
  readonly keyBytes: number
  /** Keys and values that a kernel of its own writes to the cache before attention runs. */
  readonly cacheWriteBytes: number
}

/** Reads a kernel's shape back from its operator. */
export function attentionShape({shape, demand}: OperatorNode): AttentionShape {
  const number = (key: string): number => Number(shape[key])
  const [batch, heads, headDim, valueHeadDim] = [number('batch'), number('heads'), number('headDim'), number('valueHeadDim')]
  const queryTokens = number('queryTokens')
  const total = demand.reads.reduce((sum, {bytes}) => sum + bytes, 0)
  const outputBytes = demand.writes.reduce((sum, {tensor, bytes}) => (tensor === 'kvCache' ? sum : sum + bytes), 0)
  const readQueryBytes = (outputBytes * headDim) / valueHeadDim
  return {
    batch,
    heads,
    kvHeads: number('kvHeads'),
    headDim,
    valueHeadDim,
    queryTokens,
    kvTokens: number('kvTokens'),
    window: number('window'),
    causal: shape['causal'] === true,
    queryBytes: readQueryBytes + outputBytes,
    keyBytes: total - readQueryBytes,
    cacheWriteBytes: demand.writes.reduce((sum, {tensor, bytes}) => (tensor === 'kvCache' ? sum + bytes : sum), 0),
  }
}
