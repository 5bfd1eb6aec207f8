import {describe, expect, it} from 'vitest'
import {parseAccelerator} from '../../src/accelerator/load-accelerator.js'
import {SpecError} from '../../src/spec/spec-error.js'
import {edited, failure, smallAccelerator} from '../support/small-accelerator.js'
import {tinyMachine} from '../support/tiny-machine.js'

const parsed = (text: string) => parseAccelerator('small', text)
const refused = (text: string): SpecError => failure(() => parsed(text)) as SpecError

describe('fields of energy', () => {
  it('are undefined where a file does not state them', () => {
    const {units, power} = parsed(smallAccelerator).machine
    expect(units[0]!.joulesPerElement).toBeUndefined()
    expect(power.clockingWatts).toBeUndefined()
    expect(power.regulatorEfficiencyRatio).toBeUndefined()
  })

  it('are read with their units', () => {
    const set = {'lanes.energyPerElement': '300 pJ/op', 'power.clocking': '12 W', 'power.regulatorEfficiency': '0.9'}
    const {units, power} = tinyMachine(set).machine
    expect(units.find(({name}) => name === 'lanes')!.joulesPerElement).toBeCloseTo(3e-10, 20)
    expect(power).toMatchObject({clockingWatts: 12, regulatorEfficiencyRatio: 0.9})
  })

  it('states elements at vector units alone', () => {
    const text = edited(
      '    energyPerOperation: {bf16: 1 pJ/op}',
      '    energyPerOperation: {bf16: 1 pJ/op}\n    energyPerElement: 300 pJ/op',
    )
    const error = refused(text)
    expect(error).toBeInstanceOf(SpecError)
    expect(error.message).toContain('/units/array/energyPerElement')
    expect(error.message).toContain('a unit of kind matrix passes no elements')
    expect(error.suggestions).toContain('state energyPerElement at the vector unit')
  })

  it.each(['0', '1.2', '-0.5'])('refuses a regulator that passes on %s of what it draws', (share) => {
    const error = refused(edited('  staticVoltage: 0.9 V\n', `  staticVoltage: 0.9 V\n  regulatorEfficiency: ${share}\n`))
    expect(error.code).toBe('VALUE_OUT_OF_RANGE')
    expect(error.message).toContain('/power/regulatorEfficiency')
    expect(error.message).toContain('more than zero and at most one is expected')
  })

  it('refuses clocking below zero', () => {
    const error = refused(edited('  staticVoltage: 0.9 V\n', '  staticVoltage: 0.9 V\n  clocking: -1 W\n'))
    expect(error.code).toBe('VALUE_OUT_OF_RANGE')
    expect(error.message).toContain('/power/clocking')
  })
})
