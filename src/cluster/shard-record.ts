import {existsSync, readFileSync, statSync} from 'node:fs'
import path from 'node:path'
import {UserError} from '../foundation/user-error.js'
import {writeWhole} from '../foundation/write-whole.js'
import {openStore} from '../store/store.js'
import {shardStore, sweepFiles} from './plan.js'

/** How far a shard is, kept beside its store: a store that another machine writes is not to be opened here. */
export interface ShardRecord {
  readonly pointCount: number
  readonly doneCount: number
  /** Computed over the last few seconds; null where it is not known. */
  readonly pointsPerSecond: number | null
  /** Size of the store once all points are done; null until then. */
  readonly storeBytes: number | null
  /** What ended the shard before it was done. */
  readonly failure: string | null
  /** Whether that was a person, who stopped it. */
  readonly isStopped: boolean
}

/** The first record comes after a second, the next ones ever later, to this. */
const mostSecondsBetweenRecords = 5

/** The record of a shard, or undefined where it never began. */
export function shardRecord(folder: string, shardIndex: number): ShardRecord | undefined {
  const file = recordFile(folder, shardIndex)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ShardRecord) : undefined
}

/** How many points of a shard are done that nothing computes now: what its record says, or more where its store holds more. */
export function keptCount(folder: string, shardIndex: number, record: ShardRecord | undefined): number {
  return Math.max(record?.doneCount ?? 0, storedCount(shardStore(folder, shardIndex)))
}

function storedCount(file: string): number {
  if (!existsSync(file)) return 0
  try {
    const store = openStore(file, {mode: 'read'})
    try {
      return store.pointCount()
    } finally {
      store.close()
    }
  } catch (error) {
    if (error instanceof UserError) return 0
    throw error
  }
}

/** Whether a shard came to its end, and its store is still what it was then. */
export function isComplete(folder: string, shardIndex: number, record: ShardRecord | undefined): boolean {
  if (record === undefined || record.storeBytes === null) return false
  return statSync(shardStore(folder, shardIndex), {throwIfNoEntry: false})?.size === record.storeBytes
}

/** Whether a shard came to its end, and its store has lost some of what it was then. */
export function isCutShort(folder: string, shardIndex: number): boolean {
  const wholeBytes = shardRecord(folder, shardIndex)?.storeBytes ?? 0
  return (statSync(shardStore(folder, shardIndex), {throwIfNoEntry: false})?.size ?? wholeBytes) < wholeBytes
}

/** Keeps the record of a shard while `run` computes it, and says how it ended. */
export async function recorded<Result>(
  {folder, shardIndex, pointCount}: {readonly folder: string; readonly shardIndex: number; readonly pointCount: number},
  run: (onProgress: (doneCount: number, foundCount: number) => void) => Promise<Result>,
): Promise<Result> {
  const before = shardRecord(folder, shardIndex)
  let doneCount = before?.storeBytes === null ? before.doneCount : 0
  let record: ShardRecord = {pointCount, doneCount, pointsPerSecond: null, storeBytes: null, failure: null, isStopped: false}
  const keep = (change: Partial<ShardRecord>): void => {
    record = {...record, ...change}
    writeWhole(recordFile(folder, shardIndex), `${JSON.stringify(record)}\n`)
  }
  keep({})
  const startSeconds = performance.now() / 1000
  let last = {computedCount: 0, seconds: startSeconds}
  try {
    const result = await run((count, foundCount) => {
      doneCount = count
      const computedCount = doneCount - foundCount
      const seconds = performance.now() / 1000
      if (seconds - last.seconds < Math.min(1 + last.seconds - startSeconds, mostSecondsBetweenRecords)) return
      keep({doneCount, pointsPerSecond: (computedCount - last.computedCount) / (seconds - last.seconds)})
      last = {computedCount, seconds}
    })
    keep({doneCount: pointCount, pointsPerSecond: null, storeBytes: statSync(shardStore(folder, shardIndex)).size})
    return result
  } catch (error) {
    const failure = (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, ' ')
    keep({doneCount, pointsPerSecond: null, failure, isStopped: error instanceof UserError && error.code === 'INTERRUPTED'})
    throw error
  }
}

function recordFile(folder: string, shardIndex: number): string {
  return path.join(sweepFiles(folder).shards, `shard-${shardIndex}.json`)
}
