import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import {closeSync, existsSync, openSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import {describe, expect, it} from 'vitest'
import {repositoryRoot} from '../support/run-command.js'
import {contentsOf, temporaryFolder, written} from './refusal.js'

const bin = path.join(repositoryRoot, 'dist', 'bin.js')
const elsewhere = temporaryFolder()

function ridge(argv: readonly string[], options: {readonly cwd?: string; readonly env?: NodeJS.ProcessEnv} = {}) {
  return spawnSync(process.execPath, [bin, ...argv], {encoding: 'utf8', cwd: elsewhere, ...options})
}

async function ended(child: ChildProcess): Promise<{code: number | null; stderr: string}> {
  let stderr = ''
  child.stderr?.on('data', (data) => {
    stderr += String(data)
  })
  return new Promise((settle) => child.on('close', (code) => settle({code, stderr})))
}

describe.skipIf(!existsSync(bin))('the built ridge (skipped where dist is not built)', () => {
  it('answers a command that there is not with 2 and the nearest one, under --json as JSON', () => {
    const text = ridge(['evla'])
    expect([text.status, text.stderr]).toEqual([2, expect.stringMatching(/^UserError: "evla" is not a command.*\nCode: UNKNOWN_COMMAND\n/)])
    const json = ridge(['evla', '--json'])
    expect([json.status, JSON.parse(json.stdout)]).toMatchObject([2, {error: {code: 'UNKNOWN_COMMAND', exitCode: 2}}])
    expect(json.stderr).toBe('')
  })

  it('works from any folder, without HOME, on a narrow terminal and in a locale without UTF-8', () => {
    const {PATH} = process.env
    const argv = ['eval', '--accelerator', 'h100-sxm', '--model', 'gpt2']
    const plain = ridge(argv)
    expect(plain.status).toBe(0)
    for (const env of [{PATH}, {PATH, LC_ALL: 'C'}, {PATH, NO_COLOR: '1'}, {PATH, TERM: 'dumb'}]) {
      const {status, stdout, stderr} = ridge(argv, {env})
      expect([status, stdout, stderr]).toEqual([0, plain.stdout, ''])
    }
    expect(ridge(argv, {env: {PATH, COLUMNS: '40'}}).status).toBe(0)
  })

  it('takes names of files with spaces, signs and letters of any script, seen from where it runs', () => {
    const folder = temporaryFolder()
    written(folder, 'süb dir/açc <b>.yaml', 'extends: h100-sxm\ntitle: "<script>alert(1)</script>"\n')
    const below = ridge(['show', path.join('süb dir', 'açc <b>.yaml')], {cwd: folder})
    expect([below.status, below.stdout]).toEqual([0, expect.stringContaining('<script>alert(1)</script>')])
    written(folder, 'other/empty', '')
    expect(ridge(['show', path.join('..', 'süb dir', 'açc <b>.yaml')], {cwd: path.join(folder, 'other')}).status).toBe(0)
  })

  it.skipIf(!existsSync('/dev/full'))('says that the disk under its output is full, without a stack', () => {
    const full = openSync('/dev/full', 'w')
    for (const argv of [['--help'], ['list'], ['schema', 'accelerator', '--json']]) {
      const {status, stderr} = spawnSync(process.execPath, [bin, ...argv], {encoding: 'utf8', stdio: ['ignore', full, 'pipe']})
      expect([status, stderr]).toEqual([
        3,
        expect.stringMatching(/^UserError: the output cannot be written: the disk is full\nCode: OUTPUT_UNWRITABLE\n/),
      ])
    }
    closeSync(full)
  })

  it.skipIf(!existsSync('/dev/zero'))('reads no more of an endless file than a description may have', () => {
    const {status, stderr} = ridge(['show', '/dev/zero', '--kind', 'accelerator'])
    expect([status, stderr]).toEqual([3, expect.stringContaining('FILE_TOO_LARGE')])
  })

  it.skipIf(process.platform === 'win32')(
    'stops a long validation on Ctrl-C with 130, and leaves nothing behind',
    {timeout: 60_000},
    async () => {
      const folder = temporaryFolder()
      const row = 'h100-sxm,gemm,bf16,4096,4096,4096,250\n'
      const trace = path.join(folder, 'long.csv')
      writeFileSync(trace, `device,op,dtype,m,n,k,latency_us\n${row.repeat(2_000_000)}`)
      const child = spawn(process.execPath, ['--max-old-space-size=120', bin, 'validate', '--trace', trace], {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      const end = ended(child)
      await wait(2500)
      child.kill('SIGINT')
      expect(await end).toEqual({code: 130, stderr: expect.stringContaining('Code: INTERRUPTED\nTry this: ')})
      expect(contentsOf(folder)).toEqual(['long.csv'])
    },
  )
})
