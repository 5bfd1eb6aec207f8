import {mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, expect} from 'vitest'
import {runCommand} from '../support/run-command.js'

type CommandClass = Parameters<typeof runCommand>[0]

/** What a person is told when a command refuses its input. */
export interface Refusal {
  readonly exitCode: number
  readonly code: string
  readonly message: string
  readonly suggestions: readonly string[]
}

/** Runs a command that must refuse, as text and under `--json`: one form, one exit code, a next step and no stack in both. */
export async function refusal(command: CommandClass, ...argv: string[]): Promise<Refusal> {
  const text = withoutNodeWarnings(await runCommand(command, argv))
  const json = withoutNodeWarnings(await runCommand(command, [...argv, '--json']))
  const {error} = JSON.parse(json.stdout) as {error: Refusal}
  expect(json.exitCode).toBe(text.exitCode)
  expect(json.stderr).toBe('')
  expect(error.exitCode).toBe(text.exitCode)
  expect(text.stderr).toMatch(/^(User|Spec)Error: /)
  expect(text.stderr).toContain(`\nCode: ${error.code}\nTry this:`)
  expect(error.suggestions.length).toBeGreaterThan(0)
  expect(`${text.stderr}${json.stdout}`).not.toMatch(/\n\s+at .*:\d+:\d+|undefined|\[object/)
  return error
}

/** oclif warns of a line that was refused while it was parsed, but only where commands run from source. */
function withoutNodeWarnings<T extends {readonly stderr: string}>(outcome: T): T {
  return {...outcome, stderr: outcome.stderr.replaceAll(/^\(node:\d+\) \[UnparsedCommand\].*\n|^\(Use `node --trace-warnings.*\n/gm, '')}
}

/** A folder that goes when the tests of the file are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'ridgepoint-faults-'))
  afterAll(() => rmSync(folder, {recursive: true, force: true}))
  return folder
}

/** Writes a file, with the folders above it, and gives its path. */
export function written(folder: string, name: string, content: string | Buffer): string {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), {recursive: true})
  writeFileSync(file, content)
  return file
}

/** Names of all that lies in a folder, however deep. */
export function contentsOf(folder: string): string[] {
  return readdirSync(folder, {recursive: true}).map(String).sort()
}
