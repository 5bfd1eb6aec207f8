import {existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import MapCompare from '../../src/commands/map/compare.js'
import type {MappingComparison} from '../../src/mapping/mapping-comparison.js'
import {runCommand} from '../support/run-command.js'
import {smallHierarchy, smallProblem} from '../support/small-hierarchy.js'

const folder = mkdtempSync(path.join(tmpdir(), 'ridge-map-compare-'))
const file = (name: string, text: string): string => {
  writeFileSync(path.join(folder, name), text)
  return path.join(folder, name)
}
const machine = file('small.yaml', smallHierarchy)
const problem = file('small-gemm.yaml', smallProblem)
const spread = file('spread.yaml', 'levels:\n  buffer: {temporal: [M 2, N 2, K 6], x: [M 4], y: [N 2]}\n')
const serial = file('serial.yaml', 'levels:\n  buffer: {temporal: [M 8, N 4, K 6]}\n')
const tooLarge = file('too-large.yaml', 'levels:\n  registers: {temporal: [M 8, N 4, K 6]}\n')
const on = ['--accelerator', machine, '--problem', problem]

describe('ridge map compare', () => {
  it('prints under --json exactly the record that it returns', async () => {
    const {stdout, result, exitCode} = await runCommand(MapCompare, [spread, serial, ...on, '--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(result)))
    expect(result).toMatchObject({
      accelerator: 'small',
      problem: 'small-gemm',
      candidates: [{name: 'spread', fits: true}, {name: 'serial'}],
      time: {best: 'spread'},
    })
  })

  it('shows each candidate, level and tensor, and says why one wins', async () => {
    const {stdout, exitCode} = await runCommand(MapCompare, [spread, serial, ...on])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('small-gemm on small: 2 candidates')
    expect(stdout).toMatch(/^mapping +cycles +latency +energy +energy × delay +utilization +bound by$/m)
    expect(stdout).toMatch(/^energy of +spread +serial$/m)
    expect(stdout).toMatch(/^ {2}weights +912 pJ +2.64 nJ$/m)
    expect(stdout).toContain('spread takes the least time.')
    expect(stdout).toContain('mac bounds it, 1 of them at work against 8 in spread.')
    expect(stdout).toMatch(
      /serial takes 1\.10\d times as much, 2.88 nJ more: weights at buffer \+1.73 nJ \(192 reads against 48 in spread\)\./,
    )
  })

  it('names in one sentence all that take as much as the best, and counts one candidate as one', async () => {
    const [same, again] = ['same.yaml', 'again.yaml'].map((name) => file(name, readFileSync(spread, 'utf8'))) as [string, string]
    const {stdout} = await runCommand(MapCompare, [spread, same, again, ...on])
    expect(stdout).toContain('spread takes the least time. same and again take as much.')
    expect(stdout).toContain('spread takes the least energy. same and again take as much.')
    expect((await runCommand(MapCompare, [spread, ...on])).stdout).toContain('small-gemm on small: 1 candidate\n')
  })

  it('keeps one that does not fit beside the others, and exits with 4 where none fits', async () => {
    const {stdout, exitCode} = await runCommand(MapCompare, [tooLarge, spread, ...on])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('too-large does not fit')
    expect(stdout).toContain('registers: tiles of 208 B in 16 B, 192 B too many')
    expect((await runCommand(MapCompare, [tooLarge, ...on])).exitCode).toBe(4)
  })

  it('exits with 5 above a bar, and tells which mapping and level; the record says so too', async () => {
    const baseline = path.join(folder, 'baseline.json')
    writeFileSync(baseline, (await runCommand(MapCompare, [spread, ...on, '--json'])).stdout)
    const bar = ['--fail-above', `cycles=1.05x:${baseline}`]
    expect((await runCommand(MapCompare, [spread, ...on, ...bar])).exitCode).toBe(0)
    const missed = await runCommand(MapCompare, [serial, ...on, ...bar])
    expect(missed.exitCode).toBe(5)
    expect(missed.stderr.replaceAll(/\s+/g, ' ')).toContain('cycles of serial is 192, ')
    expect(missed.stderr).toContain('BAR_NOT_MET')
    const {result, exitCode} = await runCommand(MapCompare, [serial, ...on, ...bar, '--fail-above', 'energy=1J', '--json'])
    expect(exitCode).toBe(5)
    expect((result as {bars?: unknown}).bars).toMatchObject([{isMet: false, value: 192}, {isMet: true}])
  })

  it('searches the best mapping of each strategy, by name or file, and tells which has none', async () => {
    const inner = file('inner.yaml', 'levels:\n  registers: {temporal: [K 2]}\n  buffer: {x: [others 1], y: [others 1]}\n')
    const fives = file('fives.yaml', 'levels:\n  registers: {temporal: [K 5]}\n')
    const argv = [inner, 'any', fives, spread, ...on, '--budget', '2000', '--objective', 'energy', '--workers', '1']
    const {result, exitCode} = await runCommand(MapCompare, [...argv, '--json'])
    expect(exitCode).toBe(0)
    expect(result!.candidates.map(({name, ...rest}) => [name, 'fits' in rest && rest.fits])).toEqual([
      ['inner', true],
      ['any', true],
      ['spread', true],
    ])
    expect(result!.energy!.best).toBe('any')
    expect(result!.candidates[0]).toMatchObject({search: {strategy: inner}})
    expect(result!.refused).toMatchObject([{name: 'fives', code: 'INFEASIBLE'}])
    const {stdout} = await runCommand(MapCompare, argv)
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('fives has no mapping: ')
  })

  it('refuses a strategy that nobody knows, with the near one', async () => {
    const {exitCode, stderr} = await runCommand(MapCompare, ['weight-stationery', ...on])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('did you mean weight-stationary')
  })

  it('draws the energy by level', async () => {
    const figure = path.join(folder, 'figure.svg')
    expect((await runCommand(MapCompare, [spread, serial, ...on, '--figure', figure])).exitCode).toBe(0)
    expect(existsSync(figure)).toBe(true)
    const drawn = readFileSync(figure, 'utf8')
    for (const word of ['spread', 'serial', 'dram', 'buffer', 'registers', 'mac']) expect(drawn).toContain(word)
    await runCommand(MapCompare, [tooLarge, spread, ...on, '--figure', figure])
    expect(readFileSync(figure, 'utf8')).toContain('too-large does not fit')
  })

  it('tells files of one name apart by their folders, and refuses a candidate that is named twice', async () => {
    mkdirSync(path.join(folder, 'other'))
    const twin = file(path.join('other', 'spread.yaml'), 'levels:\n  buffer: {temporal: [M 4, N 2, K 6], x: [M 2], y: [N 2]}\n')
    const {result} = await runCommand(MapCompare, [spread, twin, ...on, '--json'])
    expect((result as MappingComparison).candidates.map(({name}) => name)).toEqual([`${path.basename(folder)}/spread`, 'other/spread'])
    const {exitCode, stderr} = await runCommand(MapCompare, [spread, spread, ...on])
    expect(exitCode).toBe(2)
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('is named twice')
  })

  it('names what is missing: candidates', async () => {
    const {exitCode, stderr} = await runCommand(MapCompare, on)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('nothing is named to compare')
  })
})
