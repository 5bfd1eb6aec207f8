import {describe, expect, it} from 'vitest'
import {combined, dimensionExample, quantityText, sameDimension, unitSize, writtenUnit} from '../../src/foundation/quantity.js'

const vectorOf = (...units: readonly string[]) =>
  units.reduce<readonly number[]>((sum, unit) => combined(sum, unitSize(unit).vector, 1), [])

describe('writtenUnit', () => {
  it.each([
    [['J'], 'J'],
    [['J', 's'], 'J s'],
    [['J', 's', 's'], 'J s^2'],
    [['J', 'mm^2'], 'J mm^2'],
    [['J', 's', 'USD'], 'J s USD'],
    [['s', 'USD', '1/B'], 's USD/B'],
    [['J', '1/s', 'B'], 'B W'],
  ])('of %j is %s', (units, expected) => {
    const unit = writtenUnit(vectorOf(...units))
    expect(unit).toBe(expected)
    expect(sameDimension(unitSize(unit).vector, vectorOf(...units))).toBe(true)
  })

  it('stays with base units where no few units make it', () => {
    expect(writtenUnit(vectorOf('J', 's', 'USD', 'B', 'op'))).toBe('base units')
  })
})

describe('quantityText', () => {
  it.each([
    [84, '', '84'],
    [16 * 2 ** 20, 'B', '16 MiB'],
    [5e12, 'B/s', '5 TB/s'],
    [814, 'mm^2', '814 mm^2'],
  ])('of %d %s is %s', (value, unit, expected) => {
    expect(quantityText(value, unit)).toBe(expected)
  })
})

it('shows how a quantity of a dimension is written, and nothing for a product that has no name', () => {
  expect(dimensionExample(vectorOf('B'))).toBe('24 MiB')
  expect(dimensionExample(vectorOf('J', 's'))).toBeUndefined()
})
