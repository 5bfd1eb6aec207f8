import {expect, it} from 'vitest'
import {screenUnit, takesPrefix} from '../../src/foundation/unit-symbol.js'

it.each([
  ['mm^2', 'mm²'],
  ['J s^2/B', 'J s²/B'],
  ['1/s', '/s'],
  ['1/mm^2', '/mm²'],
  ['base units', ''],
  ['', ''],
])('people write the unit "%s" as "%s"', (unit, symbol) => {
  expect(screenUnit(unit)).toBe(symbol)
})

it('a prefix stands before no power, no money and no length of its own', () => {
  expect(['J s', 's USD', 'g', 'J s²/B'].map(takesPrefix)).toEqual([true, true, true, true])
  expect(['s²', 'mm²', 'mm', 'USD', 'V'].map(takesPrefix)).toEqual([false, false, false, false, false])
})
