import {Config} from '@oclif/core'
import {nearestName} from '../foundation/nearest-name.js'
import {exitCodes, UserError} from '../foundation/user-error.js'

/** What oclif says of a command that there is not, on its own and through its help. */
const notFound = /^command (.+?) not found\.?$/i

/** The error for a line whose command does not exist, with the nearest one; any other error as it is. */
export async function unknownCommandOr(thrown: unknown, root: string): Promise<unknown> {
  const written = thrown instanceof Error ? notFound.exec(thrown.message)?.[1]?.split(/[: ]/)[0] : undefined
  if (written === undefined) return thrown
  const {commandIDs, bin} = await Config.load(root)
  const nearest = nearestName(written, commandIDs)
  return new UserError(`"${written}" is not a command of ${bin}`, {
    code: 'UNKNOWN_COMMAND',
    exitCode: exitCodes.usage,
    suggestions: [...(nearest === undefined ? [] : [`did you mean ${bin} ${nearest}`]), `${bin} --help`],
    cause: thrown,
  })
}
