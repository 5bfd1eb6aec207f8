import {describe, expect, it} from 'vitest'
import Sensitivity from '../../src/commands/sensitivity.js'
import {runCommand} from '../support/run-command.js'
import {smallStudy, writeStudy} from '../sweep/studies.js'

const decode = ['--accelerator', 'h100-sxm', '--model', 'llama-3.1-8b', '--phase', 'decode', '--batch', '16', '--no-color']

describe('ridge sensitivity', () => {
  it('says of a pass what one percent more of each parameter buys', async () => {
    const {stdout, result} = await runCommand(Sensitivity, decode)
    expect(stdout).toMatch(/^h100-sxm · llama-3\.1-8b decode · calibrated$/m)
    expect(stdout).toMatch(/^1 % more +latency +energy +area +cost$/m)
    expect(stdout).toMatch(/^hbmBandwidth +−0\.\d+ % +−0\.\d+ % +\+0\.\d+ % +\+0\.\d+ %$/m)
    expect(stdout).toMatch(/^hbmBandwidth +3\.02 TB\/s to 3\.69 TB\/s +\+[\d.]+ % to −[\d.]+ %/m)
    expect(stdout).toContain('no effect here: idleShare')
    expect(result?.spaces[0]?.base).toMatchObject({sms: 132, clock: 1980e6})
  })

  it('says of a study what its axes do, with shares of the variance where asked', async () => {
    const {stdout, result, exitCode} = await runCommand(Sensitivity, [
      writeStudy(smallStudy),
      ...['--at', 'batch=8', '--sobol', '64', '--objectives', 'latency,area', '--no-color'],
    ])
    expect(stdout).toMatch(/^design +batch 8, sms 132, clock 1\.98 GHz$/m)
    expect(stdout).toMatch(/^share of variance +latency alone +latency in all +area alone +area in all$/m)
    expect(stdout).toMatch(/^sms .*% \([\d.−]+ to [\d.]+\)$/m)
    expect(stdout).not.toMatch(/ \(?-\d/)
    expect(stdout).toContain('from 320 designs')
    expect(result?.objectives).toEqual([
      {name: 'latencySeconds', unit: 's', goal: 'min'},
      {name: 'dieSquareMillimetres', unit: 'mm^2', goal: 'min'},
    ])
    expect(exitCode).toBe(0)
  })

  it('prints under --json exactly what it returns', async () => {
    const {stdout, result} = await runCommand(Sensitivity, [writeStudy(smallStudy), '--sobol', '64', '--json'])
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(result)))
  })

  it('refuses a base outside of an axis, and takes the ends of it', async () => {
    const study = writeStudy(smallStudy)
    const {error} = await runCommand(Sensitivity, [study, '--at', 'sms=5000'])
    expect(error).toMatchObject({code: 'BAD_VALUE'})
    expect((await runCommand(Sensitivity, [study, '--at', 'sms=132'])).exitCode).toBe(0)
  })

  it.each([
    {argv: [], message: 'nothing is named to look at'},
    {argv: ['quickstart', '--batch', '8'], message: 'a study says which'},
    {argv: [...decode, '--range', '100%'], message: 'more than nothing and less than all'},
    {argv: [...decode, '--at', 'smss=132'], message: '"smss" is not a known axis'},
    {argv: [...decode, '--at', 'sms=5000'], message: 'sms 5000 lies outside of its axis, 118 to 146'},
    {argv: [...decode, '--at', 'l2=5'], message: 'write it as in `24 MiB`'},
    {argv: [...decode, '--objectives', 'latence'], message: '"latence" is not a known metric'},
  ])('refuses $argv', async ({argv, message}) => {
    const {stderr, exitCode} = await runCommand(Sensitivity, argv)
    expect(stderr).toContain(message)
    expect(exitCode).toBeGreaterThan(1)
  })
})
