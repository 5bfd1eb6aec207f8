import type {OperatorNode} from './operator.js'
import type {TransformerSpec} from './transformer-spec.js'

/** A list of operators as it was read. */
export interface OperatorList {
  readonly kind: 'operators'
  readonly name: string
  readonly source: string
  readonly phase: string
  readonly tokenCount: number
  readonly operators: readonly OperatorNode[]
}

export interface TransformerModel {
  readonly kind: 'transformer'
  readonly name: string
  readonly source: string
  readonly spec: TransformerSpec
  /** As published, to check the count against. */
  readonly publishedParameterCount?: number
}

/** What a workload is built from: a transformer that takes any pass, or operators that are one already. */
export type Model = TransformerModel | OperatorList
