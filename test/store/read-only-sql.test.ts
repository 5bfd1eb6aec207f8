import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {UserError} from '../../src/foundation/user-error.js'
import {queryPoints} from '../../src/store/query.js'
import {describeStore, readOnlySql} from '../../src/store/read-only-sql.js'
import {definition, metricColumns, openedStore, temporaryFolder, writeGrid} from './fixtures.js'

function filled(file = ':memory:') {
  const store = openedStore(file)
  writeGrid(store.space(definition), [132, 108], [1, 8, 64])
  writeGrid(store.space({...definition, accelerator: 'tpu-v4', axes: [{name: 'dtype', unit: ''}]}), ['bf16', 'int8'])
  return store
}

describe('readOnlySql', () => {
  it('reads all points by name: axes of every space as columns, NULL where a space has no such axis', () => {
    const store = filled(join(temporaryFolder(), 'points.sqlite'))
    const text =
      'SELECT accelerator, sm_count, batch, dtype, latency_seconds, bound_by FROM points_by_name ORDER BY accelerator, latency_seconds'
    const result = readOnlySql(store, text)
    expect(result.columnNames).toEqual(['accelerator', 'sm_count', 'batch', 'dtype', 'latency_seconds', 'bound_by'])
    const rows = [...result.rows].map((row) => Object.values(row))
    expect(rows).toHaveLength(8)
    expect(rows[1]).toEqual(['h100-sxm', 132, 8, null, 1, 'hbm'])
    expect(rows[7]).toEqual(['tpu-v4', null, null, 'int8', 1, 'hbm'])
  })

  it('agrees with queryPoints on every column', () => {
    const store = filled()
    const {columns, rows} = queryPoints(store)
    const selected = columns.map(({sqlName, name}) => `${sqlName} AS "${name}"`).join(', ')
    const sql = [...readOnlySql(store, `SELECT ${selected} FROM points_by_name`).rows]
    const sorted = (list: Iterable<unknown>) => [...list].map((row) => JSON.stringify(row)).sort()
    expect(sorted(sql)).toEqual(sorted(rows))
  })

  it('groups and counts like any SQL, and leaves the store free to be written meanwhile', () => {
    const store = filled(join(temporaryFolder(), 'points.sqlite'))
    const {rows} = readOnlySql(store, 'SELECT batch, count(*) AS n FROM points_by_name WHERE batch > 1 GROUP BY batch;')
    const read: unknown[] = []
    for (const row of rows) {
      read.push(row)
      writeGrid(store.space(definition), [80 + read.length], [1])
    }
    expect(read).toEqual([
      {batch: 8, n: 2},
      {batch: 64, n: 2},
    ])
  })

  it.each([
    'DELETE FROM chunks',
    'DELETE FROM chunks RETURNING chunk_id',
    "ATTACH 'other.sqlite' AS other",
    "VACUUM INTO 'copy.sqlite'",
    'CREATE TABLE notes (text)',
    'BEGIN',
  ])('refuses %s and changes nothing', (text) => {
    const store = filled(join(temporaryFolder(), 'points.sqlite'))
    expect(() => readOnlySql(store, text)).toThrow(
      expect.objectContaining({
        code: 'SQL_NOT_A_QUERY',
        message: 'this SQL does not read: only a query is run on a store',
        suggestions: ['begin with SELECT, as in `SELECT * FROM points_by_name LIMIT 10`'],
      }),
    )
    expect(store.pointCount()).toBe(8)
  })

  it.each(['SELECT 1; DELETE FROM chunks', '', '-- nothing'])('refuses "%s", which is not one statement', (text) => {
    const store = filled()
    expect(() => readOnlySql(store, text)).toThrow(
      expect.objectContaining({code: 'SQL_ONE_STATEMENT', message: 'one SQL statement was expected'}),
    )
    expect(store.pointCount()).toBe(8)
  })

  it.each([
    {text: 'SELECT latency_second FROM points_by_name', hint: 'did you mean latency_seconds'},
    {text: 'SELECT p.bach FROM points_by_name AS p', hint: 'did you mean batch'},
    {text: 'SELECT * FROM pointz', hint: 'tables: points_by_name, spaces, axes, axis_values, chunks, chunk_columns, blobs'},
    {text: 'SELEC 1', hint: 'tables: points_by_name, spaces, axes, axis_values, chunks, chunk_columns, blobs'},
  ])('says of "$text" what SQLite says, with "$hint"', ({text, hint}) => {
    try {
      readOnlySql(filled(), text)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({code: 'SQL_REFUSED', message: expect.stringMatching(/^SQLite refuses this query: /)})
      expect((error as UserError).suggestions[0]).toBe(hint)
    }
  })

  it('refuses to change the table of points', () => {
    const store = filled()
    expect(() => readOnlySql(store, 'DELETE FROM points_by_name')).toThrow(expect.objectContaining({code: 'SQL_REFUSED'}))
  })

  it.each([
    ['SELECT * FROM points_by_name', 8],
    ['SELECT count(*) AS n, p.* FROM points_by_name AS p GROUP BY p.accelerator', 2],
    ['SELECT accelerator -- and\n , * FROM points_by_name', 8],
  ])('reads columns that "%s" does not name', (text, rowCount) => {
    const rows = [...readOnlySql(filled(), text).rows]
    expect(rows).toHaveLength(rowCount)
    for (const row of rows) expect(row['energy_joules']).not.toBeNull()
  })

  it('works on a store without points', () => {
    const store = openedStore()
    expect([...readOnlySql(store, 'SELECT count(*) AS n FROM points_by_name').rows]).toEqual([{n: 0}])
  })
})

describe('describeStore', () => {
  it('counts points and values, and names tables that exist with columns that exist', () => {
    const store = filled()
    const description = describeStore(store)
    expect(description).toMatchObject({file: ':memory:', schemaVersion: 3, pointCount: 8})
    expect(
      description.spaces.map(({accelerator, pointCount, axes}) => [
        accelerator,
        pointCount,
        axes.map(({name, valueCount}) => `${name} ${valueCount}`),
      ]),
    ).toEqual([
      ['h100-sxm', 6, ['smCount 2', 'batch 3']],
      ['tpu-v4', 2, ['dtype 2']],
    ])
    for (const {name, columns} of description.tables) {
      const result = readOnlySql(store, `SELECT * FROM ${name}`)
      expect([...result.columnNames].sort()).toEqual(columns.map((column) => column.name).sort())
    }
  })

  it('counts the points of a sample, and no values of an axis that is drawn', () => {
    const store = openedStore()
    const axes = [
      {name: 'sample', unit: '', kind: 'index' as const},
      {name: 'clock', unit: 'Hz', kind: 'value' as const},
    ]
    const axisCodes = [Float64Array.of(3, 4, 9), Float64Array.of(1e9, 1e9, 2e9)]
    store.space({...definition, axes}).write({rowCount: 3, axisCodes, metrics: metricColumns(3, {})})
    expect(describeStore(store).spaces[0]!.axes).toEqual([
      {name: 'sample', unit: '', valueCount: 3},
      {name: 'clock', unit: 'Hz', valueCount: null},
    ])
  })
})
