import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import Record from '../../src/commands/record.js'
import {repositoryRoot, runCommand} from '../support/run-command.js'

const shippedFile = path.join('src', 'trace', 'record.py')
const shipped = readFileSync(path.join(repositoryRoot, shippedFile), 'utf8')
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ridge-record-'))
})
afterAll(() => rmSync(folder, {recursive: true}))

describe('ridge record', () => {
  it('prints the shipped script and nothing else', async () => {
    const {stdout, stderr, exitCode} = await runCommand(Record)
    expect(stdout).toBe(shipped)
    expect([stderr, exitCode]).toEqual(['', 0])
  })

  it('writes the shipped script to a file, whole, and says what to run next', async () => {
    const file = path.join(folder, 'record.py')
    const {stdout, exitCode} = await runCommand(Record, ['--out', file])
    expect(readFileSync(file, 'utf8')).toBe(shipped)
    expect(readdirSync(folder)).toEqual(['record.py'])
    expect(stdout).toContain(`wrote ${file}\nnext     python3 ${file} --out my-gpu.csv\n`)
    expect(stdout).toContain('ridge validate --trace my-gpu.csv')
    expect(exitCode).toBe(0)
  })

  it('prints the script and the next steps as a record under --json', async () => {
    const {stdout} = await runCommand(Record, ['--json'])
    expect(JSON.parse(stdout)).toEqual({
      file: null,
      script: shipped,
      steps: [
        'python3 record.py --out my-gpu.csv',
        'ridge validate --trace my-gpu.csv',
        'ridge calibrate --accelerator <name> --trace my-gpu.csv',
      ],
    })
  })

  it('says which folder is missing', async () => {
    const file = path.join(folder, 'nowhere', 'record.py')
    const {stdout, stderr, exitCode} = await runCommand(Record, ['--out', file])
    expect(stderr).toContain('nowhere')
    expect(stderr).toContain("can't be written: the folder above it is not there")
    expect(stderr).toContain('Code: FILE_UNWRITABLE\nTry this: check that the folder is there and may be written')
    expect([stdout, exitCode]).toEqual(['', 3])
  })

  it('finds its script in the installed package, which leaves the other sources out', () => {
    const {files} = JSON.parse(readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8')) as {files: string[]}
    expect(files.filter((file) => file.startsWith('src'))).toEqual([shippedFile.split(path.sep).join('/')])
  })
})
