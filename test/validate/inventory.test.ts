import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {UserError} from '../../src/foundation/user-error.js'
import {readTrace} from '../../src/trace/read-trace.js'
import type {TraceRow} from '../../src/trace/trace-row.js'
import {inventoryPasses} from '../../src/validate/inventory.js'
import {buildPredictor} from '../../src/validate/predictor.js'
import {validate} from '../../src/validate/validate.js'
import {elementwise} from '../../src/workload/operators/elementwise.js'
import {gemm} from '../../src/workload/operators/gemm.js'
import {softmax} from '../../src/workload/operators/softmax.js'

const folder = mkdtempSync(path.join(tmpdir(), 'ridge-inventory-'))
afterAll(() => rmSync(folder, {recursive: true}))

function written(name: string, text: string): string {
  const file = path.join(folder, name)
  writeFileSync(file, text)
  return file
}

const header = 'model,phase,model_dtype,model_batch,seq,op,dtype,m,n,k,batch,detail,count\n'
const listed = [
  'bert:large,forward_prefill,bf16,8,128,gemm,bf16,1024,1024,1024,1,tensor,96',
  'bert:large,forward_prefill,bf16,8,128,gemm,bf16,128,128,64,128,tensor,24',
  'bert:large,forward_prefill,bf16,8,128,softmax,fp32,16384,128,,1,,24',
  'bert:large,forward_prefill,bf16,8,128,elementwise,fp32,2097152,1,,1,typecast_to_bf16,24',
  'bert:large,forward_prefill,bf16,8,128,elementwise,bf16,1048576,1,,1,pointwise_add,49',
  'resnet101,forward_image,bf16,8,,conv2d_as_gemm,bf16,100352,64,147,1,tensor,1',
]
const inventory = written('inventory.csv', `${header}${listed.join('\n')}\n`)

const trace = written(
  'trace.csv',
  `device,op,dtype,batch,seq_q,latency_us,energy_j,clock_mhz,power_limit_w,model
a100-pcie-40gb,forward_prefill,bf16,8,128,14000,1.6,900,250,bert:large
a100-pcie-40gb,forward_prefill,fp32,8,128,77000,10,900,250,bert:large
a100-pcie-40gb,forward_prefill,bf16,8,256,24000,3,900,250,bert:large
a100-pcie-40gb,forward_image,bf16,8,,9000,1,900,250,resnet101
`,
)

async function rowsOf(file: string): Promise<TraceRow[]> {
  const rows: TraceRow[] = []
  for await (const row of readTrace(file)) rows.push(row)
  return rows
}

async function refusalOf(options: Parameters<typeof validate>[0]): Promise<UserError> {
  try {
    await validate(options)
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('an inventory of kernels', () => {
  it('gives a pass the operators that its lines say, queued by a host', async () => {
    const [row] = await rowsOf(trace)
    const {workload} = inventoryPasses(inventory)(row!)!
    expect(workload.operators).toEqual([
      gemm({name: 'gemm_tensor', m: 1024, n: 1024, k: 1024, dtype: 'bf16', count: 96, weights: true}),
      gemm({name: 'gemm_tensor', m: 128, n: 128, k: 64, batchCount: 128, dtype: 'bf16', count: 24, weights: false}),
      softmax({name: 'softmax', m: 16384, n: 128, dtype: 'fp32', count: 24}),
      elementwise({
        name: 'elementwise_typecast_to_bf16',
        function: 'typecast',
        m: 2097152,
        n: 1,
        dtype: 'fp32',
        outputDtype: 'bf16',
        count: 24,
      }),
      elementwise({name: 'elementwise_pointwise_add', function: 'add', m: 1048576, n: 1, dtype: 'bf16', count: 49}),
    ])
    expect(workload.settings).toMatchObject({launch: 'queued', batch: 8, promptTokens: 128})
  })

  it('predicts a row as the evaluation of those operators at the clock of the row', async () => {
    const [row] = await rowsOf(trace)
    const {workload} = inventoryPasses(inventory)(row!)!
    const direct = evaluate(loadAccelerator('a100-pcie-40gb'), workload, {clockHertz: 900e6, powerLimitWatts: 250})
    const {latencySeconds, energyJoules} = direct
    expect(buildPredictor({inventory})(row!)).toMatchObject({kind: 'predicted', latencySeconds, energyJoules})
  })

  it('is for passes of its own format, batch and length alone, and serves models that have no graph here', async () => {
    const predict = buildPredictor({inventory})
    const kinds = (await rowsOf(trace)).map((row) => predict(row)).map((found) => (found.kind === 'skipped' ? found.reason : found.kind))
    const absent = 'its pass does not stand in the inventory'
    expect(kinds).toEqual(['predicted', absent, absent, 'predicted'])
  })

  it('without any pass of the traces is an error that names its passes', async () => {
    const other = written('other.csv', `${header}${listed[0]!.replace('bert:large', 'bert:base')}\n`)
    const error = await refusalOf({traces: [trace], inventory: other})
    expect([error.code, error.message]).toEqual(['NO_SUCH_PASS', `no pass of the traces stands in ${other}`])
    expect(error.suggestions[0]).toContain('model, phase, model_dtype, model_batch and seq')
  })

  it('that is another kind of file is refused with what it is', async () => {
    const error = await refusalOf({traces: [trace], inventory: trace})
    expect(error.code).toBe('TRACE_FORMAT')
    expect(error.message).toContain(`${trace}:1`)
    expect(error.message).toContain('this is a kernel-trace file')
    expect(error.message).toContain('a kernel-inventory file is needed')
  })

  it.each([
    ['gemm,bf16,1024,1024', 'gemm,bf61,1024,1024', '/dtype', '"bf61" is not a known dtype'],
    ['bert:large,forward_prefill,bf16,8', 'bert:large,forward_prefill,bf61,8', '/model_dtype', '"bf61" is not a known model_dtype'],
    ['pointwise_add', 'pointwise_ad', '/detail', '"pointwise_ad" is not a known detail'],
  ])('with a wrong cell (%s) tells its line', async (right, wrong, pointer, message) => {
    const line = listed.findIndex((each) => each.includes(right))
    const text = listed.map((each, index) => (index === line ? each.replace(right, wrong) : each)).join('\n')
    const error = await refusalOf({traces: [trace], inventory: written('wrong.csv', `${header}${text}\n`)})
    expect(error.message).toContain(`wrong.csv:${line + 2}`)
    expect(error.message).toContain(pointer)
    expect(error.message).toContain(message)
  })
})
