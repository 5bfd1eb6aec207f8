import {rmSync} from 'node:fs'
import {checkPlan, checkShard, plannedIn, shardStore} from '../cluster/plan.js'
import {isCutShort, recorded} from '../cluster/shard-record.js'
import {UserError} from '../foundation/user-error.js'
import type {Shard} from '../sweep/shard.js'
import type {Study} from '../sweep/study.js'
import {runStudyShard, type ShardSummary, type StudySweepOptions, studyPointCount} from './run-sweep.js'

/**
 * Computes a shard in the folder of a shared sweep, whose plan it must fit; the first shard of a folder writes the plan. A store that was
 * cut short or damaged is no start: all of the shard is computed again.
 */
export async function runPlannedShard(
  study: Study,
  shard: Shard,
  {folder, onProgress, ...how}: Omit<StudySweepOptions, 'storeFile'> & {readonly folder: string},
): Promise<ShardSummary> {
  const plan = plannedIn(folder, study, shard.shardCount, studyPointCount(study))
  checkShard(plan, shard, folder)
  const {shardIndex} = shard
  const storeFile = shardStore(folder, shardIndex)
  if (isCutShort(folder, shardIndex)) removeStore(storeFile)
  return recorded({folder, shardIndex, pointCount: studyPointCount(study, shard)}, async (onRecord) => {
    checkPlan(plan, study, folder)
    const run = (): Promise<ShardSummary> =>
      runStudyShard(study, shard, {
        ...how,
        storeFile,
        onProgress: (doneCount, foundCount) => {
          onRecord(doneCount, foundCount)
          onProgress?.(doneCount, foundCount)
        },
      })
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof UserError) || !unreadable.includes(error.code)) throw error
      removeStore(storeFile)
      return run()
    }
  })
}

const unreadable = ['STORE_DAMAGED', 'STORE_NOT_A_STORE']

/** Removes a store, and what SQLite keeps beside it. */
function removeStore(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, {force: true})
}
