import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import Eval from '../../src/commands/eval.js'
import type {Evaluation} from '../../src/cost/evaluate.js'
import type {BandedEvaluation} from '../../src/uncertainty/banded-evaluation.js'
import {runCommand} from '../support/run-command.js'

const decode = ['--accelerator', 'h100-sxm', '--model', 'llama-3.1-8b', '--phase', 'decode', '--batch', '16', '--context', '2048']

async function evaluationOf(...argv: string[]): Promise<Evaluation> {
  const {result, stderr} = await runCommand(Eval, [...argv, '--json'])
  if (result === undefined || !('latencySeconds' in result)) throw new Error(`no evaluation: ${stderr}`)
  return result
}

describe('ridge eval', () => {
  it('prints under --json exactly what it returns, with everything that is promised', async () => {
    const {stdout, result, exitCode} = await runCommand(Eval, [...decode, '--json'])
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(result)))
    expect(exitCode).toBe(0)
    for (const key of [
      'latencySeconds',
      'energyJoules',
      'averageWatts',
      'clockHertz',
      'throttled',
      'holdsPowerLimit',
      'boundBy',
      'energyBySource',
      'operators',
      'flopsPerSecond',
      'bytesPerSecond',
    ])
      expect(result).toHaveProperty(key)
  })

  it('takes every flag into the evaluation', async () => {
    const plain = await evaluationOf(...decode)
    const slow = await evaluationOf(...decode, '--clock', '1410MHz')
    expect(slow.clockHertz).toBe(1.41e9)
    expect(slow.latencySeconds).toBeGreaterThanOrEqual(plain.latencySeconds)
    expect(slow.energyJoules).toBeLessThan(plain.energyJoules)
    const narrow = await evaluationOf(...decode, '--dtype', 'fp8', '--kv-dtype', 'fp8')
    expect(narrow.settings).toMatchObject({dtype: 'fp8', weightDtype: 'fp8', kvDtype: 'fp8', batch: 16, contextTokens: 2048})
    expect(narrow.latencySeconds).toBeLessThan(plain.latencySeconds)
    const wide = await evaluationOf(...decode, '--set', 'hbmBandwidth=6 TB/s', '--set', 'sms=144', '--fidelity', 'roofline')
    expect(wide.fidelity).toBe('roofline')
    expect(wide.bytesPerSecond).toBeCloseTo(6e12, -6)
    const eager = await evaluationOf(...decode, '--eager', '--no-kv-cache')
    expect(eager.settings).toMatchObject({fused: false, kvCache: false})
    const shared = await evaluationOf(...decode, '--tensor-parallel', '2')
    expect(shared.operators.some((operator) => operator.class === 'allreduce')).toBe(true)
    const step = await evaluationOf(
      '-a',
      'h100-sxm',
      '-m',
      'gpt2',
      '--phase',
      'train',
      '--prompt',
      '512',
      '--recompute',
      'full',
      '--sequence-parallel',
      '--tensor-parallel',
      '2',
    )
    expect(step.settings).toMatchObject({phase: 'train', promptTokens: 512, recompute: 'full', sequenceParallel: true})
    const later = await evaluationOf('-a', 'h100-sxm', '-m', 'gpt2', '--prompt', '64', '--prefix', '128')
    expect(later.settings).toMatchObject({promptTokens: 64, prefixTokens: 128})
  })

  it('lowers the clock to hold a power limit', async () => {
    const prefill = ['--accelerator', 'h100-sxm', '--model', 'llama-3.1-8b', '--prompt', '4096']
    const held = await evaluationOf(...prefill, '--power-limit', '300W')
    expect(held).toMatchObject({throttled: true, powerLimitWatts: 300})
    expect(held.averageWatts).toBeLessThanOrEqual(300)
    const {stdout} = await runCommand(Eval, [...prefill, '--power-limit', '300W'])
    expect(stdout).toMatch(/clock +[\d.]+ [MG]Hz on average, lowered by the power limit/)
  })

  it('shows summary, operators, energy by source, and what the result rests on', async () => {
    const {stdout, exitCode} = await runCommand(Eval, [...decode, '--fidelity', 'roofline'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('h100-sxm · llama-3.1-8b decode · batch 16 · context 2048 · bf16')
    expect(stdout).toMatch(/latency +5\.81 ms, 2750 tokens\/s/)
    expect(stdout).toMatch(/bound by +hbm/)
    expect(stdout).toMatch(/mlp_up +×32 .*hbm +3\.35 TB\/s/)
    expect(stdout).toMatch(/^idle +\d+ mJ +[\d.]+ % +█/m)
    expect(stdout).toContain('time: 100 % an ideal bound')
    expect(stdout).toMatch(/constants: \d+ of the \d+ that this pass uses are estimates; [\d.]+ % of its energy/)
  })

  it('prints nine in ten samples beside energy and power, and what they are of', async () => {
    const {stdout, result} = await runCommand(Eval, decode)
    const {energyJoules, uncertainty} = result as BandedEvaluation
    expect(uncertainty!.energyBand.p5Joules).toBeLessThan(energyJoules)
    expect(uncertainty!.energyBand.p95Joules).toBeGreaterThan(energyJoules)
    expect(stdout).toMatch(/^energy +[\d.]+ J \([\d.]+ to [\d.]+ J\), [\d.]+ mJ\/token$/m)
    expect(stdout).toMatch(/^power +\d+ W \(\d+ to \d+ W\) of 700 W$/m)
    expect(stdout).toMatch(
      /in brackets: nine in ten of 500 samples over the ranges of \d+ constants; with the time [\d.]+ % off on average as well, [\d.]+ to/,
    )
    const compared = await runCommand(Eval, ['--compare', 'a100-sxm-80gb,h100-sxm', ...decode.slice(2)])
    expect(compared.stdout).toMatch(/^… nine in ten samples +[\d.]+ to [\d.]+ J +[\d.]+ to [\d.]+ J$/m)
  })

  it('draws as many samples as asked, or none', async () => {
    const many = (await runCommand(Eval, [...decode, '--uncertainty', '50'])).result as BandedEvaluation
    expect(many.uncertainty).toMatchObject({sampleCount: 50, seedIndex: 1})
    const {stdout, result} = await runCommand(Eval, [...decode, '--uncertainty', 'off'])
    expect((result as BandedEvaluation).uncertainty).toBeNull()
    expect(stdout).toContain('no bands: --uncertainty off')
    expect(stdout).toMatch(/^energy +[\d.]+ J, /m)
    const few = await runCommand(Eval, [...decode, '--uncertainty', '3'])
    expect([few.error?.message, few.exitCode]).toEqual(['3 samples draw no band', 3])
    const none = await runCommand(Eval, [...decode, '--uncertainty', 'some'])
    expect(none.stderr).toContain('"some" is neither a number of samples nor `off`')
  })

  it('draws no bands where an estimate states no range: a note unless they were asked for, then an error', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'ridge-')), 'guessed.yaml')
    writeFileSync(
      file,
      `title: Guessed\nextends: h100-sxm\nmemories:\n  l2:\n    energy: {value: 15 pJ/B, source: estimate, estimate: a guess}\n`,
    )
    const argv = ['-a', file, ...decode.slice(2)]
    const {stdout, result} = await runCommand(Eval, argv)
    expect((result as BandedEvaluation).uncertainty).toBeNull()
    expect(stdout).toContain(`no bands: the estimate at ${file}:5:13 /memories/l2/energy states no range`)
    const asked = await runCommand(Eval, [...argv, '--uncertainty', '100'])
    expect(asked.error).toMatchObject({code: 'RANGE_MISSING'})
    expect(asked.error!.message).toBe(`${file}:5:13 /memories/l2/energy\n  the estimate of 15 pJ/B states no range`)
    expect(asked.exitCode).toBe(3)
  })

  it('names the profile behind calibrated times, and how much of the time each basis has', async () => {
    const {stdout, result} = await runCommand(Eval, decode)
    expect(result).toMatchObject({fidelity: 'calibrated'})
    expect(stdout).toMatch(/time: [\d.]+ % calibrated on measurements of this device.*, borrowed from a100-sxm-80gb/)
    expect(stdout).toMatch(/expect the latency of its kernels to be [\d.]+ % off on average/)
  })

  it('says when nothing of an accelerator was measured, and whose measurements stand in', async () => {
    const {stdout, result} = await runCommand(Eval, ['-a', 'l4', '-m', 'llama-3.1-8b', '--phase', 'decode'])
    expect(stdout).toContain('nothing of l4 itself was measured: those of its generation, NVIDIA Ada Lovelace, stand in')
    expect(stdout).toMatch(/off on average, (and up to [\d.]+ %, as borrowed parameters showed|as where no fit saw)/)
    expect((result as Evaluation).operators.map(({basis}) => basis)).not.toContain('measured')
  })

  it('marks sizes outside of the measured range', async () => {
    const {stdout, result} = await runCommand(Eval, decode)
    expect(stdout).toMatch(/extrapolated: [\d.]+ % of the time lies outside of the measured sizes \(embedding: tokens 16 below 88/)
    expect((result as Evaluation).operators.find(({name}) => name === 'head')!.beyond).toContain('n 128256 above 65536')
  })

  it('explains the time of one operator by steps that add up to it', async () => {
    const {stdout, result} = await runCommand(Eval, [...decode, '--explain', 'mlp_up'])
    const {explanation, latencySeconds, count} = (result as Evaluation).operators.find(({name}) => name === 'mlp_up')!
    expect(explanation!.steps.reduce((sum, {seconds}) => sum + seconds, 0)).toBeCloseTo(latencySeconds / count, 12)
    expect(explanation!.facts.map(({name}) => name)).toEqual(expect.arrayContaining(['tile', 'waves', 'main memory']))
    expect(stdout).toContain('why mlp_up takes its time, one of its 32 runs')
  })

  it('names the nearest operator when one to explain is not in the pass', async () => {
    const {error} = await runCommand(Eval, [...decode, '--explain', 'mlp_upp'])
    expect(error).toMatchObject({code: 'UNKNOWN_NAME', suggestions: expect.arrayContaining(['did you mean mlp_up'])})
  })

  it('lets a host that queues kernels bound a pass of many small ones', async () => {
    const small = ['-a', 'a100-pcie-40gb', '-m', 'gpt2', '--dtype', 'fp32', '--prompt', '16', '--eager']
    const queued = await evaluationOf(...small)
    expect(queued).toMatchObject({boundBy: 'host'})
    expect(queued.latencySeconds).toBeGreaterThanOrEqual(queued.hostSeconds)
    const graph = await evaluationOf(...small, '--launch', 'graph')
    expect(graph.hostSeconds).toBe(0)
    expect(graph.latencySeconds).toBeLessThan(queued.latencySeconds)
  })

  it('says by how many bytes a pass misses the memory, and prints its numbers all the same', async () => {
    const {stdout, result, exitCode} = await runCommand(Eval, ['-a', 'h100-sxm', '-m', 'llama-3.1-70b'])
    expect(exitCode).toBe(0)
    expect(result).toMatchObject({fitsInMemory: false})
    const {residentBytes, memoryBytes} = result as Evaluation
    expect(stdout).toContain(`keeps ${((residentBytes - memoryBytes) / 2 ** 30).toFixed(1)} GiB more than h100-sxm holds`)
    expect(stdout).toMatch(/latency +\d/)
  })

  it('puts accelerators side by side', async () => {
    const {stdout, result} = await runCommand(Eval, ['--compare', 'a100-sxm-80gb,h100-sxm', ...decode.slice(2)])
    expect(result).toMatchObject({evaluations: [{accelerator: 'a100-sxm-80gb'}, {accelerator: 'h100-sxm'}]})
    expect(stdout).toMatch(/^ +a100-sxm-80gb +h100-sxm$/m)
    expect(stdout).toMatch(/^latency +[\d.]+ ms +[\d.]+ ms$/m)
  })

  it('says of one that cannot run the pass why, beside those that can, and fails only where none can', async () => {
    const eight = [...decode.slice(2), '--dtype', 'fp8']
    const {stdout, result, exitCode} = await runCommand(Eval, ['--compare', 'a100-sxm-80gb,h100-sxm', ...eight])
    const message = expect.stringContaining('no matrix or vector unit of a100-sxm-80gb computes fp8')
    expect(result).toMatchObject({
      evaluations: [{accelerator: 'h100-sxm'}],
      refused: [{accelerator: 'a100-sxm-80gb', code: 'UNSUPPORTED_DTYPE', message}],
    })
    expect(stdout).toMatch(/^ +a100-sxm-80gb +h100-sxm$/m)
    expect(stdout).toMatch(/^latency +refused +[\d.]+ ms$/m)
    expect(stdout).toMatch(/^energy +– +[\d.]+ J$/m)
    expect(stdout).toContain('a100-sxm-80gb is refused: no matrix')
    expect(exitCode).toBe(0)
    const none = await runCommand(Eval, ['--compare', 'a100-sxm-80gb', ...eight])
    expect(none.stderr).toContain('Code: UNSUPPORTED_DTYPE')
    expect(none.exitCode).toBe(3)
  })

  it('never prints wider than the terminal', async () => {
    const {isTTY, columns} = process.stdout
    Object.assign(process.stdout, {isTTY: true, columns: 60})
    const {stdout} = await runCommand(Eval, [...decode, '--no-color'])
    Object.assign(process.stdout, {isTTY, columns})
    const table = stdout.split('\n\n').find((block) => block.startsWith('operator'))!
    for (const line of table.split('\n').slice(0, -1)) expect(line.length).toBeLessThanOrEqual(60)
  })

  it.each([
    [['--clock', '14 MB'], 'QUANTITY_INVALID', 3, 'but a frequency is expected', '1410 MHz'],
    [['--clock', '9 GHz'], 'CLOCK_OUT_OF_RANGE', 3, '9000 MHz', 'choose between'],
    [['--power-limit', '500'], 'QUANTITY_INVALID', 3, '500 has no unit', '700 W'],
    [['--power-limit', '5 kW'], 'POWER_LIMIT_OUT_OF_RANGE', 3, '5000 W', 'choose between'],
    [['--set', 'sms'], 'USAGE', 2, '--set sms assigns nothing', '--set sms=144'],
    [['--set', 'smz=144'], 'UNKNOWN_NAME', 3, '"smz" is neither a parameter nor a field', 'did you mean sms'],
    [['--set', 'l2=60 MB/s'], 'QUANTITY_INVALID', 3, 'is a rate of data, but an amount of data is expected', 'write it as in `50 MiB`'],
    [['--dtype', 'fp7'], 'USAGE', 2, 'fp7', 'did you mean fp'],
    [['--dtype', 'int4'], 'UNSUPPORTED_DTYPE', 3, 'no matrix or vector unit of h100-sxm computes int4', 'choose a dtype'],
    [['--tensor-parallel', '0'], 'USAGE', 2, 'greater than or equal to 1', '--help'],
    [['--expert-exponent', 'x'], 'BAD_VALUE', 3, 'expertExponent', 'expertExponent'],
    [['--fidelity', 'exact'], 'USAGE', 2, 'exact', '--help'],
    [['--compare', 'h200'], 'UNKNOWN_NAME', 3, '"h200" is not a shipped accelerator', 'did you mean h200-sxm'],
  ])('refuses %j with %s', async (argv, code, exit, message, hint) => {
    const {stderr, exitCode} = await runCommand(Eval, [...decode, ...argv])
    expect(stderr).toContain(`Code: ${code}`)
    expect(stderr).toContain(message)
    expect(stderr).toContain(hint)
    expect(exitCode).toBe(exit)
  })

  it('asks for an accelerator when none is named', async () => {
    const {stderr, exitCode} = await runCommand(Eval, ['--model', 'gpt2'])
    expect(stderr).toContain('no accelerator is named')
    expect(exitCode).toBe(2)
  })
})
