import {expect, it} from 'vitest'
import {area, areaPanels} from '../../../src/report/charts/area.js'
import {areaInput} from '../sample-inputs.js'

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

it('shows all of the die and all of the energy of each design, however many parts are one', () => {
  const input = areaInput()
  const [dies, ...energies] = areaPanels(input)
  for (const {name, areaParts, energies: described} of input.designs) {
    const ofDesign = (panel: (typeof energies)[number]) =>
      panel.segments.filter(({configuration}) => configuration === name).map(({value}) => value)
    expect(sumOf(ofDesign(dies!))).toBeCloseTo(sumOf(areaParts.map(({squareMillimetres}) => squareMillimetres)), 9)
    for (const [index, {parts}] of described.entries())
      expect(sumOf(ofDesign(energies[index]!))).toBeCloseTo(sumOf(parts.map(({energyJoules}) => energyJoules)), 12)
  }
})

it('gives the energies of all workloads the same sources in the same colours, the least of them as one, and one legend', () => {
  const [, prefill, decode] = areaPanels(areaInput())
  expect([prefill!.title, decode!.title]).toEqual(['Energy per token, prefill', 'Energy per token, decode'])
  expect(prefill!.partNames).toHaveLength(8)
  expect(prefill!.partNames.at(-1)).toBe('other (3)')
  expect(decode!.partNames).toEqual(prefill!.partNames)
  expect([prefill!.hasLegend, decode!.hasLegend]).toEqual([false, true])
})

it('has no panel for a die that is not described', () => {
  const designs = areaInput().designs.map((each) => ({...each, areaParts: []}))
  expect(areaPanels({...areaInput(), designs}).map(({unit}) => unit)).toEqual(['joules', 'joules'])
})

it('lists the area and the energy of every part of every design', () => {
  const rows = area.rows(areaInput())
  expect(rows).toHaveLength(3 * (9 + 2 * 10))
  expect(rows[0]).toEqual({design: 'least latency', part: 'cores', quantity: 'area', squareMillimetres: 300})
})
