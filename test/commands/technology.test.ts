import {describe, expect, it} from 'vitest'
import Technology from '../../src/commands/technology.js'
import {runCommand} from '../support/run-command.js'

describe('ridge technology', () => {
  it('shows what each way to scale makes of an energy, and how far apart they are', async () => {
    const {stdout, exitCode} = await runCommand(Technology, ['--from', '45nm', '--voltage', '0.9V', '--to', '7nm', '--to-voltage', '0.7V'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^int8 multiply-add\s+0\.068\s+0\.33\s+× 4\.9$/m)
  })

  it('asks for the voltages, and names the nodes that it knows', async () => {
    expect((await runCommand(Technology, ['--from', '45nm', '--to', '7nm'])).stderr).toContain('voltage')
    const {stderr} = await runCommand(Technology, ['--from', '66nm', '--voltage', '1V', '--to', '7nm', '--to-voltage', '0.7V'])
    expect(stderr).toContain('did you mean 65 nm')
  })
})
