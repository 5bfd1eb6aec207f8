import {Command} from '@oclif/core/command'
import {boolean} from '@oclif/core/flags'
import {exitCodes} from '../foundation/user-error.js'
import {type Palette, palette} from './colour.js'
import {exitCodeOf, type Failure, failureRecord, isExit} from './failure.js'
import {type Interruption, listenForInterruption} from './interruption.js'
import {type Progress, type ProgressOptions, startProgress} from './progress.js'
import {isUsageError, usageError} from './usage-error.js'

/** What every command has: `--json`, `--no-color`, one form of errors, Ctrl-C as a signal, progress. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true

  static override baseFlags = {
    'no-color': boolean({description: 'Plain text, also on a terminal.', helpGroup: 'GLOBAL'}),
  }

  #interruption: Interruption | undefined
  #progress: Progress | undefined

  /** Aborted at the first Ctrl-C. Long work looks at it between batches, and `throwIfAborted()` ends the command with exit code 130. */
  protected get interrupted(): AbortSignal {
    this.#interruption ??= listenForInterruption()
    return this.#interruption.signal
  }

  /** Colours for what the command prints; plain text when it does not go to a terminal. */
  protected get colours(): Palette {
    return palette(process.stdout)
  }

  /** A progress line on standard error; silent under `--json`, and stopped at the latest when the command is over. */
  protected async startProgress(options: Omit<ProgressOptions, 'isSilent'>): Promise<Progress> {
    this.#progress?.stop()
    this.#progress = await startProgress({...options, isSilent: this.jsonEnabled()})
    return this.#progress
  }

  /** oclif 4 exits 1 for every error under `--json`, and prints a parse error with the whole CLI configuration inside; neither here. */
  protected override async catch(thrown: Failure): Promise<void> {
    this.#progress?.stop()
    const error = isUsageError(thrown) ? usageError(thrown, this.#used()) : thrown
    process.exitCode = exitCodeOf(error)
    if (isExit(error) || !this.jsonEnabled()) throw error
    this.logJson(failureRecord(error))
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    if (error === undefined && this.#interruption?.signal.aborted) process.exitCode = exitCodes.interrupted
    this.#progress?.stop()
    this.#interruption?.stop()
    await super.finally(error)
  }

  #used(): {line: string; flagNames: string[]} {
    const {flags, baseFlags} = this.ctor
    return {
      line: `${this.config.bin} ${this.id?.replaceAll(':', ' ')}`,
      flagNames: [...Object.keys({...flags, ...baseFlags}), 'json', 'help'],
    }
  }
}
