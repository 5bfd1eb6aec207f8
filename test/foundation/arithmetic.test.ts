import fc from 'fast-check'
import type {MathNode} from 'mathjs'
import {describe, expect, it} from 'vitest'
import {readArithmetic, type SyntaxNode} from '../../src/foundation/arithmetic.js'
import {math} from '../../src/foundation/quantity.js'

/** How mathjs reads a text, in our words; nothing where it can't, or where it reads more than arithmetic. */
function mathjsReading(text: string): SyntaxNode | undefined {
  try {
    return inOurWords(math().parse(text))
  } catch {
    return undefined
  }
}

function inOurWords(parsed: MathNode): SyntaxNode {
  const node = parsed as MathNode & {content: MathNode; value: number; name: string; fn: string | {name: string}; args: MathNode[]}
  switch (node.type as string) {
    case 'ParenthesisNode':
      return inOurWords(node.content)
    case 'ConstantNode':
      return {kind: 'number', value: node.value}
    case 'SymbolNode':
      return {kind: 'name', name: node.name}
    case 'OperatorNode':
      return {kind: 'operator', name: node.fn as string, args: node.args.map(inOurWords)}
    case 'FunctionNode':
      return {kind: 'function', name: (node.fn as {name: string}).name, args: node.args.map(inOurWords)}
    default:
      throw new Error(`${node.type} is more than arithmetic`)
  }
}

describe('readArithmetic', () => {
  it.each([
    '132',
    '24 MiB',
    '3.35 TB/s',
    '1410MHz',
    '0.1 /cm^2',
    '4 * sms',
    '104 mm^2 * (l2 / (60 MiB))',
    '0.59 + 0.41 * sms / 132',
    '-2 * a ^ 2',
    'min(ceil(a / 2), 1e3 B)',
    '10.45 mm^2 * 6 * (hbmBandwidth / (4022 GB/s))',
  ])('reads %s on its own, as mathjs does', (text) => {
    expect(readArithmetic(text)).toEqual(mathjsReading(text))
    expect(readArithmetic(text)).toBeDefined()
  })

  it.each([
    '1 / 2 MiB',
    '-2 MiB',
    'a b',
    '2 (3)',
    'a < b',
    '0x10',
    '2 in',
    'f(x) = 2',
    '[1, 2]',
    'a ^ b',
    '2 +',
    ')',
    '',
    'a ^ 2 ^ 3',
    '2^2 B',
  ])('leaves %s to mathjs', (text) => {
    expect(readArithmetic(text)).toBeUndefined()
  })

  it('reads nothing that mathjs reads otherwise', () => {
    const word = fc.constantFrom(
      '1',
      '2.5',
      '.5',
      '3e2',
      'a',
      'b2',
      'MiB',
      's',
      'min',
      'e',
      '+',
      '-',
      '*',
      '/',
      '^',
      '(',
      ')',
      ',',
      ' ',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(word, {maxLength: 12}), (words) => {
        const text = words.join('')
        const own = readArithmetic(text)
        if (own !== undefined) expect(own).toEqual(mathjsReading(text))
      }),
      {numRuns: 20_000},
    )
  })
})
