import {custom} from '@oclif/core/flags'
import {ExpressionError, quantityValue} from '../foundation/expression.js'
import type {Dimension} from '../foundation/quantity.js'
import {UserError} from '../foundation/user-error.js'

/** A flag that takes a quantity with its unit, such as `--clock 1410MHz`, in the unit that the code uses for its dimension. */
export function quantityFlag(dimension: Dimension, description: string, dependsOn: string[] = []) {
  return custom<number>({...quantityOf(dimension, description), dependsOn})()
}

/** A quantity that must be given. */
export function requiredQuantityFlag(dimension: Dimension, description: string) {
  return custom<number>({...quantityOf(dimension, description), required: true})()
}

function quantityOf(dimension: Dimension, description: string) {
  return {description, helpValue: 'QUANTITY', parse: async (text: string) => flagQuantity(text, dimension)}
}

/** A flag that takes several quantities, such as `--switch-time 1ms,10ms`, and only beside other flags. */
export function quantitiesFlag(dimension: Dimension, description: string, dependsOn: string[] = []) {
  const parse = async (text: string): Promise<number> => flagQuantity(text, dimension)
  return custom<number>({description, helpValue: 'QUANTITY,QUANTITY', parse, delimiter: ',', multiple: true, dependsOn})()
}

/** The quantity that a flag's text states, in the unit that the code uses for its dimension. */
export function flagQuantity(text: string, dimension: Dimension): number {
  try {
    return quantityValue(text, dimension)
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    throw new UserError(error.message, {code: 'QUANTITY_INVALID', suggestions: error.suggestions, cause: error})
  }
}
