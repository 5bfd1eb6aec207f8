import {exitCodes, UserError} from '../foundation/user-error.js'

/** Ctrl-C as a signal that long work can look at between two batches. */
export interface Interruption {
  readonly signal: AbortSignal
  readonly stop: () => void
}

/** Turns the first Ctrl-C into an aborted signal, whose reason is the error to throw; the second ends the process at once. */
export function listenForInterruption(): Interruption {
  const suggestions = ['run the same command again']
  const controller = new AbortController()
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted)
    controller.abort(new UserError('stopped by Ctrl-C', {code: 'INTERRUPTED', suggestions, exitCode: exitCodes.interrupted}))
  }
  process.on('SIGINT', interrupt)
  return {signal: controller.signal, stop: () => process.off('SIGINT', interrupt)}
}
