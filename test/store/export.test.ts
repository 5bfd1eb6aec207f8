import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {Writable} from 'node:stream'
import {parse} from 'csv-parse/sync'
import {parquetMetadata, parquetReadObjects} from 'hyparquet'
import {describe, expect, it} from 'vitest'
import {csvCell, type ExportFormat, exportFormats, exportPoints} from '../../src/store/export.js'
import {type PointResult, queryPoints} from '../../src/store/query.js'
import {definition, metricColumns, openedStore, temporaryFolder, writeGrid} from './fixtures.js'

const labels = ['=1+1', 'a, "b"\nc', '-dash', 'größe']
/** Numbers that a careless spelling would change. */
const awkward = [0.1 + 0.2, 5e-324, 1.7976931348623157e308, 123456789012345680]

function filled() {
  const store = openedStore()
  writeGrid(store.space(definition), [132, 108], [1, 8, 64])
  const space = store.space({...definition, axes: [{name: 'designLabel', unit: ''}]})
  space.write({rowCount: 4, axisCodes: [space.codes(0, labels)], metrics: metricColumns(4, {latencySeconds: (row) => awkward[row]!})})
  return store
}

function fewColumns(): PointResult {
  return queryPoints(filled(), {columns: ['smCount', 'designLabel', 'latency', 'averageWatts']})
}

/** Many rows without a store, so that one file takes several row groups. */
function manyRows(rowCount: number): PointResult {
  const {columns} = queryPoints(filled(), {columns: ['batch', 'accelerator', 'energy']})
  const rows = function* () {
    for (let row = 0; row < rowCount; row++) yield {batch: row, accelerator: `a${row % 3}`, energyJoules: row % 5 === 0 ? null : row / 7}
  }
  return {columns, rows: rows()}
}

async function exported(result: PointResult, format: ExportFormat): Promise<Buffer> {
  const file = join(temporaryFolder(), `points.${format}`)
  await exportPoints(result, format, {file})
  return readFileSync(file)
}

function arrayBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}

