import {exitCodes, UserError} from '../foundation/user-error.js'

/** One thing that is wrong at one place of a file. */
export interface SpecProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  /** JSON pointer into the file's data. */
  readonly pointer: string
  readonly message: string
  readonly suggestions: readonly string[]
}

/** Every problem of one file: each place alone on its line, the reason under it, hints in `suggestions`. */
export class SpecError extends UserError {
  readonly problems: readonly SpecProblem[]

  constructor(problems: readonly SpecProblem[], code = 'SPEC_INVALID') {
    const text = problems.map((p) => `${p.file}:${p.line}:${p.column} ${p.pointer}\n  ${p.message}`).join('\n')
    super(text, {code, suggestions: [...new Set(problems.flatMap((p) => p.suggestions))], exitCode: exitCodes.invalidInput})
    this.name = 'SpecError'
    this.problems = problems
  }
}
