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

  constructor(message: string, suggestions: readonly string[] = [whatMayStand]) {
    super(message)
    this.suggestions = suggestions
  }
}
