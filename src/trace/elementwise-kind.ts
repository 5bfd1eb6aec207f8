import {elementFunctionNamed} from '../workload/operators/element-words.js'
import type {ElementFunctionName} from '../workload/operators/elementwise.js'
import type {TraceRow} from './trace-row.js'

/** Models of the GPT-2 line: LayerNorm and an MLP without gate; the others have RMSNorm and a gated MLP. */
const ungatedModel = /(^|\/)(phi|gpt|opt|bert|bloom|falcon|megatron)/i

/** The model of a row has no gate in its MLP, and LayerNorm. */
export function isGptStyle(model: string): boolean {
  return ungatedModel.test(model)
}

/** The element function that the first word of a row's notes names, or undefined when none does. */
export function elementFunctionOf({notes, model}: TraceRow): ElementFunctionName | undefined {
  const word = notes.tags[0] ?? ''
  if (word === 'mlp_act') return isGptStyle(model) ? 'gelu-tanh' : 'swiglu'
  return elementFunctionNamed(word)
}
