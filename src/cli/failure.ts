import {exitCodes, UserError} from '../foundation/user-error.js'
import {type Palette, palette} from './colour.js'

/** An error as oclif throws it: its exit code stands in `oclif`, or in `exitCode`. */
export interface Failure extends Error {
  readonly code?: string
  readonly exitCode?: number
  readonly oclif?: {readonly exit?: number | false}
}

/** The exit code that an error stands for, the same in text and under `--json`. */
export function exitCodeOf(error: Failure): number {
  return error.exitCode ?? (error.oclif?.exit || (isExit(error) ? 0 : exitCodes.bug))
}

/** Thrown by `this.exit()`: an end, not a failure. */
export function isExit(error: Failure): boolean {
  return error.code === 'EEXIT'
}

/** What a person reads of an error that they can mend. Nothing is wrapped, so that `file:line:column` stays whole. */
function userErrorText(error: UserError, colours: Palette): string {
  const hints = error.suggestions
  const tryThis = hints.length === 1 ? [`Try this: ${hints[0]}`] : ['Try this:', ...hints.map((hint) => `  * ${hint}`)]
  return [
    `${colours.red(`${error.name}:`)} ${error.message}`,
    colours.dim(`Code: ${error.code}`),
    ...(hints.length === 0 ? [] : tryThis),
  ].join('\n')
}

/** What `--json` prints of an error; only a bug keeps its stack. */
export function failureRecord(error: Failure): {error: Record<string, unknown>} {
  if (error instanceof UserError) return {error: {...error.toJSON()}}
  const exitCode = exitCodeOf(error)
  return {
    error: {
      code: error.code ?? 'UNEXPECTED',
      message: error.message,
      suggestions: [],
      exitCode,
      ...(exitCode === exitCodes.bug ? {stack: error.stack} : {}),
    },
  }
}

/** Prints an error to standard error and gives the exit code it stands for. */
export async function showFailure(thrown: unknown): Promise<number> {
  const error: Failure = thrown instanceof Error ? thrown : new Error(String(thrown))
  const exitCode = exitCodeOf(error)
  if (isExit(error)) return exitCode
  const colours = palette(process.stderr)
  if (error instanceof UserError) console.error(userErrorText(error, colours))
  else if (error.oclif === undefined) console.error(`${colours.red('This is a bug in ridge:')} ${error.stack ?? error.message}`)
  else console.error(`${colours.red('Error:')} ${error.message}`)
  return exitCode
}
