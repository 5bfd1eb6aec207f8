import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import Footprint from '../../src/commands/footprint.js'
import {runCommand} from '../support/run-command.js'

const requests = ['--accelerator', 'h100-sxm', '--model', 'llama-3.1-8b', '--prompt', '128', '--output-tokens', '16', '--batch', '4']

describe('ridge footprint', () => {
  it('prints joules, dollars and grams of a token, a request, a batch and a run', async () => {
    const site = ['--site', 'pue=1.2', '--site', 'carbon=350 g/kWh', '--site', 'electricity=0.12 USD/kWh', '--site', 'host=90 W']
    const {stdout, exitCode} = await runCommand(Footprint, [...requests, ...site, '--runs', '1000'])
    expect(exitCode).toBe(0)
    for (const line of ['output token', 'request', 'batch', 'run of 1,000'])
      expect(stdout).toMatch(new RegExp(`^${line} .* [mk]?J .* USD .* [µmk]?g$`, 'm'))
    expect(stdout).toContain('hosts')
    expect(stdout).toContain('the site does not say: rent')
  })

  it('says that a run of requests is of whole batches', async () => {
    const {stdout} = await runCommand(Footprint, [...requests, '--runs', '9'])
    expect(stdout).toMatch(/^h100-sxm · llama-3.1-8b prefill · batch 4/)
    expect(stdout).toContain('The run of 9 takes 3 batches of 4, 12 requests: all of them are counted.')
    expect((await runCommand(Footprint, [...requests, '--runs', '8'])).stdout).not.toContain('The run of')
  })

  it('prints under --json what it returns', async () => {
    const {stdout, result} = await runCommand(Footprint, [...requests, '--site', 'pue=1.2', '--json'])
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(result)))
    expect(result!.lines.map(({totalDollars}) => totalDollars)).toEqual([null, null, null])
  })

  it('says that the making of a device is unknown, rather than leave it out in silence', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'ridge-')), 'products.yaml')
    writeFileSync(file, 'kind: operators\nsource: a test\noperators: [{kind: gemm, dtype: int16, m: 8, n: 8, k: 8}]\n')
    const eyeriss = ['--accelerator', 'eyeriss', '--model', file]
    const known = ['--site', 'lifetime=4 year', '--site', 'utilization=0.6', '--site', 'carbon=350 g/kWh']
    const unknown = 'since eyeriss does not state what its dies and its memory take to make: the carbon of making the devices'
    expect((await runCommand(Footprint, [...eyeriss, ...known])).stdout).toContain(unknown)
    expect((await runCommand(Footprint, [...eyeriss, '--site', 'carbon=350 g/kWh'])).stdout).not.toContain(unknown)
    expect((await runCommand(Footprint, [...requests, ...known])).stdout).not.toContain('does not state')
  })

  it('names what a site may say', async () => {
    const {stderr, exitCode} = await runCommand(Footprint, [...requests, '--site', 'pu=1.2'])
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain('did you mean pue')
    expect((await runCommand(Footprint, [...requests, '--site', 'pue=0.9'])).stderr).toContain("write it as in --site pue='1.2'")
    expect((await runCommand(Footprint, [...requests, '--site', 'pue'])).stderr).toContain('write it as in --site pue=1.2')
  })
})

it('ridge footprint takes the clock of the memory', async () => {
  const decode = ['--accelerator', 'l4', '--model', 'gpt2', '--phase', 'decode', '--fidelity', 'roofline', '--uncertainty', 'off']
  const secondsOf = async (...argv: string[]) => (await runCommand(Footprint, [...decode, ...argv])).result!.lines[0]!.latencySeconds
  expect(await secondsOf('--memory-clock', '405MHz')).toBeGreaterThan(5 * (await secondsOf()))
})
