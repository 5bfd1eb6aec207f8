import {fileURLToPath} from 'node:url'
import {type Command, Config} from '@oclif/core'
import {settings} from '@oclif/core/settings'
import {captureOutput} from '@oclif/test'
import {showFailure} from '../../src/cli/failure.js'

/** The folder that holds package.json. */
export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url))

export interface CommandClass<Instance extends Command> {
  new (argv: string[], config: Config): Instance
  run(argv: string[], config: Config): Promise<unknown>
}

type ResultOf<Instance extends Command> = Awaited<ReturnType<Instance['run']>>

/** What a person or a script sees of one run of a command. */
export interface Outcome<Result> {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
  readonly result: Result | undefined
  readonly error: Error | undefined
}

let config: Promise<Config> | undefined

/** Runs a command from its TypeScript source as the command line would, errors printed and exit code taken. */
export async function runCommand<Instance extends Command>(
  command: CommandClass<Instance>,
  argv: readonly string[] = [],
): Promise<Outcome<ResultOf<Instance>>> {
  settings.enableAutoTranspile = false
  config ??= Config.load(repositoryRoot)
  const loaded = await config
  const before = process.exitCode
  process.exitCode = undefined
  let error: Error | undefined
  const {stdout, stderr, result} = await captureOutput<ResultOf<Instance> | undefined>(async () => {
    try {
      return (await command.run([...argv], loaded)) as ResultOf<Instance>
    } catch (thrown) {
      error = thrown as Error
      process.exitCode = await showFailure(thrown)
      return undefined
    }
  })
  const exitCode = Number(process.exitCode ?? 0)
  process.exitCode = before
  return {stdout, stderr, exitCode, result, error}
}
