import {Command, Flags} from '@oclif/core'
import {describe, expect, it} from 'vitest'
import {BaseCommand} from '../../src/cli/base-command.js'
import {exitCodes, UserError} from '../../src/foundation/user-error.js'
import {SpecError} from '../../src/spec/spec-error.js'
import {runCommand} from '../support/run-command.js'

const place = {file: `${'deep/'.repeat(30)}edge-npu.yaml`, line: 14, column: 15, pointer: '/memories/0/capacity'}

/** A command that ends in the way its flag says. */
class Probe extends BaseCommand {
  static override flags = {
    ending: Flags.option({
      options: ['done', 'spec', 'infeasible', 'bug', 'exit', 'interrupt', 'interrupt-and-finish'] as const,
      default: 'done',
    })(),
    batch: Flags.integer({min: 1}),
    clock: Flags.string({
      parse: async (text) => {
        if (text.endsWith('Hz')) return text
        throw new UserError(`"${text}" is not a clock`, {code: 'QUANTITY_DIMENSION', suggestions: ['write it as in 1410 MHz']})
      },
    }),
  }

  async run(): Promise<{latencySeconds: number}> {
    const {flags} = await this.parse(Probe)
    const cause = new Error('the reason inside')
    if (flags.ending === 'spec')
      throw new SpecError([
        {...place, message: '"24 MB/s" is a rate, but capacity is an amount of data', suggestions: ['write it as in `capacity: 24 MiB`']},
      ])
    if (flags.ending === 'infeasible')
      throw new UserError('it does not fit', {
        code: 'INFEASIBLE',
        exitCode: exitCodes.infeasible,
        suggestions: ['halve the batch', 'take a larger device'],
        cause,
      })
    if (flags.ending === 'bug') throw new TypeError('undefined is not a function')
    if (flags.ending === 'exit') this.exit(5)
    if (flags.ending.startsWith('interrupt')) {
      const signal = this.interrupted
      process.emit('SIGINT')
      if (flags.ending === 'interrupt') signal.throwIfAborted()
    }
    this.log('done')
    return {latencySeconds: 1e-3}
  }
}

const run = (...argv: string[]) => runCommand(Probe, argv)

describe('BaseCommand', () => {
  it('prints a spec error with its place whole on one line, then code and hint', async () => {
    const {stderr} = await run('--ending', 'spec')
    expect(stderr.split('\n')).toEqual([
      `SpecError: ${place.file}:14:15 /memories/0/capacity`,
      '  "24 MB/s" is a rate, but capacity is an amount of data',
      'Code: SPEC_INVALID',
      'Try this: write it as in `capacity: 24 MiB`',
      '',
    ])
  })

  it.each([
    ['done', 0],
    ['spec', 3],
    ['infeasible', 4],
    ['bug', 1],
    ['exit', 5],
    ['interrupt', 130],
    ['interrupt-and-finish', 130],
  ])('ends "%s" with exit code %i, in text and under --json', async (ending, exitCode) => {
    expect((await run('--ending', ending)).exitCode).toBe(exitCode)
    expect((await run('--ending', ending, '--json')).exitCode).toBe(exitCode)
  })

  it('shows neither stack nor cause of a user error', async () => {
    const text = await run('--ending', 'infeasible')
    const json = await run('--ending', 'infeasible', '--json')
    expect(text.stderr).toBe('UserError: it does not fit\nCode: INFEASIBLE\nTry this:\n  * halve the batch\n  * take a larger device\n')
    expect(JSON.parse(json.stdout)).toEqual({
      error: {code: 'INFEASIBLE', message: 'it does not fit', suggestions: ['halve the batch', 'take a larger device'], exitCode: 4},
    })
  })

  it('keeps the stack of a bug', async () => {
    const text = await run('--ending', 'bug')
    const json = await run('--ending', 'bug', '--json')
    expect(text.stderr).toMatch(/^This is a bug in ridge: TypeError: undefined is not a function\n +at /)
    expect(JSON.parse(json.stdout).error.stack).toContain('base-command.test')
  })

  it('names the nearest flag and leaves the CLI configuration out', async () => {
    const {stdout, exitCode} = await run('--json', '--bach', '3')
    expect(exitCode).toBe(2)
    expect(Object.keys(JSON.parse(stdout).error)).toEqual(['code', 'message', 'suggestions', 'exitCode'])
    expect(JSON.parse(stdout).error).toMatchObject({code: 'USAGE', suggestions: ['did you mean --batch', 'ridge probe --help']})
  })

  it('names the nearest option of a flag', async () => {
    const {stderr} = await run('--ending', 'infeasble')
    expect(stderr).toContain('  * did you mean infeasible\n')
  })

  it.each([
    {argv: ['--batch', 'many'], message: '--batch: Expected an integer but received: many', code: 'USAGE', exitCode: 2},
    {argv: ['--clock', '24 MB'], message: '--clock: "24 MB" is not a clock', code: 'QUANTITY_DIMENSION', exitCode: 3},
  ])('says which flag holds a value that cannot be read: $message', async ({argv, message, code, exitCode}) => {
    const outcome = await run(...argv)
    expect(outcome.stderr).toMatch(`UserError: ${message}\nCode: ${code}\nTry this: `)
    expect(outcome.exitCode).toBe(exitCode)
  })

  it('stops listening for Ctrl-C when the command is over', async () => {
    const before = process.listenerCount('SIGINT')
    await run('--ending', 'interrupt')
    expect(process.listenerCount('SIGINT')).toBe(before)
  })

  it('prints the returned record and nothing else under --json', async () => {
    const {stdout, stderr} = await run('--json')
    expect([JSON.parse(stdout), stderr]).toEqual([{latencySeconds: 1e-3}, ''])
  })

  it('is a command that oclif finds', () => {
    expect(Probe.prototype).toBeInstanceOf(Command)
  })
})
