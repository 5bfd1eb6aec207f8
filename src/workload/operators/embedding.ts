import type {Dtype} from '../../foundation/dtype.js'
import type {OperatorNode} from '../operator.js'
import {access, elementOperations, elementWork, type OperatorKind, type OperatorOptions, operatorNode} from './operator-kind.js'

const idBytes = 8

export interface EmbeddingOptions extends OperatorOptions {
  readonly tokens: number
  readonly hidden: number
  /** Tables that are looked up and summed: tokens, positions, token types. */
  readonly tables?: number
  readonly weightDtype?: Dtype
  readonly gradientDtype?: Dtype
}

/** Rows of one or more tables, looked up by 64-bit ids and summed. */
export function embedding(options: EmbeddingOptions): OperatorNode {
  const {tokens, hidden, dtype, tables = 1, weightDtype = dtype} = options
  return operatorNode(options, {
    kind: 'embedding',
    class: 'embedding',
    shape: {tokens, hidden, tables},
    demand: {
      work: elementWork(options, (tables - 1) * tokens * hidden, 0),
      contractions: [],
      elementOperationCount: elementOperations.plain * tables * tokens * hidden,
      reads: [access('weights', tables * tokens * hidden, weightDtype), {tensor: 'activations', bytes: tables * tokens * idBytes}],
      writes: [access('activations', tokens * hidden, dtype)],
    },
  })
}

/** Gradients are added into the rows that were read. */
function embeddingBackward(options: EmbeddingOptions): OperatorNode[] {
  const {tokens, hidden, dtype, tables = 1, gradientDtype = dtype, name = 'embedding'} = options
  const forward = embedding({...options, name: `${name}_backward`})
  const rows = tables * tokens * hidden
  return [
    {
      ...forward,
      demand: {
        work: elementWork(options, rows, 0),
        contractions: [],
        elementOperationCount: elementOperations.plain * rows,
        reads: [access('activations', tokens * hidden, dtype), access('optimizerState', rows, gradientDtype)],
        writes: [access('optimizerState', rows, gradientDtype)],
      },
    },
  ]
}

export const embeddingKind: OperatorKind<EmbeddingOptions> = {
  summary: 'look-up of table rows by id',
  build: embedding,
  backward: embeddingBackward,
}
