import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import Validate from '../../src/commands/validate.js'
import {packageRoot} from '../../src/spec/catalogue.js'
import {runCommand} from '../support/run-command.js'

let folder = ''
let one = ''
let none = ''

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ridge-validate-'))
  one = path.join(folder, 'one.csv')
  none = path.join(folder, 'none.csv')
  writeFileSync(one, 'device,op,dtype,m,n,k,latency_us\nh100-sxm,gemm,bf16,4096,4096,4096,250\n')
  writeFileSync(none, 'device,op,dtype,m,n,k,latency_us\nnowhere,gemm,bf16,4096,4096,4096,250\n')
})
afterAll(() => rmSync(folder, {recursive: true}))

describe('ridge validate', () => {
  it('ends well where no row can be predicted, with the reason', async () => {
    const {exitCode, stdout} = await runCommand(Validate, ['--trace', none])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('1 skipped: no accelerator file for device nowhere')
    expect(stdout).toContain('no row could be predicted')
  })

  it('prints the record under --json', async () => {
    const {stdout} = await runCommand(Validate, ['--trace', one, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      rowCount: 1,
      predictedCount: 1,
      skipped: [],
      metrics: {
        latency: {mape: expect.any(Number), median: expect.any(Number), p90: expect.any(Number), bias: expect.any(Number)},
        energy: null,
        power: null,
      },
    })
  })

  it.each([
    ['above the bar', () => one, '0.0001'],
    ['where nothing could be held to it', () => none, '0.9'],
  ])('exits with 5 %s, in text and under --json', async (_, trace, bar) => {
    const argv = ['--trace', trace(), '--max-mape', bar]
    expect(await runCommand(Validate, argv)).toMatchObject({exitCode: 5, error: {code: 'BAR_NOT_MET'}})
    expect((await runCommand(Validate, [...argv, '--json'])).exitCode).toBe(5)
  })

  it('exits with 0 below the bar', async () => {
    expect((await runCommand(Validate, ['--trace', one, '--max-mape', '0.9'])).exitCode).toBe(0)
  })

  it('scores sweeps of the clock, in text and under --json', async () => {
    const sweeps = path.join(packageRoot, 'accelerators', 'a100-pcie-40gb', 'sweeps.csv')
    expect((await runCommand(Validate, ['--trace', sweeps])).stdout).toContain('5 clock sweeps: mean errors')
    const {stdout} = await runCommand(Validate, ['--trace', sweeps, '--json'])
    const {sweeps: scored} = JSON.parse(stdout) as {sweeps: {sweeps: unknown[]; methods: {method: string; regrets: unknown[]}[]}}
    expect(scored.sweeps).toHaveLength(5)
    expect(scored.methods.map(({method, regrets}) => [method, regrets.length])).toContainEqual(['kernels', 5])
  })

  it('predicts each model with energies of the others when asked to', async () => {
    const folder = path.join(packageRoot, 'accelerators', 'a100-pcie-40gb')
    const traces = ['measured.csv', 'sweeps.csv'].flatMap((name) => ['--trace', path.join(folder, name)])
    const {stdout} = await runCommand(Validate, [...traces, '--leave-one-model-out', '--json'])
    const {folds} = JSON.parse(stdout) as {folds: {heldOut: string; set: Record<string, string>}[]}
    expect(folds.map(({heldOut}) => heldOut)).toEqual(expect.arrayContaining(['bert:large', 'gpt2:gpt2', 'opt:opt-1p3b']))
    for (const {set} of folds) expect(Object.keys(set).length).toBeGreaterThan(0)
  })

  it('predicts passes from an inventory of their kernels when given one', async () => {
    const inventory = path.join(folder, 'inventory.csv')
    const passes = path.join(folder, 'passes.csv')
    writeFileSync(
      inventory,
      'model,phase,model_dtype,model_batch,seq,op,dtype,m,n,k,batch,detail,count\nmine,forward_prefill,bf16,8,128,gemm,bf16,4096,1024,1024,1,tensor,9\n',
    )
    writeFileSync(passes, 'device,op,dtype,batch,seq_q,latency_us,model\na100-pcie-40gb,forward_prefill,bf16,8,128,900,mine\n')
    const {result} = await runCommand(Validate, ['--trace', passes, '--inventory', inventory])
    expect(result).toMatchObject({rowCount: 1, predictedCount: 1, skipped: []})
    expect((await runCommand(Validate, ['--trace', one, '--inventory', inventory])).result).toMatchObject({predictedCount: 1})
  })
})
