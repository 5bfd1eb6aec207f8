import path from 'node:path'
import {exitCodes, UserError} from '../foundation/user-error.js'

/** Names that tell candidates apart: of files without folder and ending, with as many folders as are needed where two would be alike. */
export function candidateNames(written: readonly string[]): string[] {
  const doubled = written.find((text, index) => written.indexOf(text) !== index)
  if (doubled !== undefined)
    throw new UserError(`${doubled} is named twice`, {code: 'USAGE', suggestions: ['name each candidate once'], exitCode: exitCodes.usage})
  const parts = written.map((text) => path.normalize(text.replace(/\.ya?ml$/, '')).split(path.sep))
  return parts.map((own) => {
    const named = (from: readonly string[], count: number): string => from.slice(-count).join('/')
    let count = 1
    while (count < own.length && parts.some((other) => other !== own && named(other, count) === named(own, count))) count++
    return named(own, count)
  })
}
