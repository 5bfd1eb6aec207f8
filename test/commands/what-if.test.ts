import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import WhatIf from '../../src/commands/what-if.js'
import {runCommand} from '../support/run-command.js'

const folder = mkdtempSync(path.join(tmpdir(), 'ridge-what-if-'))
afterAll(() => rmSync(folder, {recursive: true}))
const decode = ['--accelerator', 'a100-sxm-80gb', '--model', 'llama-3.1-8b', '--phase', 'decode', '--batch', '16']
const changes = ['--set', 'l2=100MiB', '--set', 'hbm.energy=2 pJ/b']

describe('ridge what-if', () => {
  it('prints under --json exactly what it returns', async () => {
    const {stdout, result, exitCode} = await runCommand(WhatIf, [...decode, ...changes, '--json'])
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(result)))
    expect(result?.designs.map(({name}) => name)).toEqual(['before', 'l2=100MiB', 'hbm.energy=2 pJ/b', 'all together'])
    expect(result?.settings).toMatchObject({batch: 16})
    expect(exitCode).toBe(0)
  })

  it('shows the designs side by side and what each change saves', async () => {
    const {stdout} = await runCommand(WhatIf, [...decode, ...changes, '--against', 'h100-sxm', '--no-color'])
    expect(stdout).toMatch(/^before +[\d.]+ ms +[\d.]+ J +[\d.]+ to [\d.]+ J +\d+ W +1410 MHz +[\d.]+ J +[\d.]+ to [\d.]+ J +\d+ MHz$/m)
    expect(stdout).toMatch(/^hbm\.energy=2 pJ\/b +[\d.]+ ms +[\d.]+ J \(−[\d.]+ %\)/m)
    expect(stdout).toMatch(/^h100-sxm .*mm² \(\+[\d.]+ %\) +\d+ USD \(\+[\d.]+ %\)$/m)
    expect(stdout).toMatch(/^hbm\.energy=2 pJ\/b +[\d.]+ m?J .* to [\d.]+ m?J +[\d.]+ % +hbm [\d.]+ m?J/m)
    expect(stdout).toContain('averaged over all orders of making the changes (Shapley)')
  })

  it('shows no bands where they are switched off', async () => {
    const {stdout, result} = await runCommand(WhatIf, [...decode, ...changes, '--uncertainty', 'off', '--no-color'])
    expect(stdout).not.toContain('nine in ten')
    expect(result).toMatchObject({designBands: null, shareBands: null})
  })

  it('says of a change that it changes nothing', async () => {
    const {stdout, exitCode} = await runCommand(WhatIf, [...decode, '--set', 'sms=108', '--no-color'])
    expect(stdout).toContain('sms=108 changes nothing here')
    expect(exitCode).toBe(0)
  })

  it('says that a pass does not fit, and of which design', async () => {
    const {stdout} = await runCommand(WhatIf, [...decode, '--set', 'hbmCapacity=10 GiB', '--no-color'])
    expect(stdout).toContain('hbmCapacity=10 GiB: this pass does not fit in the memory')
    expect(stdout).not.toContain('before: this pass')
  })

  it('draws the frontiers in the format that the file ends in', async () => {
    const file = path.join(folder, 'frontiers.svg')
    await runCommand(WhatIf, [...decode, ...changes, '--figure', file])
    const svg = readFileSync(file, 'utf8')
    for (const text of ['before', 'hbm.energy=2 pJ/b', 'all together', '1410 MHz', 'Energy of a pass (J)']) expect(svg).toContain(text)
  })

  it('never prints wider than the terminal', async () => {
    const {isTTY, columns} = process.stdout
    Object.assign(process.stdout, {isTTY: true, columns: 100})
    const {stdout} = await runCommand(WhatIf, [...decode, ...changes, '--no-color'])
    Object.assign(process.stdout, {isTTY, columns})
    const tables = stdout.split('\n\n').filter((block) => /^(design|change) /.test(block))
    expect(tables).toHaveLength(4)
    for (const line of tables.join('\n').split('\n')) if (!line.startsWith('(not shown')) expect(line.length).toBeLessThanOrEqual(100)
  })

  it.each([
    [[], 'USAGE', 2, 'nothing is changed', '--against'],
    [['--set', 'hbm.enrgy=2 pJ/b'], 'SPEC_INVALID', 3, '"enrgy" is not a key here', 'did you mean energy'],
    [['--set', 'hbn.energy=2 pJ/b'], 'UNKNOWN_NAME', 3, '"hbn.energy" is neither a parameter nor a field', 'did you mean hbm.energy'],
    [['--set', 'energyVoltage=1 V'], 'AMBIGUOUS_NAME', 3, 'can mean clocks.core.energyVoltage or', 'write clocks.core.energyVoltage'],
    [['--set', 'hbm.energy=2 pJ'], 'QUANTITY_INVALID', 3, 'but energy per amount of data is expected', 'pJ/b'],
    [['--set', 'l2=60 MiB', '--set', 'l2=100 MiB'], 'USAGE', 2, '--set l2 is given twice', 'keep one of 60 MiB and 100 MiB'],
    [['--set', 'sms=144', '--figure', 'frontiers.gif'], 'FIGURE_FORMAT', 3, '"frontiers.gif" does not end', '.svg, .png, .pdf'],
    [['--set', 'sms=144', '--power-limit', '9 kW'], 'POWER_LIMIT_OUT_OF_RANGE', 3, '9000 W', 'choose between'],
    [['--against', 'h100'], 'UNKNOWN_NAME', 3, '"h100" is not a shipped accelerator', 'h100-sxm'],
  ])('refuses %j with %s', async (argv, code, exit, message, hint) => {
    const {stderr, exitCode} = await runCommand(WhatIf, [...decode, ...argv])
    expect(stderr).toContain(`Code: ${code}`)
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(message)
    expect(stderr).toContain(hint)
    expect(exitCode).toBe(exit)
    expect(existsSync('frontiers.gif')).toBe(false)
  })
})

it('ridge what-if takes the clock of the memory', async () => {
  const argv = ['--accelerator', 'l4', '--model', 'gpt2', '--phase', 'decode', '--fidelity', 'roofline', '--set', 'sms=40']
  const secondsOf = async (...more: string[]) =>
    (await runCommand(WhatIf, [...argv, '--uncertainty', 'off', ...more])).result!.designs[0]!.atHighestClock.latencySeconds
  expect(await secondsOf('--memory-clock', '405MHz')).toBeGreaterThan(5 * (await secondsOf()))
})
