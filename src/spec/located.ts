import {ExpressionError} from '../foundation/expression.js'
import type {SpecSource} from './yaml-source.js'

/** Runs `parse` and turns what it can't read into an error at a place of the file. */
export function located<T>(source: SpecSource, pointer: string, parse: () => T, code = 'QUANTITY_INVALID'): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof ExpressionError) throw source.error(pointer, error.message, error.suggestions, code)
    throw error
  }
}