describe('exportPoints', () => {
  it('writes CSV that a reader of RFC 4180 gives back, formulas disarmed and unknown values empty', async () => {
    const text = (await exported(fewColumns(), 'csv')).toString()
    expect(text.startsWith('sm_count,design_label,latency_seconds,average_watts\r\n132,,0,\r\n')).toBe(true)
    const records = parse(text, {columns: true}) as Record<string, string>[]
    expect(records).toHaveLength(10)
    expect(records.slice(6).map((record) => record['design_label'])).toEqual(["'=1+1", 'a, "b"\nc', "'-dash", 'größe'])
    expect(records.slice(6).map((record) => Number(record['latency_seconds']))).toEqual(awkward)
  })

  it.each(['json', 'ndjson'] as const)('writes %s that gives back every row', async (format) => {
    const result = fewColumns()
    const text = (await exported(result, format)).toString()
    const parsed =
      format === 'json'
        ? JSON.parse(text)
        : text
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line))
    expect(parsed).toEqual([...result.rows])
  })

  it('writes Parquet that gives back every row, with types and units', async () => {
    const result = fewColumns()
    const file = arrayBuffer(await exported(result, 'parquet'))
    const rows = await parquetReadObjects({file})
    expect(rows).toEqual(
      [...result.rows].map((row) => ({
        sm_count: row['smCount'],
        design_label: row['designLabel'],
        latency_seconds: row['latencySeconds'],
        average_watts: row['averageWatts'],
      })),
    )
    const metadata = parquetMetadata(file)
    expect(metadata.schema.slice(1).map(({type}) => type)).toEqual(['DOUBLE', 'BYTE_ARRAY', 'DOUBLE', 'DOUBLE'])
    const units = metadata.key_value_metadata?.find(({key}) => key === 'units')?.value
    expect(JSON.parse(units!)).toEqual({sm_count: '', design_label: '', latency_seconds: 's', average_watts: 'W'})
  })

  it('writes Parquet one row group after another, whole', async () => {
    const file = arrayBuffer(await exported(manyRows(120_001), 'parquet'))
    const metadata = parquetMetadata(file)
    expect(metadata.row_groups.map(({num_rows}) => Number(num_rows))).toEqual([50_000, 50_000, 20_001])
    const rows = await parquetReadObjects({file})
    expect(rows).toHaveLength(120_001)
    expect(rows[99_999]).toEqual({batch: 99_999, accelerator: 'a0', energy_joules: 99_999 / 7})
    expect(rows[120_000]).toEqual({batch: 120_000, accelerator: 'a0', energy_joules: null})
  })

  it.each(exportFormats)('writes %s without rows as a valid empty file', async (format) => {
    const {columns} = fewColumns()
    const bytes = await exported({columns, rows: []}, format)
    if (format === 'csv') expect(parse(bytes)).toHaveLength(1)
    if (format === 'json') expect(JSON.parse(bytes.toString())).toEqual([])
    if (format === 'ndjson') expect(bytes).toHaveLength(0)
    if (format === 'parquet') expect(await parquetReadObjects({file: arrayBuffer(bytes)})).toEqual([])
  })

  it('counts rows, and replaces a file only when the new one is complete', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'points.csv')
    writeFileSync(file, 'older')
    const failing = function* () {
      yield* [...fewColumns().rows]
      throw new TypeError('reading failed')
    }
    const {columns} = fewColumns()
    for (const format of exportFormats) {
      await expect(exportPoints({columns, rows: failing()}, format, {file})).rejects.toThrow('reading failed')
    }
    expect(readdirSync(folder)).toEqual(['points.csv'])
    expect(readFileSync(file, 'utf8')).toBe('older')
    expect(await exportPoints(fewColumns(), 'csv', {file})).toEqual({format: 'csv', rowCount: 10})
    expect(readdirSync(folder)).toEqual(['points.csv'])
  })

  it('writes text to a stream, waiting for it', async () => {
    const chunks: string[] = []
    const slow = new Writable({
      highWaterMark: 1,
      write(chunk, _encoding, done) {
        chunks.push(String(chunk))
        setImmediate(done)
      },
    })
    const summary = await exportPoints(manyRows(5000), 'ndjson', {stream: slow})
    expect(summary).toEqual({format: 'ndjson', rowCount: 5000})
    expect(chunks.length).toBeGreaterThan(1)
    expect(chunks.join('').trimEnd().split('\n')).toHaveLength(5000)
  })

  it('ends with the error of a stream that fails', async () => {
    const broken = new Writable({write: (_chunk, _encoding, done) => done(new Error('no one reads'))})
    broken.on('error', () => undefined)
    await expect(exportPoints(fewColumns(), 'csv', {stream: broken})).rejects.toThrow('no one reads')
  })

  it('refuses Parquet on a stream', async () => {
    const stream = new Writable({write: (_chunk, _encoding, done) => done()})
    await expect(exportPoints(fewColumns(), 'parquet', {stream})).rejects.toMatchObject({
      code: 'EXPORT_NEEDS_FILE',
      message: 'Parquet is written to a file only',
      suggestions: ['name a file to write to'],
    })
  })

  it('refuses a missing folder, and a folder in the place of the file, and leaves nothing behind', async () => {
    const folder = temporaryFolder()
    await expect(exportPoints(fewColumns(), 'csv', {file: join(folder, 'none', 'points.csv')})).rejects.toMatchObject({
      code: 'EXPORT_FOLDER_MISSING',
      suggestions: ['make the folder, or name another file'],
    })
    const taken = join(folder, 'taken')
    mkdirSync(taken)
    await expect(exportPoints(fewColumns(), 'csv', {file: taken})).rejects.toMatchObject({
      code: 'EXPORT_FAILED',
      suggestions: [expect.any(String)],
    })
    expect(readdirSync(folder)).toEqual(['taken'])
  })
})

describe('csvCell', () => {
  it.each([
    ['=SUM(A1)', "'=SUM(A1)"],
    ['+1', "'+1"],
    ['@x', "'@x"],
    ['\tx', "'\tx"],
    ['=a,b', `"'=a,b"`],
    ['say "hi"', '"say ""hi"""'],
    [-5, '-5'],
    [null, ''],
    [1e-7, '1e-7'],
  ])('writes %j as %s', (cell, text) => {
    expect(csvCell(cell)).toBe(text)
  })
})
