/** Functions that files may call by name, with how many arguments. */
export const functionArity: Readonly<Record<string, number>> = {
  min: 2,
  max: 2,
  sqrt: 1,
  abs: 1,
  ceil: 1,
  floor: 1,
  round: 1,
  log2: 1,
  exp: 1,
  pow: 2,
}
const whatMayStand = `use numbers with units, names, + - * / ^, comparisons, and ${Object.keys(functionArity).join(', ')}`

/** An expression that can't be used: what is wrong with it, and what to write instead. */
export class ExpressionError extends Error {
  readonly suggestions: readonly string[]
  /** The name in it that nothing is known by, where that is what is wrong. */
  readonly unknownName: string | undefined

  constructor(message: string, suggestions: readonly string[] = [whatMayStand], unknownName?: string) {
    super(message)
    this.suggestions = suggestions
    this.unknownName = unknownName
  }
}

const signs: Readonly<Record<string, string>> = {smaller: '<', smallerEq: '<=', larger: '>', largerEq: '>=', equal: '==', unequal: '!='}

/** What to say of `100 <= sms <= 120`, by the operands and the mathjs names of the signs between them. */
export function chainedComparison(
  {conditionals, params}: {readonly conditionals: readonly string[]; readonly params: readonly {toString(): string}[]},
  text: string,
): ExpressionError {
  const single = conditionals.map((name, index) => `\`${params[index]} ${signs[name]} ${params[index + 1]}\``)
  return new ExpressionError(`"${text}" compares ${params.length} values at once`, [
    `write a comparison of two each: ${single.join(' and ')}`,
  ])
}
