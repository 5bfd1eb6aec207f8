import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {type Command, CommandHelp, Config} from '@oclif/core'
import {parquetReadObjects} from 'hyparquet'
import {asyncBufferFromFile} from 'hyparquet/src/node.js'
import {beforeEach, describe, expect, it, onTestFinished} from 'vitest'
import Query from '../../src/commands/query.js'
import {metricNamed, metricNames, metricWords} from '../../src/cost/metrics.js'
import type {StoreDescription} from '../../src/store/read-only-sql.js'
import type {QueryResult} from '../../src/study/query-store.js'
import {runStudySweep} from '../../src/study/run-sweep.js'
import {repositoryRoot, runCommand} from '../support/run-command.js'
import {smallStudy, studyOf, temporaryFolder} from '../sweep/studies.js'

const twoPhases = smallStudy.replace('workloads:\n', 'workloads:\n  - {model: gpt2, phase: prefill, promptTokens: 128}\n')

const bin = path.join(repositoryRoot, 'dist', 'bin.js')
let store: string
let folder: string

/** Twenty-four points: three SM counts, two clocks, two batches, two phases. */
beforeEach(async () => {
  folder = temporaryFolder()
  store = path.join(folder, 'points.db')
  await runStudySweep(studyOf(twoPhases), {storeFile: store})
})

async function rowsOf(...argv: string[]): Promise<QueryResult['rows']> {
  const {result, exitCode, stderr} = await runCommand(Query, [store, '--json', '--limit', '100', ...argv])
  expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''})
  return (result as QueryResult).rows
}

