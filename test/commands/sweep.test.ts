import {spawn} from 'node:child_process'
import {chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import path from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import type Database from 'better-sqlite3'
import {describe, expect, it} from 'vitest'
import Sweep from '../../src/commands/sweep.js'
import {queryPoints} from '../../src/store/query.js'
import {openStore} from '../../src/store/store.js'
import {repositoryRoot, runCommand} from '../support/run-command.js'
import {smallStudy, temporaryFolder, writeStudy} from '../sweep/studies.js'

const sqlite = createRequire(import.meta.url)('better-sqlite3') as typeof Database

function place(): {study: string; store: string; folder: string} {
  const folder = temporaryFolder()
  return {study: writeStudy(smallStudy, folder), store: path.join(folder, 'points.db'), folder}
}

/** Every stored point, with its axes and metrics. */
function points(file: string): string[] {
  const store = openStore(file, {mode: 'read'})
  try {
    return [...queryPoints(store).rows].map((row) => JSON.stringify(row)).sort()
  } finally {
    store.close()
  }
}

describe('ridge sweep', () => {
  it('searches by an optimizer where it is asked to, and says which and among how many', async () => {
    const {study, store} = place()
    const {stdout, exitCode, result} = await runCommand(Sweep, [
      study,
      '--store',
      store,
      '--optimizer',
      'nsga-2',
      '--evaluations',
      '50 %',
      '--seed',
      '3',
    ])
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`6 points of 12, chosen by nsga-2 with seed 3, in ${store}, 6 of them computed now`)
    expect(result).toMatchObject({
      describedCount: 12,
      pointCount: 6,
      optimizer: {kind: 'nsga-2', evaluations: {kind: 'share', ratio: 0.5}, seed: 3, options: {}},
    })
    expect(points(store)).toHaveLength(6)
  })

  it('refuses to search in shards', async () => {
    const {study, store} = place()
    const {error} = await runCommand(Sweep, [study, '--store', store, '--optimizer', 'random', '--evaluations', '5', '--shard', '1/2'])
    expect(error).toMatchObject({code: 'OPTIMIZER_SHARED'})
  })

  it('prints what was computed and the corners of the front, and returns the same record under --json', async () => {
    const {study, store} = place()
    const first = await runCommand(Sweep, [study, '--store', store])
    expect(first.exitCode).toBe(0)
    expect(first.stdout).toContain(`12 points in ${store}, 12 of them computed now`)
    expect(first.stdout).toMatch(/gpt2 decode: 12 of 12 designs meet every constraint, \d+ are on the front/)
    expect(first.stdout).toMatch(/best in +accelerator +batch +sms +clock/)
    const again = await runCommand(Sweep, [study, '--store', store, '--json'])
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(JSON.stringify(again.result)))
    expect(again.result).toMatchObject({study: 'small', pointCount: 12, computedCount: 0})
  })

  it('exits with 4 when nothing meets the constraints, having stored every point', async () => {
    const {folder, store} = place()
    const study = writeStudy(
      `${smallStudy}constraints: [averageWatts <= 20 W, latency < 1 s]\n`.replace('latency <', 'latencySeconds <'),
      folder,
    )
    const {exitCode, stderr, stdout} = await runCommand(Sweep, [study, '--store', store])
    expect(exitCode).toBe(4)
    expect(stderr).toMatch(/averageWatts <= 20 W removes 12 of 12, 12 of them alone/)
    expect(stderr).toContain('loosen "averageWatts <= 20 W"')
    expect(stdout).toContain('12 of them computed now')
    expect(points(store)).toHaveLength(12)
  })

  it('refuses a bad study with its place and writes nothing', async () => {
    const {folder, store} = place()
    const study = writeStudy(smallStudy.replace('sms:', 'smss:'), folder)
    const {exitCode, stderr} = await runCommand(Sweep, [study, '--store', store])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('small.yaml:5:13 /spaces/0/axes/smss')
    expect(stderr).toContain('did you mean sms')
    expect(existsSync(store)).toBe(false)
  })

  it('takes a fidelity in place of the one that the study names, and stores it with the points', async () => {
    const {folder, store} = place()
    const study = writeStudy(`${smallStudy}fidelity: calibrated\n`, folder)
    const {exitCode} = await runCommand(Sweep, [study, '--store', store, '--fidelity', 'roofline'])
    expect(exitCode).toBe(0)
    const asked = points(store)
    expect(asked).toHaveLength(12)
    for (const point of asked) expect(JSON.parse(point)).toMatchObject({fidelity: 'roofline'})
    const other = path.join(folder, 'written.db')
    await runCommand(Sweep, [writeStudy(`${smallStudy}fidelity: roofline\n`, folder, 'written'), '--store', other])
    expect(asked).toEqual(points(other))
  })

  it('names the nearest fidelity for one it does not know', async () => {
    const {study, store} = place()
    const {exitCode, stderr} = await runCommand(Sweep, [study, '--store', store, '--fidelity', 'rooflin'])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('"rooflin" is not a known fidelity')
    expect(stderr).toContain('did you mean roofline')
    expect(existsSync(store)).toBe(false)
  })

  it('names the nearest study that is shipped', async () => {
    const {exitCode, stderr} = await runCommand(Sweep, ['quikstart'])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('did you mean quickstart')
  })

  it('refuses a store of a newer schema', async () => {
    const {study, store} = place()
    await runCommand(Sweep, [study, '--store', store])
    const database = new sqlite(store)
    database.pragma('user_version = 999')
    database.close()
    const {exitCode, stderr} = await runCommand(Sweep, [study, '--store', store])
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/has schema 999, and this version of ridgepoint knows schemas up to \d+/)
    expect(stderr).toContain('update ridgepoint')
  })

  it('refuses a file that is no store, and leaves it as it is', async () => {
    const {study, folder} = place()
    const file = path.join(folder, 'notes.db')
    writeFileSync(file, 'not a database, and long enough to be read as the header of one: '.repeat(20))
    const {exitCode, stderr} = await runCommand(Sweep, [study, '--store', file])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('STORE_NOT_A_STORE')
    const other = path.join(folder, 'other.db')
    const database = new sqlite(other)
    database.exec('CREATE TABLE mine (a)')
    database.close()
    expect((await runCommand(Sweep, [study, '--store', other])).stderr).toContain('a SQLite database of another program')
  })

  it('refuses a folder that is a file, and a store that is a folder', async () => {
    const {study, folder} = place()
    writeFileSync(path.join(folder, 'plain'), '')
    const inFile = await runCommand(Sweep, [study, '--store', path.join(folder, 'plain', 'points.db')])
    expect({exitCode: inFile.exitCode, stderr: inFile.stderr}).toEqual({exitCode: 3, stderr: expect.stringContaining('FOLDER_UNWRITABLE')})
    mkdirSync(path.join(folder, 'points.db'))
    expect((await runCommand(Sweep, [study, '--store', path.join(folder, 'points.db')])).stderr).toContain('STORE_CANNOT_OPEN')
  })

  // The superuser may write everywhere, and Windows knows no such modes.
  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('refuses a read-only folder and a read-only store', async () => {
    const {study, store, folder} = place()
    const closed = path.join(folder, 'closed')
    mkdirSync(closed)
    chmodSync(closed, 0o555)
    expect((await runCommand(Sweep, [study, '--store', path.join(closed, 'points.db')])).exitCode).toBe(3)
    await runCommand(Sweep, [study, '--store', store])
    chmodSync(store, 0o444)
    expect((await runCommand(Sweep, [study, '--store', store])).stderr).toContain('STORE_READ_ONLY')
    chmodSync(closed, 0o755)
  })
})

