import type {OperatorNode} from '../operator.js'
import {attentionKind} from './attention.js'
import {collectiveKind} from './collective.js'
import {elementwiseKind} from './elementwise.js'
import {embeddingKind} from './embedding.js'
import {gemmKind} from './gemm.js'
import {layernormKind} from './layernorm.js'
import {moeKind} from './moe.js'
import type {OperatorKind} from './operator-kind.js'
import {optimizerKind} from './optimizer.js'
import {softmaxKind} from './softmax.js'

/** What a workload can be made of. */
export const operatorKinds = {
  gemm: gemmKind,
  attention: attentionKind,
  softmax: softmaxKind,
  layernorm: layernormKind,
  elementwise: elementwiseKind,
  embedding: embeddingKind,
  moe: moeKind,
  optimizer: optimizerKind,
  collective: collectiveKind,
} satisfies Record<string, OperatorKind>

export type OperatorKindName = keyof typeof operatorKinds
type OptionsOf<Kind extends OperatorKindName> = Parameters<(typeof operatorKinds)[Kind]['build']>[0]

/** An operator before it is built: its kind and the options of that kind. */
export type Step = {[Kind in OperatorKindName]: {readonly kind: Kind; readonly options: OptionsOf<Kind>}}[OperatorKindName]

/** The operator that a step describes. */
export function forwardNode(step: Step): OperatorNode {
  const kind: OperatorKind = operatorKinds[step.kind]
  return kind.build(step.options)
}

/** The operators that propagate gradients through a step. */
export function backwardNodes(step: Step): OperatorNode[] {
  const kind: OperatorKind = operatorKinds[step.kind]
  return kind.backward(step.options)
}
