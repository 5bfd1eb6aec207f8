import {exitCodes, UserError} from '../foundation/user-error.js'

/** What a flag such as `--set key=value` says, given any number of times; a key given twice is refused, as one value would be lost. */
export function assignments(texts: readonly string[] = [], flag = '--set', example = 'sms=144'): Record<string, string> {
  const values: Record<string, string> = {}
  for (const text of texts) {
    const [, written = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? []
    const key = written.trim()
    if (key === '' || value.trim() === '') throw misused(`${flag} ${text} assigns nothing`, `write it as in ${flag} ${example}`)
    if (Object.hasOwn(values, key)) throw misused(`${flag} ${key} is given twice`, `keep one of ${values[key]} and ${value.trim()}`)
    Object.defineProperty(values, key, {value: value.trim(), enumerable: true})
  }
  return values
}

function misused(message: string, suggestion: string): UserError {
  return new UserError(message, {code: 'USAGE', suggestions: [suggestion], exitCode: exitCodes.usage})
}
