import {otherTurns} from '../foundation/other-turns.js'
import type {Task} from './batch.js'
import type {Team, TimedBatch} from './team.js'

/** A piece of work; without a task where there is nothing to compute. */
interface Piece {
  readonly task: Task | undefined
}

/** A piece of work that is done. */
interface Done<P extends Piece> {
  readonly piece: P
  /** Undefined where there was nothing to compute; used again once the next piece is asked for. */
  readonly batch: TimedBatch | undefined
}

/**
 * Pieces of work as a team does them, in their order, however many are under way; an abort waits for none of them. `leftCount` are the
 * points that are left to do when a piece begins.
 */
export async function* inOrder<P extends Piece>(
  team: Team,
  pieces: Iterator<P>,
  leftCount: () => number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Done<P>, void, void> {
  const queue: {readonly piece: P; readonly batch: Promise<TimedBatch> | undefined}[] = []
  for (;;) {
    signal?.throwIfAborted()
    while (queue.length < team.batchCount) {
      const {value: piece, done} = pieces.next()
      if (done) break
      const batch = piece.task && team.compute(piece.task, leftCount())
      // A batch that fails behind one that failed before has nobody who waits for it.
      batch?.catch(() => {})
      queue.push({piece, batch})
    }
    const head = queue.shift()
    if (head === undefined) return
    const batch = await untilAborted(head.batch ?? otherTurns(), signal)
    yield {piece: head.piece, batch}
    if (batch !== undefined) team.giveBack(batch)
  }
}

/** A result, unless the signal is aborted before. */
function untilAborted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return result
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', stop, {once: true})
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
