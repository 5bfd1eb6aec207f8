import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {accountOf} from '../../src/cost/account.js'
import {siteOf} from '../../src/cost/site.js'
import {accountWithBands} from '../../src/uncertainty/banded-account.js'
import {monteCarlo} from '../../src/uncertainty/monte-carlo.js'
import {buildWorkload, loadModel} from '../../src/workload/load-workload.js'

const h100 = loadAccelerator('h100-sxm')
const model = loadModel('gpt2')
const site = siteOf({pue: '1.25', carbon: '360 g/kWh'})

describe('an account with bands', () => {
  it('is the account, each of its energies and grams inside of its band', () => {
    const options = {site, outputTokens: 8, runCount: 10}
    const {lineBands, ...account} = accountWithBands(h100, model, {promptTokens: 64, batch: 4}, options)
    expect(account).toEqual(accountOf(h100, model, {promptTokens: 64, batch: 4}, options))
    expect(lineBands).toHaveLength(account.lines.length)
    for (const [index, {totalJoules, totalGrams}] of account.lines.entries()) {
      const {totalEnergyBand, totalCarbonBand, totalMoneyBand} = lineBands![index]!
      expect(totalEnergyBand.p5Joules).toBeLessThan(totalJoules)
      expect(totalEnergyBand.p95Joules).toBeGreaterThan(totalJoules)
      expect(totalCarbonBand!.p5Grams).toBeLessThan(totalGrams!)
      expect(totalCarbonBand!.p95Grams).toBeGreaterThan(totalGrams!)
      expect(totalMoneyBand).toBeNull()
    }
  })

  it('has the band of the pass for its devices, all of them, and what the site makes of it for the whole', () => {
    const input = {promptTokens: 128, tensorParallel: 2}
    const {lineBands} = accountWithBands(h100, model, input, {site, clockHertz: 1.2e9})
    const {energyBand} = monteCarlo(h100, buildWorkload(model, input), {clockHertz: 1.2e9})
    const [token, pass] = lineBands!
    expect(pass!.deviceEnergyBand.p95Joules).toBeCloseTo(2 * energyBand.p95Joules, 9)
    expect(pass!.totalEnergyBand.p5Joules).toBeCloseTo(1.25 * 2 * energyBand.p5Joules, 9)
    expect(pass!.totalCarbonBand!.p50Grams).toBeCloseTo((1.25 * 2 * energyBand.p50Joules * 360) / 3.6e6, 9)
    expect(token!.totalEnergyBand.p95Joules * 128).toBeCloseTo(pass!.totalEnergyBand.p95Joules, 9)
  })

  it('has none where they are switched off', () => {
    expect(accountWithBands(h100, model, {}, {site, samples: 'off'}).lineBands).toBeNull()
  })
})
