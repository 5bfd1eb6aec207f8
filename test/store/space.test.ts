import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {queryPoints} from '../../src/store/query.js'
import type {AxisValue} from '../../src/store/space-definition.js'
import {definition, metricColumns, openedStore, temporaryFolder, writeGrid} from './fixtures.js'

describe('Space', () => {
  it('gives codes in the order in which values are first seen, and the same ones ever after', () => {
    const space = openedStore().space(definition)
    expect([...space.codes(0, [132, 108, 132])]).toEqual([0, 1, 0])
    expect([...space.codes(0, [80, 108])]).toEqual([2, 1])
    expect([...space.codes(1, [8])]).toEqual([0])
  })

  it('tells the number 8 from the text "8", and holds -0 and 0 for one value', () => {
    const space = openedStore().space(definition)
    expect([...space.codes(0, [8, '8', 0, -0])]).toEqual([0, 1, 2, 2])
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %d as a value of an axis and keeps the others', (value) => {
    const space = openedStore().space(definition)
    expect(() => space.codes(0, [1, value])).toThrow(
      expect.objectContaining({
        code: 'AXIS_VALUE_NOT_FINITE',
        message: `axis "smCount" cannot take the value ${value}: finite numbers and texts are stored`,
        suggestions: ['take the value out of the axis'],
      }),
    )
    expect([...space.codes(0, [7])]).toEqual([0])
  })

  it('stores a point once: writing the grid again adds nothing and changes nothing', () => {
    const store = openedStore()
    const space = store.space(definition)
    expect(writeGrid(space, [132, 108], [1, 8, 64])).toBe(6)
    const before = [...queryPoints(store).rows]
    expect(writeGrid(space, [108, 132], [64, 8, 1])).toBe(0)
    expect([...queryPoints(store).rows]).toEqual(before)
  })

  it('finds as missing only what an extended axis adds', () => {
    const space = openedStore().space(definition)
    writeGrid(space, [132, 108], [1, 8])
    const rows: [number, number][] = [132, 108, 80].flatMap((sm) => [1, 8].map((batch): [number, number] => [sm, batch]))
    const axisCodes = [0, 1].map((axis) =>
      space.codes(
        axis,
        rows.map((row) => row[axis as 0 | 1]),
      ),
    )
    expect([...space.missingRows({rowCount: 6, axisCodes})]).toEqual([4, 5])
  })

  it.each([200, 40_000])('tells missing from stored among %i stored rows, however the wanted ones are ordered', (storedCount) => {
    const space = openedStore().space({...definition, axes: [{name: 'index', unit: ''}]})
    const codes = space.codes(
      0,
      Array.from({length: storedCount * 2}, (_, i) => i),
    )
    const odd = codes.filter((code) => code % 2 === 1)
    space.write({rowCount: odd.length, axisCodes: [odd], metrics: metricColumns(odd.length, {})})
    const wanted = Int32Array.of(storedCount * 2 - 1, 4, 3, 4, 0, 1)
    expect([...space.missingRows({rowCount: 6, axisCodes: [wanted]})]).toEqual([1, 4])
  })

  it('lists existing keys in ascending order', () => {
    const space = openedStore().space(definition)
    expect(space.existingKeys()).toHaveLength(0)
    writeGrid(space, [3, 2, 1], [8, 4])
    const keys = space.existingKeys()
    expect([...keys]).toEqual([0, 1, 2 ** 16, 2 ** 16 + 1, 2 ** 17, 2 ** 17 + 1])
    expect([...space.keys({rowCount: 1, axisCodes: [Int32Array.of(2), Int32Array.of(1)]})]).toEqual([2 ** 17 + 1])
  })

  it('stores keys up to the last of 53 bits', () => {
    const store = openedStore()
    const space = store.space({...definition, axes: [{name: 'index', unit: ''}]})
    space.codes(0, ['only'])
    store.database.prepare('UPDATE axes SET bit_count = 21, key_shift = 32').run()
    const key = Number.MAX_SAFE_INTEGER
    store.database.prepare('INSERT INTO points (space_id, point_key) VALUES (?, ?)').run(space.id, key)
    expect([...space.existingKeys()]).toEqual([key])
  })

  it('repacks when an axis outgrows its bits, and every point keeps its values', () => {
    const store = openedStore()
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    const space = store.space({...definition, axes: names.map((name) => ({name, unit: ''}))})
    const few: AxisValue[][] = [[1, 2], ['x', 'y'], [3], [4], [5], [6], [7, 8], [9]]
    writeGrid(space, ...few)
    const before = [...queryPoints(store).rows]
    const keysBefore = space.existingKeys()
    const many = Array.from({length: 1000}, (_, i) => 100 + i)
    space.codes(3, many)
    expect([...space.existingKeys()]).not.toEqual([...keysBefore])
    expect([...queryPoints(store).rows]).toEqual(before)
    expect(writeGrid(space, ...few)).toBe(0)
    expect(writeGrid(space, [1], ['x'], [3], many, [5], [6], [7], [9])).toBe(1000)
    expect(store.database.prepare('SELECT sum(bit_count) FROM axes').pluck().get()).toBeLessThanOrEqual(53)
  })

  it('refuses values that no key of 53 bits can hold, and stays as it was', () => {
    const store = openedStore()
    const axes = Array.from({length: 14}, (_, i) => ({name: `axis${i}`, unit: ''}))
    const space = store.space({...definition, axes})
    const values = Array.from({length: 16}, (_, i) => i)
    for (let axis = 0; axis < 13; axis++) space.codes(axis, values)
    expect([...space.codes(13, [0, 1])]).toEqual([0, 1])
    expect(() => space.codes(13, [0, 1, 2])).toThrow(
      expect.objectContaining({
        code: 'STORE_KEY_OVERFLOW',
        message: expect.stringMatching(/^the axes have too many distinct values for one key of 53 bits: axis0 16, .*axis13 3$/),
        suggestions: ['sweep into a new store', 'round sampled values so that fewer are distinct, or split the study by one axis'],
      }),
    )
    expect([...space.codes(13, [1, 0])]).toEqual([1, 0])
    expect(store.database.prepare('SELECT count(*) FROM axis_values').pluck().get()).toBe(13 * 16 + 2)
  })

  it('follows what another connection adds and repacks in the meantime', () => {
    const file = join(temporaryFolder(), 'points.sqlite')
    const one = openedStore(file)
    const other = openedStore(file)
    const axes = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({name, unit: ''}))
    const here = one.space({...definition, axes})
    const there = other.space({...definition, axes})
    writeGrid(here, [1, 2], [1], [1], [1], [1], [1])
    expect(writeGrid(there, [2, 3], [1], [1], [1], [1], [1])).toBe(1)
    there.codes(
      1,
      Array.from({length: 5000}, (_, i) => i),
    )
    expect(writeGrid(here, [1, 2, 3, 4], [1], [1], [1], [1], [1])).toBe(1)
    expect([...queryPoints(one, {columns: ['a', 'b']}).rows]).toEqual([1, 2, 3, 4].map((a) => ({a, b: 1})))
  })

  it('is the same space with its axes in another order', () => {
    const store = openedStore()
    writeGrid(store.space(definition), [132, 108], [1, 8])
    const reordered = store.space({...definition, axes: definition.axes.toReversed()})
    expect(writeGrid(reordered, [1, 8], [132, 108])).toBe(0)
    expect(store.spaces()).toHaveLength(1)
  })

  it('keeps NaN as "not known" and refuses an infinity with nothing of the batch stored', () => {
    const store = openedStore()
    const space = store.space(definition)
    const axisCodes = [space.codes(0, [1, 2]), space.codes(1, [1, 1])]
    const metrics = metricColumns(2, {energyJoules: (row) => (row === 1 ? Number.NEGATIVE_INFINITY : 1)})
    expect(() => space.write({rowCount: 2, axisCodes, metrics})).toThrow(
      expect.objectContaining({
        code: 'METRIC_NOT_FINITE',
        message: 'energyJoules of row 1 is -Infinity: only finite numbers are stored, and NaN for "not known"',
        suggestions: ['look for a rate or a clock of zero in the accelerator'],
      }),
    )
    expect(space.pointCount()).toBe(0)
    space.write({rowCount: 2, axisCodes, metrics: metricColumns(2, {})})
    expect([...queryPoints(store, {columns: ['energyJoules']}).rows]).toEqual([{energyJoules: null}, {energyJoules: null}])
  })

  it('refuses codes that stand for nothing', () => {
    const space = openedStore().space(definition)
    const batch = {rowCount: 1, axisCodes: [Int32Array.of(0), Int32Array.of(0)], metrics: metricColumns(1, {})}
    expect(() => space.write(batch)).toThrow(RangeError)
  })
})
