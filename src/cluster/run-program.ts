import {execFile} from 'node:child_process'
import {UserError} from '../foundation/user-error.js'

/** What a program printed, and how it ended. */
export interface ProgramOutput {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

const mostBytes = 256 * 1024 ** 2

/** Runs a program, no shell in between; `undefined` where this machine does not have it. */
export function runProgram(program: string, argv: readonly string[], waitSeconds = 120): Promise<ProgramOutput | undefined> {
  return new Promise((resolve, reject) => {
    execFile(program, argv, {timeout: waitSeconds * 1000, maxBuffer: mostBytes}, (error, stdout, stderr) => {
      if (error === null) resolve({exitCode: 0, stdout, stderr})
      else if (error.code === 'ENOENT') resolve(undefined)
      else if (error.killed) reject(tookTooLong(program, stderr, waitSeconds))
      else if (typeof error.code === 'number') resolve({exitCode: error.code, stdout, stderr})
      else reject(error)
    })
  })
}

function tookTooLong(program: string, stderr: string, waitSeconds: number): UserError {
  return new UserError(`${program} did not answer within ${waitSeconds} s${stderr === '' ? '' : `: ${stderr.trim()}`}`, {
    code: 'PROGRAM_SILENT',
    suggestions: [`run ${program} by hand to see what keeps it`],
  })
}
