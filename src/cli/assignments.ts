import {exitCodes, UserError} from '../foundation/user-error.js'

/** What a flag such as `--set key=value` says, given any number of times. */
export function assignments(texts: readonly string[] = [], flag = '--set', example = 'sms=144'): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? []
      if (key !== '' && value !== '') return [key.trim(), value.trim()]
      throw new UserError(`${flag} ${text} assigns nothing`, {
        code: 'USAGE',
        suggestions: [`write it as in ${flag} ${example}`],
        exitCode: exitCodes.usage,
      })
    }),
  )
}
