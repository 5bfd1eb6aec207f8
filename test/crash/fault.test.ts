import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest'
import {allPoints} from '../support/stored-points.js'
import {temporaryFolder} from '../sweep/studies.js'
import {type Ended, inShell, ridge} from './child.js'
import {manyDesigns, pointCount} from './many-designs.js'
import {integrityOf, storedCount} from './moments.js'

/** A module that every thread of a process loads first: in a worker, the clock that times its batches fails at one of its looks. */
function faultyClock(folder: string, fault: string): string {
  const file = path.join(folder, 'faulty-clock.cjs')
  writeFileSync(
    file,
    `if (!require('node:worker_threads').isMainThread) {
  const now = performance.now.bind(performance)
  let lookCount = 0
  performance.now = () => {
    lookCount++
    if (lookCount === 9) ${fault}
    return now()
  }
}
`,
  )
  return file
}

const faults = {
  throws: {
    fault: "throw new RangeError('a fault of this test')",
    options: [],
    code: 'WORKER_FAILED',
    exitCode: 1,
    words: '(a fault of this test)',
  },
  'exceeds its memory': {
    fault: 'for (const hoard = []; ; ) hoard.push(new Array(1000).fill(lookCount))',
    options: ['--max-old-space-size=200'],
    code: 'WORKER_OUT_OF_MEMORY',
    exitCode: 3,
    words: 'ran out of memory',
  },
}

let folder: string
let study: string
let undisturbed: string[]

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'ridgepoint-fault-'))
  study = manyDesigns(folder)
  const file = path.join(folder, 'undisturbed.db')
  expect(await ridge(sweepInto(file))).toMatchObject({code: 0, stderr: ''})
  undisturbed = allPoints(file)
})

afterAll(() => rmSync(folder, {recursive: true, force: true, maxRetries: 5}))

const sweepInto = (file: string, workerCount = 1): string[] => ['sweep', study, '--store', file, '--workers', `${workerCount}`, '--json']

/** Runs a study again whose run broke, and holds its store to that of an undisturbed run. */
async function expectResumed(broken: string): Promise<void> {
  expect(integrityOf(broken)).toBe('ok')
  const keptCount = storedCount(broken)
  expect(keptCount).toBeLessThan(pointCount)
  const resumed = await ridge(sweepInto(broken))
  expect(resumed).toMatchObject({code: 0, stderr: ''})
  expect(JSON.parse(resumed.stdout)).toMatchObject({pointCount, computedCount: pointCount - keptCount})
  expect(integrityOf(broken)).toBe('ok')
  expect(allPoints(broken)).toEqual(undisturbed)
}

const errorOf = ({stdout}: Ended): {code: string; message: string; suggestions: string[]; exitCode: number} => JSON.parse(stdout).error

describe('a sweep with a worker thread that', () => {
  it.each(Object.entries(faults))('%s ends with what it was at, what is kept and how to go on, and goes on', async (_, each) => {
    const file = path.join(temporaryFolder(), 'points.db')
    const broken = await ridge(sweepInto(file, 2), [...each.options, '--require', faultyClock(path.dirname(file), each.fault)])
    expect(broken.code).toBe(each.exitCode)
    const error = errorOf(broken)
    expect(error).toMatchObject({code: each.code, exitCode: each.exitCode})
    expect(error.message).toContain(each.words)
    expect(error.message).toMatch(
      /while it computed points \d+ to \d+ of the 24000 of machine with gpt2: \d+ of 48000 points are done, and their results kept in /,
    )
    expect(error.message).toContain(`: ${storedCount(file)} of`)
    expect(error.suggestions.join()).toContain('goes on where it stopped')
    await expectResumed(file)
  })
})

/** A disk of 2 MiB, if this machine lets one be made. */
function smallDisk(): string | undefined {
  const place = path.join(temporaryFolder(), 'disk')
  mkdirSync(place)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', place], {stdio: 'ignore'})
  } catch {
    return undefined
  }
  onTestFinished(() => {
    execFileSync('umount', [place])
  })
  return place
}

describe.skipIf(process.platform === 'win32')('a sweep whose disk is full', () => {
  it('says so, leaves its store intact, and goes on when there is room', async ({skip}) => {
    const disk = smallDisk()
    if (disk === undefined) return skip('mounting a small disk takes rights that this user does not have')
    const file = path.join(disk, 'points.db')
    const full = await ridge(sweepInto(file, 2))
    expect(full.code).toBe(3)
    expect(errorOf(full)).toMatchObject({code: 'STORE_DISK_FULL'})
    execFileSync('mount', ['-o', 'remount,size=256m', disk])
    await expectResumed(file)
  })

  it('does so at the limit of what one file may hold', async () => {
    const file = path.join(temporaryFolder(), 'points.db')
    const full = await inShell('ulimit -f 2048 && exec "$@"', sweepInto(file, 2))
    expect(full.code).toBe(3)
    expect(errorOf(full).code).toMatch(/^STORE_DISK_(FULL|FAILED)$/)
    await expectResumed(file)
  })
})