const bin = path.join(repositoryRoot, 'dist', 'bin.js')

/** Long enough to be met in the middle: 60,000 points, whose kernels choose their tiles anew in almost each. */
const longStudy = `${smallStudy}fidelity: calibrated\n`
  .replace('[100, 132, 140]', '{from: 50, to: 199, step: 1}')
  .replace('[1410 MHz, 1980 MHz]', '{from: 930 MHz, to: 1980 MHz, count: 100}')
  .replace('[1, 8]', '[1, 2, 4, 8]')
const longCount = 60_000

function start(study: string, store: string, flags: readonly string[] = []) {
  const child = spawn(process.execPath, [bin, 'sweep', study, '--store', store, ...flags], {stdio: ['ignore', 'pipe', 'pipe']})
  const output = {stdout: '', stderr: ''}
  child.stdout.on('data', (data) => {
    output.stdout += String(data)
  })
  child.stderr.on('data', (data) => {
    output.stderr += String(data)
  })
  const ended = new Promise<{code: number | null; signal: string | null}>((settle) => {
    child.on('close', (code, signal) => settle({code, signal}))
  })
  return {child, output, ended}
}

/** Waits until points are in the store, so that what follows meets a sweep at work. */
async function firstBatch(folder: string): Promise<void> {
  const isWritten = (): boolean => readdirSync(folder).some((name) => name.endsWith('.db-wal'))
  for (let tries = 0; tries < 2000 && !isWritten(); tries++) await wait(5)
}

describe.skipIf(!existsSync(bin))('the built ridge sweep (skipped where dist is not built)', () => {
  it.skipIf(process.platform === 'win32').each([['--workers=1'], ['--workers=2', '--json']])(
    'keeps what is done on Ctrl-C, exits with 130 and says how to go on, with %s %s',
    {timeout: 60_000},
    async (...flags) => {
      const folder = temporaryFolder()
      const study = writeStudy(longStudy, folder)
      const store = path.join(folder, 'points.db')
      const {child, output, ended} = start(study, store, flags)
      await firstBatch(folder)
      child.kill('SIGINT')
      expect(await ended).toEqual({code: 130, signal: null})
      const said = flags.includes('--json') ? output.stdout : output.stderr
      expect(said).toContain('INTERRUPTED')
      expect(said).toContain('run the same command again; it goes on where it stopped')
      const kept = openStore(store, {mode: 'read'})
      const keptCount = kept.pointCount()
      kept.close()
      expect(said).toContain(`stopped by Ctrl-C: ${keptCount} of ${longCount} points are done, and their results kept in ${store}`)
      expect(keptCount).toBeLessThan(longCount)
      const resumed = start(study, store)
      expect((await resumed.ended).code).toBe(0)
      expect(resumed.output.stdout).toContain(`${longCount} points in ${store}, ${longCount - keptCount} of them computed now`)
    },
  )
})
