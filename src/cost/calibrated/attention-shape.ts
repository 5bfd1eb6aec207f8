import type {OperatorNode} from '../../workload/operator.js'
import {visibleKeyCount} from '../../workload/operators/attention.js'

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
  /** Operations of all products that count: attended pairs only. */
  readonly usefulOperationCount: number
  /** Bytes of an operand's element on the matrix units. */
  readonly elementBytes: number
  /** Bytes of a head's stored key and value of one token; in the latent form the value lies within the key. */
  readonly keyTokenBytes: number
  /** The values are part of the keys (latent form). */
  readonly isLatent: boolean
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
  const [batch, heads, kvHeads] = [number('batch'), number('heads'), number('kvHeads')]
  const [headDim, valueHeadDim] = [number('headDim'), number('valueHeadDim')]
  const [queryTokens, kvTokens, window] = [number('queryTokens'), number('kvTokens'), number('window')]
  const {queryBytes, outputBytes, keyBytes, cacheWriteBytes} = accessBytes(demand, headDim / valueHeadDim)
  const keyTokenBytes = keyBytes / (batch * kvHeads * visibleKeyCount({queryTokens, kvTokens, window}))
  const {operandBytes} = demand.contractions[0]!
  return {
    batch,
    heads,
    kvHeads,
    headDim,
    valueHeadDim,
    queryTokens,
    kvTokens,
    window,
    causal: shape['causal'] === true,
    usefulOperationCount: demand.contractions.reduce((sum, {operationCount}) => sum + operationCount, 0),
    elementBytes: operandBytes,
    keyTokenBytes,
    isLatent: kvHeads === 1 && valueHeadDim < headDim && keyTokenBytes <= operandBytes * headDim,
    queryBytes: queryBytes + outputBytes,
    keyBytes,
    cacheWriteBytes,
  }
}

interface AccessBytes {
  readonly queryBytes: number
  readonly outputBytes: number
  readonly keyBytes: number
  readonly cacheWriteBytes: number
}

/** Queries are read in the format in which outputs are written, `widthRatio` times as wide; the other reads are keys and values. */
function accessBytes({reads, writes}: OperatorNode['demand'], widthRatio: number): AccessBytes {
  const readBytes = reads.reduce((sum, {bytes}) => sum + bytes, 0)
  const cacheWriteBytes = writes.reduce((sum, {tensor, bytes}) => (tensor === 'kvCache' ? sum + bytes : sum), 0)
  const outputBytes = writes.reduce((sum, {bytes}) => sum + bytes, 0) - cacheWriteBytes
  const queryBytes = outputBytes * widthRatio
  return {queryBytes, outputBytes, keyBytes: readBytes - queryBytes, cacheWriteBytes}
}
