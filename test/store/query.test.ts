import {describe, expect, it} from 'vitest'
import type {UserError} from '../../src/foundation/user-error.js'
import {queryFront, queryPoints} from '../../src/store/query.js'
import type {PointQuery} from '../../src/store/resolve-query.js'
import {definition, metricColumns, openedStore, writeGrid} from './fixtures.js'

/** Latency 0 … 5 over smCount × batch, energy ten times it; a second space has a text axis and no batch. */
function twoSpaces() {
  const store = openedStore()
  writeGrid(store.space(definition), [132, 108], [1, 8, 64])
  const other = {
    ...definition,
    accelerator: 'tpu-v4',
    axes: [
      {name: 'dtype', unit: ''},
      {name: 'clock', unit: 'Hz'},
    ],
  }
  writeGrid(store.space(other), ['bf16', 'int8'], [1.41e9])
  return store
}

function read(query: PointQuery) {
  return [...queryPoints(twoSpaces(), query).rows]
}

describe('queryPoints', () => {
  it('names what a space is, its axes and its metrics, with units', () => {
    const {columns, rows} = queryPoints(twoSpaces())
    expect(columns.filter(({kind}) => kind === 'axis').map(({name, unit, type}) => [name, unit, type])).toEqual([
      ['smCount', '', 'number'],
      ['batch', '', 'number'],
      ['dtype', '', 'text'],
      ['clock', 'Hz', 'number'],
    ])
    const first = [...rows][0]!
    expect(first).toMatchObject({accelerator: 'h100-sxm', modelVersion: '1', smCount: 132, batch: 1, dtype: null, clock: null})
    expect(first).toMatchObject({latencySeconds: 0, energyJoules: 0, boundByIndex: 0, boundBy: 'matrix', averageWatts: null})
    expect(Object.keys(first)).toEqual(columns.map(({name}) => name))
  })

  it('can be read again: each pass over the rows starts anew', () => {
    const {rows} = queryPoints(twoSpaces(), {columns: ['batch']})
    expect([...rows]).toEqual([...rows])
    expect([...rows]).toHaveLength(8)
  })

  it.each([
    {where: ['batch = 8'], latencies: [1, 4]},
    {where: ['batch == 8'], latencies: [1, 4]},
    {where: ['batch != 8'], latencies: [0, 2, 3, 5]},
    {where: ['latencySeconds < 2 and smCount = 132'], latencies: [0, 1]},
    {where: ['latency_seconds >= 4000 ms', 'accelerator = h100-sxm'], latencies: [4, 5]},
    {where: ['latency<=100ms'], latencies: [0, 0]},
    {where: ['energy > 0.03 kJ'], latencies: [4, 5]},
    {where: ['boundBy = hbm', 'batch > 1'], latencies: [1, 5]},
    {where: ['boundBy != hbm AND batch > 1'], latencies: [2, 4]},
    {where: ['dtype = int8'], latencies: [1]},
    {where: ["dtype = 'int8' and clock = 1410 MHz"], latencies: [1]},
    {where: ['clock < 1410 MHz'], latencies: []},
    {where: ['accelerator = "tpu-v4"'], latencies: [0, 1]},
    {where: ['workload != llama-3.1-8b'], latencies: []},
    {where: ['averageWatts < 1e9'], latencies: []},
    {where: ['averageWatts != 3'], latencies: []},
    {where: ['latency = "fast"'], latencies: []},
  ])('keeps of eight points those with $where', ({where, latencies}) => {
    expect(read({where, columns: ['latencySeconds']}).map(({latencySeconds}) => latencySeconds)).toEqual(latencies)
  })

  it('sorts over all spaces, unknown values last both ways', () => {
    const columns = ['latencySeconds', 'batch']
    const cells = (query: PointQuery) => read({...query, columns}).map(({latencySeconds, batch}) => [latencySeconds, batch])
    expect(cells({sort: ['-latency'], limit: 3})).toEqual([
      [5, 64],
      [4, 8],
      [3, 1],
    ])
    expect(cells({sort: ['-batch', 'latency']}).map(([, batch]) => batch)).toEqual([64, 64, 8, 8, 1, 1, null, null])
    expect(cells({sort: ['batch', '-latency']})).toEqual([
      [3, 1],
      [0, 1],
      [4, 8],
      [1, 8],
      [5, 64],
      [2, 64],
      [1, null],
      [0, null],
    ])
  })

  it('sorts by names of spaces and of bounds', () => {
    const rows = read({sort: ['-accelerator', 'boundBy', 'latency'], columns: ['accelerator', 'boundBy', 'latencySeconds'], limit: 4})
    expect(rows.map((row) => Object.values(row))).toEqual([
      ['tpu-v4', 'hbm', 1],
      ['tpu-v4', 'matrix', 0],
      ['h100-sxm', 'hbm', 1],
      ['h100-sxm', 'hbm', 3],
    ])
  })

  it('gives the columns asked for, in that order, and no more rows than asked for', () => {
    const rows = read({columns: ['energy', 'batch', 'accelerator'], limit: 2})
    expect(rows.map((row) => Object.entries(row))[1]).toEqual([
      ['energyJoules', 10],
      ['batch', 8],
      ['accelerator', 'h100-sxm'],
    ])
    expect(rows).toHaveLength(2)
    expect(read({limit: 0})).toEqual([])
  })

  it('reads one space by the beginning of its hash', () => {
    const store = twoSpaces()
    const {hash} = store.spaces()[1]!
    expect([...queryPoints(store, {space: hash.slice(0, 10)}).rows]).toHaveLength(2)
    expect(() => queryPoints(store, {space: 'zzz'})).toThrow(expect.objectContaining({code: 'UNKNOWN_SPACE'}))
  })

  it('lets the store be written after a reader stopped early', () => {
    const store = twoSpaces()
    for (const row of queryPoints(store, {sort: ['latency']}).rows) if (row['latencySeconds'] === 1) break
    expect(writeGrid(store.space(definition), [80], [1])).toBe(1)
  })

  it('takes what looks like SQL for a text', () => {
    const store = twoSpaces()
    const where = ['dtype = "x\') OR 1=1; DROP TABLE points; --"']
    expect([...queryPoints(store, {where}).rows]).toEqual([])
    expect(store.pointCount()).toBe(8)
  })

  it.each([
    {
      where: 'latencySecond < 1',
      code: 'UNKNOWN_COLUMN',
      message: '"latencySecond" is not a known column of the points',
      hint: 'did you mean latencySeconds',
    },
    {
      where: 'edp < 1',
      code: 'UNKNOWN_COLUMN',
      message: '"edp" is not a known column of the points',
      hint: 'named expressions of a study are not stored: write them out in --sql, as in `select energy_joules * latency_seconds from points_by_name`',
    },
    {where: 'bach = 8', code: 'UNKNOWN_COLUMN', message: '"bach" is not a known column of the points', hint: 'did you mean batch'},
    {
      where: 'latencySeconds < 3 J',
      code: 'FILTER_VALUE',
      message: '"3 J" cannot be compared with latencySeconds: a number of s, or one with its own unit was expected',
      hint: 'write it as in `latencySeconds < 2 s`',
    },
    {
      where: 'batch = many',
      code: 'FILTER_VALUE',
      message: '"many" cannot be compared with batch: a plain number was expected',
      hint: 'write it as in `batch < 8`',
    },
    {
      where: 'batch = 8 or batch = 1',
      code: 'FILTER_FORM',
      message: '"batch = 8 or batch = 1" is no comparison: a column, one of < <= > >= = !=, and a value were expected',
      hint: 'write it as in `latencySeconds < 10 ms and batch = 8`; put texts with signs in quotes',
    },
    {
      where: 'batch = 8 and latency',
      code: 'FILTER_FORM',
      message: '"latency" is no comparison: a column, one of < <= > >= = !=, and a value were expected',
      hint: 'write it as in `latencySeconds < 10 ms and batch = 8`; put texts with signs in quotes',
    },
    {
      where: '',
      code: 'FILTER_FORM',
      message: '"" is no comparison: a column, one of < <= > >= = !=, and a value were expected',
      hint: 'write it as in `latencySeconds < 10 ms and batch = 8`; put texts with signs in quotes',
    },
  ])('refuses "$where" with $code', ({where, code, message, hint}) => {
    expect(() => read({where: [where]})).toThrow(expect.objectContaining({code, message}))
    try {
      read({where: [where]})
    } catch (error) {
      expect((error as UserError).suggestions[0]).toBe(hint)
    }
  })
})