describe('ridge query', () => {
  it('shows twenty rows with readable units and says that there are more', async () => {
    const {stdout, result} = await runCommand(Query, [store])
    expect((result as QueryResult).rows).toHaveLength(20)
    expect((result as QueryResult).hasMore).toBe(true)
    expect(stdout).toContain('the first 20; more with --limit')
    expect(stdout).toMatch(/^accelerator +phase +batch +sms +clock +latencySeconds +energyJoules/m)
    expect(stdout).toMatch(/1\.41 GHz +\d+(\.\d+)? [µm]s/)
  })

  it('filters by several claims, sorts and limits, by short names too', async () => {
    const rows = await rowsOf(
      '--where',
      'sms >= 132 and batch = 8',
      '--where',
      'clock > 1.5 GHz',
      '--sort=-latency',
      '--columns',
      'phase,sms,latency',
    )
    expect(rows.map((row) => row['sms'])).toEqual(expect.arrayContaining([132, 140]))
    expect(rows).toHaveLength(4)
    expect(Object.keys(rows[0]!)).toEqual(['phase', 'sms', 'latencySeconds'])
    const latencies = rows.map((row) => Number(row['latencySeconds']))
    expect(latencies).toEqual(latencies.toSorted((a, b) => b - a))
  })

  it('knows every short name of a metric, and each is nobody else’s', async () => {
    expect(new Set(metricWords).size).toBe(metricWords.length)
    for (const word of ['latency', 'energy', 'power', 'throughput', 'energyPerToken', 'area', 'cost']) {
      const [row] = await rowsOf('--columns', word)
      expect(Object.keys(row!)).toEqual([metricNamed(word)])
    }
    expect(metricWords.filter((word) => !metricNames.includes(metricNamed(word)!))).toEqual([])
  })

  it('never compares passes of other settings, or other operators, and tells them apart by a column', async () => {
    const decode = '{model: gpt2, phase: decode, contextTokens: 512}'
    const others = `${decode}\n  - {model: gpt2, phase: decode, contextTokens: 900}\n  - {model: gpt2, phase: decode, contextTokens: 512, operators: [head]}`
    const settings = ['contextTokens 512', 'contextTokens 512, operators head', 'contextTokens 900']
    await runStudySweep(studyOf(smallStudy.replace(decode, others)), {storeFile: store})
    const {result} = await runCommand(Query, [store, '--where', 'phase = decode', '--pareto', 'latency'])
    const {rows, note} = result as QueryResult
    expect(note).toMatch(/^3 fronts, one for each phase and settings: 3 points; points of different work are not compared/)
    expect(rows.map((row) => row['settings']).toSorted()).toEqual(settings)
    expect(await rowsOf('--where', 'settings = "contextTokens 900"')).toHaveLength(12)
  })

  it('finds one front for each phase unless told, and says so', async () => {
    const {result, stdout} = await runCommand(Query, [store, '--pareto', 'latency,energyPerToken', '--limit', '100'])
    const {rows, note} = result as QueryResult
    expect(note).toMatch(/^2 fronts, one for each phase: \d+ points; points of different work are not compared/)
    expect(stdout).toContain(note)
    const all = await rowsOf()
    for (const phase of ['prefill', 'decode']) {
      const own = all.filter((row) => row['phase'] === phase)
      const best = Math.min(...own.map((row) => Number(row['latencySeconds'])))
      expect(rows.filter((row) => row['phase'] === phase).map((row) => row['latencySeconds'])).toContain(best)
    }
    for (const row of rows) {
      const isBeaten = all.some(
        (other) =>
          other['phase'] === row['phase'] &&
          Number(other['latencySeconds']) < Number(row['latencySeconds']) &&
          Number(other['joulesPerToken']) < Number(row['joulesPerToken']),
      )
      expect(isBeaten).toBe(false)
    }
  })

  it('takes a front over what is named, and objectives to be made large', async () => {
    const largest = async (...argv: string[]) => (await rowsOf('--pareto=-throughput', ...argv)).map((row) => [row['phase'], row['batch']])
    expect(await largest('--by', 'phase,batch')).toHaveLength(4)
    expect(await largest('--by', 'boundBy')).not.toHaveLength(0)
    expect(await largest('--where', 'phase = decode')).toEqual([['decode', 8]])
  })

  it('refuses to sort a front', async () => {
    const {exitCode, stderr} = await runCommand(Query, [store, '--pareto', 'latency', '--sort', 'cost'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('leave --sort out')
  })

  it('describes the store, whose spaces can be asked for by their hash', async () => {
    const {result, stdout} = await runCommand(Query, [store, '--describe'])
    const {spaces, pointCount} = result as StoreDescription
    expect(pointCount).toBe(24)
    expect(stdout).toContain('24 points in')
    expect(stdout).toContain('batch 2, sms 3, clock 2')
    const rows = await rowsOf('--space', spaces[1]!.hash.slice(0, 8))
    expect(new Set(rows.map((row) => row['phase']))).toEqual(new Set([spaces[1]!.phase]))
    expect(rows).toHaveLength(12)
  })

  it('runs SQL that reads, and refuses SQL that writes', async () => {
    const rows = await rowsOf('--sql', 'SELECT phase, count(*) AS n FROM points_by_name GROUP BY phase ORDER BY phase')
    expect(rows).toEqual([
      {phase: 'decode', n: 12},
      {phase: 'prefill', n: 12},
    ])
    for (const sql of ['DELETE FROM points', 'DROP TABLE points', 'PRAGMA user_version = 7', 'SELECT 1; DELETE FROM points']) {
      const {exitCode} = await runCommand(Query, [store, '--sql', sql])
      expect(exitCode, sql).toBe(3)
    }
    expect(await rowsOf()).toHaveLength(24)
  })

  it('prints numbers of SQL as they are, also under the name of a stored column', async () => {
    const sql = 'select latency_seconds * 0 + 2500.125 as clock, 1.5e9 as batch, phase from points_by_name limit 1'
    const {stdout, result} = await runCommand(Query, [store, '--sql', sql])
    expect((result as QueryResult).columns.map(({unit}) => unit)).toEqual(['', '', ''])
    expect(stdout).toMatch(/^ *clock +batch +phase *\n2500\.125 +1500000000 +\w+/m)
  })

  it.each([
    [['--sql', 'select 1', '--where', 'sms = 132'], '--sql and --where cannot be used together'],
    [['--describe', '--sort', 'latency', '--limit', '3'], '--describe and --sort cannot be used together'],
    [['--describe', '--sql', 'select 1'], '--describe and --sql cannot be used together'],
  ])('refuses %j in one line', async (argv, message) => {
    const {stderr, exitCode} = await runCommand(Query, [store, ...argv])
    expect(stderr).toContain(message)
    expect(stderr).toContain('leave out')
    expect(exitCode).toBe(2)
  })

  it('has a usage line without empty choices', async () => {
    const help = new CommandHelp(Query as unknown as Command.Loadable, await Config.load(repositoryRoot), {stripAnsi: true, maxWidth: 80})
    expect(help.generate()).toContain('--pareto')
    expect(help.generate()).not.toMatch(/\|\s*[|\]]/)
  })

  it('counts one front as one', async () => {
    const {result} = await runCommand(Query, [store, '--pareto', 'latency', '--by', 'phase', '--where', 'phase = decode'])
    expect((result as QueryResult).note).toMatch(/^1 front, one for each phase: \d+ points?$/)
  })

  it('writes CSV, JSON and Parquet with every column, by the ending of the file', async () => {
    const file = (ending: string) => path.join(folder, `rows.${ending}`)
    for (const ending of ['csv', 'json', 'ndjson', 'parquet']) {
      const {result, stdout} = await runCommand(Query, [store, '--where', 'phase = decode', '--out', file(ending)])
      expect(result).toEqual({format: ending, rowCount: 12, file: file(ending)})
      expect(stdout).toContain('12 rows in')
    }
    const csv = readFileSync(file('csv'), 'utf8').trimEnd().split('\r\n')
    const json = JSON.parse(readFileSync(file('json'), 'utf8')) as Record<string, unknown>[]
    const parquet = await parquetReadObjects({file: await asyncBufferFromFile(file('parquet'))})
    expect([csv.length - 1, json.length, parquet.length]).toEqual([12, 12, 12])
    expect(csv[0]!.split(',')).toEqual(expect.arrayContaining(['latency_seconds', 'bound_by', 'sms']))
    expect(parquet.map((row) => row['latency_seconds'])).toEqual(json.map((row) => row['latencySeconds']))
  })

  it.skipIf(!existsSync(bin))('prints CSV to standard output (skipped where dist is not built)', () => {
    const argv = ['query', store, '--format', 'csv', '--columns', 'sms,batch', '--where', 'phase = decode', '--limit', '2']
    expect(execFileSync(process.execPath, [bin, ...argv], {encoding: 'utf8'})).toBe('sms,batch\r\n100,1\r\n100,1\r\n')
  })

  it('refuses an ending that names no format', async () => {
    const {exitCode, stderr} = await runCommand(Query, [store, '--out', path.join(folder, 'rows.xls')])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--format csv')
    expect(existsSync(path.join(folder, 'rows.xls'))).toBe(false)
  })

  it.each([
    ['an unknown column', ['--columns', 'latenzy'], 'did you mean latency'],
    ['an unknown column to sort by', ['--sort', 'enrgy'], 'did you mean energy'],
    ['an unknown objective', ['--pareto', 'kost'], 'did you mean cost'],
    ['a claim that is none', ['--where', 'latency'], 'write it as in'],
    ['a value of another dimension', ['--where', 'latency < 3 W'], 'cannot be compared with latencySeconds'],
    ['an objective of texts', ['--pareto', 'phase'], 'an objective needs numbers'],
    ['an unknown space', ['--space', 'ffffffffffff0'], 'is not a known space of the store'],
    ['SQL with an unknown column', ['--sql', 'SELECT latency_secnds FROM points_by_name'], 'did you mean latency_seconds'],
  ])('says what is wrong with %s', async (_, argv, text) => {
    const {exitCode, stderr} = await runCommand(Query, [store, ...argv])
    expect(exitCode).toBe(3)
    expect(stderr).toContain(text)
  })

  it('says how to make a store that is not there, and finds one by its study', async () => {
    const before = process.cwd()
    onTestFinished(() => process.chdir(before))
    process.chdir(folder)
    expect((await runCommand(Query, ['quickstart'])).stderr).toContain('ridge sweep quickstart makes one')
    expect((await runCommand(Query, [])).stderr).toContain('ridge sweep quickstart makes a store')
    const nowhere = path.join('nowhere', 'x.db')
    expect((await runCommand(Query, [nowhere])).stderr).toContain(`ridge sweep STUDY --store ${nowhere} makes one`)
    expect((await runCommand(Query, [path.join('out', 'quickstart', 'points.db')])).stderr).toContain('ridge sweep quickstart makes one')
    await runStudySweep(studyOf(smallStudy), {storeFile: path.join('out', 'small', 'points.db')})
    expect(((await runCommand(Query, ['small', '--limit', '50'])).result as QueryResult).rows).toHaveLength(12)
    expect(((await runCommand(Query, ['--limit', '50'])).result as QueryResult).rows).toHaveLength(12)
    expect((await runCommand(Query, ['smal'])).stderr).toContain('swept here: small')
  })
})
