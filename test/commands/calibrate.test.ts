import {existsSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import Calibrate from '../../src/commands/calibrate.js'
import {entriesOf, forgetProfile} from '../../src/cost/calibrated/profile.js'
import {packageRoot} from '../../src/spec/catalogue.js'
import {contentsOf, temporaryFolder, written} from '../faults/refusal.js'
import {runCommand} from '../support/run-command.js'
import {madeTrace} from '../validate/made-trace.js'

const folder = temporaryFolder()
let accelerator = ''
let trace = ''

beforeAll(async () => {
  accelerator = written(folder, 'mine.yaml', 'title: Mine\nextends: mi210\n')
  trace = await madeTrace(folder, 'mine', 'mi210')
  await madeTrace(folder, 'l40s', 'l40s')
})

const argv = (...more: readonly string[]): string[] => ['--accelerator', accelerator, '--folds', '2', ...more]

describe('ridge calibrate', () => {
  it('prints the share of rows, errors by trace, class and regime, parameters, and transfer', async () => {
    const {stdout, exitCode} = await runCommand(Calibrate, argv('--trace', path.dirname(trace)))
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/unseen: 2 folds by shape/)
    expect(stdout).toMatch(/mine\.csv +48 +100 %/)
    expect(stdout).toMatch(/l40s\.csv +48 +0 %/)
    expect(stdout).toContain('48 not fitted: of l40s, which is not fitted')
    expect(stdout).toMatch(/mine +softmax +bf16 +alone +48/)
    expect(stdout).toMatch(/regime +rows/)
    expect(stdout).toMatch(/parameter +value/)
    expect(stdout).toMatch(/the same parameters elsewhere: l40s [\d.]+ % of 48 rows/)
    expect(contentsOf(folder).filter((name) => name.includes('profile'))).toEqual([])
  })

  it('prints the record under --json, and nothing else', async () => {
    const {stdout, stderr} = await runCommand(Calibrate, argv('--trace', trace, '--json'))
    const record = JSON.parse(stdout) as {classes: readonly {parameters: readonly {interval: readonly unknown[]}[]}[]}
    expect(record).toMatchObject({
      split: {kind: 'folds', count: 2},
      devices: [{accelerator, device: 'mine'}],
      traces: [{trace, rowCount: 48, fittedCount: 48}],
      classes: [{device: 'mine', class: 'softmax', rowCount: 48, heldOut: {rowCount: 48}}],
    })
    for (const {interval} of record.classes[0]!.parameters) for (const bound of interval) expect(bound).toEqual(expect.any(Number))
    expect(stderr).toBe('')
  })

  it('replaces an unreadable profile, saying why it was not the one before, and then one that it can read', async () => {
    const file = written(folder, 'mine.profile.yaml', 'device: mine\nclasses: []\n')
    forgetProfile(file)
    const first = await runCommand(Calibrate, argv('--trace', trace, '--write'))
    expect(first.stdout).toMatch(
      /before is the plain roofline on mine, as a profile can't be used: .*mine\.profile\.yaml:\d+:\d+ \/provenance/,
    )
    expect(first.stdout).toContain(`wrote ${file}`)
    expect(existsSync(file)).toBe(true)
    expect(entriesOf(file)).toMatchObject([{device: 'mine', class: 'softmax'}])
    const second = await runCommand(Calibrate, argv('--trace', trace, '--write'))
    const [fitted] = second.result!.classes
    expect(second.stdout).not.toContain("can't be used")
    // The profile that the first run wrote is what stood before the second; a fit searches the clock under a limit less finely.
    expect(fitted!.before.mape).toBeCloseTo(first.result!.classes[0]!.fitted.mape, 6)
  })

  it('keeps its own command in the profile', async () => {
    await runCommand(Calibrate, argv('--trace', trace, '--write'))
    const text = readFileSync(path.join(folder, 'mine.profile.yaml'), 'utf8')
    expect(text).toContain('command: ridge calibrate --accelerator mine.yaml --folds 2 --trace mine.csv --write')
    expect(text).toMatch(/date: \d{4}-\d\d-\d\d/)
    expect(text).not.toContain(folder)
  })

  it('prints the energies that passes with power tell, their intervals and errors, and the part of a file to keep', async () => {
    const sample = path.join(packageRoot, 'accelerators', 'a100-pcie-40gb', 'measured.csv')
    const lines = readFileSync(sample, 'utf8').split('\n')
    const isKept = (line: string): boolean => line.startsWith('device,') || line.includes(',forward_prefill,')
    const passes = written(folder, 'passes.csv', lines.filter(isKept).join('\n'))
    const {stdout, result, exitCode} = await runCommand(Calibrate, ['--trace', passes])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/a100-pcie-40gb: energies, at the voltage that the file states, from the power of \d+ passes/)
    expect(stdout).toMatch(/tensor\.bf16 +[\d.]+ pJ\/op +[\d.]+ pJ\/op to [\d.]+ pJ\/op/)
    expect(stdout).toMatch(/clocking .* not determined: as in the file/)
    expect(stdout).toContain('error of passes, by fits without their model')
    const [power] = result!.power
    expect(result!.classes).toEqual([])
    expect(power!.fragment).toMatch(/units:\n {2}tensor:\n {4}energyPerOperation:\n {6}bf16: \{value: /)
    expect(stdout).toContain(power!.fragment)
  })

  it('refuses passes of too few workloads, and says how many are needed', async () => {
    const header = 'device,op,dtype,batch,seq_q,latency_us,power_w,clock_mhz,model'
    const few = written(folder, 'few.csv', `${header}\na100-pcie-40gb,forward_prefill,bf16,1,128,8000,60,900,gpt2\n`)
    const {stderr, exitCode} = await runCommand(Calibrate, ['--trace', few])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('NOTHING_TO_FIT')
    const [found, advice] = stderr.replace(/\s+/g, ' ').split('Try this')
    expect(found).toContain('1 not fitted: passes of a100-pcie-40gb with power: fewer than 10 workloads below the limit')
    expect(advice).toContain('measure kernels, or 10 workloads of passes with power_w and clock_mhz')
    expect(advice).not.toContain('not fitted')
  })
})
