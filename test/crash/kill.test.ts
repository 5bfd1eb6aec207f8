import {copyFileSync, existsSync, rmSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {UserError} from '../../src/foundation/user-error.js'
import {allPoints} from '../support/stored-points.js'
import {temporaryFolder} from '../sweep/studies.js'
import {killedMoment, ridge, writingSeconds} from './child.js'
import {manyDesigns, pointCount, shardStores} from './many-designs.js'
import {integrityOf, type Moment, storedCount} from './moments.js'

/** `npm run crash` kills at 75 moments, `npm test` at five. */
const momentCounts =
  process.env['RIDGE_CRASH'] === 'all' ? {computing: 25, storing: 25, merging: 25} : {computing: 2, storing: 2, merging: 1}
const mostTries = 200

/** Stores under the names of their trials, each killed once. */
interface Killed {
  readonly file: string
  readonly moment: Moment
}

/** Kills runs at random until so many were met in moments that are wanted. */
async function kills(wantedCount: number, trial: (index: number) => Promise<Killed | undefined>) {
  const met: Killed[] = []
  for (let index = 0; met.length < wantedCount && index < mostTries; index++) {
    const killed = await trial(index)
    if (killed !== undefined) met.push(killed)
  }
  expect(met).toHaveLength(wantedCount)
  return met
}

/** Points that survived, counted in a copy, so that only the resumed run touches what was left. */
function keptCount(file: string): number {
  for (const part of ['', '-wal']) if (existsSync(`${file}${part}`)) copyFileSync(`${file}${part}`, `${file}.copy${part}`)
  try {
    return storedCount(`${file}.copy`)
  } catch (error) {
    // Killed before there were any tables.
    if (error instanceof UserError && ['STORE_NOT_A_STORE', 'STORE_OLDER_SCHEMA'].includes(error.code)) return 0
    throw error
  } finally {
    for (const part of ['', '-wal', '-shm']) rmSync(`${file}.copy${part}`, {force: true})
  }
}

const tallied = (met: readonly Killed[]): string =>
  [...new Set(met.map(({moment}) => moment))]
    .map((moment) => `${met.filter((each) => each.moment === moment).length} while ${moment}`)
    .join(', ')

describe('a store whose process is killed', () => {
  it('equals, once the run is resumed, that of an undisturbed one, point for point', {timeout: 3_600_000}, async () => {
    const folder = temporaryFolder()
    const study = manyDesigns(folder)
    const sweepInto = (file: string, workerCount: number) => ['sweep', study, '--store', file, '--workers', `${workerCount}`, '--json']
    const whole = path.join(folder, 'whole.db')
    const seconds = await writingSeconds(sweepInto(whole, 1), whole)
    const expected = allPoints(whole)
    expect(expected).toHaveLength(pointCount)

    const swept =
      (name: string, isWanted: (moment: Moment) => boolean) =>
      async (index: number): Promise<Killed | undefined> => {
        const file = path.join(folder, `${name}-${index}.db`)
        const moment = await killedMoment(sweepInto(file, 2), {store: file, afterSeconds: Math.random() * seconds, isWanted})
        return moment !== undefined && isWanted(moment) && keptCount(file) < pointCount ? {file, moment} : undefined
      }
    const computing = await kills(
      momentCounts.computing,
      swept('computing', (moment) => moment === 'computing'),
    )
    const storing = await kills(
      momentCounts.storing,
      swept('storing', (moment) => moment !== 'computing'),
    )
    for (const {file, moment} of [...computing, ...storing]) {
      expect(await ridge(sweepInto(file, 1)), moment).toMatchObject({code: 0, signal: null, stderr: ''})
      expect(integrityOf(file), moment).toBe('ok')
      expect(allPoints(file), moment).toEqual(expected)
    }

    const shards = await shardStores(study, folder, 7)
    const mergeInto = (file: string) => ['store', 'merge', file, ...shards, '--json']
    const merged = path.join(folder, 'merged.db')
    const mergeSeconds = await writingSeconds(mergeInto(merged), merged)
    expect(allPoints(merged)).toEqual(expected)
    const merging = await kills(momentCounts.merging, async (index) => {
      const file = path.join(folder, `merging-${index}.db`)
      const isWanted = (): boolean => true
      const moment = await killedMoment(mergeInto(file), {store: file, afterSeconds: Math.random() * mergeSeconds, isWanted})
      return moment && {file, moment}
    })
    for (const {file, moment} of merging) {
      expect(await ridge(mergeInto(file)), moment).toMatchObject({code: 0, signal: null, stderr: ''})
      expect(integrityOf(file), moment).toBe('ok')
      expect(allPoints(file), moment).toEqual(expected)
    }
    console.log(`killed in a sweep ${tallied([...computing, ...storing])}, and in a merge ${tallied(merging)}: all resumed to equal stores`)
  })
})
