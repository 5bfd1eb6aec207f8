import type {SyntaxNode} from './arithmetic.js'

const zeroCelsiusKelvins = 273.15

/** Units whose zero is not that of nature, so that they can't be multiplied or added. */
export const shiftedUnits: ReadonlySet<string> = new Set(['degC', 'celsius', 'degF', 'fahrenheit'])

export const shiftedHints: readonly string[] = ['write a temperature alone as in `35 degC`, a difference in K, a thermal resistance in K/W']

/** Kelvins of a text that is nothing but a temperature in degrees Celsius, such as `-5 degC`; undefined for any other. */
export function kelvinsOf(syntax: SyntaxNode): number | undefined {
  const degrees = celsiusIn(syntax)
  return degrees === undefined ? undefined : degrees + zeroCelsiusKelvins
}

function celsiusIn(syntax: SyntaxNode): number | undefined {
  if (syntax.kind !== 'operator') return undefined
  const [amount, unit] = syntax.args
  if (syntax.name === 'unaryMinus') {
    const degrees = celsiusIn(amount!)
    return degrees === undefined ? undefined : -degrees
  }
  if (syntax.name !== 'multiply' || unit?.kind !== 'name' || unit.name !== 'degC') return undefined
  if (amount?.kind === 'number') return amount.value
  const isNegative = amount?.kind === 'operator' && amount.name === 'unaryMinus' && amount.args[0]?.kind === 'number'
  return isNegative ? -(amount.args[0] as {readonly value: number}).value : undefined
}
