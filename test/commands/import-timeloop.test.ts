import {existsSync, mkdtempSync, readdirSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import ImportTimeloop from '../../src/commands/import/timeloop.js'
import MapProblem from '../../src/commands/map.js'
import {runCommand} from '../support/run-command.js'
import {timeloopDesign} from '../support/timeloop-design.js'

const folder = mkdtempSync(path.join(tmpdir(), 'ridge-import-'))
const at = (...names: string[]): string => path.join(folder, ...names)
const inputs = Object.keys(timeloopDesign).map((name) => at(name))
beforeAll(() => {
  for (const [name, text] of Object.entries(timeloopDesign)) writeFileSync(at(name), text)
  writeFileSync(at('area.yaml'), 'ART: {}\n')
})

describe('ridge import timeloop', () => {
  it('writes the files that ridge map evaluates to the counts of Timeloop', async () => {
    const imported = await runCommand(ImportTimeloop, [...inputs, '--out', at('small')])
    expect(imported.stdout).toBe(['accelerator', 'problem', 'mapping'].map((name) => `${at('small', `${name}.yaml`)}\n`).join(''))
    const flags = ['accelerator', 'problem', 'mapping'].flatMap((name) => [`--${name}`, at('small', `${name}.yaml`)])
    const {stdout, exitCode} = await runCommand(MapProblem, [...flags, '--json'])
    expect(exitCode).toBe(0)
    const answer = JSON.parse(stdout)
    expect(answer.problem).not.toBe('problem')
    expect(answer.accelerator).toMatch(/ under DRAM, Buffer/)
    // M 2, K 3 at DRAM, N 2, K 2 in time and M 2 across two spads at the buffer: 24 steps.
    expect(answer).toMatchObject({fits: true, operationCount: 48, arithmeticCycles: 24})
    // A tile of A (2 × 2) is new in all 6 rounds, one of B (2 × 2) as well; both spads share each word of B.
    expect(answer.levels[1].tensors).toMatchObject([
      {name: 'A', tileWords: 4, reads: 48, fills: 24},
      {name: 'B', tileWords: 4, reads: 24, fills: 24},
      {name: 'Z', tileWords: 4},
    ])
    // 72 words are read at 2 words a cycle.
    expect(answer).toMatchObject({boundBy: 'Buffer'})
    expect(answer.cycles).toBe(Math.ceil((48 + 24 + answer.levels[1].tensors[2].reads) / 2))
  })

  it('prints under --json exactly the record that it returns, and says what it left out', async () => {
    const files = [...inputs, at('area.yaml')]
    const {stdout, result} = await runCommand(ImportTimeloop, [...files, '--out', at('record'), '--json'])
    expect(JSON.parse(stdout)).toEqual(result)
    expect(result!.ignored).toEqual([{what: `ART of ${at('area.yaml')}`, reason: 'areas are not part of a hierarchy'}])
    expect((await runCommand(ImportTimeloop, [...files, '--out', at('text')])).stdout).toContain(`left out: ART of ${at('area.yaml')}`)
  })

  it('writes nothing where something is refused, and shows its place', async () => {
    writeFileSync(at('sparse.yaml'), 'sparse_optimizations: {}\n')
    const {stderr, exitCode} = await runCommand(ImportTimeloop, [...inputs, at('sparse.yaml'), '--out', at('refused')])
    expect(exitCode).toBe(3)
    expect(stderr).toContain(`${at('sparse.yaml')}:1:`)
    expect(stderr).toContain('TIMELOOP_UNSUPPORTED')
    expect(existsSync(at('refused'))).toBe(false)
  })

  it('never writes over what it reads, nor where it cannot', async () => {
    writeFileSync(at('mapping.yaml'), timeloopDesign['map.yaml']!)
    const own = inputs.map((file) => (file.endsWith('map.yaml') ? at('mapping.yaml') : file))
    const before = readdirSync(folder)
    expect((await runCommand(ImportTimeloop, [...own, '--out', folder])).error).toMatchObject({code: 'FILE_EXISTS'})
    expect((await runCommand(ImportTimeloop, [...own, '--out', at('area.yaml', 'below')])).error).toMatchObject({code: 'FILE_UNWRITABLE'})
    expect(readdirSync(folder)).toEqual(before)
  })
})
