import {checkPlan, checkShard, plannedIn, shardStore} from '../cluster/plan.js'
import {recorded} from '../cluster/shard-record.js'
import type {Shard} from '../sweep/shard.js'
import type {Study} from '../sweep/study.js'
import {runStudyShard, type ShardSummary, type StudySweepOptions, studyPointCount} from './run-sweep.js'

/** Computes a shard in the folder of a shared sweep, whose plan it must fit; the first shard of a folder writes the plan. */
export async function runPlannedShard(
  study: Study,
  shard: Shard,
  {folder, onProgress, ...how}: Omit<StudySweepOptions, 'storeFile'> & {readonly folder: string},
): Promise<ShardSummary> {
  const plan = plannedIn(folder, study, shard.shardCount, studyPointCount(study))
  checkShard(plan, shard, folder)
  const {shardIndex} = shard
  return recorded({folder, shardIndex, pointCount: studyPointCount(study, shard)}, (onRecord) => {
    checkPlan(plan, study, folder)
    return runStudyShard(study, shard, {
      ...how,
      storeFile: shardStore(folder, shardIndex),
      onProgress: (doneCount, foundCount) => {
        onRecord(doneCount, foundCount)
        onProgress?.(doneCount, foundCount)
      },
    })
  })
}