describe('queryFront', () => {
  it('finds over all spaces the points that none beats, best first objective first', () => {
    const store = openedStore()
    const space = store.space(definition)
    const latency = [4, 1, 2, 2, Number.NaN]
    const energy = [1, 9, 5, 6, 0]
    space.write({
      rowCount: 5,
      axisCodes: [space.codes(0, [1, 2, 3, 4, 5]), space.codes(1, [1, 1, 1, 1, 1])],
      metrics: metricColumns(5, {latencySeconds: (row) => latency[row]!, energyJoules: (row) => energy[row]!}),
    })
    const columns = ['smCount', 'latency', 'energy']
    const front = queryFront(store, [{column: 'latency'}, {column: 'energy'}], {columns})
    expect([...front.rows].map((row) => Object.values(row))).toEqual([
      [2, 1, 9],
      [3, 2, 5],
      [1, 4, 1],
    ])
    const largest = queryFront(
      store,
      [
        {column: 'latency', goal: 'max'},
        {column: 'energy', goal: 'max'},
      ],
      {columns, limit: 1},
    )
    expect([...largest.rows].map((row) => Object.values(row))).toEqual([[1, 4, 1]])
    const filtered = queryFront(store, [{column: 'latency'}, {column: 'energy'}], {columns, where: ['smCount != 3']})
    expect([...filtered.rows].map(({smCount}) => smCount)).toEqual([2, 4, 1])
  })

  it('refuses an objective of texts', () => {
    expect(() => queryFront(twoSpaces(), [{column: 'dtype'}])).toThrow(
      expect.objectContaining({
        code: 'OBJECTIVE_NOT_NUMERIC',
        message: 'dtype holds texts: an objective needs numbers',
        suggestions: ['name metrics, as in `latency,energy`'],
      }),
    )
  })
})
