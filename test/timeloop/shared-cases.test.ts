import {describe, expect, it} from 'vitest'
import {directivesOf, expectedFigures, importedMapping, printedFigures, sharedCases} from '../support/timeloop-figures.js'

const models = sharedCases('timeloop-model.json')
const mappers = sharedCases('timeloop-mapper.json')

describe.skipIf(models.length === 0)('shared cases of timeloop-model', () => {
  it.each(models)('$id: capacity, accesses, cycles, utilization and energies are equal to the digits printed', ({inputs, outputs}) => {
    const mapped = importedMapping(inputs)
    expect(printedFigures(mapped)).toEqual(expectedFigures(outputs))
    expect(mapped.energyJoules * 1e12).toBeCloseTo(outputs.total_energy_pJ_sum_of_levels, 1)
  })
})

describe.skipIf(mappers.length === 0)('mappings that timeloop-mapper found', () => {
  it.each(mappers)('$id: give the same figures when written as mappings', ({inputs, outputs, best_mapping: found}) => {
    const tensors = (inputs['problem'] as {shape: {'data-spaces': {name: string}[]}}).shape['data-spaces'].map(({name}) => name)
    const mapped = importedMapping({...inputs, mapping: directivesOf(found!, tensors)})
    expect(printedFigures(mapped)).toEqual(expectedFigures(outputs))
    expect(mapped.energyJoules * 1e12).toBeCloseTo(outputs.total_energy_pJ_sum_of_levels, 1)
  })
})
