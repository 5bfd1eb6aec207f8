import {describe, expect, it} from 'vitest'
import {powerLimits} from '../../src/cost/operating-point.js'
import {tinyMachine} from '../support/tiny-machine.js'

describe('The power limits of a device', () => {
  const machine = tinyMachine({'power.minimumLimit': '50 W', 'power.limit': '110 W', 'power.maximumLimit': '110 W'})

  it('go up in steps of 25 W, and end with the highest where no step meets it', () => {
    expect(powerLimits(machine)).toEqual([50, 75, 100, 110])
  })

  it('name the highest once where a step meets it', () => {
    expect(powerLimits(machine, 20)).toEqual([50, 70, 90, 110])
  })
})
