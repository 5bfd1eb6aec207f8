import {type AttentionProblem, attentionChain} from './attention-chain.js'
import type {Chain, ChainMember} from './chain.js'
import type {OperatorNode} from './operator.js'
import {operatorProblems} from './operator-problems.js'
import type {Problem, ProblemTensor, Rank} from './problem.js'

/** How far the operators of a pass are run together: not at all; products with the element work behind them; attention; the whole MLP. */
export const fusionScopes = ['none', 'epilogue', 'attention', 'mlp'] as const
export type FusionScope = (typeof fusionScopes)[number]

/** What runs together of a pass where nothing else is said. */
export const defaultFusion: FusionScope = 'attention'

/** Operators that run as one; `chain` is what they compute where something passes between them that need not leave. */
export interface OperatorGroup {
  readonly operators: readonly OperatorNode[]
  readonly chain: Chain | undefined
}

/**
 * The operators of a pass in groups, in their order, each in exactly one. Attention is always a chain of two products and a softmax: what
 * its scores pass through is for who maps it to say.
 */
export function operatorGroups(operators: readonly OperatorNode[], scopes: readonly FusionScope[]): OperatorGroup[] {
  const groups: OperatorGroup[] = []
  for (let index = 0; index < operators.length; ) {
    const mlp = scopes.includes('mlp') ? mlpLength(operators, index) : 1
    const length = mlp > 1 || !scopes.includes('epilogue') ? mlp : epilogueLength(operators, index)
    const group = operators.slice(index, index + length)
    groups.push({operators: group, chain: groupChain(group)})
    index += length
  }
  return groups
}

/** A product and the work on its results' elements behind it. */
function epilogueLength(operators: readonly OperatorNode[], start: number): number {
  const product = operators[start]!
  if (product.kind !== 'gemm') return 1
  let length = 1
  while (isElementwiseOn(operators[start + length], product)) length++
  return length
}

/** The product into the intermediate width, its activation, and the product back. */
function mlpLength(operators: readonly OperatorNode[], start: number): number {
  const [up, activation, down] = operators.slice(start, start + 3)
  if (up?.kind !== 'gemm' || !isElementwiseOn(activation, up) || down?.kind !== 'gemm') return 1
  const width = Number(activation!.shape['n'])
  return down.shape['m'] === up.shape['m'] && down.shape['k'] === width && down.count === up.count ? 3 : 1
}

/** Element work over the rows of a product, as wide as its result, or half of that where a gate halves it. */
function isElementwiseOn(node: OperatorNode | undefined, product: OperatorNode): boolean {
  if (node?.kind !== 'elementwise' || node.count !== product.count || node.shape['m'] !== product.shape['m']) return false
  return gateOf(node, product) !== undefined
}

function gateOf(node: OperatorNode, product: OperatorNode): 1 | 2 | undefined {
  const ratio = Number(product.shape['n']) / Number(node.shape['n'])
  return ratio === 1 || ratio === 2 ? ratio : undefined
}

/** What operators that run as one compute, where something passes between them. */
export function groupChain(operators: readonly OperatorNode[]): Chain | undefined {
  const [first, ...others] = operators
  if (first!.kind === 'attention' && first!.class !== 'attention_backward') return attentionOf(first!)
  if (others.length === 0) return undefined
  return {name: operators.map(({name}) => name).join('+'), dtype: first!.dtype, members: products(operators), states: [], mask: undefined}
}

function attentionOf({name, shape, dtype}: OperatorNode): Chain {
  const size = (key: string): number => Number(shape[key])
  const problem: AttentionProblem = {
    batch: size('batch'),
    heads: size('heads'),
    kvHeads: size('kvHeads'),
    headDim: size('headDim'),
    valueHeadDim: size('valueHeadDim'),
    queryTokens: size('queryTokens'),
    kvTokens: size('kvTokens'),
    causal: shape['causal'] === true,
    window: size('window'),
    dtype,
  }
  return {...attentionChain(problem), name}
}

/** Members by what each uses of the one before: rows M are shared, the width that passes is the columns of one and the depth of the next. */
function products(operators: readonly OperatorNode[]): ChainMember[] {
  const members: ChainMember[] = []
  let [passing, width] = ['', '']
  for (const [index, node] of operators.entries()) {
    const next = operators[index + 1]
    const gate = node.kind === 'gemm' && next?.kind === 'elementwise' ? gateOf(next, node)! : 1
    const made = `${node.name}_out`
    if (node.kind === 'gemm') {
      const [depth, columns] = [width === '' ? 'K' : width, `N${index}`]
      members.push({problem: productOf(node, {input: passing === '' ? 'X' : passing, made, depth, columns, gate})})
      width = columns
    } else {
      members.push(elementMember(node, {passing, made, width, gate: gateOf(node, operators[index - 1]!) ?? 1}))
    }
    passing = made
  }
  return members
}

interface ProductNames {
  readonly input: string
  readonly made: string
  readonly depth: string
  readonly columns: string
  readonly gate: 1 | 2
}

function productOf(node: OperatorNode, {input, made, depth, columns, gate}: ProductNames): Problem {
  const [left, right, result] = operatorProblems(node)[0]!.problem.tensors
  const {m, n, k} = node.demand.contractions[0]!
  const gated = gate === 2 ? ['G'] : []
  const sizes = {M: m, [columns]: n / gate, ...(gate === 2 && {G: 2}), [depth]: k}
  return problemOf(node.name, sizes, [
    {...left!, name: input, dimensions: ['M', depth]},
    {...right!, name: `${node.name}_weights`, dimensions: [depth, ...gated, columns]},
    {...result!, name: made, dimensions: ['M', ...gated, columns]},
  ])
}

function elementMember(
  {name, shape, demand, dtype}: OperatorNode,
  {passing, made, width, gate}: {passing: string; made: string; width: string; gate: 1 | 2},
): ChainMember {
  const [m, n] = [Number(shape['m']), Number(shape['n'])]
  const gated = gate === 2 ? ['G'] : []
  const elementBits = (8 * demand.writes[0]!.bytes) / (m * n)
  const operations = (unit: 'vector' | 'special'): number =>
    demand.work.reduce((sum, work) => (work.unit === unit ? sum + work.operationCount : sum), 0) / (m * n * gate)
  const tensor = {class: 'activations', elementBits} as const
  const problem = problemOf(name, {M: m, [width]: n, ...(gate === 2 && {G: 2})}, [
    {...tensor, name: passing, isOutput: false, dimensions: ['M', ...gated, width]},
    {...tensor, name: made, isOutput: true, dimensions: ['M', width]},
  ])
  return {
    problem: {...problem, dtype},
    elementWork: {vectorPerPointCount: operations('vector'), specialPerPointCount: operations('special')},
  }
}

type NamedTensor = Omit<ProblemTensor, 'ranks'> & {readonly dimensions: readonly string[]}

function problemOf(name: string, sizes: Readonly<Record<string, number>>, tensors: readonly NamedTensor[]): Problem {
  const names = Object.keys(sizes)
  const rank = (dimension: string): Rank => ({terms: [{dimension: names.indexOf(dimension), coefficient: 1}]})
  return {
    name,
    dimensions: names.map((each) => ({name: each, size: sizes[each]!})),
    tensors: tensors.map(({dimensions, ...tensor}) => ({...tensor, ranks: dimensions.map(rank)})),
  }
}
