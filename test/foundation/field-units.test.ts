import {describe, expect, it} from 'vitest'
import {fieldUnits} from '../../src/foundation/field-units.js'
import {canonicalUnit, type Dimension, dimensions, math} from '../../src/foundation/quantity.js'

interface UnitInternals {
  readonly value: number
  readonly dimensions: number[]
}

describe('fieldUnits', () => {
  it.each([...fieldUnits])('%s is to mathjs what it is here', (symbol, {baseValue, vector}) => {
    const unit = math().unit(1, symbol) as unknown as UnitInternals
    expect(unit.value).toBe(baseValue)
    expect(unit.dimensions).toEqual(vector)
  })

  it.each(Object.keys(dimensions) as Dimension[])('the unit of %s is what mathjs makes of its text', (dimension) => {
    const {unit} = dimensions[dimension]
    if (unit === '') return expect(canonicalUnit(dimension)).toEqual({baseValue: 1, vector: []})
    const parsed = math().unit(unit.startsWith('1/') ? `1 ${unit.slice(1)}` : `1 ${unit}`) as unknown as UnitInternals
    expect(canonicalUnit(dimension).baseValue / parsed.value).toBeCloseTo(1, 14)
    expect(canonicalUnit(dimension).vector.map((power) => power + 0)).toEqual(parsed.dimensions)
  })
})
