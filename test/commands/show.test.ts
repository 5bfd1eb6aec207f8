import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import Show from '../../src/commands/show.js'
import type {AcceleratorSummary} from '../../src/cost/accelerator-summary.js'
import {shippedNames} from '../../src/spec/catalogue.js'
import type {WorkloadSummary} from '../../src/workload/workload-summary.js'
import {runCommand} from '../support/run-command.js'

const folder = mkdtempSync(path.join(tmpdir(), 'ridge-show-'))
afterAll(() => rmSync(folder, {recursive: true}))

const h100 = async (...argv: string[]): Promise<AcceleratorSummary> =>
  (await runCommand(Show, ['h100-sxm', '--json', ...argv])).result as AcceleratorSummary

describe('ridge show of an accelerator', () => {
  it('states peaks and ridge points at the highest clock', async () => {
    const {units, memories} = await h100()
    const tensor = units.find(({name}) => name === 'tensor')!
    const bf16 = tensor.peaks.find(({dtype}) => dtype === 'bf16')!
    // 528 tensor cores, 1024 op/cycle, 1.98 GHz; over 3352 GB/s.
    expect(bf16.flopsPerSecond).toBe(528 * 1024 * 1.98e9)
    expect(memories.at(-1)).toMatchObject({name: 'hbm', capacityBytes: 80 * 2 ** 30})
    expect(memories.at(-1)!.readBytesPerSecond).toBeCloseTo(3352e9, -3)
    expect(bf16.ridgeFlopsPerByte).toBeCloseTo((528 * 1024 * 1.98) / 3352, 6)
  })

  it('takes --set', async () => {
    const {units, dieSquareMillimetres} = await h100('--set', 'sms=66')
    expect(units[0]!.count).toBe(264)
    expect(dieSquareMillimetres!).toBeLessThan((await h100()).dieSquareMillimetres!)
  })

  it('gives every constant its source, and marks estimates with their method', async () => {
    const {constants} = await h100()
    for (const {source} of constants) expect(source).not.toBe('')
    const voltage = constants.find(({pointer}) => pointer === '/clocks/core/voltage/floor')!
    expect(voltage.estimate).toContain('the driver hides the voltage')
    expect(constants.find(({pointer}) => pointer === '/power/limit')).not.toHaveProperty('estimate')
    const {stdout} = await runCommand(Show, ['h100-sxm', '--constants'])
    expect(stdout).toMatch(/clocks\.core\.voltage\.floor +~ 700 mV +estimate +±0\.1 V +the driver hides/)
    expect(stdout).toMatch(/power\.limit +700 W +datasheet/)
  })

  it('names --set as the source of what it sets, and of what only names it', async () => {
    const {stdout} = await runCommand(Show, ['h100-sxm', '--constants', '--set', 'l2=96 MiB', '--set', 'hbm.energy=1 pJ/b'])
    expect(stdout).toMatch(/memories\.l2\.capacity +l2 +--set *$/m)
    expect(stdout).toMatch(/memories\.hbm\.energy +1 pJ\/b +--set *$/m)
    expect(stdout).toMatch(/memories\.hbm\.capacity +hbmCapacity +datasheet *$/m)
  })

  it('marks what rests on estimates, and says how many constants do', async () => {
    const {stdout} = await runCommand(Show, ['h100-sxm'])
    expect(stdout).toMatch(/^core clock .* at ~ 0\.7 V to/m)
    expect(stdout).toMatch(/^power limit +700 W, from 200 W to 700 W$/m)
    expect(stdout).toMatch(/rests on an estimate: \d+ of \d+ constants do; --constants/)
  })

  it.each(shippedNames('accelerator'))('shows %s', async (name) => {
    const {stdout, exitCode} = await runCommand(Show, [name])
    expect(exitCode).toBe(0)
    expect(stdout).not.toMatch(/NaN|undefined|Infinity/)
  })
})

describe('ridge show of a model', () => {
  it('states parameters, flops, bytes and intensity by operator', async () => {
    const {stdout, result} = await runCommand(Show, ['llama-3.1-8b', '--phase', 'decode', '--batch', '8', '--context', '4096'])
    const summary = result as WorkloadSummary
    expect(summary).toMatchObject({kind: 'model', parameterCount: 8030261248, publishedParameterCount: 8030261248, tokenCount: 8})
    const down = summary.operators.find(({name}) => name === 'mlp_down')!
    expect(down.flops).toBe(32 * 2 * 8 * 14336 * 4096)
    // Weights, inputs and outputs in bf16, each once.
    expect(down.bytes).toBe(32 * 2 * (14336 * 4096 + 8 * 14336 + 8 * 4096))
    expect(down.flopsPerByte).toBe(down.flops / down.bytes)
    expect(summary.flops).toBe(summary.operators.reduce((sum, {flops}) => sum + flops, 0))
    expect(summary.bytes).toBe(summary.operators.reduce((sum, {bytes}) => sum + bytes, 0))
    expect(stdout).toContain('8,030,261,248, published 8,030,261,248')
    expect(stdout).toMatch(/mlp_down +×32 +gemm +30\.1 Gflop/)
  })

  it('prints under --json what it returns', async () => {
    const {stdout, result} = await runCommand(Show, ['gpt2', '--json'])
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(result)))
  })

  it('knows a model by its alias', async () => {
    const {result} = await runCommand(Show, ['meta-llama/Llama-3.1-8B', '--json'])
    expect(result).toMatchObject({kind: 'model', name: 'llama-3.1-8b'})
  })
})

describe('ridge show of a name or file', () => {
  it('tells an accelerator file from a model file', async () => {
    const accelerator = path.join(folder, 'wide.yaml')
    writeFileSync(accelerator, 'title: wide\nextends: h100-sxm\nparameters: {sms: {value: 144, source: estimate}}\n')
    expect((await runCommand(Show, [accelerator, '--json'])).result).toMatchObject({kind: 'accelerator', name: 'wide'})
    const list = path.join(folder, 'list.yaml')
    writeFileSync(list, 'kind: operators\nsource: here\noperators: [{kind: gemm, dtype: bf16, m: 8, n: 8, k: 8}]\n')
    expect((await runCommand(Show, [list, '--json'])).result).toMatchObject({kind: 'model', flops: 1024})
  })

  it('names the nearest of accelerators and models', async () => {
    const model = await runCommand(Show, ['llama-3.1-8'])
    expect(model.stderr).toContain('did you mean llama-3.1-8b')
    const accelerator = await runCommand(Show, ['a100-sxm-80g'])
    expect(accelerator.stderr).toContain('did you mean a100-sxm-80gb')
    expect([model.exitCode, accelerator.exitCode]).toEqual([3, 3])
  })

  it('says so when a file does not exist', async () => {
    const {stderr, exitCode} = await runCommand(Show, ['nowhere.yaml'])
    expect(stderr).toContain('nowhere.yaml: there is no such file')
    expect(exitCode).toBe(3)
  })
})
