import {type Dtype, dtypeBits} from '../foundation/dtype.js'
import type {Chain, ChainMember} from './chain.js'
import type {Problem, ProblemTensor, Rank} from './problem.js'

/** Attention as a problem: what it is asked, with no idea of how it is fused. */
export interface AttentionProblem {
  readonly batch: number
  readonly heads: number
  /** Key and value heads; each serves heads / kvHeads query heads. */
  readonly kvHeads: number
  readonly headDim: number
  readonly valueHeadDim: number
  readonly queryTokens: number
  /** Keys of a sequence, those of the queries included. */
  readonly kvTokens: number
  readonly causal: boolean
  /** Of causal attention: a query sees at most this many keys, its own included; 0 sees all before it. */
  readonly window: number
  readonly dtype: Dtype
}

export interface AttentionForm {
  /** Query heads that share keys lie side by side in one dimension of rows, so that a block of rows takes several heads. */
  readonly packsHeads?: boolean
  /** Words of each row's state that are wanted in the end: none, the log of the sum (FlashAttention-2), maximum and sum (the first). */
  readonly savedStateCount?: 0 | 1 | 2
}

/** Element operations of a score: scaled, compared, less the maximum, and added up, as attention's operator counts them. */
const vectorPerScore = 4

/** Scores, softmax, and values weighted by it: softmax(Q·Kᵀ)·V as two products with element work between. */
export function attentionChain(problem: AttentionProblem, form: AttentionForm = {}): Chain {
  const {packsHeads = false, savedStateCount = 1} = form
  const {batch, heads, kvHeads, headDim, valueHeadDim, queryTokens, kvTokens, causal, window} = problem
  const group = heads / kvHeads
  const rows = packsHeads
    ? [{name: 'row', size: queryTokens * group}]
    : [
        {name: 'head', size: group},
        {name: 'row', size: queryTokens},
      ]
  const stream = [
    {name: 'batch', size: batch},
    {name: 'kvHead', size: kvHeads},
  ]
  const named = {key: {name: 'key', size: kvTokens}, depth: {name: 'depth', size: headDim}, width: {name: 'width', size: valueHeadDim}}
  const rowNames = [...stream, ...rows].map(({name}) => name)
  const keyNames = stream.map(({name}) => name)
  const tensor = tensorsOf(problem.dtype, rowNames, keyNames)
  const members: ChainMember[] = [
    {problem: einsum('scores', [...stream, ...rows, named.key, named.depth], [tensor.Q, tensor.K, {...tensor.S, isOutput: true}])},
    {
      problem: einsum('softmax', [...stream, ...rows, named.key], [tensor.S, {...tensor.P, isOutput: true}, tensor.rowMax, tensor.rowSum]),
      elementWork: {vectorPerPointCount: vectorPerScore, specialPerPointCount: 1, rescales: 'O'},
    },
    {problem: einsum('values', [...stream, ...rows, named.width, named.key], [tensor.P, tensor.V, tensor.O])},
  ]
  const mask = {
    rowDimension: 'row',
    keyDimension: 'key',
    rowsPerPositionCount: packsHeads ? group : 1,
    prefixCount: kvTokens - queryTokens,
    windowCount: window === 0 ? Number.POSITIVE_INFINITY : window,
  }
  return {
    name: 'attention',
    dtype: problem.dtype,
    members,
    states: [
      {tensor: 'rowMax', isResult: savedStateCount === 2},
      {tensor: 'rowSum', isResult: savedStateCount > 0},
    ],
    mask: causal ? mask : undefined,
  }
}

interface Named {
  readonly name: string
  readonly ranks: readonly string[]
  readonly isOutput: boolean
  readonly elementBits: number
  readonly class: ProblemTensor['class']
}

function tensorsOf(dtype: Dtype, rows: readonly string[], keys: readonly string[]) {
  const stored = dtypeBits[dtype]
  const summed = Math.max(stored, dtypeBits.fp32)
  const activation = {isOutput: false, elementBits: stored, class: 'activations'} as const
  const kept = {isOutput: false, elementBits: stored, class: 'kvCache'} as const
  return {
    Q: {...activation, name: 'Q', ranks: [...rows, 'depth']},
    K: {...kept, name: 'K', ranks: [...keys, 'key', 'depth']},
    V: {...kept, name: 'V', ranks: [...keys, 'key', 'width']},
    S: {...activation, name: 'S', ranks: [...rows, 'key'], elementBits: summed},
    P: {...activation, name: 'P', ranks: [...rows, 'key']},
    rowMax: {...activation, name: 'rowMax', ranks: rows, elementBits: summed, isOutput: true},
    rowSum: {...activation, name: 'rowSum', ranks: rows, elementBits: summed, isOutput: true},
    O: {...activation, name: 'O', ranks: [...rows, 'width'], isOutput: true},
  } satisfies Record<string, Named>
}

function einsum(name: string, dimensions: Problem['dimensions'], tensors: readonly Named[]): Problem {
  const place = new Map(dimensions.map((dimension, index) => [dimension.name, index]))
  const rank = (dimension: string): Rank => ({terms: [{dimension: place.get(dimension)!, coefficient: 1}]})
  return {name, dimensions, tensors: tensors.map((tensor) => ({...tensor, ranks: tensor.ranks.map(rank)}))}
}
