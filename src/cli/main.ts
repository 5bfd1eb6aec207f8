import {fileURLToPath} from 'node:url'
import {run} from '@oclif/core/run'
import {settings} from '@oclif/core/settings'
import {exitCodeOf, type Failure, failureRecord, showFailure} from './failure.js'

/** Runs the command line that `argv` states; the process ends with its exit code. */
export async function main(argv: string[]): Promise<void> {
  // Without this, NODE_ENV=test or development makes oclif look for TypeScript sources and ts-node.
  settings.enableAutoTranspile = false
  try {
    await run(argv, import.meta.url)
  } catch (thrown) {
    const {unknownCommandOr} = await import('./unknown-command.js')
    const error = await unknownCommandOr(thrown, fileURLToPath(import.meta.url))
    const isJson = error !== thrown && argv.includes('--json')
    if (isJson) console.log(JSON.stringify(failureRecord(error as Failure), null, 2))
    const exitCode = isJson ? exitCodeOf(error as Failure) : await showFailure(error)
    // What was printed reaches its pipe before the process goes.
    process.stdout.write('', () => process.exit(exitCode))
  }
}
