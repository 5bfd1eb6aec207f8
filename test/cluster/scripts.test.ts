import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {arrayScript, mergeScript, shellLine} from '../../src/cluster/scripts.js'
import {temporaryFolder} from '../sweep/studies.js'

const isBashMissing = !existsSync('/bin/bash')

/** Runs a script with a ridge that writes its words down, one a line, calls apart. */
function calls(script: string, folder: string, environment: NodeJS.ProcessEnv = {}): {words: string[][]; exitCode: number} {
  const file = path.join(folder, 'script.sh')
  writeFileSync(file, script)
  const result = (() => {
    try {
      execFileSync('/bin/bash', [file], {env: {...process.env, LC_ALL: 'C', ...environment}, stdio: 'ignore'})
      return 0
    } catch (error) {
      return (error as {status: number}).status
    }
  })()
  const log = path.join(folder, 'calls')
  const words = existsSync(log)
    ? readFileSync(log, 'utf8')
        .split('\u001E')
        .filter(Boolean)
        .map((call) => call.split('\u001F').slice(0, -1))
    : []
  return {words, exitCode: result}
}

const recorder = (folder: string): string =>
  shellLine([
    'bash',
    '-c',
    `printf '%s\\x1f' "$@" >> "$0"; printf '\\x1e' >> "$0"; case "$*" in *'--shard 2/'*) exit 9;; esac`,
    path.join(folder, 'calls'),
  ])

describe.skipIf(isBashMissing)('scripts (skipped where there is no bash)', () => {
  it('hand any path to ridge as it is', () => {
    const nasty = ["it's", '"two"', '$HOME `id` $(id)', 'a\nb', '-x', '*', '100 %', '\\', ';&|<>#!~', '']
    const texts = fc.oneof(
      fc.constantFrom(...nasty),
      fc.string({unit: 'binary', maxLength: 20}).filter((text) => !text.includes('\0')),
    )
    const folder = temporaryFolder()
    const words = [...nasty, ...fc.sample(texts, 300)]
    const printed = execFileSync('/bin/bash', ['-c', `printf '%s\\0' ${shellLine(words)}`], {encoding: 'utf8'})
    expect(printed.split('\0').slice(0, -1)).toEqual(words)
    const studyFile = path.join(folder, nasty.slice(0, 3).join('/'), 'study.yaml')
    const script = arrayScript(
      {ridge: recorder(folder), studyFile, fidelity: 'roofline', shardCount: 64, folder: "/o'ut $1", workerCount: 2},
      [[17]],
    )
    expect(calls(script, folder, {SLURM_ARRAY_TASK_ID: '0'}).words).toEqual([
      ['sweep', studyFile, '--fidelity', 'roofline', '--workers', '2', '--shard', '17/64', '--out', "/o'ut $1"],
    ])
  })

  it('run the shards of their task in turn; one that fails fails the task, and keeps no other', () => {
    const folder = temporaryFolder()
    const settings = {ridge: recorder(folder), studyFile: '/s.yaml', fidelity: null, shardCount: 9, folder: '/out', workerCount: 1}
    const {words, exitCode} = calls(arrayScript(settings, [[1], [2, 5, 9]]), folder, {SLURM_ARRAY_TASK_ID: '1'})
    expect(words.map((call) => call[call.indexOf('--shard') + 1])).toEqual(['2/9', '5/9', '9/9'])
    expect(exitCode).toBe(9)
  })

  it('join into a draft, which takes the place of the points once it is whole', () => {
    const folder = temporaryFolder()
    const out = path.join(folder, "o'ut")
    const shards = Array.from({length: 107}, (_, index) => `shard-${index + 1}.db`).sort()
    mkdirSync(path.join(out, 'shards'), {recursive: true})
    for (const name of ['shard-1.json', ...shards]) writeFileSync(path.join(out, 'shards', name), '')
    writeFileSync(path.join(out, 'points.draft.db'), 'joined')
    const {words, exitCode} = calls(mergeScript({ridge: recorder(folder), folder: out}), folder)
    expect(exitCode).toBe(0)
    expect(words).toEqual([
      ['sweep', 'status', '.', '--complete'],
      ['store', 'merge', 'points.draft.db', ...shards.slice(0, 100).map((name) => `shards/${name}`)],
      ['store', 'merge', 'points.draft.db', ...shards.slice(100).map((name) => `shards/${name}`)],
    ])
    expect(readdirSync(out).sort()).toEqual(['points.db', 'shards'])
  })

  it('join nothing where a shard is not complete', () => {
    const folder = temporaryFolder()
    const refusing = shellLine(['bash', '-c', 'exit 3', '-'])
    expect(calls(mergeScript({ridge: refusing, folder}), folder).exitCode).toBe(3)
    expect(readdirSync(folder)).toEqual(['script.sh'])
  })
})
