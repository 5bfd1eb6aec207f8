import {custom} from '@oclif/core/flags'
import {UserError} from '../foundation/user-error.js'

/** A flag that takes a share as people write it, `5%`, as a ratio. */
export function percentFlag(description: string, dependsOn: string[] = []) {
  return custom<number>({description, helpValue: 'PERCENT', parse: async (text) => percentRatio(text), dependsOn})()
}

function percentRatio(text: string): number {
  const [, number] = /^\s*([-+]?(?:\d+\.?\d*|\.\d+))\s*%\s*$/.exec(text) ?? []
  if (number !== undefined) return Number(number) / 100
  throw new UserError(`"${text}" is no percentage`, {code: 'QUANTITY_INVALID', suggestions: ['write a number and %, as in `5%`']})
}
