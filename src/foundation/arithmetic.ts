/** What an expression says, before its names and units are known. */
export type SyntaxNode =
  | {readonly kind: 'number'; readonly value: number}
  | {readonly kind: 'name'; readonly name: string}
  /** An operator by mathjs's name of it (`add`, `unaryMinus`), or a function that the text calls. */
  | {readonly kind: 'operator' | 'function'; readonly name: string; readonly args: readonly SyntaxNode[]}

const token = /\s*(?:((?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![eE.\d])|([A-Za-z]\w*)|([-+*/^(),]))/y
/** Words that mean something else than a name in mathjs's language. */
const reserved = new Set(['mod', 'to', 'in', 'and', 'or', 'xor', 'not', 'true', 'false', 'null', 'undefined', 'NaN', 'Infinity', 'end'])
const operatorNames: Readonly<Record<string, string>> = {'+': 'add', '-': 'subtract', '*': 'multiply', '/': 'divide', '^': 'pow'}

type Token = {readonly kind: 'number' | 'name' | 'sign'; readonly text: string}

/**
 * Reads plain arithmetic: the sums, products and quantities with units that nearly every file consists of.
 * Anything else, and anything that mathjs groups in a way of its own, is left to mathjs, whose loading costs more than
 * a whole evaluation. A test holds both readings together.
 */
export function readArithmetic(text: string): SyntaxNode | undefined {
  const tokens = tokensOf(text)
  if (tokens === undefined || tokens.length === 0) return undefined
  const reader = new ArithmeticReader(tokens)
  const node = reader.sum()
  return node !== undefined && reader.isAtEnd ? node : undefined
}

function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = []
  const trimmed = text.trimEnd()
  if (/(?<!\w)0[xXbBoO]/.test(trimmed)) return undefined
  token.lastIndex = 0
  while (token.lastIndex < trimmed.length) {
    const match = token.exec(trimmed)
    if (match === null) return undefined
    const [, number, name, sign] = match
    if (name !== undefined && reserved.has(name)) return undefined
    tokens.push(
      number !== undefined ? {kind: 'number', text: number} : name !== undefined ? {kind: 'name', text: name} : {kind: 'sign', text: sign!},
    )
  }
  return tokens
}

/** A recursive descent over tokens; each step gives nothing where the text is more than plain arithmetic. */
class ArithmeticReader {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length
  }

  sum(): SyntaxNode | undefined {
    return this.#chain(['+', '-'], () => this.#product())
  }

  #product(): SyntaxNode | undefined {
    return this.#chain(['*', '/'], (sign) => this.#factor(sign !== '/'))
  }

  #chain(signs: readonly string[], part: (sign: string | undefined) => SyntaxNode | undefined): SyntaxNode | undefined {
    let left = part(undefined)
    for (let sign = this.#taken(signs); left !== undefined && sign !== undefined; sign = this.#taken(signs)) {
      const right = part(sign)
      if (right === undefined) return undefined
      left = {kind: 'operator', name: operatorNames[sign]!, args: [left, right]}
    }
    return left
  }

  /** mathjs groups `1 / 2 MiB` and `-2 MiB` in a way of its own, so that no unit is read there. */
  #factor(mayCarryUnit: boolean): SyntaxNode | undefined {
    if (this.#taken(['-']) !== undefined) {
      const inner = this.#factor(false)
      return inner === undefined ? undefined : {kind: 'operator', name: 'unaryMinus', args: [inner]}
    }
    const next = this.#tokens[this.#at]
    if (next?.kind !== 'number') return this.#power()
    this.#at++
    const amount: SyntaxNode = {kind: 'number', value: Number(next.text)}
    const after = this.#tokens[this.#at]
    if (after?.kind === 'sign' && after.text === '^') return this.#raised(amount)
    if (after?.kind !== 'name') return after?.kind === 'number' || after?.text === '(' ? undefined : amount
    const unit = mayCarryUnit ? this.#power() : undefined
    return unit === undefined ? undefined : {kind: 'operator', name: 'multiply', args: [amount, unit]}
  }

  #power(): SyntaxNode | undefined {
    const base = this.#atom()
    const after = this.#tokens[this.#at]
    if (base === undefined || after?.kind === 'number' || after?.kind === 'name' || after?.text === '(') return undefined
    return this.#raised(base)
  }

  /** Only a plain number may stand in the exponent here. */
  #raised(base: SyntaxNode): SyntaxNode | undefined {
    if (this.#taken(['^']) === undefined) return base
    const exponent = this.#tokens[this.#at]
    const after = this.#tokens[this.#at + 1]
    if (exponent?.kind !== 'number' || after?.kind === 'name' || after?.kind === 'number' || after?.text === '^' || after?.text === '(')
      return undefined
    this.#at++
    return {kind: 'operator', name: 'pow', args: [base, {kind: 'number', value: Number(exponent.text)}]}
  }

  #atom(): SyntaxNode | undefined {
    if (this.#taken(['(']) !== undefined) {
      const inner = this.sum()
      return inner !== undefined && this.#taken([')']) !== undefined ? inner : undefined
    }
    const next = this.#tokens[this.#at]
    if (next?.kind !== 'name') return undefined
    this.#at++
    return this.#taken(['(']) === undefined ? {kind: 'name', name: next.text} : this.#call(next.text)
  }

  #call(name: string): SyntaxNode | undefined {
    const args: SyntaxNode[] = []
    do {
      const arg = this.sum()
      if (arg === undefined) return undefined
      args.push(arg)
    } while (this.#taken([',']) !== undefined)
    return this.#taken([')']) === undefined ? undefined : {kind: 'function', name, args}
  }

  #taken(signs: readonly string[]): string | undefined {
    const next = this.#tokens[this.#at]
    if (next?.kind !== 'sign' || !signs.includes(next.text)) return undefined
    this.#at++
    return next.text
  }
}
