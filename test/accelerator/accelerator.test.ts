import {describe, expect, it} from 'vitest'
import {designBatch} from '../../src/accelerator/accelerator.js'
import {loadAccelerator, parseAccelerator} from '../../src/accelerator/load-accelerator.js'
import {edited, failure, small} from '../support/small-accelerator.js'

describe('a batch of designs', () => {
  /** Every leaf of a machine's tree by its path, columns at one row. */
  const leavesAt = (value: unknown, row: number, place = ''): [string, unknown][] => {
    if (value instanceof Float64Array) return [[place, value[row]]]
    if (typeof value !== 'object' || value === null) return value === undefined ? [] : [[place, value]]
    return Object.entries(value).flatMap(([key, each]) => leavesAt(each, row, `${place}/${key}`))
  }
  /** Numbers to 14 digits: a column multiplies by the reciprocal of a unit where a single value divides by it. */
  const rounded = (leaves: [string, unknown][]) =>
    leaves.map(([place, value]) => [place, typeof value === 'number' ? Number(value.toPrecision(14)) : value])

  it.each([
    ['small', {cores: [2, 4, 9], cache: [2 ** 20, 3e6, 2 ** 22]}],
    ['h100-sxm', {sms: [100, 132, 144], hbmBandwidth: [2e12, 3.352e12, 5e12], l2: [2 ** 25, 5e7, 2 ** 26]}],
    ['mi300x', {computeUnits: [200, 304, 320], infinityCache: [2 ** 27, 2 ** 28, 2 ** 29]}],
    ['chiplet-npu', {chiplets: [2, 4, 8], arraySize: [32, 64, 128], hbmStacks: [2, 4, 6]}],
  ])('of %s holds in each row the machine that the same values build on their own', (name, axes: Record<string, readonly number[]>) => {
    const load = (set: Record<string, string>) => (name === 'small' ? small({set}) : loadAccelerator(name, {set}))
    const accelerator = load({})
    const batch = designBatch(accelerator, Object.keys(axes), 4)
    const bitsPerByte = 8
    const unitOf: Record<string, readonly [string, number]> = {
      cache: ['B', bitsPerByte],
      l2: ['B', bitsPerByte],
      infinityCache: ['B', bitsPerByte],
      hbmBandwidth: ['B/s', bitsPerByte],
    }
    for (const [axis, values] of Object.entries(axes)) {
      const [, baseUnits] = unitOf[axis] ?? ['', 1]
      for (const [row, value] of values.entries()) batch.parameterColumns.get(axis)![row] = value * baseUnits
    }
    batch.refill(3)
    for (let row = 0; row < 3; row++) {
      const set = Object.fromEntries(
        Object.entries(axes).map(([axis, values]) => [axis, `${values[row]} ${unitOf[axis]?.[0] ?? ''}`.trim()]),
      )
      expect(rounded(leavesAt(batch.machine, row))).toEqual(rounded(leavesAt(load(set).machine, row)))
    }
  })

  it('refuses a row that leaves the range of a field, and names the axis', () => {
    const batch = designBatch(small(), ['cores'], 2)
    batch.parameterColumns.get('cores')!.set([4, 0])
    expect(() => batch.refill(1)).not.toThrow()
    const error = failure(() => batch.refill(2))
    expect(error).toMatchObject({code: 'VALUE_OUT_OF_RANGE', suggestions: ['narrow the axes of cores']})
  })

  it('refuses a row whose count is not whole, but not one that only rounds', () => {
    const thirds = parseAccelerator(
      'small',
      edited('count: cores\n    clock: core\n    tile', 'count: 3 * (cores / 3) * 0.1 * 10\n    clock: core\n    tile'),
    )
    const batch = designBatch(thirds, ['cores'], 3)
    batch.parameterColumns.get('cores')!.set([7, 11, 11.5])
    batch.refill(2)
    expect([...batch.machine.units[0]!.count.subarray(0, 2)]).toEqual([7, 11])
    const error = failure(() => batch.refill(3))
    expect(error).toMatchObject({code: 'VALUE_OUT_OF_RANGE', suggestions: ['keep to whole values on the axes of cores']})
    expect(error.message).toMatch(/\/units\/array\/count: .* is 11\.\d+.*, but a whole number is expected/)
  })

  it('refuses to vary a point of a curve', () => {
    const curved = parseAccelerator('small', edited('power: 2 W}', 'power: 0.5 W * cores}'))
    expect(failure(() => designBatch(curved, ['cores'], 1)).message).toContain(
      'a point of a curve depends on a parameter that this study varies',
    )
  })
})
