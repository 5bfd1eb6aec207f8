import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {UserError} from '../../src/foundation/user-error.js'
import {buildWorkload, loadModel, loadWorkload} from '../../src/workload/load-workload.js'

const folder = mkdtempSync(path.join(os.tmpdir(), 'ridge-operators-'))
afterAll(() => rmSync(folder, {recursive: true}))

function written(name: string, text: string): string {
  const file = path.join(folder, name)
  writeFileSync(file, text)
  return file
}

function errorOf(action: () => unknown): UserError {
  try {
    action()
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const header = 'model,phase,model_dtype,model_batch,seq,op,dtype,m,n,k,batch,detail,count\n'
const rows = [
  'bert:large,forward_prefill,bf16,1,128,gemm,bf16,1024,128,1024,1,tensor,96',
  'bert:large,forward_prefill,bf16,1,128,gemm,bf16,128,128,64,16,tensor,24',
  'bert:large,forward_prefill,bf16,1,128,softmax,bf16,2048,128,,1,,24',
  'bert:large,forward_prefill,bf16,1,128,layernorm,bf16,128,1024,,1,,49',
  'bert:large,forward_prefill,bf16,1,128,elementwise,bf16,131072,1,,1,pointwise_add,49',
  'bert:large,forward_prefill,bf16,1,128,elementwise,bf16,1024,1,,1,typecast_to_fp32,1',
  'bert:large,forward_prefill,bf16,16,128,gemm,bf16,1024,2048,1024,1,tensor,96',
  'mobilevit:small,forward_image,bf16,16,,conv2d_as_gemm,bf16,262144,16,27,1,tensor,1',
]
const inventory = `${header}${rows.join('\n')}\n`

describe('an operator list in YAML', () => {
  const yaml = `kind: operators
source: a test
phase: layer
tokens: 8
operators:
  - {kind: gemm, name: up, dtype: bf16, m: 8, n: 32, k: 16, count: 2}
  - {kind: elementwise, dtype: bf16, function: gelu, m: 8, n: 32}
  - {kind: collective, dtype: bf16, collective: allreduce, bytes: 4096, ranks: 4}
`

  it('is a workload of those operators', () => {
    const workload = loadWorkload(written('layer.yaml', yaml))
    expect(workload).toMatchObject({name: 'layer', phase: 'layer', tokenCount: 8})
    expect(workload.operators.map(({name, count}) => [name, count])).toEqual([
      ['up', 2],
      ['elementwise', 1],
      ['collective', 1],
    ])
    expect(workload.residentBytes.weights).toBe(2 * 32 * 16 * 2)
  })

  it.each([
    ['kind: gem,', 'kind: gemm,', ':6:12 /operators/0/kind', '"gem" is not one of', 'did you mean gemm'],
    ['batch: 2, k: 16', 'k: 16', '/operators/0/batch', '"batch" is not a key here', 'did you mean batchCount'],
    ['m: -8, n: 32, k', 'm: 8, n: 32, k', '/operators/0/m', '-8 is less than 1, the least allowed', 'rows of A and C'],
    ['dtype: bf61, m: 8, n: 32, k', 'dtype: bf16, m: 8, n: 32, k', '/operators/0/dtype', '"bf61" is not one of', 'did you mean bf16'],
    ['function: glue', 'function: gelu', '/operators/1/function', '"glue" is not one of', 'did you mean gelu'],
  ])('with %s has an error at its place', (wrong, right, place, message, hint) => {
    const error = errorOf(() => loadModel(written('wrong.yaml', yaml.replace(right, wrong))))
    expect(error.message).toContain(place)
    expect(error.message).toContain(message)
    expect(error.suggestions.join('\n')).toContain(hint)
    expect(error.message.split('\n')).toHaveLength(2)
  })

  it('without operators says so', () => {
    expect(errorOf(() => loadModel(written('none.yaml', 'kind: operators\nsource: a test\n'))).message).toContain('"operators" is missing')
  })
})

describe('an operator list in CSV', () => {
  const file = written('inventory.csv', inventory)

  it('holds one pass for each model, phase, format, batch and length', () => {
    const workload = loadWorkload(`${file}#model=bert:large,batch=1`)
    expect(workload.settings).toEqual({model: 'bert:large', phase: 'forward_prefill', batch: 1, promptTokens: 128})
    expect(workload.operators.map(({kind, count}) => [kind, count])).toEqual([
      ['gemm', 96],
      ['gemm', 24],
      ['softmax', 24],
      ['layernorm', 49],
      ['elementwise', 49],
      ['elementwise', 1],
    ])
    expect(workload.tokenCount).toBe(128)
    const cast = workload.operators.at(-1)?.demand
    expect([cast?.reads[0]?.bytes, cast?.writes[0]?.bytes]).toEqual([2048, 4096])
  })

  it('takes single products as having a weight and batched ones as attention', () => {
    const [single, batched] = loadWorkload(`${file}#model=bert:large,batch=1`).operators
    expect(single?.demand.reads[1]?.tensor).toBe('weights')
    expect(batched?.demand.reads[1]?.tensor).toBe('activations')
    expect(batched?.demand.contractions[0]?.operationCount).toBe(2 * 128 * 128 * 64 * 16)
  })

  it('is narrowed by the batch and prompt of a pass too', () => {
    expect(buildWorkload(loadModel(`${file}#model=bert:large`), {batch: 16, promptTokens: 128}).operators).toHaveLength(1)
  })

  it('of several passes asks which, and lists them', () => {
    const error = errorOf(() => loadWorkload(file))
    expect(error.code).toBe('AMBIGUOUS_PASS')
    expect(error.message).toBe('inventory holds 3 passes, and one has to be chosen')
    expect(error.suggestions[0]).toContain('model=bert:large,phase=forward_prefill,batch=16,seq=128')
    expect(error.suggestions[0]).toContain('model=mobilevit:small,phase=forward_image,batch=16')
  })

  it('without the pass that is asked for lists those it has', () => {
    const error = errorOf(() => loadModel(`${file}#batch=3`))
    expect([error.code, error.message]).toEqual(['NO_SUCH_PASS', 'inventory has no pass with batch=3'])
    expect(error.suggestions[0]).toContain('batch=16')
  })

  it('refuses a selector that selects by nothing known', () => {
    const error = errorOf(() => loadModel(`${file}#modell=bert`))
    expect(error.message).toBe('"modell=bert" does not select a pass')
    expect(error.suggestions[0]).toBe('did you mean model=…')
  })

  it('reads a byte order mark and carriage returns', () => {
    const windows = written('windows.csv', `\uFEFF${inventory.replaceAll('\n', '\r\n')}`)
    expect(loadWorkload(`${windows}#model=bert:large,batch=1`).operators).toHaveLength(6)
  })

  it('needs only the columns that its operators do, and is then one pass that nobody has to choose', () => {
    const short = written('short.csv', 'op,dtype,m,n,k,batch,count\ngemm,bf16,1024,128,1024,1,96\ngemm,bf16,128,128,64,16,24\n')
    const workload = loadWorkload(short)
    expect(workload).toMatchObject({name: 'short', phase: 'operators', tokenCount: 1, settings: {model: 'short', phase: 'operators'}})
    const [weighted, attention] = loadWorkload(`${file}#model=bert:large,batch=1`).operators
    expect(workload.operators.map(({count, demand}) => [count, demand])).toEqual([
      [96, weighted?.demand],
      [24, attention?.demand],
    ])
    const norms = written('norms.csv', 'op,dtype,m,n,count\nlayernorm,bf16,128,1024,49\n')
    expect(loadWorkload(norms).operators.map(({name, kind, count}) => [name, kind, count])).toEqual([['layernorm', 'layernorm', 49]])
  })

  it.each([
    ['gemm', 'k'],
    ['elementwise', 'detail'],
  ])('says that a %s needs the %s that its file has no column for', (op, column) => {
    const error = errorOf(() => loadModel(written('needs.csv', `op,dtype,m,n,count\n${op},bf16,8,8,1\n`)))
    expect(error.message).toContain(`:2:1 /${column}`)
    expect(error.message).toContain(`this row needs ${column}, which is not given`)
  })

  it.each([
    ['missing column', 'op,dtype,m,count\nlayernorm,bf16,8,1\n', ':1:1 /n', 'the column n is missing', 'needed: op, dtype, m, n, count'],
    [
      'misspelt column',
      inventory.replace('detail,', 'details,'),
      ':1:1 /detail',
      'the column detail is missing',
      '"details" may be meant for detail',
    ],
    ['bad number', `${header}${rows[0]!.replace('1024,128', '1e99,128')}`, ':2:1 /m', '"1e99" is not a whole number', 'column m'],
    ['unknown op', `${header}${rows[0]!.replace('gemm', 'gem')}`, ':2:1 /op', '"gem" is not a known op', 'did you mean gemm'],
    [
      'unknown dtype',
      `${header}${rows[0]!.replace('gemm,bf16', 'gemm,bf61')}`,
      ':2:1 /dtype',
      '"bf61" is not a known dtype',
      'did you mean bf16',
    ],
    [
      'unknown detail',
      `${header}${rows[4]!.replace('pointwise_add', 'pointwise_ad')}`,
      ':2:1 /detail',
      'not a known detail',
      'did you mean pointwise_add',
    ],
    ['short row', `${header}${rows[0]}\na,b\n`, ':3:1 /', 'this is not CSV', 'number of columns'],
    ['no row', header, ':1:1 /', 'there is no row', 'columns: model'],
  ])('with %s says where and what', (_, text, place, message, hint) => {
    const error = errorOf(() => loadModel(written('wrong.csv', text)))
    expect(error.message).toContain(place)
    expect(error.message).toContain(message)
    expect(error.suggestions.join('\n')).toContain(hint)
  })
})
