import {describe, expect, it} from 'vitest'
import {runProgram} from '../../src/cluster/run-program.js'

const node = (code: string, ...argv: string[]): string[] => ['-e', code, ...argv]

describe('a program', () => {
  it('gets its words as they are, and gives what it prints and how it ends', async () => {
    const words = ['a b', "it's", '$HOME', '*']
    const code = 'process.stdout.write(JSON.stringify(process.argv.slice(1))); console.error("note"); process.exit(7)'
    expect(await runProgram(process.execPath, node(code, ...words))).toEqual({exitCode: 7, stdout: JSON.stringify(words), stderr: 'note\n'})
  })

  it('is undefined where this machine does not have it', async () => {
    expect(await runProgram('ridgepoint-has-no-such-program', [])).toBeUndefined()
  })

  it('that keeps silent is given up, with what it said until then', async () => {
    const code = 'console.error("sleeping and retrying"); setInterval(() => {}, 1000)'
    await expect(runProgram(process.execPath, node(code), 2)).rejects.toMatchObject({
      code: 'PROGRAM_SILENT',
      message: `${process.execPath} did not answer within 2 s: sleeping and retrying`,
    })
  })
})
