import {tmpdir} from 'node:os'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {UserError} from '../../src/foundation/user-error.js'
import {SpecError} from '../../src/spec/spec-error.js'
import {readTrace} from '../../src/trace/read-trace.js'
import {rowsOf, temporaryTraces} from './temporary-trace.js'

const write = temporaryTraces()
const full =
  'device,source,framework,op,dtype,m,n,k,batch,heads,kv_heads,head_dim,seq_q,seq_kv,window,bytes,ranks,latency_us,power_w,energy_j,clock_mhz,power_limit_w,model,kernel,notes'

/** Everything of an error that a person or a script sees. */
async function faultOf(
  action: () => unknown,
): Promise<{code: string; exitCode: number; places: string[]; messages: string[]; suggestions: string[]}> {
  try {
    await action()
  } catch (error) {
    if (error instanceof SpecError) {
      const places = error.problems.map((p) => `${path.basename(p.file)}:${p.line}:${p.column} ${p.pointer}`)
      return {
        code: error.code,
        exitCode: error.exitCode,
        places,
        messages: error.problems.map((p) => p.message),
        suggestions: error.suggestions,
      }
    }
    if (error instanceof UserError) {
      return {code: error.code, exitCode: error.exitCode, places: [], messages: [error.message], suggestions: error.suggestions}
    }
    throw error
  }
  throw new Error('nothing was thrown')
}

const readAll = (file: string) => async () => rowsOf(readTrace(file))

describe('readTrace', () => {
  it('turns every column into its typed field in SI units', async () => {
    const line =
      'l4,lab,torch,attention_decode,bf16,,,,16,48,4,128,1,64,0,,,20.5,172.5,21.5,900,250,bert:large,"fa<2, 3>","causal;copies=6;dist=power_law_1.2"'
    const [row, ...others] = await rowsOf(readTrace(write('full.csv', `${full}\n${line}\n`)))
    expect(others).toEqual([])
    expect(row).toMatchObject({
      line: 2,
      device: 'l4',
      source: 'lab',
      framework: 'torch',
      op: 'attention_decode',
      dtype: 'bf16',
      m: undefined,
      batch: 16,
      heads: 48,
      kvHeads: 4,
      headDim: 128,
      seqQ: 1,
      seqKv: 64,
      window: 0,
      bytes: undefined,
      ranks: undefined,
      latencySeconds: 20.5e-6,
      powerWatts: 172.5,
      energyJoules: 21.5,
      clockHertz: 900e6,
      powerLimitWatts: 250,
      model: 'bert:large',
      kernel: 'fa<2, 3>',
    })
    expect(row?.notes.tags).toEqual(['causal'])
    expect(row?.notes.values).toEqual(
      new Map([
        ['copies', '6'],
        ['dist', 'power_law_1.2'],
      ]),
    )
  })

  it('reads a file with a byte order mark, CRLF, blank lines and no last line end like the plain one', async () => {
    const plain = await rowsOf(readTrace(write('same.csv', 'device,op,latency_us\na,gemm,1\nb,gemm,2\n')))
    const windows = await rowsOf(readTrace(write('same.csv', '\uFEFFdevice,op,latency_us\r\na,gemm,1\r\n\r\nb,gemm,2')))
    expect(windows.map((row) => ({...row, line: 0}))).toEqual(plain.map((row) => ({...row, line: 0})))
    expect(windows.map(({line}) => line)).toEqual([2, 4])
  })

  it('gives the first line of a record whose quoted cell goes on over several', async () => {
    const rows = await rowsOf(readTrace(write('multi.csv', 'device,op,latency_us,notes\na,gemm,1,"one\ntwo ""x"""\nb,gemm,2,\n')))
    expect(rows.map(({line, notes}) => [line, notes.tags])).toEqual([
      [2, ['one\ntwo "x"']],
      [4, []],
    ])
  })

  it('keeps comments above the header and counts their lines', async () => {
    const trace = readTrace(write('comments.csv', '# source: the lab’s own runs\n# licence: CC0\ndevice,op,latency_us\na,gemm,1\n'))
    expect(trace.comments).toEqual(['source: the lab’s own runs', 'licence: CC0'])
    expect((await rowsOf(trace)).map(({line}) => line)).toEqual([4])
  })

  it('names unknown columns once, and reads the file all the same', async () => {
    const trace = readTrace(write('extra.csv', 'device,op,latency_us,operator_id,latency_ms\na,gemm,1,7,8\n'))
    expect(trace.unknownColumns).toEqual(['operator_id', 'latency_ms'])
    expect(await rowsOf(trace)).toHaveLength(1)
  })

  it('reads rows that span chunks of the file', async () => {
    const line = `a,gemm,1,${'é'.repeat(700)}\n`
    const rows = await rowsOf(readTrace(write('chunks.csv', `device,op,latency_us,notes\n${line.repeat(1000)}`)))
    expect(rows).toHaveLength(1000)
    expect(rows.every(({notes}) => notes.tags[0]?.length === 700)).toBe(true)
    expect(rows.at(-1)?.line).toBe(1001)
  })
})

