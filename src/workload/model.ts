import type {Dtype} from '../foundation/dtype.js'
import type {StoredWeights} from './config-import/quantization.js'
import type {OperatorNode} from './operator.js'
import type {TransformerSpec} from './transformer-spec.js'

export interface TransformerModel {
  readonly kind: 'transformer'
  readonly name: string
  readonly source: string
  readonly spec: TransformerSpec
  /** As published, to check the count against. */
  readonly publishedParameterCount?: number
  /** Of a published config that says its weights are quantized. */
  readonly storedWeights?: StoredWeights
}

/** One pass of an operator list: what names it, and its operators. */
export interface ListedPass {
  readonly model: string
  readonly phase: string
  /** Format that the model ran in, where the list tells. */
  readonly dtype?: Dtype
  readonly batch?: number
  readonly seq?: number
  readonly tokenCount: number
  readonly operators: readonly OperatorNode[]
}

/** Operators as they were listed, in one pass or several. */
export interface OperatorList {
  readonly kind: 'operators'
  readonly name: string
  readonly source: string
  readonly passes: readonly ListedPass[]
}

/** What a workload is built from: a transformer that takes any pass, or operators that are passes already. */
export type Model = TransformerModel | OperatorList
