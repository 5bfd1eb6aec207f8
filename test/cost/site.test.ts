import {describe, expect, it} from 'vitest'
import {siteOf} from '../../src/cost/site.js'

describe('a site', () => {
  it('is described in the units that people write', () => {
    const site = siteOf({pue: '1.2', host: '90 W', carbon: '360 g/kWh', electricity: '0.36 USD/kWh', rent: '3.6 USD/h'})
    expect(site).toMatchObject({pueRatio: 1.2, hostWatts: 90})
    expect(site.carbonGramsPerJoule).toBeCloseTo(1e-4, 15)
    expect(site.electricityDollarsPerJoule).toBeCloseTo(1e-7, 15)
    expect(site.rentDollarsPerSecond).toBeCloseTo(1e-3, 12)
    expect(siteOf({lifetime: '4 year', utilization: '0.6'}).lifetimeSeconds).toBe(4 * 365.25 * 86_400)
  })

  it('leaves undescribed what nobody said', () => {
    expect(Object.values(siteOf({})).every((value) => value === undefined)).toBe(true)
  })

  it.each([
    [{pu: '1.2'}, '"pu" is not a known part of a site'],
    [{pue: '0.9'}, 'pue of the site is 0.9, but 1 or more is expected'],
    [{carbon: '350'}, 'carbon of the site: 350 has no unit, but a mass per energy is expected'],
    [{electricity: '0.1 USD/h'}, 'electricity of the site: "0.1 USD/h" is a price of time, but a price of energy is expected'],
    [{rent: '-1 USD/h'}, 'rent of the site is -1 USD/h, but zero or more is expected'],
    [{lifetime: '4 year'}, 'a site with lifetime needs utilization too'],
    [{utilization: '0.5'}, 'a site with utilization needs lifetime too'],
    [{lifetime: '0 s', utilization: '0.5'}, 'lifetime of the site is 0 s, but more than zero is expected'],
    [{lifetime: '1 year', utilization: '1.5'}, 'utilization of the site is 1.5, but more than 0 and at most 1 is expected'],
  ])('refuses %j', (described, message) => {
    expect(() => siteOf(described as Record<string, string>)).toThrow(message)
  })
})

it('tells an incomplete site by its code', () => {
  expect(() => siteOf({lifetime: '4 year'})).toThrow(expect.objectContaining({code: 'SITE_INCOMPLETE'}))
})
