import {describe, expect, it} from 'vitest'
import {loadAccelerator, parseAccelerator} from '../../src/accelerator/load-accelerator.js'
import {edited, failure, small} from '../support/small-accelerator.js'

const energyOf = (set: Readonly<Record<string, string>>) => small({set}).machine.memories[1]!.readJoulesPerByte

describe('the path of a field', () => {
  it.each(['memories.dram.energy', 'dram.energy'])('%s is the energy of the main memory', (key) => {
    expect(energyOf({[key]: '2 pJ/b'})).toBeCloseTo(16e-12, 20)
  })

  it.each([
    ['staticVoltage', '0.8 V', (machine: ReturnType<typeof small>['machine']) => machine.power.staticVolts, 0.8],
    ['energyExponent', '2.5', ({clocks}) => clocks[0]!.energyExponent, 2.5],
    ['array.energyPerOperation.bf16', '2 pJ/op', ({units}) => units[0]!.joulesPerOperation.bf16, 2e-12],
    ['array.m', '16', ({units}) => units[0]!.tile.m, 16],
    ['cores.area', '6 mm^2', ({dies}) => dies[0]!.components[0]!.squareMillimetres, 6],
    ['power.response', '50 ms', ({power}) => power.responseSeconds, 0.05],
  ] as const satisfies readonly (readonly [string, string, (machine: ReturnType<typeof small>['machine']) => unknown, number])[])(
    '%s is short for one field',
    (key, value, read, expected) => {
      expect(read(small({set: {[key]: value}}).machine)).toBe(expected)
    },
  )

  it('that could be of several fields is refused, and names them', () => {
    expect(failure(() => small({set: {'array.bf16': '2 pJ/op'}}))).toMatchObject({
      message: '"array.bf16" can mean units.array.operationsPerCycle.bf16 or units.array.energyPerOperation.bf16',
      code: 'AMBIGUOUS_NAME',
      suggestions: ['write units.array.operationsPerCycle.bf16', 'write units.array.energyPerOperation.bf16'],
    })
    const twins = edited(
      '  array:\n',
      '  cache: {kind: special, count: 1, clock: core, operationsPerCycle: {fp32: 1 op/cycle}, energyPerOperation: {fp32: 1 pJ/op}}\n  array:\n',
    )
    expect(failure(() => parseAccelerator('twins', twins, {set: {'cache.clock': 'core'}}))).toMatchObject({
      message: '"cache.clock" can mean units.cache.clock or memories.cache.clock',
    })
    expect(parseAccelerator('twins', twins, {set: {'cache.capacity': '3 MiB'}}).machine.memories[0]!.capacityBytes).toBe(3 * 2 ** 20)
  })

  it.each([
    ['drm.energy', 'did you mean dram.energy'],
    ['dram.enrgy', 'did you mean energy'],
    ['staticVoltge', 'did you mean staticVoltage'],
  ])('%s is unknown, and the nearest name is told', (key, hint) => {
    expect(failure(() => small({set: {[key]: '2 pJ/b'}})).suggestions[0]).toBe(hint)
  })

  it('of a parameter comes before that of a field', () => {
    expect(small({set: {cache: '3 MiB'}}).machine.memories[0]!.capacityBytes).toBe(3 * 2 ** 20)
  })

  it.each([
    ['dram.energy', '2 pJ', '"2 pJ" is an energy, but energy per amount of data is expected'],
    ['dram.energy', '2', '2 has no unit, but energy per amount of data is expected'],
    ['cache', '3 MHz', '"3 MHz" is a frequency, but an amount of data is expected'],
  ])('takes %s only in its unit, not %s', (key, value, message) => {
    expect(failure(() => small({set: {[key]: value}})).message).toContain(message)
  })
})

it('a field of the power that is written without it is found with it', () => {
  const set = {'thermal.limit': '70 degC'}
  expect(failure(() => loadAccelerator('a100-pcie-40gb', {set}))).toMatchObject({
    code: 'UNKNOWN_NAME',
    suggestions: expect.arrayContaining(['did you mean power.thermal.limit']),
  })
})
