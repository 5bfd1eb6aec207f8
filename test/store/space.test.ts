import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {queryPoints} from '../../src/store/query.js'
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

  it('takes more values of its axes than one key of 53 bits could tell apart', () => {
    const store = openedStore()
    const axes = Array.from({length: 20}, (_, i) => ({name: `axis${i}`, unit: ''}))
    const space = store.space({...definition, axes})
    const rowCount = 1000
    const axisCodes = axes.map((_, axis) =>
      space.codes(
        axis,
        Array.from({length: rowCount}, (__, row) => (row * (axis + 7)) % 997),
      ),
    )
    const batch = {rowCount, axisCodes, metrics: metricColumns(rowCount, {latencySeconds: Math.sqrt})}
    expect(space.write(batch)).toBe(997)
    expect(space.write(batch)).toBe(0)
    expect(space.missingRows(batch)).toHaveLength(0)
  })

  it('stores a batch of any size, of which a point that comes twice is stored once', () => {
    const store = openedStore()
    const space = store.space({...definition, axes: [{name: 'a', unit: ''}]})
    const rowCount = 50_000
    const codes = space.codes(
      0,
      Array.from({length: rowCount}, (_, row) => row % 40_000),
    )
    const metrics = metricColumns(rowCount, {latencySeconds: (row) => row})
    expect(space.write({rowCount, axisCodes: [codes], metrics})).toBe(40_000)
    expect([...queryPoints(store, {sort: ['-latency'], limit: 1, columns: ['a', 'latency']}).rows]).toEqual([
      {a: 39_999, latencySeconds: 39_999},
    ])
  })

  it('follows what another connection adds in the meantime', () => {
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

  it('is told apart by its index alone where it has one, and keeps the numbers of the other axes as they are', () => {
    const store = openedStore()
    const axes = [
      {name: 'place', unit: '', kind: 'index' as const},
      {name: 'clock', unit: 'Hz', kind: 'value' as const},
      {name: 'dtype', unit: ''},
    ]
    const space = store.space({...definition, axes})
    const clocks = [1.5e9, 1.5e9, Number.NaN]
    const points = (places: number[]) => ({
      rowCount: 3,
      axisCodes: [Float64Array.from(places), Float64Array.from(clocks), space.codes(2, ['bf16', 'bf16', 'int8'])],
    })
    const metrics = metricColumns(3, {latencySeconds: (row) => row})
    expect(space.write({...points([2 ** 40, 7, 8]), metrics})).toBe(3)
    expect([...space.missingRows(points([8, 9, 2 ** 40]))]).toEqual([1])
    expect(space.write({...points([8, 9, 2 ** 40]), metrics})).toBe(1)
    const columns = ['place', 'clock', 'dtype', 'latency']
    expect([...queryPoints(store, {columns, sort: ['place']}).rows].map((row) => Object.values(row))).toEqual([
      [7, 1.5e9, 'bf16', 1],
      [8, null, 'int8', 2],
      [9, 1.5e9, 'bf16', 1],
      [2 ** 40, 1.5e9, 'bf16', 0],
    ])
    expect([...queryPoints(store, {columns: ['place'], where: ['clock = 1.5 GHz and place < 9']}).rows]).toEqual([{place: 7}])
    expect(store.spaces()[0]!.definition.axes).toEqual(axes)
  })

  it('refuses a number that is no place in a sample, and one of an axis that is not finite', () => {
    const axes = [
      {name: 'place', unit: '', kind: 'index' as const},
      {name: 'clock', unit: 'Hz', kind: 'value' as const},
    ]
    const space = openedStore().space({...definition, axes})
    const write = (place: number, clock: number) =>
      space.write({rowCount: 1, axisCodes: [Float64Array.of(place), Float64Array.of(clock)], metrics: metricColumns(1, {})})
    for (const place of [-1, 0.5, Number.NaN]) expect(() => write(place, 1)).toThrow(RangeError)
    expect(() => write(0, Number.POSITIVE_INFINITY)).toThrow(expect.objectContaining({code: 'METRIC_NOT_FINITE'}))
    expect(space.pointCount()).toBe(0)
  })

  it('refuses codes that stand for nothing', () => {
    const space = openedStore().space(definition)
    const batch = {rowCount: 1, axisCodes: [Int32Array.of(0), Int32Array.of(0)], metrics: metricColumns(1, {})}
    expect(() => space.write(batch)).toThrow(RangeError)
  })
})
