import {exitCodes, UserError} from '../foundation/user-error.js'

/** What `--set key=value` says, given any number of times. */
export function assignments(texts: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? []
      if (key !== '' && value !== '') return [key.trim(), value.trim()]
      throw new UserError(`--set ${text} assigns nothing`, {
        code: 'USAGE',
        suggestions: ['write it as in --set sms=144'],
        exitCode: exitCodes.usage,
      })
    }),
  )
}
