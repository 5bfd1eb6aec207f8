import {UserError} from '../foundation/user-error.js'

/** How much a queue takes. */
export interface QueueLimits {
  /** Tasks that one array may have. */
  readonly arrayTaskCount: number
  /** Tasks that may be submitted now, the merging one not counted; undefined where nothing limits them. */
  readonly submitCount: number | undefined
}

/** A task of an array: the shards that it runs in turn. */
export type Task = readonly number[]

/** Arrays of tasks for some shards: as few shards a task as the limits leave, and as few arrays as hold them. */
export function arraysOf(
  shards: readonly number[],
  {arrayTaskCount, submitCount = shards.length}: QueueLimits,
): readonly (readonly Task[])[] {
  if (shards.length === 0) return []
  if (arrayTaskCount < 1)
    throw refusal('this cluster runs no job arrays: its MaxArraySize leaves no task', 'ask its administrators for a larger MaxArraySize')
  if (submitCount < 1)
    throw refusal('the queue takes no more jobs of yours now', 'wait until some are done, then run the same command with --resume')
  const perTaskCount = Math.ceil(shards.length / submitCount)
  return chunksOf(chunksOf(shards, perTaskCount), arrayTaskCount)
}

function chunksOf<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({length: Math.ceil(items.length / size)}, (_, chunk) => items.slice(chunk * size, (chunk + 1) * size))
}

function refusal(message: string, suggestion: string): UserError {
  return new UserError(message, {code: 'QUEUE_FULL', suggestions: [suggestion]})
}
