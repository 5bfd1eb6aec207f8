import {describe, expect, it} from 'vitest'
import {acceleratorSummary} from '../../src/cost/accelerator-summary.js'
import {diesPerWafer, yieldRatio} from '../../src/cost/die.js'
import {tinyMachine, tinyText} from '../support/tiny-machine.js'

const dies = `
dies:
  chip:
    node: 7 nm
    components: {logic: {count: 8, area: 100 mm^2}, edge: {area: 26 mm^2}}
    wafer: {price: 9346 USD, diameter: 300 mm, defectDensity: 0.15 /cm^2, clusterExponent: 3}
`

describe('the cost of a die', () => {
  it('is what LLMCompass works out for 826 mm² at 7 nm: 62.4 dies, 35.4 % good, $423', () => {
    const [gross, good] = [diesPerWafer(826, 300), yieldRatio(826, 1.5e-3, 3)]
    expect(gross).toBeCloseTo(62.4, 1)
    expect(good).toBeCloseTo(0.354, 3)
    expect(9346 / (gross * good)).toBeCloseTo(423, 0)
  })

  it('adds up components and dies, and the price of the memory', () => {
    const summary = acceleratorSummary(tinyMachine({}, `${tinyText}${dies}memoryPrice: 10 USD/GB\n`))
    expect(summary.dieSquareMillimetres).toBeCloseTo(826, 9)
    expect(summary.deviceDollars).toBeCloseTo(423 + 160, 0)
    const two = acceleratorSummary(tinyMachine({}, `${tinyText}${dies.replace('node:', 'count: 2\n    node:')}memoryPrice: 10 USD/GB\n`))
    expect(two.dieSquareMillimetres).toBeCloseTo(2 * 826, 9)
    expect(two.deviceDollars).toBeCloseTo(2 * 422.6 + 160, 0)
  })

  it('is not known without a wafer or a price of memory', () => {
    expect(acceleratorSummary(tinyMachine())).toMatchObject({dieSquareMillimetres: null, deviceDollars: null})
    expect(acceleratorSummary(tinyMachine({}, `${tinyText}${dies}`)).deviceDollars).toBeNull()
  })

  it('is not known of a die that does not fit on a wafer, whose area still is', () => {
    expect(diesPerWafer(4000, 300)).toBeCloseTo(7.13, 2)
    expect(diesPerWafer(11_000, 300)).toBeNaN()
    expect(diesPerWafer(60_000, 300)).toBeNaN()
    const wide = tinyMachine({}, `${tinyText}${dies.replace('count: 8', 'count: 600')}memoryPrice: 10 USD/GB\n`)
    expect(acceleratorSummary(wide)).toMatchObject({dieSquareMillimetres: 60_026, deviceDollars: null})
  })

  it('has a carbon too: that of its part of a wafer, and of the memory', () => {
    const withCarbon = `${tinyText}${dies.replace('clusterExponent: 3', 'clusterExponent: 3, carbon: 2 kg/cm^2')}`
    // 706.86 cm² at 2 kg over 62.4 · 0.354 good dies, and 16 GB at 100 g.
    const {embodiedGrams} = acceleratorSummary(tinyMachine({}, `${withCarbon}memoryCarbon: 100 g/GB\n`))
    expect(embodiedGrams! / 1000).toBeCloseTo(1413.7 / (62.4 * 0.354) + 1.6, 0)
    expect(acceleratorSummary(tinyMachine({}, withCarbon)).embodiedGrams).toBeNull()
    expect(acceleratorSummary(tinyMachine({}, `${tinyText}${dies}memoryCarbon: 100 g/GB\n`)).embodiedGrams).toBeNull()
  })

  it('grows faster than the area', () => {
    const cost = (area: number): number => 1 / (diesPerWafer(area, 300) * yieldRatio(area, 1e-3, 3))
    for (const area of [50, 100, 200, 400]) expect(cost(2 * area)).toBeGreaterThan(2 * cost(area))
  })
})