describe('a trace that cannot be read', () => {
  it('says which columns a header lacks, which are needed and found, and the nearest', async () => {
    const file = write('columns.csv', 'device,operation,latency\na,gemm,1\n')
    expect(await faultOf(() => readTrace(file))).toEqual({
      code: 'TRACE_COLUMNS',
      exitCode: 3,
      places: ['columns.csv:1:1 header'],
      messages: ['the header lacks op, latency_us; a kernel-trace file needs device, op, latency_us; found: device, operation, latency'],
      suggestions: [
        'rename the column "operation" to op, when that is what it holds',
        'rename the column "latency" to latency_us, when that is what it holds',
      ],
    })
  })

  it('refuses a column that occurs twice', async () => {
    const file = write('twice.csv', '# mine\ndevice,op,latency_us,op\na,gemm,1,gemm\n')
    const fault = await faultOf(() => readTrace(file))
    expect(fault).toMatchObject({code: 'TRACE_COLUMNS', exitCode: 3, places: ['twice.csv:2:1 header']})
    expect(fault.messages).toEqual(['the column "op" occurs more than once'])
    expect(fault.suggestions).toEqual(['leave one column named op'])
  })

  it.each([
    ['12us', '"12us" is not a number, but latency_us holds a time in microseconds above zero'],
    ['NaN', '"NaN" is not a number, but latency_us holds a time in microseconds above zero'],
    ['0x10', '"0x10" is not a number, but latency_us holds a time in microseconds above zero'],
    ['-3', '"-3" is not a time in microseconds above zero'],
    ['0', '"0" is not a time in microseconds above zero'],
    ['', 'this cell is empty, but every row needs latency_us'],
  ])('refuses the latency "%s" at its place', async (latency, message) => {
    const fault = await faultOf(readAll(write('latency.csv', `device,op,notes,latency_us\na,gemm,"x, y",1\na,gemm,"x, y",${latency}\n`)))
    expect(fault).toMatchObject({code: 'TRACE_INVALID', exitCode: 3, places: ['latency.csv:3:15 latency_us'], messages: [message]})
  })

  it('refuses a shape that is no whole number, and tells how to write it', async () => {
    const fault = await faultOf(readAll(write('shape.csv', 'device,op,latency_us,m,window\na,gemm,1,2.5,-1\n')))
    expect(fault.places).toEqual(['shape.csv:2:10 m', 'shape.csv:2:14 window'])
    expect(fault.messages).toEqual(['"2.5" is not a whole number from 1', '"-1" is not a whole number from 0'])
    expect(fault.suggestions[0]).toBe('write m as a whole number from 1, without unit or digit grouping')
  })

  it('names the nearest dtype', async () => {
    const fault = await faultOf(readAll(write('dtype.csv', 'device,op,latency_us,dtype\na,gemm,1,BF16\na,gemm,1,bf61\n')))
    expect(fault.places).toEqual(['dtype.csv:3:10 dtype'])
    expect(fault.messages).toEqual(['"bf61" is not a known dtype'])
    expect(fault.suggestions[0]).toBe('did you mean bf16')
  })

  it('refuses a row with more or fewer cells than the header', async () => {
    const fault = await faultOf(readAll(write('ragged.csv', 'device,op,latency_us\na,gemm\na,gemm,1\na,gemm,1,,\n')))
    expect(fault).toMatchObject({code: 'TRACE_INVALID', exitCode: 3, places: ['ragged.csv:2:1 row', 'ragged.csv:4:1 row']})
    expect(fault.messages).toEqual([
      'this row has 2 cells, but the header on line 1 has 3',
      'this row has 5 cells, but the header on line 1 has 3',
    ])
    expect(fault.suggestions).toEqual(['quote a cell that holds a comma, and keep one cell a column, empty where nothing applies'])
  })

  it('lists several bad rows at once, and stops at eight', async () => {
    const fault = await faultOf(readAll(write('many.csv', `device,op,latency_us\n${'a,gemm,x\n'.repeat(20)}`)))
    expect(fault.places).toHaveLength(8)
    expect(fault.places.at(-1)).toBe('many.csv:9:8 latency_us')
  })

  it('refuses a quote that is never closed, at the record that opens it', async () => {
    const fault = await faultOf(readAll(write('open.csv', 'device,op,latency_us,notes\na,gemm,1,x\na,gemm,1,"x\nb,gemm,2,y\n')))
    expect(fault).toMatchObject({code: 'TRACE_INVALID', exitCode: 3, places: ['open.csv:3:1 row']})
    expect(fault.messages).toEqual(['a quote that opens in this record is never closed'])
    expect(fault.suggestions).toEqual(['write a cell that holds commas as "a, b", and a quote inside it as ""'])
  })

  it.each(['5"x"', '"x"5'])('refuses the cell %s, quoted in part', async (cell) => {
    const fault = await faultOf(readAll(write('part.csv', `device,op,latency_us,notes\na,gemm,1,${cell}\n`)))
    expect(fault.places).toEqual(['part.csv:2:10 row'])
    expect(fault.messages).toEqual(['a quote stands inside this cell, but not around the whole of it'])
  })

  it('refuses a line without end before it fills the memory', async () => {
    const fault = await faultOf(readAll(write('long.csv', `device,op,latency_us\n${'a'.repeat(3 << 20)}`)))
    expect(fault.messages).toEqual(['this record is longer than 1 MiB'])
  })

  it.each([
    ['nothing', '', 'the file is empty'],
    ['only comments', '# source\n\n', 'there is no header line, only blank lines and comments'],
    ['only a header', 'device,op,latency_us\n', 'there is a header, but no row under it'],
  ])('says that a file with %s is empty', async (_what, content, message) => {
    const fault = await faultOf(readAll(write('empty.csv', content)))
    expect(fault).toMatchObject({code: 'TRACE_EMPTY', exitCode: 3})
    expect(fault.messages[0]).toContain(message)
    expect(fault.suggestions[0]).toMatch(/^check that .*empty\.csv was written to its end$/)
  })

  it('tells binary data from text', async () => {
    const file = write('data.parquet', new Uint8Array([0x50, 0x41, 0x52, 0x31, 0, 1, 2, 255]))
    const fault = await faultOf(() => readTrace(file))
    expect(fault).toMatchObject({code: 'TRACE_NOT_TEXT', exitCode: 3, messages: [`${file}: this is binary data, but a trace is CSV text`]})
    expect(fault.suggestions).toEqual(['unpack it, or export it as CSV in UTF-8'])
  })

  it('says that a file is missing, or a folder', async () => {
    const missing = path.join(tmpdir(), 'ridgepoint-no-such-trace.csv')
    const fault = await faultOf(() => readTrace(missing))
    expect(fault).toMatchObject({
      code: 'FILE_UNREADABLE',
      exitCode: 3,
      messages: [`${missing}: there is no such file`],
      suggestions: ['check the path'],
    })
    expect((await faultOf(() => readTrace(tmpdir()))).code).toBe('FILE_UNREADABLE')
  })
})
