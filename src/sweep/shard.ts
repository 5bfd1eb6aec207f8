import {UserError} from '../foundation/user-error.js'

/** One of `shardCount` parts of a study; the first is 1. */
export interface Shard {
  readonly shardIndex: number
  readonly shardCount: number
}

/** All of a study. */
export const wholeStudy: Shard = {shardIndex: 1, shardCount: 1}

/** Indices of the points of a study, over all its spaces in order: `firstIndex` and those after it, before `endIndex`. */
export interface IndexRange {
  readonly firstIndex: number
  readonly endIndex: number
}

/** Where a task of an array finds its place, and what its first task reads there. */
const indexVariables = {
  SLURM_ARRAY_TASK_ID: 1,
  JOB_COMPLETION_INDEX: 0,
  AWS_BATCH_JOB_ARRAY_INDEX: 0,
} as const satisfies Record<string, number>
type IndexVariable = keyof typeof indexVariables

/** The points of a shard: shards differ by one point at most, follow each other, and are the same on every machine. */
export function shardRange({shardIndex, shardCount}: Shard, pointCount: number): IndexRange {
  // In whole numbers of any size: a product of a point count and a shard count can pass 2^53.
  const startOf = (index: number): number => Number((BigInt(index) * BigInt(pointCount) + BigInt(shardCount) - 1n) / BigInt(shardCount))
  return {firstIndex: startOf(shardIndex - 1), endIndex: startOf(shardIndex)}
}

/** A shard as it is written, `3/64`; `auto/64` takes its place in a Slurm, Kubernetes or AWS Batch array. */
export function parseShard(text: string, environment: NodeJS.ProcessEnv = process.env): Shard {
  const [, index = '', count = ''] = /^(\d+|auto)\/(\d+)$/.exec(text.trim()) ?? []
  const shardCount = Number(count)
  if (!Number.isSafeInteger(shardCount) || shardCount < 1)
    throw refusal(`"${text}" is no shard`, ['write its place and how many there are, as in `3/64`, or `auto/64` in a job array'])
  if (index === 'auto') return {shardIndex: ownPlace(shardCount, environment), shardCount}
  const shardIndex = Number(index)
  if (shardIndex < 1 || shardIndex > shardCount)
    throw refusal(`there is no shard ${index} of ${count}`, [`shards count from 1 to ${count}`])
  return {shardIndex, shardCount}
}

/** The place that the environment gives this task, from 1. */
function ownPlace(shardCount: number, environment: NodeJS.ProcessEnv): number {
  const names = Object.keys(indexVariables) as IndexVariable[]
  const set = names.filter((name) => (environment[name] ?? '') !== '')
  const [name] = set
  if (name === undefined)
    throw refusal('auto takes the shard from a job array, and none of its variables is set here', [
      `run it where one of ${names.join(', ')} is set`,
      'or write the place out, as in `3/64`',
    ])
  if (set.length > 1)
    throw refusal(`auto finds more than one job array: ${set.map((each) => `${each}=${environment[each]}`).join(', ')}`, [
      'unset those that are not meant, or write the place out, as in `3/64`',
    ])
  const [value, lowest] = [environment[name] ?? '', indexVariables[name]]
  const shardIndex = /^\d+$/.test(value) ? Number(value) - lowest + 1 : Number.NaN
  if (shardIndex >= 1 && shardIndex <= shardCount) return shardIndex
  throw refusal(`${name} is ${value}, and ${shardCount} shards have it from ${lowest} to ${lowest + shardCount - 1}`, [
    `give the array ${shardCount} tasks, of which the first is ${lowest}`,
  ])
}

function refusal(message: string, suggestions: readonly string[]): UserError {
  return new UserError(message, {code: 'SHARD_INVALID', suggestions})
}
