import type {Dtype} from '../../foundation/dtype.js'
import type {Contraction, OperatorNode} from '../operator.js'
import {type ElementFunctionName, elementFunctions} from './elementwise.js'
import {type ExpertDistribution, type ExpertGroup, expertGroups} from './expert-load.js'
import {
  access,
  contraction,
  elementOperations,
  elementWork,
  type OperatorKind,
  type OperatorOptions,
  operatorNode,
} from './operator-kind.js'

export interface MoeOptions extends OperatorOptions {
  /** Tokens presented to the layer. */
  readonly tokens: number
  readonly hidden: number
  /** Width of one expert before tensor parallelism. */
  readonly intermediate: number
  readonly experts: number
  readonly topK: number
  readonly activation?: ElementFunctionName
  /** Experts that every token passes, beside the routed ones. */
  readonly sharedExperts?: number
  readonly tensorParallel?: number
  readonly expertParallel?: number
  readonly distribution?: ExpertDistribution
  readonly exponent?: number
  readonly weightDtype?: Dtype
  readonly activationDtype?: Dtype
  readonly gradientDtype?: Dtype
  readonly bias?: boolean
}

interface MoeSizes {
  readonly groups: readonly ExpertGroup[]
  readonly rowCount: number
  /** Tokens of which this rank sees at least one copy. */
  readonly tokenCount: number
  readonly width: number
  readonly upWidth: number
  readonly weightElements: number
}

function sizesOf(options: MoeOptions): MoeSizes {
  const {tokens, hidden, intermediate, topK, experts, tensorParallel = 1, expertParallel = 1, sharedExperts = 0} = options
  const {distribution = 'balanced', exponent = 1.2, activation = 'swiglu', bias = false} = options
  const routed = expertGroups({tokens, experts, topK, distribution, exponent, expertParallel})
  const groups = sharedExperts > 0 ? [...routed, {expertCount: sharedExperts, rowsPerExpert: tokens}] : routed
  const width = intermediate / tensorParallel
  const upWidth = elementFunctions[activation].readCount * width
  const expertElements = hidden * (upWidth + width) + (bias ? upWidth + hidden : 0)
  const rowCount = groups.reduce((sum, group) => sum + group.expertCount * group.rowsPerExpert, 0)
  const hitCount = groups.reduce((sum, group) => sum + group.expertCount, 0)
  return {groups, rowCount, tokenCount: Math.min(tokens, rowCount), width, upWidth, weightElements: hitCount * expertElements}
}

/**
 * The experts of one layer: two grouped matrix products with the activation between them in the first one's epilogue, and the
 * weighted sum of the topK results. Only weights of experts that get a token are read. The intermediate passes through memory,
 * since the second product needs whole rows of it.
 */
export function moe(options: MoeOptions): OperatorNode {
  const {tokens, hidden, intermediate, experts, topK, dtype, weightDtype = dtype, activationDtype = dtype, activation = 'swiglu'} = options
  const {tensorParallel = 1, expertParallel = 1, sharedExperts = 0, distribution = 'balanced', exponent = 1.2} = options
  const {groups, rowCount, tokenCount, width, upWidth, weightElements} = sizesOf(options)
  const {vectorCount, specialCount} = elementFunctions[activation]
  const contractions = groups.flatMap(({expertCount, rowsPerExpert}) => [
    contraction(rowsPerExpert, upWidth, hidden, expertCount, dtype),
    contraction(rowsPerExpert, hidden, width, expertCount, dtype),
  ])
  const shape = {tokens, hidden, intermediate, experts, topK, activation, sharedExperts, tensorParallel, expertParallel, distribution}
  return operatorNode(options, {
    kind: 'moe',
    class: 'moe',
    shape: distribution === 'power_law' ? {...shape, exponent} : shape,
    demand: {
      // Each copy of a token is weighted and added: two operations an element.
      work: elementWork(options, vectorCount * rowCount * width + 2 * rowCount * hidden, specialCount * rowCount * width),
      contractions,
      // The activation is taken along in the first product; the sum of the copies is a kernel of its own.
      elementOperationCount: elementOperations.plain * rowCount * hidden,
      reads: [
        access('activations', tokenCount * hidden + rowCount * width, activationDtype),
        access('weights', weightElements, weightDtype),
      ],
      writes: [access('activations', tokenCount * hidden + rowCount * width, activationDtype)],
    },
  })
}

/** Gradients of inputs and of weights: twice the products, the weights read once more and their gradients written. */
function moeBackward(options: MoeOptions): OperatorNode[] {
  const {hidden, dtype, name = 'moe', weightDtype = dtype, activationDtype = dtype, gradientDtype = activationDtype} = options
  const {activation = 'swiglu'} = options
  const {rowCount, tokenCount, width, upWidth, weightElements} = sizesOf(options)
  const {backward} = elementFunctions[activation] as {backward?: {vectorCount: number; specialCount: number}}
  const forward = moe({...options, name: `${name}_backward`})
  const products: Contraction[] = forward.demand.contractions.flatMap(({m, n, k, batchCount}) => [
    contraction(m, k, n, batchCount, dtype),
    contraction(k, n, m, batchCount, dtype),
  ])
  const vectorCount = backward?.vectorCount ?? 0
  const specialCount = backward?.specialCount ?? 0
  return [
    {
      ...forward,
      demand: {
        work: elementWork(options, vectorCount * rowCount * width + 2 * rowCount * hidden, specialCount * rowCount * width),
        contractions: products,
        elementOperationCount: elementOperations.plain * rowCount * hidden,
        reads: [
          access('activations', 2 * tokenCount * hidden + rowCount * (width + 2 * upWidth), activationDtype),
          access('weights', weightElements, weightDtype),
        ],
        writes: [
          access('activations', tokenCount * hidden + rowCount * upWidth, activationDtype),
          access('optimizerState', weightElements, gradientDtype),
        ],
      },
    },
  ]
}

export const moeKind: OperatorKind<MoeOptions> = {summary: 'the experts of one mixture-of-experts layer', build: moe, backward: moeBackward}
