import {string} from '@oclif/core/flags'
import {refuseTogether} from '../cli/refuse-together.js'
import type {Knobs} from '../dvfs/pass-frontier.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import {passFlags} from './pass-flags.js'

/** Settings of a pass that take several values, each combination a variant. */
const variedNames = ['batch', 'dtype'] as const

const listFlag = (description: string) => string({description, helpValue: 'VALUE,VALUE', delimiter: ',', multiple: true, helpGroup: 'PASS'})

/** The flags of a pass, of which batch and dtype take several values. */
export const variedPassFlags = {
  ...passFlags,
  batch: listFlag('Sequences (or images) that run together; several are compared. [default: 1]'),
  dtype: listFlag('Format of matrix products; several are compared. [default: bf16]'),
}

/** What is given once goes to the pass, what is given more than once is varied. */
export function variedInput(flags: Readonly<Record<string, unknown>>): {
  readonly fixed: Readonly<Record<string, unknown>>
  readonly vary: Readonly<Record<string, readonly Knobs[string][]>>
} {
  const fixed: Record<string, unknown> = {...flags}
  const vary: Record<string, readonly Knobs[string][]> = {}
  for (const name of variedNames) {
    const texts = (flags[name] ?? []) as readonly string[]
    const values = [...new Set<number | string>(name === 'batch' ? texts.map(batchCount) : texts)]
    fixed[name] = values.length === 1 ? values[0] : undefined
    if (values.length > 1) vary[name] = values
  }
  return {fixed, vary}
}

/** Flags that say something of one pass only. */
const ofOnePass = ['plan', 'limit-step'] as const

/** Refuses flags that a plan, or several variants, leave no room for. */
export function refuseIgnored(flags: Readonly<Record<string, unknown>>, variantCount: number): void {
  refuseTogether(flags, {plan: ['limit-step']})
  const given = variantCount === 1 ? undefined : ofOnePass.find((name) => flags[name] !== undefined)
  if (given === undefined) return
  throw new UserError(`--${given} is for one pass, not for several`, {
    code: 'USAGE',
    exitCode: exitCodes.usage,
    suggestions: [`give one batch and one dtype beside --${given}`],
  })
}

function batchCount(text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new UserError(`"${text}" is no batch`, {code: 'BAD_VALUE', suggestions: ['give whole numbers from 1 on, as in `--batch 1,4,16`']})
}
