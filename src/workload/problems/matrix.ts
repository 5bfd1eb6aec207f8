import type {FormOf, ProblemForm, TensorForm} from './form.js'

const activations = (...indices: string[]): TensorForm => ({class: 'activations', indices})
const weights = (...indices: string[]): TensorForm => ({class: 'weights', indices})
const outputs = (...indices: string[]): TensorForm => ({...activations(...indices), output: true})

/** A matrix product of activations and weights. */
export const gemm: FormOf = ({m = 1, n = 1, k = 1}): ProblemForm => ({
  dimensions: {M: m, N: n, K: k},
  tensors: {inputs: activations('M', 'K'), weights: weights('K', 'N'), outputs: outputs('M', 'N')},
})

/** Products of one shape, both operands activations. */
export const batchedGemm: FormOf = ({batch = 1, m = 1, n = 1, k = 1}): ProblemForm => ({
  dimensions: {B: batch, M: m, N: n, K: k},
  tensors: {left: activations('B', 'M', 'K'), right: activations('B', 'K', 'N'), outputs: outputs('B', 'M', 'N')},
})

/** Products of one shape, each with weights of its own. */
export const groupedGemm: FormOf = ({groups = 1, m = 1, n = 1, k = 1}): ProblemForm => ({
  dimensions: {G: groups, M: m, N: n, K: k},
  tensors: {inputs: activations('G', 'M', 'K'), weights: weights('G', 'K', 'N'), outputs: outputs('G', 'M', 'N')},
})

/** A matrix of weights by a vector. */
export const gemv: FormOf = ({n = 1, k = 1}): ProblemForm => ({
  dimensions: {N: n, K: k},
  tensors: {inputs: activations('K'), weights: weights('N', 'K'), outputs: outputs('N')},
})
