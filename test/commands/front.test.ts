import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import Choose from '../../src/commands/choose.js'
import Front from '../../src/commands/front.js'
import {type Swept, swept} from '../study/answers.js'
import {runCommand} from '../support/run-command.js'

let given: Swept
beforeAll(async () => {
  given = await swept()
})
afterAll(() => given.close())

const asked = (): string[] => [given.study.file, '--store', given.storeFile, '--no-color']

/** Runs on a terminal of so many columns. */
async function onTerminal<T>(columns: number, run: () => Promise<T>): Promise<T> {
  const {isTTY, columns: before} = process.stdout
  Object.assign(process.stdout, {isTTY: true, columns})
  try {
    return await run()
  } finally {
    Object.assign(process.stdout, {isTTY, columns: before})
  }
}

const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length))

describe('ridge front', () => {
  it('prints under --json exactly what it returns', async () => {
    const {stdout, result, exitCode} = await runCommand(Front, [...asked(), '--save', 'area', '--json'])
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(result)))
    expect(exitCode).toBe(0)
  })

  it('shows the corners, the knee, what limits them and what is near and saves something', async () => {
    const {stdout} = await runCommand(Front, [...asked(), '--save', 'area', '--within', '10%'])
    expect(stdout).toMatch(/^gpt2 decode · roofline\n\d+ of 216 designs meet every constraint, \d+ are on the front, hypervolume 0\.\d+$/m)
    expect(stdout).toMatch(/^design +batch +sms +hbmBandwidth +l2 +clock +latency +energyPerToken +area$/m)
    expect(stdout).toMatch(/^least latency .* µs .* mm²$/m)
    expect(stdout).toMatch(/^least latency +tensor +[\d.]+ % left +[\d.]+ % left$/m)
    expect(stdout).toMatch(/^least latency +[\d.]+ % +.* → /m)
    expect(stdout).toContain('knee: the least sum')
  })

  it('draws bands and says how often a design stays on the front, where samples are asked for', async () => {
    const {stdout, result} = await runCommand(Front, [...asked(), '--uncertainty', '20'])
    expect(stdout).toMatch(/^design +stays on the front +nine in ten latency +nine in ten energyPerToken +nine in ten area$/m)
    expect(stdout).toMatch(/^knee +[\d.]+ % /m)
    for (const {comparedCount, designs} of result!.workloads) {
      expect(comparedCount).toBeGreaterThanOrEqual(designs.length)
      for (const {uncertainty} of designs) expect(uncertainty!.staysRatio).toBeLessThanOrEqual(1)
    }
  })

  it('never prints a table wider than the terminal', async () => {
    const {stdout} = await onTerminal(80, () => runCommand(Front, [...asked(), '--save', 'area']))
    expect(widest(stdout)).toBeLessThanOrEqual(80)
    for (const axis of ['batch', 'sms', 'hbmBandwidth', 'l2', 'clock']) expect(stdout).toMatch(new RegExp(`^design .*\\b${axis}\\b`, 'm'))
  })

  it('says how to make a store where there is none', async () => {
    const {stderr, exitCode} = await runCommand(Front, [given.study.file, '--store', `${given.storeFile}.none.db`])
    expect(stderr).toContain('STORE_MISSING')
    expect(exitCode).toBe(3)
  })
})

describe('ridge choose', () => {
  it('prints under --json exactly what it returns', async () => {
    const {stdout, result, exitCode} = await runCommand(Choose, [...asked(), '--json'])
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(result)))
    expect(exitCode).toBe(0)
  })

  it('shows the designs in order, what each costs on every workload, and at which settings', async () => {
    const {stdout} = await runCommand(Choose, [...asked(), '--by', 'weighted', '--weight', 'decode=64', '--limit', '2'])
    expect(stdout).toMatch(
      /^small · latency by weighted \(prefill 1, decode 64\) · roofline\n\d+ of 36 designs serve every workload; 1 is on the front/m,
    )
    expect(stdout).toMatch(/^1 \* +[\d.]+ [µm]s +[\d.]+ [µm]s +[\d.]+ [µm]s +\d+ mm² +\d+ USD$/m)
    expect(stdout).toMatch(/^all +machine, sms \d+, hbmBandwidth [\d.]+ TB\/s$/m)
    expect(stdout).toMatch(/^ {2}decode +batch \d+, clock [\d.]+ [GM]Hz$/m)
    expect(stdout).toMatch(/^1 +l2 \d+ MiB$/m)
    expect(stdout).toContain('weighted: the weighted mean of the results')
  })

  it('never prints a table wider than the terminal', async () => {
    const {stdout} = await onTerminal(80, () => runCommand(Choose, asked()))
    expect(widest(stdout)).toBeLessThanOrEqual(80)
  })
})
