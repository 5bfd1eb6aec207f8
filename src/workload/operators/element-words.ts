import {type ElementFunctionName, elementFunctions} from './elementwise.js'

/** Words of traces and inventories for element functions that are called otherwise here. */
const otherWords: Readonly<Record<string, ElementFunctionName>> = {
  attn_rope: 'rope',
  pointwise_add: 'add',
  pointwise_mul: 'mul',
  pointwise_div: 'div',
  pointwise_pow: 'pow',
  scalar_add: 'addu',
  scalar_mul: 'mulu',
  scalar_div: 'divu',
  scalar_pow: 'powu',
  typecast_to_bf16: 'typecast',
  typecast_to_fp16: 'typecast',
  typecast_to_fp32: 'typecast',
  // One tensor read, one written, one operation an element: what it computes is not recorded.
  unspecified_scalar: 'addu',
  unspecified_tensor: 'addu',
}

/** Words that name an element function in a trace or an inventory. */
export const elementWords: readonly string[] = [...Object.keys(elementFunctions), ...Object.keys(otherWords)]

/** The element function that a word names, or undefined when none does. */
export function elementFunctionNamed(word: string): ElementFunctionName | undefined {
  if (Object.hasOwn(elementFunctions, word)) return word as ElementFunctionName
  return Object.hasOwn(otherWords, word) ? otherWords[word] : undefined
}
