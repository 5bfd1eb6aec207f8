/** Exit codes of every command; 2 is oclif's own for wrong usage. */
export const exitCodes = {bug: 1, usage: 2, invalidInput: 3, infeasible: 4, barNotMet: 5, interrupted: 130} as const

export interface UserErrorOptions {
  readonly code: string
  readonly suggestions?: readonly string[]
  readonly exitCode?: number
  readonly cause?: unknown
}

/** The only error thrown on purpose: a message for the person, a code to search for, and what to try next. */
export class UserError extends Error {
  readonly code: string
  readonly suggestions: string[]
  readonly exitCode: number

  constructor(message: string, options: UserErrorOptions) {
    super(message, {cause: options.cause})
    this.name = 'UserError'
    this.code = options.code
    this.suggestions = [...(options.suggestions ?? [])]
    this.exitCode = options.exitCode ?? exitCodes.invalidInput
  }

  toJSON(): {code: string; message: string; suggestions: readonly string[]; exitCode: number} {
    return {code: this.code, message: this.message, suggestions: this.suggestions, exitCode: this.exitCode}
  }
}
