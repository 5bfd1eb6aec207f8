import {nearestName} from '../foundation/nearest-name.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import type {Failure} from './failure.js'

/** The command whose line could not be read. */
export interface UsedCommand {
  /** As a person types it: "ridge eval". */
  readonly line: string
  readonly flagNames: readonly string[]
}

/** What oclif's parser throws: it lists unknown flags, and carries the whole CLI configuration in `parse`. */
interface ParserFailure extends Failure {
  readonly flags?: readonly string[]
}

const flagPrefix = /^Parsing --(\S+) \n\t/

/** oclif's parser (and `this.error`) says so with exit code 2; a flag's own parser may have thrown a UserError, whose message oclif then frames. */
export function isUsageError(error: Failure): boolean {
  return error.oclif?.exit === exitCodes.usage || (error instanceof UserError && flagPrefix.test(error.message))
}

/** The error for a line that a command could not read, in our one form: without oclif's frame, with the nearest name and where help is. */
export function usageError(error: ParserFailure, command: UsedCommand): UserError {
  const message = error.message
    .replace(/\nSee more help with --help$/, '')
    .replace(flagPrefix, '--$1: ')
    .replace(/^The following errors? occurred:\n\s*/, '')
  const wrongUsage = {code: 'USAGE', exitCode: exitCodes.usage}
  const own = error instanceof UserError ? error : wrongUsage
  const hints = error instanceof UserError ? error.suggestions : [...nearestNames(error, message, command), `${command.line} --help`]
  return new UserError(message, {code: own.code, exitCode: own.exitCode, suggestions: hints, cause: error})
}

function nearestNames(error: ParserFailure, message: string, {flagNames}: UsedCommand): string[] {
  const unknownFlags = error.flags ?? []
  const flags = unknownFlags.map((flag) => nearestName(flag.replace(/^-+/, ''), flagNames)).filter((name) => name !== undefined)
  const option = /^Expected (?:--\S+?=)?(.*) to be one of: (.*)$/.exec(message)
  const nearestOption = option === null ? undefined : nearestName(option[1] ?? '', (option[2] ?? '').split(', '))
  return [...flags.map((name) => `did you mean --${name}`), ...(nearestOption === undefined ? [] : [`did you mean ${nearestOption}`])]
}
