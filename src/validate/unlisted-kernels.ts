import type {ListedPass} from '../workload/model.js'
import type {OperatorNode} from '../workload/operator.js'
import {type ElementFunctionName, elementwise} from '../workload/operators/elementwise.js'

/** A matrix product as it is listed; `batchCount` of attention is heads of all sequences. */
interface Product {
  readonly node: OperatorNode
  readonly m: number
  readonly n: number
  readonly k: number
  readonly batchCount: number
}

/** The two products of attention: queries with keys, and what the softmax makes of them with values. */
interface Attention {
  readonly scores: Product
  readonly values: Product
}

/**
 * The kernels that an eager pass runs. An inventory lists products, softmax, norms of rows and functions of elements; what stands in no
 * line follows from its products. PyTorch's matmul copies queries, keys and values of several sequences by head, and models copy the
 * result back by token. What is summed with the scores is a mask that repeats along them. A network of several convolutions normalizes
 * the output of each.
 */
export function eagerOperators({operators, batch = 1}: ListedPass): OperatorNode[] {
  const attentions = attentionsOf(operators)
  const convolutions = operators.filter(({name}) => name.startsWith('conv2d'))
  return operators.flatMap((node) => {
    const asScores = attentions.find(({scores}) => scores.node === node)
    if (asScores !== undefined) return [...scoreCopies(asScores, batch), node]
    const asValues = attentions.find(({values}) => values.node === node)
    if (asValues !== undefined) return [...valueCopies(asValues, batch), node, outputCopy(asValues, batch)]
    if (convolutions.length > 1 && convolutions.includes(node)) return [node, channelNorm(node)]
    const masked = attentions.find(({scores: {m, n, batchCount}}) => elementCountOf(node) === m * n * batchCount)
    const kernels = masked === undefined ? [] : scoreKernels(node, masked)
    return kernels.length > 0 ? kernels : [node]
  })
}

/** Batched products come in pairs, in the order in which they run. */
function attentionsOf(operators: readonly OperatorNode[]): Attention[] {
  const products = operators.filter(({class: name, shape}) => name === 'gemm' && Number(shape['batchCount']) > 1).map(productOf)
  return products.flatMap((scores, index) => {
    const values = products[index + 1]
    return index % 2 === 0 && values !== undefined && scores.m === values.m && scores.n === values.k ? [{scores, values}] : []
  })
}

function scoreCopies({scores}: Attention, batch: number): OperatorNode[] {
  if (batch === 1) return []
  const {m, n, k} = scores
  return [layout('query', 'permute', scores, batch, m * k), layout('key', 'transpose', scores, batch, n * k)]
}

function valueCopies({values}: Attention, batch: number): OperatorNode[] {
  return batch === 1 ? [] : [layout('value', 'permute', values, batch, values.k * values.n)]
}

function outputCopy({values}: Attention, batch: number): OperatorNode {
  return layout('output', 'permute', values, batch, values.m * values.n)
}

/** Copies of operands are issued from inside of the product. */
function layout(name: string, functionName: ElementFunctionName, {node, batchCount}: Product, batch: number, headElementCount: number) {
  const {dtype, count} = node
  const n = (headElementCount * batchCount) / batch
  return elementwise({name: `${name}_layout`, dtype, count, nested: name !== 'output', function: functionName, m: batch, n})
}

/** What runs for a listed function of scores and another tensor, by its name; of a tensor of one element, a kernel fills it first. */
const scoreFunctions: Readonly<Record<string, readonly ElementFunctionName[]>> = {
  elementwise_pointwise_add: ['mask'],
  // GPT-2 alone has it, whose code divides by a tensor of one element, then chooses by a mask: one line for both.
  elementwise_unspecified_tensor: ['fill', 'scale', 'fill', 'select'],
}

function scoreKernels(node: OperatorNode, {scores: {m, n, batchCount}}: Attention): OperatorNode[] {
  const {name, dtype, count} = node
  return (scoreFunctions[name] ?? []).map((functionName) => {
    const size = functionName === 'fill' ? {m: 1, n: 1} : {m: m * batchCount, n}
    return elementwise({name: `${name}_${functionName}`, dtype, count, function: functionName, ...size})
  })
}

/** A scale and an offset for each channel. */
function channelNorm({dtype, count, shape}: OperatorNode): OperatorNode {
  return elementwise({name: 'batch_norm', dtype, count, function: 'mask', m: Number(shape['m']), n: Number(shape['n'])})
}

function elementCountOf({class: name, shape}: OperatorNode): number {
  return name === 'elementwise' ? Number(shape['m']) * Number(shape['n']) : Number.NaN
}

function productOf(node: OperatorNode): Product {
  const [m, n, k, batchCount] = ['m', 'n', 'k', 'batchCount'].map((name) => Number(node.shape[name])) as [number, number, number, number]
  return {node, m, n, k, batchCount}
}
