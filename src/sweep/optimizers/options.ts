import {unknownName} from '../../foundation/nearest-name.js'
import {UserError} from '../../foundation/user-error.js'
import type {Optimizer, OptimizerOption, Problem} from './optimizer.js'
import {type OptimizerKind, optimizers} from './optimizers.js'

/** Refuses an option that an optimizer does not have, and a value that makes no sense. */
export function checkOption(kind: OptimizerKind, name: string, value: number): void {
  const {options}: Optimizer = optimizers[kind]
  const option = Object.hasOwn(options, name) ? options[name] : undefined
  if (option === undefined) throw unknownName(`option of ${kind}`, name, Object.keys(options))
  const {minimum, maximum, isInteger, meaning} = option
  if (value >= minimum && value <= maximum && (!isInteger || Number.isInteger(value))) return
  throw new UserError(
    `${name} of ${kind} is ${value}, but ${isInteger ? 'a whole number' : 'a number'} from ${minimum} to ${maximum} was expected`,
    {
      code: 'BAD_VALUE',
      suggestions: [`${name}: ${meaning}`],
    },
  )
}

/** All options of an optimizer: those that are given, and the usual ones for the problem. */
export function optimizerOptions(
  kind: OptimizerKind,
  given: Readonly<Record<string, number>>,
  problem: Problem,
): Readonly<Record<string, number>> {
  for (const [name, value] of Object.entries(given)) checkOption(kind, name, value)
  const options: Readonly<Record<string, OptimizerOption>> = optimizers[kind].options
  return Object.fromEntries(Object.entries(options).map(([name, {usual}]) => [name, given[name] ?? usual(problem)]))
}
