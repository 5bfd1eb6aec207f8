import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import Validate from '../../src/commands/validate.js'
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
})
