import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import MapCompare from '../../src/commands/map/compare.js'
import type {PassComparison} from '../../src/cost/pass-comparison.js'
import {runCommand} from '../support/run-command.js'

const decode = ['--accelerator', 'h100-sxm', '--model', 'gpt2', '--phase', 'decode', '--context', '128', '--budget', '200']

describe('ridge map compare of a model', () => {
  it('compares strategies, formats and clocks, operator by operator and in total', async () => {
    const {result, stdout, exitCode} = await runCommand(MapCompare, [
      'weight-stationary',
      'dtype=fp8',
      'clock=1200MHz',
      ...decode,
      '--json',
    ])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(result)))
    const {candidates, operators, time, energy} = result as PassComparison
    expect(candidates.map(({name, fidelity}) => [name, fidelity])).toEqual([
      ['weight-stationary', 'mapped'],
      ['dtype=fp8', 'mapped'],
      ['clock=1200MHz', 'mapped'],
    ])
    expect(candidates[2]!.clockHertz).toBe(1.2e9)
    expect(time.best).toBe('dtype=fp8')
    expect(energy.others).toHaveLength(2)
    for (const [index, {operators: own}] of candidates.entries()) {
      const inRows = operators.reduce((sum, {secondsByCandidate}) => sum + secondsByCandidate[index]!, 0)
      expect(inRows).toBeCloseTo(
        own.reduce((sum, {latencySeconds}) => sum + latencySeconds, 0),
        12,
      )
    }
  })

  it('shows why one wins, and keeps a refused one beside the others', async () => {
    const {stdout, exitCode} = await runCommand(MapCompare, ['any', 'dtype=fp8', 'row-stationary', ...decode.with(1, 'chiplet-npu')])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('chiplet-npu · gpt2 decode')
    expect(stdout).toMatch(/^time of +any +dtype=fp8$/m)
    expect(stdout).toContain('dtype=fp8 takes the least time.')
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/any takes [\d.]+ times as long: head from [\d.]+ µs to [\d.]+ µs \(bound by ioCache\)/)
    expect(stdout).toContain('row-stationary is refused: row-stationary does not run on the systolic array of chiplet-npu')
  })

  it('shows what each fusion costs: operators that run as one in a row with their parts, and how they do', async () => {
    const {stdout, result, exitCode} = await runCommand(MapCompare, ['fusion=none', 'fusion=epilogue', 'fusion=attention+mlp', ...decode])
    expect(exitCode).toBe(0)
    const {operators, candidates} = result as PassComparison
    const mlp = operators.find(({operator}) => operator === 'mlp_up+mlp_activation+mlp_down')!
    for (const [index, {operators: own}] of candidates.entries()) {
      const parts = own.filter(({name}) => name.startsWith('mlp_') && name !== 'mlp_norm')
      expect(parts).toHaveLength([3, 2, 1][index]!)
      const seconds = parts.reduce((sum, {latencySeconds}) => sum + latencySeconds, 0)
      expect(mlp.secondsByCandidate[index]).toBeCloseTo(seconds, 12)
    }
    expect(stdout).toContain('fusion=epilogue: mlp_up+mlp_activation run in one kernel')
    expect(stdout).toContain('fusion=attention+mlp: mlp_up+mlp_activation+mlp_down run ')
  })

  it('says of a strategy of one’s own that leaves nothing which product has no mapping', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'ridge-compare-')), 'sevens.yaml')
    writeFileSync(file, 'levels: {outermost: {temporal: [N 7]}}\n')
    const {result, exitCode} = await runCommand(MapCompare, ['any', file, ...decode, '--json'])
    expect(exitCode).toBe(0)
    expect((result as PassComparison).refused).toMatchObject([
      {name: file, code: 'NO_MAPPING', message: expect.stringContaining('no mapping of qkv_projection runs on h100-sxm')},
    ])
  })

  it('is a check: exits with 5 and names the operator that grew', async () => {
    const baseline = path.join(mkdtempSync(path.join(tmpdir(), 'ridge-compare-')), 'baseline.json')
    writeFileSync(baseline, (await runCommand(MapCompare, ['dtype=fp8', ...decode, '--json'])).stdout)
    const {exitCode, stderr} = await runCommand(MapCompare, ['any', ...decode, '--fail-above', `latency=1.05x:${baseline}`])
    expect(exitCode).toBe(5)
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(/latency of any is .* times the .* before, above latency=1\.05x:.*; head grew most/)
  })

  it.each([
    ['stratgy=any', 2, 'did you mean strategy'],
    ['weight-stationery', 3, 'did you mean weight-stationary'],
    ['dtype=fp9', 3, 'fp8'],
    ['clock=3 J', 3, 'a frequency is expected'],
  ])('refuses %s', async (candidate, code, words) => {
    const {exitCode, stderr} = await runCommand(MapCompare, ['any', candidate, ...decode])
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(words)
    expect(exitCode).toBe(code)
  })

  it('asks for a problem or a model', async () => {
    expect((await runCommand(MapCompare, ['any', '--accelerator', 'h100-sxm'])).exitCode).toBe(2)
  })
})
