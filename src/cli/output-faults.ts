import {diskFault} from '../foundation/disk-fault.js'
import {exitCodes} from '../foundation/user-error.js'

/** `ridge … | head` closes our output early, which is how the reader says "enough"; a full disk under it is said, without a stack. */
export function endOnOutputFault(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0)
      const reason = diskFault(error)
      if (reason === undefined || stream === process.stderr) throw error
      process.stderr.write(
        `UserError: the output cannot be written: ${reason}\nCode: OUTPUT_UNWRITABLE\nTry this: send it to a file on another disk\n`,
      )
      process.exit(exitCodes.invalidInput)
    })
  }
}
