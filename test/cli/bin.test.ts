import {spawnSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {repositoryRoot} from '../support/run-command.js'

const bin = path.join(repositoryRoot, 'dist', 'bin.js')
const manifestFile = path.join(repositoryRoot, 'oclif.manifest.json')

function ridge(...argv: string[]): {status: number | null; stdout: string; stderr: string} {
  return spawnSync(process.execPath, [bin, ...argv], {encoding: 'utf8', env: {...process.env, NODE_ENV: 'test'}})
}

// `npm test` builds first; a run of vitest alone has nothing built to look at.
describe.skipIf(!existsSync(bin) || !existsSync(manifestFile))('the built ridge', () => {
  it('shows the same first screen from the written file as oclif renders', () => {
    const written = ridge('--help')
    expect(written.stdout).toBe(ridge('help').stdout)
    expect(written.stdout).toContain(`node-${process.version}`)
    expect(written.status).toBe(0)
  })

  it('knows every command from its manifest', () => {
    const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as {
      commands: Record<string, {relativePath: string[]; summary: string; examples: string[]}>
    }
    for (const [id, {relativePath, summary, examples}] of Object.entries(manifest.commands)) {
      expect(relativePath.at(-1)).toBe(`${id.split(':').at(-1)}.js`)
      expect(summary).toMatch(/\.$/)
      expect(examples.length).toBeGreaterThan(0)
    }
    expect(Object.keys(manifest.commands)).toContain('list')
  })

  it('prints a record, and nothing else, under --json', () => {
    const {stdout, stderr, status} = ridge('schema', 'accelerator', '--json')
    expect(JSON.parse(stdout)).toHaveProperty('properties')
    expect([stderr, status]).toEqual(['', 0])
  })

  it.each([
    {argv: ['schema', 'nope'], status: 3, stderr: /^UserError: "nope" is not a known schema\nCode: UNKNOWN_NAME\nTry this: known: /},
    {argv: ['list', '--jsn'], status: 2, stderr: /^UserError: Nonexistent flag: --jsn\nCode: USAGE\n/},
    {
      argv: ['evl'],
      status: 2,
      stderr: /^UserError: "evl" is not a command of ridge\nCode: UNKNOWN_COMMAND\nTry this:\n {2}\* did you mean ridge eval/,
    },
  ])('ends "$argv" with exit code $status and says why', ({argv, status, stderr}) => {
    const outcome = ridge(...argv)
    expect([outcome.status, outcome.stdout]).toEqual([status, ''])
    expect(outcome.stderr).toMatch(stderr)
  })

  it('ends quietly when its reader has had enough', () => {
    const script = `
      const child = require('node:child_process').spawn(process.execPath, [${JSON.stringify(bin)}, 'schema', 'accelerator'], {stdio: ['ignore', 'pipe', 'inherit']})
      child.stdout.destroy()
      child.on('close', (code) => process.exit(code ?? 1))`
    const {status, stderr} = spawnSync(process.execPath, ['-e', script], {encoding: 'utf8'})
    expect([status, stderr]).toEqual([0, ''])
  })
})
