import {describe, expect, it} from 'vitest'
import {footprintOf, repeated, shareOf} from '../../src/cost/footprint.js'
import {siteOf} from '../../src/cost/site.js'

const work = {latencySeconds: 10, energyJoules: 6000, deviceCount: 2, embodiedGrams: 100_000}
const described = {
  pue: '1.5',
  host: '100 W',
  carbon: '360 g/kWh',
  electricity: '0.36 USD/kWh',
  rent: '3.6 USD/h',
  lifetime: '1e6 s',
  utilization: '0.5',
}

describe('a footprint', () => {
  it('adds the hosts of all devices, then the cooling of both', () => {
    const {deviceJoules, hostJoules, coolingJoules, totalJoules} = footprintOf(work, siteOf(described))
    expect([deviceJoules, hostJoules, coolingJoules, totalJoules]).toEqual([6000, 2000, 4000, 12_000])
  })

  it('prices electricity by energy and rent by the time of all devices', () => {
    const {electricityDollars, rentDollars, totalDollars} = footprintOf(work, siteOf(described))
    expect(electricityDollars).toBeCloseTo(12_000 * 1e-7, 12)
    expect(rentDollars).toBeCloseTo(2 * 10 * 1e-3, 12)
    expect(totalDollars).toBeCloseTo(0.0212, 12)
  })

  it('writes the making of the devices off over the part of their life that they work', () => {
    const {operationGrams, embodiedGrams, totalGrams} = footprintOf(work, siteOf(described))
    expect(operationGrams).toBeCloseTo(1.2, 12)
    expect(embodiedGrams).toBeCloseTo((100_000 * 10) / 5e5, 12)
    expect(totalGrams).toBeCloseTo(3.2, 12)
  })

  it('leaves out what the site does not say, and says so with null', () => {
    expect(footprintOf(work, siteOf({pue: '1.5'}))).toEqual({
      latencySeconds: 10,
      deviceJoules: 6000,
      hostJoules: null,
      coolingJoules: 3000,
      totalJoules: 9000,
      electricityDollars: null,
      rentDollars: null,
      totalDollars: null,
      operationGrams: null,
      embodiedGrams: null,
      totalGrams: null,
    })
    expect(footprintOf({...work, embodiedGrams: null}, siteOf(described)).embodiedGrams).toBeNull()
  })

  it.each(Object.keys(described).filter((word) => word !== 'lifetime' && word !== 'utilization'))('is moved by %s', (word) => {
    const less = Object.fromEntries(Object.entries(described).filter(([key]) => key !== word))
    expect(footprintOf(work, siteOf(less))).not.toEqual(footprintOf(work, siteOf(described)))
  })

  it('is shared in energy, money and carbon but not in time, and repeated in all', () => {
    const whole = footprintOf(work, siteOf(described))
    expect(shareOf(whole, 0.25)).toMatchObject({latencySeconds: 10, totalJoules: 3000, hostJoules: 500})
    expect(repeated(whole, 3)).toMatchObject({latencySeconds: 30, totalJoules: 36_000})
    expect(repeated(footprintOf(work, siteOf({})), 3).totalGrams).toBeNull()
  })
})
