import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import Dvfs from '../../src/commands/dvfs.js'
import type {BandedDvfs} from '../../src/dvfs/banded-dvfs.js'
import type {BandedPlan} from '../../src/dvfs/banded-plan.js'
import type {BandedVariants} from '../../src/dvfs/banded-variants.js'
import type {Band} from '../../src/uncertainty/band.js'
import {refusal} from '../faults/refusal.js'
import {runCommand} from '../support/run-command.js'

const prefill = ['--accelerator', 'a100-pcie-40gb', '--model', 'gpt2', '--batch', '8', '--prompt', '512']
const training = ['--accelerator', 'a100-pcie-40gb', '--model', 'gpt2', '--phase', 'train', '--batch', '8', '--prompt', '512', '--plan']

const folder = mkdtempSync(path.join(tmpdir(), 'ridgepoint-dvfs-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))

async function textOf(...argv: string[]): Promise<string> {
  const {stdout, stderr, exitCode} = await runCommand(Dvfs, argv)
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  return stdout
}

function linesWith(text: string, part: string): string[] {
  return text.split('\n').filter((line) => line.includes(part))
}

describe('ridge dvfs', () => {
  it('prints under --json exactly what it returns, with every clock and every power limit', async () => {
    const {stdout, result} = await runCommand(Dvfs, [...prefill, '--slowdown', '5%', '--json'])
    const record = JSON.parse(stdout)
    expect(record).toEqual(JSON.parse(JSON.stringify(result)))
    expect(record.clocks).toHaveLength(81)
    expect(record.powerLimits.map(({powerLimitWatts}: {powerLimitWatts: number}) => powerLimitWatts)).toEqual([
      100, 125, 150, 175, 200, 225, 250,
    ])
    expect(Object.keys(record.clocks[0])).toEqual(
      expect.arrayContaining(['clockHertz', 'settledHertz', 'latencySeconds', 'energyJoules', 'averageWatts', 'energyDelayJouleSeconds']),
    )
    expect(record.choices.map(({name}: {name: string}) => name)).toContain('cheapestInTime')
  })

  it('shows a screen of clocks with the marked ones among them, and all on request', async () => {
    const text = await textOf(...prefill, '--deadline', '1s')
    expect(linesWith(text, 'voltage floor ends')).toHaveLength(2)
    expect(linesWith(text, 'cheapest in time')).toHaveLength(2)
    expect(text).toMatch(/of 81 clocks not shown; add --all/)
    expect(text.split('\n').length).toBeLessThan(50)
    const all = await textOf(...prefill, '--all')
    expect(all).not.toContain('not shown')
    expect(all.match(/^ *\d+ MHz +[\d.]+ MHz/gm)).toHaveLength(81)
  })

  it('takes the step of power limits, and one operator alone', async () => {
    const {result} = await runCommand(Dvfs, [...prefill, '--limit-step', '75W', '--operator', 'mlp_up', '--json'])
    expect(result).toMatchObject({phase: 'kernel', workload: 'mlp_up'})
    expect(result).toHaveProperty('powerLimits.length', 3)
  })

  it('compares several batches, or formats, in one frontier', async () => {
    const text = await textOf('-a', 'h100-sxm', '-m', 'gpt2', '--phase', 'decode', '--batch', '1,8', '--slowdown', '20%')
    expect(text).toContain('Times are those of a pass, energies those of a token.')
    expect(linesWith(text, 'batch 8').length).toBeGreaterThan(1)
    expect(linesWith(text, 'cheapest in time')).toHaveLength(1)
    const {result} = await runCommand(Dvfs, ['-a', 'h100-sxm', '-m', 'gpt2', '--dtype', 'bf16,fp8', '--operator', 'mlp_up', '--json'])
    expect(result).toMatchObject({operator: 'mlp_up', energyOf: 'pass', variants: [{knobs: {dtype: 'bf16'}}, {knobs: {dtype: 'fp8'}}]})
  })

  it('plans clocks for all, for stages and for kernels at each switching time', async () => {
    const text = await textOf(...training, '--slowdown', '2%', '--switch-time', '0s,50us')
    expect(linesWith(text, 'the whole pass')).toHaveLength(2)
    expect(text.match(/^ +each kernel /gm)).toHaveLength(2)
    expect(text).toMatch(/^ *50 µs {2}the whole pass/m)
    expect(text).toMatch(/^adam .* ×1 /m)
    const {result} = await runCommand(Dvfs, [...training, '--json'])
    expect(result).toMatchObject({switchings: [{switchSeconds: 0}, {switchSeconds: 1e-3}, {switchSeconds: 1e-2}]})
  })

  it.each([
    ['clocks.svg', prefill, 'Clocks and power limits: gpt2 prefill, batch 8 on a100-pcie-40gb'],
    ['plan.svg', training, 'Planned clocks: gpt2 train, batch 8 on a100-pcie-40gb'],
    ['variants.svg', ['-a', 'h100-sxm', '-m', 'gpt2', '--batch', '1,8'], 'Variants and clocks: gpt2 prefill on h100-sxm'],
  ])('draws %s', async (name, argv, title) => {
    const file = path.join(folder, name)
    await textOf(...argv, '--figure', file)
    expect(readFileSync(file, 'utf8')).toContain(title)
  })

  it.each([
    [['--figure', 'clocks.gif'], 'FIGURE_FORMAT', 3],
    [['--slowdown', '5'], 'QUANTITY_INVALID', 3],
    [['--slowdown=-5%'], 'SLOWDOWN_INVALID', 3],
    [['--deadline', '1us'], 'DEADLINE_UNMET', 4],
    [['--deadline', '1s', '--slowdown', '5%'], 'BOUND_TWICE', 3],
    [['--power-limit', '60W'], 'POWER_LIMIT_OUT_OF_RANGE', 3],
    [['--power-limit', '20W'], 'POWER_LIMIT_BELOW_IDLE', 3],
    [['--limit-step', '0W'], 'LIMIT_STEP', 3],
    [['--batch', '1,x'], 'BAD_VALUE', 3],
    [['--dtype', 'bf17'], 'UNKNOWN_NAME', 3],
    [['--operator', 'mlp_upp'], 'UNKNOWN_NAME', 3],
    [['--phase', 'finetune'], 'USAGE', 2],
    [['--switch-time', '1ms'], 'USAGE', 2],
    [['--plan', '--dtype', 'bf16,fp16'], 'USAGE', 2],
    [['--plan', '--limit-step', '10W'], 'USAGE', 2],
    [['--batch', '4,8', '--limit-step', '10W'], 'USAGE', 2],
    [['--plan', '--eager'], 'PLAN_QUEUED', 3],
    [['--plan', '--switch-time=-1ms'], 'SWITCH_INVALID', 3],
  ])('refuses %j', async (argv, code, exitCode) => {
    expect(await refusal(Dvfs, ...prefill.slice(0, 4), ...argv)).toMatchObject({code, exitCode})
    expect(existsSync('clocks.gif')).toBe(false)
  })

  it.each([
    ['of clocks', ['-a', 'h100-sxm', '-m', 'gpt2']],
    ['of variants', ['-a', 'h100-sxm', '-m', 'gpt2', '--batch', '1,8']],
    ['of a plan', ['-a', 'h100-sxm', '-m', 'gpt2', '--plan']],
  ])('stands bands beside the energies %s, unless they are switched off', async (_, argv) => {
    expect((await runCommand(Dvfs, [...argv, '--no-color'])).stdout).toContain('nine in ten')
    expect((await runCommand(Dvfs, [...argv, '--uncertainty', 'off', '--no-color'])).stdout).not.toMatch(/nine in ten/i)
  })
})

describe('ridge dvfs of a device whose memory has clocks to choose from', () => {
  const decode = ['-a', 'l4', '-m', 'gpt2', '--phase', 'decode', '--fidelity', 'roofline', '--uncertainty', 'off']
  const slow = ['--memory-clock', '405MHz']

  it('runs every clock, every variant and every plan at the one asked for', async () => {
    const secondsOf = async (...argv: string[]) =>
      ((await runCommand(Dvfs, [...decode, ...argv])).result as BandedDvfs).clocks[0]!.latencySeconds
    expect(await secondsOf(...slow)).toBeGreaterThan(5 * (await secondsOf()))
    expect(await textOf(...decode, ...slow)).toMatch(/^memory clock +405 MHz$/m)
    expect(await textOf(...decode, ...slow, '--plan')).toMatch(/^memory clock +405 MHz$/m)
    expect(await textOf(...decode, ...slow, '--batch', '1,2')).toContain('memory at 405 MHz')
    expect(await textOf(...prefill)).not.toContain('memory clock')
  })

  it('draws its bands at that clock too', async () => {
    const banded = [...decode.slice(0, -2), '--uncertainty', '50', '--json', ...slow]
    for (const argv of [[], ['--plan'], ['--batch', '1,2']]) {
      const {result} = await runCommand(Dvfs, [...banded, ...argv])
      const [joules, band] = bandedEnergy(result as BandedDvfs | BandedPlan | BandedVariants)
      expect(band.p5Joules).toBeLessThan(joules)
      expect(joules).toBeLessThan(band.p95Joules)
    }
  })

  it('refuses a memory clock that there is not', async () => {
    expect(await refusal(Dvfs, ...decode, '--memory-clock', '1GHz')).toMatchObject({code: 'CLOCK_OUT_OF_RANGE'})
  })
})

it.each([[], ['--plan'], ['--batch', '1,2']])('ridge dvfs --measured-only refuses estimates %s %s', async (...argv) => {
  const estimated = ['-a', 'h100-sxm', '-m', 'gpt2', '--phase', 'prefill', '--measured-only', 'voltage']
  expect(await refusal(Dvfs, ...estimated, ...argv)).toMatchObject({code: 'ESTIMATE_REFUSED'})
})

/** An energy of a result, with its band. */
function bandedEnergy(result: BandedDvfs | BandedPlan | BandedVariants): [number, Band<'Joules'>] {
  if ('clocks' in result) return [result.clocks[0]!.energyJoules, result.clockBands![0]!.energyBand]
  if ('switchings' in result) return [result.reference.energyJoules, result.referenceBand!]
  return [result.frontier[0]!.energyJoules, result.energyBands![0]!]
}
