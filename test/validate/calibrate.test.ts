import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {designBatch} from '../../src/accelerator/accelerator.js'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {UserError} from '../../src/foundation/user-error.js'
import {readTrace} from '../../src/trace/read-trace.js'
import {calibrate} from '../../src/validate/calibrate.js'
import {predictedSeconds} from '../../src/validate/fit.js'
import {kernelBench} from '../../src/validate/measured-kernel.js'
import {validate} from '../../src/validate/validate.js'
import {gemm} from '../../src/workload/operators/gemm.js'

const truth = {computeEfficiencyRatio: 0.8, memoryEfficiencyRatio: 0.7, overheadSeconds: 3e-6}
let folder = ''

/** A trace of products that take exactly what the three constants say, under the power limit. */
async function madeTrace(device: string): Promise<string> {
  const sizes = Array.from({length: 48}, (_, index) => ({
    m: [1, 64, 512, 4096][index % 4]!,
    n: 1024 * (1 + (index % 12)),
    k: 2048 * (1 + (index % 5)),
  }))
  const bare = path.join(folder, 'bare.csv')
  const text = (rows: readonly (readonly [{m: number; n: number; k: number}, number])[]): string =>
    ['device,op,dtype,m,n,k,latency_us', ...rows.map(([{m, n, k}, us]) => `${device},gemm,bf16,${m},${n},${k},${us}`)].join('\n')
  writeFileSync(bare, text(sizes.map((size) => [size, 1])))
  const bench = kernelBench(loadAccelerator('a100-sxm-80gb'))
  const seconds: number[] = []
  for await (const row of readTrace(bare)) {
    const operator = gemm({name: 'product', m: row.m!, n: row.n!, k: row.k!, batchCount: 1, dtype: 'bf16', weights: true, count: 1})
    seconds.push(predictedSeconds(bench(operator, row).sample(truth), truth))
  }
  const file = path.join(folder, `${device}.csv`)
  writeFileSync(file, text(sizes.map((size, index) => [size, seconds[index]! * 1e6])))
  return file
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ridge-calibrate-'))
})
afterAll(() => rmSync(folder, {recursive: true}))

describe('calibrate', () => {
  it('recovers the constants of a device from its rows, clocks under the power limit included', async () => {
    const {classes} = await calibrate({accelerator: 'a100-sxm-80gb', traces: [await madeTrace('a100-sxm-80gb')], foldCount: 4})
    const [only] = classes
    expect(classes).toHaveLength(1)
    expect(only).toMatchObject({class: 'gemm', dtype: 'bf16', rowCount: 48})
    expect(only!.computeEfficiencyRatio).toBeCloseTo(0.8, 1)
    expect(only!.memoryEfficiencyRatio).toBeCloseTo(0.7, 1)
    expect(only!.fittedMape).toBeLessThan(0.02)
    expect(only!.heldOutMape).toBeLessThan(0.03)
    expect(only!.rooflineMape).toBeGreaterThan(0.2)
  })

  it('says which devices a trace holds when none is the accelerator’s', async () => {
    const trace = await madeTrace('another-gpu')
    const error = await calibrate({accelerator: 'a100-sxm-80gb', traces: [trace], foldCount: 4}).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UserError)
    expect(error).toMatchObject({
      code: 'NOTHING_TO_FIT',
      suggestions: ['the column `device` must say a100-sxm-80gb; the traces hold another-gpu'],
    })
  })

  it('takes an accelerator file of one’s own, by the name that `show` prints', async () => {
    const file = path.join(folder, 'mine.yaml')
    writeFileSync(file, 'title: Mine\nextends: a100-sxm-80gb\n')
    const {classes} = await calibrate({accelerator: file, traces: [await madeTrace('mine')], foldCount: 4})
    expect(classes.map(({rowCount}) => rowCount)).toEqual([48])
  })
})

describe('validate', () => {
  it('predicts a kernel row as the bound of the machine says, and counts the rest with a reason', async () => {
    const file = path.join(folder, 'rows.csv')
    writeFileSync(file, 'device,op,dtype,m,n,k,latency_us\nh100-sxm,gemm,bf16,8192,8192,8192,2000\nnowhere,gemm,bf16,8,8,8,5\n')
    const {machine} = designBatch(loadAccelerator('h100-sxm'), [], 1)
    const [tensor] = machine.units
    const boundSeconds = (2 * 8192 ** 3) / (tensor!.count[0]! * tensor!.operationsPerCycle.bf16![0]! * machine.clocks[0]!.maximumHertz[0]!)
    const result = await validate({traces: [file], fidelity: 'roofline'})
    expect(result).toMatchObject({rowCount: 2, predictedCount: 1, fidelity: 'roofline'})
    expect(result.skipped).toEqual([{reason: 'no accelerator file for device nowhere', count: 1}])
    expect(result.metrics.latency!.bias).toBeCloseTo(boundSeconds / 2e-3 - 1, 9)
    expect(result.metrics.energy).toBeNull()
    expect(result.withoutMetric.energy).toBe('no predicted row states its energy')
    expect(result.groups).toMatchObject([{device: 'h100-sxm', op: 'gemm', dtype: 'bf16', regime: 'flops 1e12-1e13', rowCount: 1}])
  })

  it('agrees with the error that the calibration states, on the very rows', async () => {
    const trace = path.join(folder, '..', path.basename(folder), 'a100-sxm-80gb.csv')
    const {metrics} = await validate({traces: [trace], fidelity: 'roofline'})
    const {classes} = await calibrate({accelerator: 'a100-sxm-80gb', traces: [trace], foldCount: 4})
    expect(metrics.latency!.mape).toBeCloseTo(classes[0]!.rooflineMape, 9)
  })
})
