import {describe, expect, it} from 'vitest'
import {loadAccelerator, parseAccelerator} from '../../src/accelerator/load-accelerator.js'
import {measurables, refuseEstimates} from '../../src/accelerator/refuse-estimates.js'
import {clockCurve} from '../../src/cost/clock-curve.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {shippedNames} from '../../src/spec/catalogue.js'
import {SpecError} from '../../src/spec/spec-error.js'
import {loadWorkload} from '../../src/workload/load-workload.js'
import {edited, failure, smallAccelerator} from '../support/small-accelerator.js'
import {productNode, workloadOf} from '../support/tiny-machine.js'

const product = workloadOf(productNode(64, 64, 64))
const all = (): boolean => true

/** The small machine with one of its values estimated. */
const guessed = (before: string, value: string) =>
  parseAccelerator('small', edited(before, before.replace(value, `{value: ${value}, source: book, estimate: a guess}`)))

describe('refusing estimates', () => {
  it('lets measured constants pass', () => {
    const accelerator = parseAccelerator('small', smallAccelerator)
    expect(evaluate(accelerator, product, {measuredOnly: measurables}).energyJoules).toBe(evaluate(accelerator, product).energyJoules)
  })

  it('names the voltage that is estimated, how, where, and what to do', () => {
    const accelerator = guessed('    energyVoltage: 0.9 V', '0.9 V')
    for (const act of [evaluate, clockCurve]) {
      const error = failure(() => act(accelerator, product, {measuredOnly: ['voltage']}))
      expect(error.code).toBe('ESTIMATE_REFUSED')
      expect(error.message).toBe(
        'small.yaml:18:20 /clocks/core/energyVoltage\n  this voltage is an estimate, but only measured ones are asked for: a guess',
      )
      expect(error.suggestions).toEqual([
        'write what was measured, with its source, or set it: --set clocks.core.energyVoltage=VALUE',
        'or accept estimates of voltage: leave it out of --measured-only',
      ])
    }
    expect(evaluate(accelerator, product, {measuredOnly: ['energy']}).energyJoules).toBeGreaterThan(0)
  })

  it.each([
    ['energyPerOperation: {bf16: 1 pJ/op}', '1 pJ/op', '/units/array/energyPerOperation/bf16'],
    ['    energy: 5 pJ/b', '5 pJ/b', '/memories/dram/energy'],
    ['    energyExponent: 2', '2', '/clocks/core/energyExponent'],
    ['  static: 0 W', '0 W', '/power/static'],
    ['power: 1 W}', '1 W', '/power/idle/0/power'],
  ])('knows the energies: %s', (before, value, pointer) => {
    const accelerator = guessed(before, value)
    expect(failure(() => refuseEstimates(accelerator, ['energy'], all))).toMatchObject({problems: [{pointer}]})
    refuseEstimates(accelerator, ['voltage'], all)
  })

  it('lets an estimate pass that the result does not rest on', () => {
    const text = edited('{bf16: 100 op/cycle}', '{bf16: 100 op/cycle, fp64: 1 op/cycle}').replace(
      '{bf16: 1 pJ/op}',
      '{bf16: 1 pJ/op, fp64: {value: 9 pJ/op, source: book, estimate: a guess}}',
    )
    const accelerator = parseAccelerator('small', text)
    evaluate(accelerator, product, {measuredOnly: ['energy']})
    expect(() => refuseEstimates(accelerator, ['energy'], all)).toThrow(SpecError)
  })

  it('tells one estimate of a whole curve once', () => {
    const error = failure(() => refuseEstimates(loadAccelerator('a100-pcie-80gb'), ['voltage'], all))
    expect(error.message.split('\n').filter((line) => line.startsWith('  '))).toHaveLength(1)
    expect(error.message).toContain('/clocks/core/voltage/0/')
  })

  it('takes what a person sets for measured', () => {
    const set = {
      'clocks.core.voltage.floor': '0.7 V',
      'clocks.core.voltage.knee': '1100 MHz',
      'clocks.core.voltage.slope': '0.4 mV/MHz',
      'clocks.core.energyVoltage': '0.7 V',
      'power.staticVoltage': '0.7 V',
    }
    const decode = loadWorkload('llama-3.1-8b', {phase: 'decode'})
    expect(() => evaluate(loadAccelerator('h100-sxm'), decode, {measuredOnly: ['voltage']})).toThrow(/the driver hides the voltage/)
    expect(evaluate(loadAccelerator('h100-sxm', {set}), decode, {measuredOnly: ['voltage']}).energyJoules).toBeGreaterThan(0)
  })
})

describe('every shipped accelerator', () => {
  it.each(shippedNames('accelerator'))('%s has measured core voltages, or says how they were estimated and within what', (name) => {
    const {constants} = loadAccelerator(name)
    const voltages = constants.filter(({pointer}) => pointer.startsWith('/clocks/core/voltage/'))
    expect(voltages.length).toBeGreaterThan(1)
    for (const {pointer, source, estimate, range} of voltages) {
      if (estimate === undefined) expect([pointer, source.split(',')[0]]).not.toContain('estimate')
      // The clocks of a curve's points were chosen.
      else if (!pointer.endsWith('/clock')) expect(range, pointer).toBeDefined()
    }
  })

  it.each(shippedNames('accelerator'))(
    '%s says what share of its limit it holds, from a measurement or within a range, where a limit can be set',
    (name) => {
      const {constants, machine} = loadAccelerator(name)
      const stated = constants.find(({pointer}) => pointer === '/power/regulation')
      if (stated === undefined) {
        expect(machine.power.regulationRatio).toBe(1)
        return
      }
      expect(stated.value).toBeGreaterThan(0.9)
      expect(stated.value).toBeLessThanOrEqual(1)
      if (stated.estimate !== undefined) expect(stated.range!.ends[1]).toBe(1)
    },
  )
})
